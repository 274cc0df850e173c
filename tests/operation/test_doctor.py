"""What the doctor says of a machine: well, worth a look, or wrong, and what to do."""

import datetime
import os
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from operation import doctor, pooling
from tests.operation.workers import see_worker
from trust import clock
from trust.models import ClockMark

HOUR = datetime.timedelta(hours=1)
POOLED = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def machine(db: None, settings: Any, tmp_path: Path, monkeypatch: Any) -> Path:
    """A machine on which all is well."""
    # The command takes the pool away.
    monkeypatch.setitem(
        connection.settings_dict, "OPTIONS", dict(connection.settings_dict["OPTIONS"])
    )
    settings.DEMO = True
    settings.MAIL_FOLDER = str(tmp_path / "mail")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    settings.BASEMAP_PATH.touch()
    (tmp_path / "staticfiles.json").touch()
    monkeypatch.setattr("django.core.checks.run_checks", lambda **_: [])
    monkeypatch.setattr(doctor, "FONTS", tmp_path)
    (tmp_path / "a.ttf").touch()
    monkeypatch.setattr(doctor, "LEAST_ROOM", 0)
    monkeypatch.setattr(doctor, "LEAST_TEMPORARY", 0)
    monkeypatch.setattr(doctor, "_is_kept", lambda: True)
    see_worker(timezone.now())
    return tmp_path


def examine() -> str:
    out = StringIO()
    call_command("doctor", stdout=out)
    return out.getvalue()


def examine_ill() -> str:
    out = StringIO()
    with pytest.raises(CommandError, match="1 wrong"):
        call_command("doctor", stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("machine")
def test_all_is_well():
    said = examine()

    assert "WRONG" not in said
    assert "LOOK" not in said
    for name in ("PostgreSQL", "PostGIS", "worker", "libraries", "settings"):
        assert f"well  {name}" in said
    assert "→" not in said


@pytest.mark.usefixtures("machine")
def test_no_database(monkeypatch: Any):
    def fail() -> None:
        raise DatabaseError("connection refused\nIs the server running?")

    monkeypatch.setattr(doctor, "_database", fail)

    said = examine_ill()

    assert "WRONG database: connection refused\n" in said
    assert "DATABASE_URL" in said
    # The rest is looked at all the same.
    assert "well  basemap" in said


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OLDEST_POSTGRES", 99, "WRONG PostgreSQL"),
        ("OLDEST_POSTGIS", "99.1", "WRONG PostGIS"),
        ("CLOCK_SLACK", datetime.timedelta(days=-1), "WRONG clock"),
        ("HEARTBEAT", datetime.timedelta(days=-1), "WRONG worker: last seen 2"),
    ],
)
def test_what_is_too_old(monkeypatch: Any, name: str, value: Any, said: str):
    monkeypatch.setattr(doctor, name, value)

    assert said in examine_ill()


@pytest.mark.usefixtures("machine")
def test_a_migration_is_missing():
    MigrationRecorder.Migration.objects.filter(app="pins").latest("name").delete()

    assert "WRONG migrations: 1 pending" in examine_ill()


@pytest.mark.usefixtures("machine")
def test_no_worker_ever():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")

    said = examine_ill()

    assert "WRONG worker: never seen" in said
    assert "→ Start it" in said


@pytest.mark.usefixtures("machine")
def test_a_job_that_waits_for_long():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) "
            "VALUES ('default', 'old', now() - interval '1 hour'), "
            "('default', 'tomorrow', now() + interval '1 day')"
        )

    assert "LOOK  worker: runs, and the oldest job waits since" in examine()


@pytest.mark.usefixtures("machine")
def test_no_table_of_jobs(monkeypatch: Any):
    def fail() -> None:
        raise DatabaseError('relation "procrastinate_workers" does not exist')

    monkeypatch.setattr(doctor, "_jobs", fail)

    assert "WRONG worker: no table of jobs" in examine_ill()


@pytest.mark.usefixtures("machine")
def test_mails_into_a_folder_on_a_real_site(settings: Any):
    settings.DEMO = False

    assert "LOOK  mail: written into" in examine()


@pytest.mark.usefixtures("machine")
def test_a_mail_server_that_answers(settings: Any):
    settings.MAIL_FOLDER = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert "takes mails" in examine()


