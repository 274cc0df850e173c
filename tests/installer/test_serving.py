"""Serving: both programs are begun and ended together. Stand-ins play them."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer import serving
from installer.checkout import Checkout
from installer.errors import SetupError

WEB_SERVER = f'exec "{sys.executable}" -m http.server --bind 127.0.0.1 "$PORT"'


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with socket.socket() as held:
        # No other program takes a port that is held; one that asks for it by name may.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        made = Checkout.read(tmp_path, {"PORT": str(held.getsockname()[1])})
        made.make_local()
        made.python.parent.mkdir(parents=True)
        yield made


@pytest.fixture
def site(checkout: Checkout) -> Iterator[serving.Site]:
    environ = {"PORT": str(checkout.port), "PATH": "/usr/bin:/bin"}
    made = serving.Site(checkout, environ)
    yield made
    made.end()


def play(checkout: Checkout, *, web_server: str, worker: str) -> None:
    """Put a stand-in where Python is: its arguments tell which program is wanted."""
    checkout.python.write_text(
        f'#!/bin/sh\ncase "$*" in *gunicorn*) {web_server} ;; *) {worker} ;; esac\n'
    )
    checkout.python.chmod(0o755)


def test_site_answers_and_its_lock_names_the_programs(
    checkout: Checkout, site: serving.Site
) -> None:
    play(checkout, web_server=WEB_SERVER, worker="exec sleep 60")
    site.start()
    assert len(serving.holders(serving.lock_file(checkout))) == 3
    site.end()
    assert serving.holders(serving.lock_file(checkout)) == []


def test_web_server_takes_no_path_from_a_header(
    checkout: Checkout, site: serving.Site, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    write = f"printf '%s\\n' \"$@\" > {told}"
    play(checkout, web_server=f"{write}; {WEB_SERVER}", worker="exec sleep 60")
    site.start()
    assert "--forwarder-headers\n\n" in told.read_text()


def test_web_server_that_ends_is_told(checkout: Checkout, site: serving.Site) -> None:
    play(checkout, web_server="exit 3", worker="exec sleep 60")
    with pytest.raises(SetupError, match=r"web server ended by itself \(status 3\)"):
        site.start()


def test_worker_that_ends_is_told(checkout: Checkout, site: serving.Site) -> None:
    play(checkout, web_server=WEB_SERVER, worker="exit 4")
    site.start()
    with pytest.raises(SetupError, match=r"worker ended by itself \(status 4\)"):
        site.wait_until_one_ends()
