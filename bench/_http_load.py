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
# Seconds after which an answer is no longer waited for.
PATIENCE = 60


class NoAnswer(Exception):
    """A server has refused what was asked for, or hung up."""


@contextmanager
def serving(database_url: str) -> Iterator[int]:
    """Serve the site with a database; yield the port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "mapapp.wsgi", "--log-level", "error"),
        *("--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"),
    ]
    environ = os.environ | {"DATABASE_URL": database_url, "MAPAPP_HTTPS": "false"}
    with served(command, environ, f"http://127.0.0.1:{port}/healthz"):
        yield port


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(command: list[str], environ: dict[str, str], url: str) -> Iterator[None]:
    """Run a server from when it answers at an address until it is no longer needed."""
    server = subprocess.Popen(command, env=environ)  # noqa: S603 -- no text from outside
    try:
        _wait_for(server, url)
        yield
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url):  # noqa: S310 -- a server of our own
                return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit(f"The server of {url} did not start.")


def requests_per_second(
    port: int, paths: list[str], headers: str, seconds: float
) -> float:
    """Return how many answers a second all clients together get, in turns of the paths.

    The first client begins with the first path, the others further on.
    """
    step = max(len(paths) // CLIENTS, 1)
    turns = [paths[n * step :] + paths[: n * step] for n in range(CLIENTS)]
    with get_context("spawn").Pool(CLIENTS) as pool:
        rates = pool.starmap(_ask, [(port, turn, headers, seconds) for turn in turns])
    return sum(rates)


def answer_to(
    port: int, path: str, headers: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers in lower case and body of one answer."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.sendall(_request(path, headers))
        status, told, body = _read(line)
        return status, told, bytes(body)


def _ask(port: int, paths: list[str], headers: str, seconds: float) -> float:
    asked = [_request(path, headers) for path in paths]
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            line.sendall(asked[done % len(asked)])
            try:
                status, _headers, _body = _read(line)
            except TimeoutError:
                # As if it had answered just now: it is not slower than it is found to be.
                return (done + 1) / (time.perf_counter() - start)
            if status >= 400:
                raise NoAnswer(paths[done % len(paths)], status)
            done += 1
        return done / (time.perf_counter() - start)


def _request(path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def _read(line: socket.socket) -> tuple[int, dict[str, str], bytearray]:
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += _received(line)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (entry.split(":", 1) for entry in rest)
    headers = {name.lower(): value.strip() for name, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(line, body)
    else:
        _fill(line, body, int(headers.get("content-length", 0)))
    return int(first.split()[1]), headers, body


def _fill(line: socket.socket, body: bytearray, length: int) -> None:
    """Read the rest of a body: into its place, for clients share the machine."""
    done = len(body)
    body.extend(bytes(length - done))
    with memoryview(body) as place:
        while done < length:
            received = line.recv_into(place[done:])
            if not received:
                raise NoAnswer("The web server hung up.")
            done += received


def _joined(line: socket.socket, data: bytearray) -> bytearray:
    """Return a body that comes in chunks, of which there are some already."""
    body, place = bytearray(), 0
    while True:
        while (end := data.find(b"\r\n", place)) < 0:
            data += _received(line)
        size, start = int(data[place:end], 16), end + 2
        place = start + size + 2
        while len(data) < place:
            data += _received(line)
        if not size:
            return body
        body += data[start : start + size]


def _received(line: socket.socket) -> bytes:
    received = line.recv(262_144)
    if not received:
        raise NoAnswer("The web server hung up.")
    return received
