"""While the database is away people are told to come again, and nothing is lost."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DataError, OperationalError, connection
from django.db.utils import InterfaceError, InternalError, ProgrammingError

from tests.factories import make_district, make_pin

PAGES = ("/", "/en/", "/pins/new", "/insek/")
DATA = ("/ogc/v1/collections/pins/items", "/exports/pins.geojson")
CLOSED = psycopg.OperationalError("the connection is closed")
PASSING = [
    (OperationalError, psycopg.errors.AdminShutdown()),
    (OperationalError, psycopg.errors.CannotConnectNow()),
    (OperationalError, psycopg.errors.DiskFull()),
    (OperationalError, psycopg.errors.SerializationFailure()),
    (InterfaceError, psycopg.InterfaceError("the connection is lost")),
    # Who led is led by another one now.
    (InternalError, psycopg.errors.ReadOnlySqlTransaction()),
]
FAULTS = [
    (OperationalError, psycopg.errors.QueryCanceled()),
    (ProgrammingError, psycopg.errors.UndefinedTable()),
    # The driver itself refused: there is no state of the server.
    (ProgrammingError, psycopg.ProgrammingError("the query has 0 placeholders")),
    (DataError, psycopg.DataError("cannot contain NUL")),
]


@pytest.fixture
def break_off(db, client) -> Iterator[list[Exception]]:
    """Raise, in place of each answer of the database, what a test puts here."""
    make_district(16)
    make_pin()
    client.raise_request_exception = False
    errors: list[Exception] = []

    def fail(execute, sql, params, many, context):
        raise errors[0]

    with connection.execute_wrapper(fail):
        yield errors


def raised(kind: type[Exception], cause: Exception) -> Exception:
    """Return an error as Django raises it: with what the driver said as its cause."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("path", PAGES)
def test_pages_say_when_to_come_again(client, break_off, path):
    break_off.append(raised(OperationalError, CLOSED))
    response = client.get(path)

    assert response.status_code == 503
    assert "Wir sind gerade nicht erreichbar" in response.content.decode()
    assert "We cannot be reached at the moment" in response.content.decode()
    assert response["Retry-After"] == "30"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "error", [raised(OperationalError, CLOSED), RuntimeError("a fault of ours")]
)
def test_both_languages_lead_to_their_own_pages(client, break_off, error, settings):
    def ways() -> list[str]:
        return re.findall('<a href="([^"]*)"', client.get("/").content.decode())

    break_off.append(error)
    assert ways() == ["/", "/en/"]
    settings.LANGUAGES = [("de", "Deutsch")]
    assert ways() == ["/", "/"]


@pytest.mark.parametrize("path", DATA)
def test_programs_read_it_in_their_way(client, break_off, path):
    break_off.append(raised(OperationalError, CLOSED))
    response = client.get(path)

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert "cannot be reached" in response.json()["detail"]
    assert response["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("extension", "start"), [("json", b'[{"code": 503'), ("xml", b"<?xml")]
)
def test_clients_of_open311_read_it_in_their_format(
    client, break_off, extension, start
):
    break_off.append(raised(OperationalError, CLOSED))
    response = client.get(f"/open311/v2/requests.{extension}")

    assert response.status_code == 503
    assert response.content.startswith(start)
    assert b"cannot be reached" in response.content
    assert response["Retry-After"] == "30"


def test_who_sends_a_form_is_told_to_send_it_again(client, break_off):
    break_off.append(raised(OperationalError, CLOSED))
    response = client.post("/pins/new", {"title": "Ein Überweg fehlt"})

    assert response.status_code == 503
    assert "Ihr Browser hat behalten" in response.content.decode()


@pytest.mark.parametrize(("kind", "cause"), PASSING)
def test_what_passes_is_told_so(client, break_off, kind, cause):
    break_off.append(raised(kind, cause))
    assert client.get("/").status_code == 503


@pytest.mark.parametrize(("kind", "cause"), FAULTS)
def test_a_fault_of_ours_stays_one(client, break_off, kind, cause):
    break_off.append(raised(kind, cause))
    response = client.get("/")

    assert response.status_code == 500
    assert "Der Fehler liegt bei uns" in response.content.decode()


def test_any_other_fault_is_one(client, break_off):
    break_off.append(ValueError("no"))
    assert client.get("/").status_code == 500