@pytest.mark.usefixtures("machine")
def test_a_mail_server_that_does_not(settings: Any):
    settings.MAIL_FOLDER = ""
    settings.EMAIL_BACKEND = POOLED
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert "WRONG mail: 127.0.0.1:1: " in examine_ill()


def test_a_folder_that_cannot_be_written(machine: Path, settings: Any):
    settings.MEDIA_ROOT = machine / "a.ttf"

    assert f"WRONG files: {machine / 'a.ttf'}: " in examine_ill()


@pytest.mark.usefixtures("machine")
def test_a_bucket_that_works(bucket: Any):
    said = examine()
    assert "well  files: photos at https://s3.us-east-1.amazonaws.com takes" in said
    assert list(bucket.walk()) == []


@pytest.mark.usefixtures("machine")
def test_a_bucket_that_anybody_can_read(bucket: Any, monkeypatch: Any):
    monkeypatch.setattr(bucket, "is_shown_to_strangers", lambda _name: True)
    assert "Anybody can read it" in examine_ill()


@pytest.mark.usefixtures("machine")
def test_a_bucket_that_is_not_there(bucket: Any):
    bucket.connection.Bucket("photos").delete()
    said = examine_ill()
    assert "WRONG files: photos at https://" in said
    assert "NoSuchBucket" in said
    assert "MAPAPP_MEDIA_S3_URL" in said


@pytest.mark.usefixtures("machine")
def test_little_room(monkeypatch: Any):
    monkeypatch.setattr(doctor, "LEAST_ROOM", 10**18)

    assert "LOOK  files" in examine()


@pytest.mark.usefixtures("machine")
def test_little_room_for_what_is_under_way(monkeypatch: Any):
    monkeypatch.setattr(doctor, "LEAST_TEMPORARY", 10**18)

    assert "LOOK  temporary files" in examine()


@pytest.mark.usefixtures("machine")
def test_a_clock_that_nobody_keeps(monkeypatch: Any):
    monkeypatch.setattr(doctor, "_is_kept", lambda: False)

    assert "LOOK  clock: " in examine()


@pytest.mark.usefixtures("machine")
def test_nothing_is_erased_after_a_jump_of_the_clock():
    now = timezone.now()
    mark = ClockMark.objects.create(seen_at=now, held_until=now + HOUR)

    said = examine()

    assert f"LOOK  erasing: not before {mark.held_until:%Y-%m-%d %H:%M}" in said
    assert "erase_due --trust-clock" in said
    mark.held_until = now - HOUR
    mark.save()
    assert "well  erasing: each hour" in examine()


@pytest.mark.usefixtures("machine")
def test_without_a_mark_of_the_clock(monkeypatch: Any):
    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(clock, "held_until", fail)

    assert "LOOK  erasing: not known" in examine()


@pytest.mark.parametrize(("answer", "is_kept"), [(0, True), (5, False)])
def test_the_kernel_is_asked_for_the_clock(
    monkeypatch: Any, answer: int, is_kept: bool
):
    kernel = SimpleNamespace(adjtimex=lambda _buffer: answer)
    monkeypatch.setattr("ctypes.CDLL", lambda _name: kernel)

    assert doctor._is_kept() is is_kept


def test_a_kernel_that_does_not_say(monkeypatch: Any):
    monkeypatch.setattr("ctypes.CDLL", lambda _name: SimpleNamespace())

    assert doctor._is_kept()


@pytest.mark.usefixtures("machine")
def test_postgis_of_an_older_release_in_this_database(monkeypatch: Any):
    monkeypatch.setattr(doctor, "POSTGIS", "SELECT '99.2', '99.1'")

    assert "LOOK  PostGIS: 99.1 in this database, 99.2 on its machine" in examine()


@pytest.mark.usefixtures("machine")
def test_a_library_that_lacks_a_format(monkeypatch: Any):
    monkeypatch.setattr(doctor, "DRIVERS", ("GPKG", "no such format"))

    assert ", without no such format\n      → Install" in examine_ill()


@pytest.mark.usefixtures("machine")
def test_coordinates_that_nobody_knows(settings: Any):
    settings.PLANNING_SRID = 99_999

    assert "WRONG coordinates: EPSG:99999 is unknown" in examine_ill()


