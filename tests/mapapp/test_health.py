"""The operator's two questions: does the process live, can it serve?"""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from operation.watching import readiness
from tests.operation.workers import see_worker
from trust.media import rest
from trust.models import ClockMark

ALL_WELL = {
    "ready": True,
    "database": "ok",
    "migrations": "ok",
    "worker": "ok",
    "clock": "ok",
    "disk": "ok",
}
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def well(db, monkeypatch):
    """A machine on which all is well, however full that of the tests may be."""
    see_worker(timezone.now())
    leave_room(monkeypatch, 10 * 1024**3)


def leave_room(monkeypatch, free):
    usage = Usage(free * 2, free, free)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)


def test_the_process_lives_without_asking_the_database(client):
    """No database mark: a query would fail the test."""
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("well")
def test_it_can_serve(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, ALL_WELL)
    assert "no-store" in response["Cache-Control"]
    # A line for each check.
    assert response.content.count(b"\n") == len(ALL_WELL) + 2


@pytest.mark.usefixtures("well")
def test_not_before_the_migrations_have_run(client):
    MigrationRecorder.Migration.objects.filter(app="pins").latest("name").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        **ALL_WELL,
        "ready": False,
        "migrations": "missing",
        "worker": "not known",
        "clock": "not known",
    }


@pytest.mark.django_db
def test_it_knows_the_migrations_that_django_knows():
    known = MigrationLoader(connection, ignore_no_migrations=True).disk_migrations

    assert set(zip(*readiness.needed(), strict=True)) == set(known)


@pytest.mark.django_db(transaction=True)
def test_not_without_a_database(client, monkeypatch):
    settings = connection.settings_dict
    leave_room(monkeypatch, 10 * 1024**3)
    connection.close()
    monkeypatch.setitem(settings, "NAME", f"{settings['NAME']}_is_not_there")
    # The pool would go on trying for a while.
    monkeypatch.setitem(settings, "OPTIONS", {})

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "database": "does not answer",
        "migrations": "not known",
        "worker": "not known",
        "clock": "not known",
        "disk": "ok",
    }
    # Neither a name nor an address of what is behind.
    assert settings["NAME"] not in response.content.decode()


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("seen", [None, timedelta(minutes=5)])
def test_a_worker_that_is_gone_is_told_and_takes_nobody_away(client, seen):
    """Nothing is lost without one; without web servers nothing could be sent."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    if seen:
        see_worker(timezone.now() - seen)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {**ALL_WELL, "worker": "gives no sign of life"}


@pytest.mark.usefixtures("well")
def test_a_clock_that_has_jumped_is_told_and_takes_nobody_away(client):
    now = timezone.now()
    ClockMark.objects.create(seen_at=now, held_until=now + timedelta(days=1))

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {**ALL_WELL, "clock": "has jumped, or stood still"}


@pytest.mark.usefixtures("well")
def test_a_clock_that_is_not_the_databases(client, monkeypatch):
    ahead = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)

    response = client.get("/readyz")

    assert response.status_code == 200
    # The worker is seen by the clock of the database alone.
    assert response.json() == {**ALL_WELL, "clock": "is not that of the database"}


@pytest.mark.usefixtures("well")
def test_a_bucket_that_is_away_takes_nobody_away(client, bucket, settings):
    settings.MEDIA_ROOT = "/nowhere/at/all"
    assert client.get("/readyz").json() == {**ALL_WELL, "files": "ok"}

    rest.note(has_answered=False)
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {**ALL_WELL, "files": "do not answer"}


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(
    ("free", "status", "said"), [(10 * 1024**2, 503, "full"), (1024**3, 200, "low")]
)
def test_a_disk_without_room(client, monkeypatch, free, status, said):
    leave_room(monkeypatch, free)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["disk"]) == (status, said)
    assert response.json()["ready"] is (status == 200)


@pytest.mark.usefixtures("well")
def test_a_disk_that_cannot_be_written_to(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "a file"
    settings.MEDIA_ROOT.touch()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["disk"]) == (
        503,
        "cannot be written to",
    )


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_by_http_are_not_led_to_https(client, settings, path, db):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code in {200, 503}
    assert client.get("/").status_code == 301


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_they_are_only_read(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_head_is_answered(client):
    response = client.head("/healthz")
    assert (response.status_code, response.content) == (200, b"")
