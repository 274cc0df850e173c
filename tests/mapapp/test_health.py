"""The operator's two questions: does the process live, can it serve?"""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_the_process_lives_without_asking_the_database(client):
    """No database mark: a query would fail the test."""
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_it_can_serve(client):
    response = client.get("/readyz")

    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_before_the_migrations_have_run(client):
    MigrationRecorder.Migration.objects.filter(app="pins").delete()

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"migrations missing\n")


@pytest.mark.django_db(transaction=True)
def test_not_without_a_database(client, monkeypatch):
    settings = connection.settings_dict
    connection.close()
    monkeypatch.setitem(settings, "NAME", f"{settings['NAME']}_is_not_there")
    # The pool would go on trying for a while.
    monkeypatch.setitem(settings, "OPTIONS", {})

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"no database\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_by_http_are_not_led_to_https(client, settings, path, db):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 301


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_they_are_only_read(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_head_is_answered(client):
    response = client.head("/healthz")
    assert (response.status_code, response.content) == (200, b"")