@pytest.mark.usefixtures("machine")
def test_jobs_that_were_given_up(monkeypatch: Any):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', 'x', 'doing') RETURNING id"
        )
        ((job,),) = cursor.fetchall()
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job])
    assert "LOOK  jobs: 1 given up since yesterday" in examine()

    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(doctor, "_given_up", fail)
    assert "LOOK  jobs: not known" in examine()


def test_where_requests_are_counted(machine: Path, settings: Any):
    assert "well  metrics: each process counts for itself" in examine()

    settings.METRICS_FOLDER = machine / "metrics"
    assert f"well  metrics: counted together in {machine}/metrics" in examine()

    settings.METRICS_FOLDER = machine / "a.ttf"
    assert f"LOOK  metrics: {machine}/a.ttf: " in examine()


def test_an_old_basemap(settings: Any, machine: Path):
    os.utime(settings.BASEMAP_PATH, (0, 0))

    assert "LOOK  basemap: of 1970-01-01" in examine()


def test_no_basemap(settings: Any, machine: Path):
    settings.BASEMAP_PATH = machine / "none"

    assert "LOOK  basemap: none" in examine()


@pytest.mark.usefixtures("machine")
def test_the_basemap_of_somebody_else(settings: Any):
    settings.BASEMAP_STYLE_URL = "https://tiles.example.org/style.json"
    settings.BASEMAP_ORIGIN = "https://tiles.example.org"

    assert "well  basemap: of https://tiles.example.org" in examine()


def test_no_fonts(machine: Path):
    (machine / "a.ttf").unlink()

    assert "LOOK  fonts: 0" in examine()


def test_no_static_files(machine: Path, settings: Any):
    (machine / "staticfiles.json").unlink()
    assert "WRONG static files: missing" in examine_ill()

    settings.DEBUG = True
    assert "well  static files" in examine()


@pytest.mark.usefixtures("machine")
def test_what_the_settings_lack(monkeypatch: Any, settings: Any):
    settings.SILENCED_SYSTEM_CHECKS = ["site.W3"]
    found = [
        checks.Error("No secret.", hint="Make one.", id="site.E1"),
        checks.Warning("No mail address.", id="site.W2"),
        checks.Warning("Silent.", id="site.W3"),
    ]
    monkeypatch.setattr("django.core.checks.run_checks", lambda **_: found)

    said = examine_ill()

    assert "WRONG settings (site.E1): No secret.\n      → Make one.\n" in said
    assert "LOOK  settings (site.W2): No mail address.\n" in said
    assert "Silent" not in said


@pytest.mark.usefixtures("machine")
def test_a_pooler_in_place_of_the_database(monkeypatch: Any):
    monkeypatch.setattr(pooling, "is_direct", lambda: False)

    said = examine_ill()

    assert "WRONG pooler: DATABASE_URL leads through one" in said
    assert "DATABASE_POOLER_URL" in said


@pytest.mark.usefixtures("machine")
def test_a_pooler_that_sets_all(settings: Any, monkeypatch: Any):
    settings.DATABASE_POOLER = {"HOST": "pool"}
    monkeypatch.setattr(pooling, "lost_by", lambda _pooler: {})

    assert "well  pooler: sets all" in examine()


@pytest.mark.usefixtures("machine")
def test_a_pooler_that_forgets_something(settings: Any, monkeypatch: Any):
    settings.DATABASE_POOLER = {"HOST": "pool"}
    lost = {"jit": "on", "statement_timeout": "0"}
    monkeypatch.setattr(pooling, "lost_by", lambda _pooler: lost)

    said = examine_ill()

    assert "WRONG pooler: jit is on, statement_timeout is 0" in said
    assert "connect_query" in said


@pytest.mark.usefixtures("machine")
def test_a_pooler_that_does_not_answer(settings: Any, monkeypatch: Any):
    def fail(_pooler: Any) -> None:
        raise DatabaseError("connection refused\nIs it running?")

    settings.DATABASE_POOLER = {"HOST": "pool"}
    monkeypatch.setattr(pooling, "lost_by", fail)

    assert "WRONG pooler: connection refused\n" in examine_ill()
