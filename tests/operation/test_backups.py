"""A backup comes back whole, or is refused with the reason; each really made and restored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from operation.backups import making, programs
from operation.backups.manifest import FILE, FileState, Manifest
from operation.backups.media import FolderMedia
from operation.backups.states import read_states, sequences_behind
from pins.models import Pin, PublicPin
from tests.buckets import ADDRESS, files_in
from tests.factories import make_body, make_district, make_pin
from trust import audit
from trust.media import rest

pooled: Any = connection
TITLE = "Bänke an der Lauter"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "unaccent")


def _in_other(name: str, statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement.format(name=name))


@contextmanager
def _another_database() -> Iterator[None]:
    """Let the connection lead to an empty database."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_restored"
    _in_other(name, 'DROP DATABASE IF EXISTS "{name}"')
    _in_other(name, 'CREATE DATABASE "{name}" TEMPLATE template0')
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(own)
        _in_other(name, 'DROP DATABASE "{name}"')


@contextmanager
def _of_a_plain_role() -> Iterator[str]:
    """Let sessions of the empty database act as its owner, who may nothing else.

    PostGIS is there already and belongs to somebody else, as docs/operation.md sets it up.
    """
    name = connection.settings_dict["NAME"]
    role = f"{name}_owner"
    _in_other(role, 'DROP ROLE IF EXISTS "{name}"')
    _in_other(role, 'CREATE ROLE "{name}"')
    try:
        with connection.cursor() as cursor:
            for extension in EXTENSIONS:
                cursor.execute(f"CREATE EXTENSION {extension}")
            cursor.execute(f'ALTER DATABASE "{name}" OWNER TO "{role}"')
            cursor.execute(f'ALTER DATABASE "{name}" SET role = "{role}"')
        _lead_to(name)
        yield role
    finally:
        _in_other(name, 'ALTER DATABASE "{name}" RESET ALL')
        _in_other(name, 'ALTER DATABASE "{name}" OWNER TO CURRENT_USER')
        _lead_to(name)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP OWNED BY "{role}"')
        _in_other(role, 'DROP ROLE "{name}"')


def _lead_to(name: str) -> None:
    connection.close()
    pooled.close_pool()
    connection.settings_dict["NAME"] = name


