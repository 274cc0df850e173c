"""Whether the site can listen, tried on real sockets."""

import socket
from collections.abc import Iterator

import pytest

from installer import port
from installer.errors import SetupError

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_taken_port_is_refused_with_a_free_one(taken: int) -> None:
    with pytest.raises(SetupError, match=f"Port {taken} on {HERE} is in use") as caught:
        port.check(HERE, taken)
    suggested = int(caught.value.hint.split("PORT=")[1].split()[0])
    port.check(HERE, suggested)


def test_free_port_stays_free() -> None:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        free = listener.getsockname()[1]
    port.check(HERE, free)
    port.check(HERE, free)


def test_nothing_is_suggested_beyond_the_last_port() -> None:
    assert port.next_free(HERE, port.LAST_PORT) is None


def test_address_of_another_machine() -> None:
    with pytest.raises(SetupError, match="cannot listen on"):
        port.check("192.0.2.1", 8000)
