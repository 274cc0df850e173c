"""A web server with two workers, and clients that ask it as fast as it answers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context

CLIENTS = 4


@contextmanager
def serving(database_url: str) -> Iterator[int]:
    """Serve the site with a database; yield the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "mapapp.wsgi", "--log-level", "error"),
        *("--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"),
    ]
    environ = os.environ | {"DATABASE_URL": database_url, "MAPAPP_HTTPS": "false"}
    server = subprocess.Popen(command, env=environ)  # noqa: S603 -- no text from outside
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url):  # noqa: S310 -- our own server
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The web server did not start.")


def requests_per_second(
    port: int, paths: list[str], headers: str, seconds: float
) -> float:
    """Return how many answers a second all clients together get, in turns of the paths."""
    with get_context("spawn").Pool(CLIENTS) as pool:
        rates = pool.starmap(_ask, [(port, paths, headers, seconds)] * CLIENTS)
    return sum(rates)


def answer_to(
    port: int, path: str, headers: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers in lower case and body of one answer."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_request(path, headers))
        return _read(line)


def _ask(port: int, paths: list[str], headers: str, seconds: float) -> float:
    asked = [_request(path, headers) for path in paths]
    with socket.create_connection(("127.0.0.1", port)) as line:
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            line.sendall(asked[done % len(asked)])
            status, _headers, _body = _read(line)
            if status >= 400:
                sys.exit(f"{paths[done % len(paths)]} was answered with {status}.")
            done += 1
        return done / (time.perf_counter() - start)


def _request(path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def _read(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        received = line.recv(65_536)
        if not received:
            sys.exit("The web server hung up.")
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (entry.split(":", 1) for entry in rest)
    headers = {name.lower(): value.strip() for name, value in pairs}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        body += line.recv(262_144)
    return int(first.split()[1]), headers, body
