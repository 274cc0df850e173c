"""Who stops reading a streamed answer is dropped, and holds neither thread nor query."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from mapapp.middleware import READING_TIME
from tests.factories import make_district, make_pin


@pytest.fixture
def wire() -> Iterator[socket.socket]:
    with socket.socket() as opened:
        yield opened


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "limit"), [("/exports/pins.csv", READING_TIME), ("/exports/", None)]
)
def test_only_a_stream_has_to_be_read_in_time(
    client: Client, wire: socket.socket, path: str, limit: int | None
) -> None:
    make_district(16)
    make_pin()

    environment: dict[str, Any] = {"gunicorn.socket": wire}
    response = client.get(path, **environment)

    assert response.status_code == 200
    assert wire.gettimeout() == limit


@pytest.mark.django_db
def test_a_server_that_shows_no_wire(client: Client) -> None:
    assert client.get("/exports/pins.csv").status_code == 200
