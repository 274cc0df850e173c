"""Environments apart from the project's: made once, and again where their lock says so."""

import io
from pathlib import Path

import pytest

from installer import commands, main, side_environments
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.processes import Command, CommandFailed
from installer.side_environments import (
    CONFORMANCE,
    PATRONI,
    PEERS,
    SideEnvironment,
)

ROOT = Path(main.ROOT)
ENVIRONMENTS = (CONFORMANCE, PEERS, PATRONI)
EACH = pytest.mark.parametrize("wanted", ENVIRONMENTS, ids=lambda w: w.folder)


class Made:
    """A checkout with a lock of each environment, and a record of what was run."""

    def __init__(self, root: Path) -> None:
        self.checkout = Checkout.read(root, {})
        self.checkout.make_local()
        self.output = io.StringIO()
        self.commands: list[list[str]] = []
        self.is_online = True
        for wanted in ENVIRONMENTS:
            (root / wanted.lock).write_text("gunicorn==27.0.1\n")

    def run(
        self, command: Command, _log: Path, environ: dict[str, str] | None = None
    ) -> None:
        """Stand in for the programs that make an environment."""
        words = [str(word) for word in command]
        self.commands.append(words)
        if "venv" in words:
            folder = Path(words[-1]) / "bin"
            folder.mkdir(parents=True, exist_ok="--clear" in words)
            (folder / "python").touch()
            (folder / "pip").touch()
        elif not self.is_online:
            raise CommandFailed(["pip"], Path("log"), 1)

    def provide(self, wanted: SideEnvironment) -> None:
        console = Console(self.output, self.output)
        side_environments.provide(self.checkout, console, wanted)

    def python(self, wanted: SideEnvironment) -> Path:
        return self.checkout.local / wanted.folder / "bin" / "python"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    found = Made(tmp_path)
    monkeypatch.setattr("installer.virtualenv.run_logged", found.run)
    monkeypatch.setattr("installer.packages.run_logged", found.run)
    monkeypatch.setattr("installer.packages.uv_environ", lambda _: {})
    monkeypatch.setattr("installer.packages.install_uv", lambda *_: None)
    return found


@EACH
def test_made_of_its_lock_with_hashes(made: Made, wanted: SideEnvironment) -> None:
    made.provide(wanted)
    assert made.python(wanted).exists()
    *_, installing = made.commands
    assert str(made.python(wanted)) in installing
    assert "--require-hashes" in installing
    assert installing[-1] == str(made.checkout.root / wanted.lock)
    assert f"Installing {wanted.what}" in made.output.getvalue()


@EACH
def test_made_once(made: Made, wanted: SideEnvironment) -> None:
    made.provide(wanted)
    before = len(made.commands)
    made.provide(wanted)
    assert len(made.commands) == before


def test_one_is_not_the_other(made: Made) -> None:
    made.provide(CONFORMANCE)
    assert not made.python(PEERS).exists()
    made.provide(PEERS)
    assert made.python(PEERS).exists()
    assert made.python(CONFORMANCE).exists()


def test_patroni_is_of_the_python_that_other_accounts_get_at(made: Made) -> None:
    made.provide(PATRONI)
    (making,) = (words for words in made.commands if words[-1].endswith(PATRONI.folder))
    assert making[making.index("--python") + 1] == "/usr/bin/python3"


def test_made_again_of_a_changed_lock(made: Made) -> None:
    made.provide(PEERS)
    made.python(PEERS).with_name("old").touch()
    (made.checkout.root / PEERS.lock).write_text("gunicorn==27.0.2\n")
    made.provide(PEERS)
    assert made.python(PEERS).exists()
    assert not made.python(PEERS).with_name("old").exists()


def test_made_again_where_it_was_lost(made: Made) -> None:
    made.provide(PEERS)
    made.python(PEERS).unlink()
    made.provide(PEERS)
    assert made.python(PEERS).exists()


@pytest.mark.parametrize("wanted", [PEERS, PATRONI], ids=lambda w: w.folder)
def test_without_network_nothing_stays_and_the_next_run_goes_on(
    made: Made, wanted: SideEnvironment
) -> None:
    made.provide(wanted)
    (made.checkout.root / wanted.lock).write_text("gunicorn==27.0.2\n")
    made.is_online = False
    with pytest.raises(SetupError, match=f"{wanted.what[1:]} could not be installed"):
        made.provide(wanted)
    assert not made.python(wanted).exists()

    made.is_online = True
    made.provide(wanted)
    assert made.python(wanted).exists()


@EACH
def test_lock_names_hashes_and_no_address(wanted: SideEnvironment) -> None:
    text = (ROOT / wanted.lock).read_text()
    assert "://" not in text
    packages = [line for line in text.splitlines() if "==" in line]
    assert packages
    assert all(line.endswith(" \\") for line in packages)


@pytest.mark.parametrize(("name", "has_peers"), [("ogc", True), ("map", False)])
def test_measurement_gets_what_it_compares_with(
    made: Made,
    name: str,
    *,
    has_peers: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[list[str]] = []
    folder = made.checkout.root / "bench"
    folder.mkdir()
    (folder / f"{name}.py").touch()
    monkeypatch.setattr(commands, "_ready_for_commands", lambda *_, **__: {})

    def start(command: Command, *_: object) -> int:
        started.append([str(word) for word in command])
        return 0

    monkeypatch.setattr(commands, "run_visible", start)
    console = Console(made.output, made.output)
    assert commands.bench(made.checkout, console, [name, "1000"]) == 0
    assert started[0][1:] == ["-m", f"bench.{name}", "1000"]
    assert made.python(PEERS).exists() == has_peers


@pytest.mark.parametrize(("name", "has_patroni"), [("cluster", True), ("crash", False)])
def test_drill_gets_what_it_breaks(
    made: Made,
    name: str,
    *,
    has_patroni: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = made.checkout.root / "drills"
    folder.mkdir()
    (folder / f"{name}.py").touch()
    monkeypatch.setattr(commands, "_ready_for_drills", lambda *_: None)
    monkeypatch.setattr(commands, "run_visible", lambda *_: 0)
    console = Console(made.output, made.output)
    assert commands.drill(made.checkout, console, ["--short", name]) == 0
    assert made.python(PATRONI).exists() == has_patroni