@pytest.fixture
def site(transactional_db: None, settings: Any, tmp_path: Path) -> Path:
    """A small site with a photo, a basemap and an entry of the audit log."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    settings.BASEMAP_PATH.write_bytes(b"a map")
    for name in ("photos/a.webp", "documents/b.pdf", "exports/large.csv"):
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True)
        path.write_bytes(name.encode())
    make_district(16, body=make_body("Ortsbeirat West"))
    audit.record("hide contribution", actor=None, target=make_pin(title=TITLE))
    return tmp_path


def backup(place: Path, *options: str) -> Path:
    call_command("backup", str(place), *options, stdout=StringIO())
    return making.finished(place)[-1]


def restore(folder: Path) -> str:
    out = StringIO()
    call_command("restore", str(folder), stdout=out)
    return out.getvalue()


def test_what_was_there_comes_back(site: Path, settings: Any):
    made = backup(site / "backups")
    pin = Pin.objects.get()
    before = read_states()
    settings.MEDIA_ROOT = site / "new media"
    settings.BASEMAP_PATH = site / "new.pmtiles"

    with _another_database():
        said = restore(made)
        assert Pin.objects.get(reference=pin.reference).title == TITLE
        assert PublicPin.objects.get().title == TITLE
        # The next one takes the next number, and triggers work.
        assert make_pin().pk > pin.pk
        assert PublicPin.objects.count() == 2
        with pytest.raises(CommandError, match="has tables"):
            restore(made)

    assert f"{len(before)} tables" in said
    assert "2 files are back" in said
    photo = settings.MEDIA_ROOT / "photos" / "a.webp"
    assert photo.read_bytes() == b"photos/a.webp"
    assert settings.BASEMAP_PATH.read_bytes() == b"a map"
    # What is made anew when somebody asks for it stays away.
    assert not (settings.MEDIA_ROOT / "exports").exists()


def test_comes_back_by_a_role_that_does_not_own_postgis(site: Path, settings: Any):
    made = backup(site / "backups")
    before = read_states()
    settings.MEDIA_ROOT = site / "new media"

    with _another_database(), _of_a_plain_role() as role:
        assert f"{len(before)} tables" in restore(made)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'pins_%'"
            )
            assert cursor.fetchall() == [(role,)]
        # Nor does it have to own it for the next backup.
        assert backup(site / "more") > site


def test_out_of_a_bucket_and_into_another(site: Path, bucket: Any, settings: Any):
    for name in ("photos/a.webp", "documents/b.pdf", "exports/large.csv"):
        bucket.save(name, ContentFile(name.encode()))

    first = backup(site / "backups")
    first.rename(first.with_name("20200101T000000Z"))
    first = first.with_name("20200101T000000Z")
    made = backup(site / "backups")

    photo = "media/photos/a.webp"
    assert (made / photo).read_bytes() == b"photos/a.webp"
    # What has not changed is asked for once.
    assert (first / photo).stat().st_ino == (made / photo).stat().st_ino
    assert not (made / "media/exports").exists()
    other = replace(ADDRESS, folder="another", timeout=3)
    with _another_database():
        with pytest.raises(CommandError, match=r"bucket photos is not empty"):
            restore(made)
        with files_in(other, settings) as empty:
            assert "2 files are back, each with its checksum" in restore(made)
            with empty.open("photos/a.webp") as file:
                assert file.read() == b"photos/a.webp"


def test_what_is_lost_on_the_way_into_a_bucket_is_told(
    site: Path, bucket: Any, monkeypatch: Any
):
    made = backup(site / "backups")
    manifest = json.loads((made / FILE).read_text())
    (made / "media/photos").mkdir(parents=True)
    (made / "media/photos/a.webp").write_bytes(b"a photo")
    state = FileState.of(made / "media/photos/a.webp")
    manifest["files"]["media/photos/a.webp"] = vars(state)
    (made / FILE).write_text(json.dumps(manifest))
    save = bucket.save
    with _another_database():
        monkeypatch.setattr(bucket, "save", lambda name, _content: name)
        with pytest.raises(CommandError, match=r"file media/photos/a\.webp"):
            restore(made)
    with _another_database():
        # Somebody else writes into it at the same moment.
        monkeypatch.setattr(bucket, "save", lambda name, file: save(f"{name}2", file))
        with pytest.raises(CommandError, match="broke off: The bucket photos has some"):
            restore(made)


def test_a_file_that_is_not_in_the_folder_has_no_state(tmp_path: Path):
    assert FolderMedia(tmp_path).state("photos/none.webp") is None


def test_a_bucket_that_does_not_answer_leaves_no_backup(site: Path, bucket: Any):
    rest.note(has_answered=False)
    with pytest.raises(CommandError, match="broke off: The storage of the files"):
        backup(site / "backups")
    assert not making.finished(site / "backups")


def test_a_difference_is_told(site: Path, settings: Any):
    made = backup(site / "backups")
    manifest = json.loads((made / FILE).read_text())
    manifest["tables"]["pins_pin"]["rows"] = 7
    manifest["tables"]["pins_lost"] = {"rows": 1, "checksum": "1"}
    (made / FILE).write_text(json.dumps(manifest))
    settings.MEDIA_ROOT = site / "new media"

    with (
        _another_database(),
        pytest.raises(CommandError, match="differs from the backup") as told,
    ):
        restore(made)

    assert "table pins_pin: TableState(rows=1" in str(told.value)
    assert "table pins_lost: None" in str(told.value)
    # The map that is there already is the newer one.
    assert "basemap" not in str(told.value)


def test_files_that_have_not_changed_are_linked(site: Path, settings: Any):
    first = backup(site / "backups")
    newer = settings.MEDIA_ROOT / "photos" / "c.webp"
    newer.write_bytes(b"new")
    first.rename(first.with_name("20200101T000000Z"))

    second = backup(site / "backups")

    first = first.with_name("20200101T000000Z")
    photo = "media/photos/a.webp"
    assert (first / photo).stat().st_ino == (second / photo).stat().st_ino
    assert (second / "media/photos/c.webp").read_bytes() == b"new"
    assert not Manifest.read(second).differing_files(second)


def test_a_file_that_was_lost_from_the_last_backup_is_copied_again(site: Path):
    first = backup(site / "backups")
    (first / "media/photos/a.webp").unlink()
    first.rename(first.with_name("20200101T000000Z"))

    second = backup(site / "backups")

    assert (second / "media/photos/a.webp").read_bytes() == b"photos/a.webp"


def test_old_ones_go(site: Path):
    place = site / "backups"
    for name in ("20200101T000000Z", "20200102T000000Z"):
        (place / name).mkdir(parents=True)
        Manifest("", {}, {}, {}).write(place / name)
    (place / "20200103T000000Z.part").mkdir()

    made = backup(place, "--keep", "2")

    assert making.finished(place) == [place / "20200102T000000Z", made]


def test_without_a_basemap(site: Path, settings: Any):
    settings.BASEMAP_PATH = site / "none.pmtiles"

    made = backup(site / "backups")

    assert making.BASEMAP not in Manifest.read(made).files


def test_a_file_that_goes_meanwhile_is_left_out(site: Path, monkeypatch: Any):
    def gone(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("operation.backups.media.shutil.copy2", gone)

    made = backup(site / "backups")

    assert set(Manifest.read(made).files) == {making.DUMP}


def test_what_is_no_number_of_backups(site: Path):
    with pytest.raises(CommandError, match="--keep"):
        backup(site / "backups", "--keep", "-1")


def test_a_folder_that_cannot_be_written(site: Path):
    (site / "backups").write_text("a file")

    with pytest.raises(CommandError, match="The backup broke off"):
        backup(site / "backups")


def test_a_dump_that_fails_leaves_no_backup(site: Path, settings: Any):
    folder = site / "programs"
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\necho 'no space' >&2\nexit 1\n")
    (folder / "pg_dump").chmod(0o700)
    settings.PG_PROGRAMS = str(folder)

    with pytest.raises(CommandError, match="pg_dump failed: no space"):
        backup(site / "backups")

    assert making.finished(site / "backups") == []


# --- What is refused before anything is touched -----------------------------------------


def a_backup(folder: Path, **changes: Any) -> Path:
    folder.mkdir()
    (folder / making.DUMP).write_bytes(b"dump")
    Manifest("", {}, {}, {}).write(folder)
    content = json.loads((folder / FILE).read_text()) | changes
    (folder / FILE).write_text(json.dumps(content))
    return folder


def test_no_backup(tmp_path: Path):
    with pytest.raises(CommandError, match=r"holds no manifest\.json"):
        restore(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"tables": {"pins_pin": {"rows": "many", "checksum": "1"}}},
        {"tables": {"pins_pin": {}}},
        {"tables": None},
        {"files": {"database.dump": {"size": 4}}},
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, changes: dict[str, Any]):
    with pytest.raises(CommandError, match="cannot be read"):
        restore(a_backup(tmp_path / "b", **changes))


def test_a_manifest_of_another_kind(tmp_path: Path):
    with pytest.raises(CommandError, match="a backup of version 2"):
        restore(a_backup(tmp_path / "b", version=2))


def test_files_outside_of_the_backup(tmp_path: Path):
    files = {"media/../../etc/passwd": {"size": 1, "sha256": ""}}

    with pytest.raises(CommandError, match="outside of the backup"):
        restore(a_backup(tmp_path / "b", files=files))


def test_a_damaged_file(tmp_path: Path):
    files = {
        making.DUMP: {"size": 4, "sha256": "0"},
        "media/a": {"size": 1, "sha256": ""},
    }

    with pytest.raises(CommandError, match=r"Missing or changed .*dump, media/a\."):
        restore(a_backup(tmp_path / "b", files=files))


def test_a_newer_release(tmp_path: Path):
    migrations = {"pins": "9999_flying_pins", "districts": "0001_initial"}

    with pytest.raises(
        CommandError, match=r"newer release, with pins\.9999_flying_pins"
    ):
        restore(a_backup(tmp_path / "b", migrations=migrations))


def test_a_folder_of_media_that_is_not_empty(
    transactional_db: None, tmp_path: Path, settings: Any
):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "photo").touch()

    with _another_database(), pytest.raises(CommandError, match="media is not empty"):
        restore(a_backup(tmp_path / "b"))


# --- Programs and sequences ----------------------------------------------------------------


def test_the_newest_program_of_the_machine(tmp_path: Path, settings: Any):
    settings.PG_PROGRAMS = ""
    for version in ("9.6", "15", "odd"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "pg_dump").touch()

    assert programs.find("pg_dump", tmp_path).parent.parent.name == "15"


def test_a_program_on_the_path(tmp_path: Path, settings: Any):
    settings.PG_PROGRAMS = ""

    assert programs.find("sh", tmp_path).name == "sh"


def test_a_program_that_is_nowhere(tmp_path: Path, settings: Any):
    settings.PG_PROGRAMS = ""

    with pytest.raises(programs.ProgramFailed, match="Install postgresql-client"):
        programs.find("pg_dream", tmp_path)


def test_a_program_that_is_not_in_the_folder_of_the_settings(
    tmp_path: Path, settings: Any
):
    settings.PG_PROGRAMS = str(tmp_path)

    with pytest.raises(programs.ProgramFailed, match="There is no pg_dump in"):
        programs.find("pg_dump")


def test_a_password_goes_by_the_environment(monkeypatch: Any):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "geheim")
    monkeypatch.setenv("PGDATABASE", "another")

    environ = programs.environ()

    assert environ["PGPASSWORD"] == "geheim"
    assert environ["PGDATABASE"] == connection.settings_dict["NAME"]


def test_programs_that_were_unpacked_find_their_libraries(settings: Any):
    assert "/unpacked/lib" not in programs.environ().get("LD_LIBRARY_PATH", "")
    settings.PG_LIBRARIES = "/unpacked/lib"
    assert programs.environ()["LD_LIBRARY_PATH"] == "/unpacked/lib"


def test_a_sequence_that_would_give_out_what_is_taken(db: None):
    make_district(16, body=make_body("Ortsbeirat West"))
    make_pin()
    assert sequences_behind() == []

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('pins_pin_id_seq', 1, false)")
        cursor.execute(
            "UPDATE pins_pin SET id = 5 WHERE id IN (SELECT id FROM pins_pin)"
        )

    assert sequences_behind() == ["pins_pin_id_seq"]
