"""The words after `./run`, and how it ends where it cannot go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installer import commands, main
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.postgres import Installation
from installer.processes import Command

Captured = pytest.CaptureFixture[str]


def test_help_lists_every_verb(capsys: Captured) -> None:
    assert main.main(["help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"./run {verb} " in printed for verb in main.VERBS if verb != "serve")


def test_unknown_verb(capsys: Captured) -> None:
    assert main.main(["frobnicate"]) == main.BAD_USAGE
    assert "does not know the verb “frobnicate”" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["serve", "8000"],
        ["install", "all"],
        ["check", "pins"],
        ["stop", "now"],
        ["lock", "--all"],
        ["reset", "-f"],
        ["bench"],
        ["bench", "no-such-measurement"],
        ["drill", "no-such-drill"],
        ["load", "for-ever"],
        ["load", "--minutes"],
        ["load", "--minutes", "0"],
        ["load", "--minutes", "1441"],
        ["load", "--short", "--minutes", "3"],
        ["load", "--losses", "--minutes"],
    ],
)
def test_arguments_that_a_verb_does_not_take(
    words: list[str], capsys: Captured
) -> None:
    assert main.main(words) == main.BAD_USAGE
    assert capsys.readouterr().err.startswith("\nError: ")


def test_problem_becomes_a_sentence_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fail(*_: object) -> int:
        raise SetupError("Something is missing.", "Install it.")

    monkeypatch.setitem(main.VERBS, "check", fail)
    assert main.main(["check"]) == main.FAILED
    assert capsys.readouterr().err == "\nError: Something is missing.\nInstall it.\n"


def test_full_disk_becomes_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device", "/tmp/file")  # noqa: S108 -- only a name

    monkeypatch.setitem(main.VERBS, "check", fail)
    assert main.main(["check"]) == main.FAILED
    assert "No space left on device (/tmp/file)." in capsys.readouterr().err


def test_reset_asks_and_nobody_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / ".local").mkdir()
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main.main(["reset"]) == main.FAILED
    assert "there is nobody to ask" in capsys.readouterr().err
    assert (tmp_path / ".local").exists()


def test_reset_deletes_only_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".local" / "venv").mkdir(parents=True)
    (tmp_path / "manage.py").touch()
    monkeypatch.setattr(main, "ROOT", tmp_path)
    assert main.main(["reset", "--yes"]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["manage.py"]


def test_basemap_without_its_file_installs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(main, "ROOT", tmp_path)
    assert main.main(["basemap", str(tmp_path / "stadt.osm.pbf")]) == main.FAILED
    assert "There is no file" in capsys.readouterr().err
    assert not (tmp_path / ".local" / "venv").exists()


def test_basemap_passes_its_options_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.setattr(commands, "_ready_for_commands", lambda *_, **__: {})
    monkeypatch.setattr("installer.site.prepare", lambda *_: None)

    def start(command: Command, *_: object) -> int:
        started.append([str(word) for word in command])
        return 0

    monkeypatch.setattr(commands, "run_visible", start)
    extract = tmp_path / "stadt.osm.pbf"
    extract.touch()
    monkeypatch.setenv("MITMACH_EXTRACT", str(extract))

    for words in ([str(extract), "--margin", "0"], ["--margin", "0"]):
        assert main.main(["basemap", *words]) == 0

    assert len(started) == 2
    for command in started:
        assert command[2:] == ["build_basemap", str(extract), "--margin", "0"]


@pytest.mark.parametrize(
    ("words", "is_prepared"), [(["shell"], True), ([], True), (["restore", "x"], False)]
)
def test_a_backup_comes_back_into_a_new_database_without_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], is_prepared: bool
) -> None:
    prepared: list[object] = []
    started: list[list[str]] = []
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MITMACH_PGDATA", str(tmp_path / "data"))
    monkeypatch.setattr("installer.cluster.is_root", lambda: False)
    monkeypatch.setattr(commands, "_ready_for_commands", lambda *_, **__: {})
    monkeypatch.setattr("installer.site.prepare", lambda *found: prepared.append(found))
    monkeypatch.setattr(
        "os.execve", lambda _path, command, _environ: started.append(command)
    )

    main.main(["manage", *words])

    assert bool(prepared) == is_prepared
    assert started[0][2:] == words


def test_the_site_has_the_programs_of_its_private_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Installation(tmp_path, tmp_path / "postgis-3.so", 15)
    checkout = Checkout.read(tmp_path, {"MITMACH_PGDATA": str(tmp_path / "data")})
    checkout.make_local()
    monkeypatch.setattr("installer.cluster.is_root", lambda: False)
    monkeypatch.setattr("installer.installation.database", lambda *_: "postgis://a/b")
    monkeypatch.setattr("installer.installation.server_for", lambda *_: server)

    found = commands._environ_of_site(checkout, Console())
    assert found["DATABASE_URL"] == "postgis://a/b"
    assert found["MAPAPP_PG_PROGRAMS"] == str(tmp_path)

    own = Checkout.read(tmp_path, {"DATABASE_URL": "postgis://elsewhere/b"})
    found = commands._environ_of_site(own, Console())
    assert found["DATABASE_URL"] == "postgis://elsewhere/b"
    assert "MAPAPP_PG_PROGRAMS" not in found


def test_every_verb_says_what_it_does() -> None:
    assert all(command.__doc__ for command in main.VERBS.values())


@pytest.mark.parametrize(
    "words", [[], ["--short"], ["--minutes", "3"], ["--short", "--losses"]]
)
def test_load_passes_its_options_on(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    started: list[list[str]] = []

    def start(command: Command, *_: object) -> int:
        started.append([str(word) for word in command])
        return 7

    monkeypatch.setattr(commands, "_ready_for_drills", lambda *_: None)
    monkeypatch.setattr(commands, "run_visible", start)
    assert main.main(["load", *words]) == 7
    assert [command[1:] for command in started] == [["-m", "bench.load", *words]]


@pytest.mark.parametrize("fails", [False, True])
def test_short_drills_run_side_by_side(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, *, fails: bool
) -> None:
    started: dict[str, Command] = {}

    def start(given: dict[str, Command], *_: object) -> Iterator[tuple[str, int, str]]:
        started.update(given)
        for name in given:
            yield name, int(fails and name == "mail"), f"said by {name}\n"

    monkeypatch.setattr(commands, "_ready_for_drills", lambda *_: None)
    monkeypatch.setattr(commands, "run_side_by_side", start)
    assert main.main(["drill", "--short"]) == int(fails)
    assert tuple(started) == commands.SHORT_DRILLS
    assert started["mail"][1:] == ["-m", "drills.mail", "--short"]
    printed = capsys.readouterr().out
    assert "said by crash\n" in printed
    assert printed.endswith("\nFailed: mail.\n" if fails else "\nNothing was lost.\n")
