"""A real HTTP server on loopback that webhooks lead to, as good and as bad as servers are."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# A key for tests alone, of a certificate for "localhost".
CERTIFICATE = Path(__file__).with_suffix(".pem")


@dataclass
class Received:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HookServer:
    """What has arrived, and what is answered to the next: a number for each path."""

    base: str = ""
    received: list[Received] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    # Those who answer slowly go on when the test is over.
    is_over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path that is asked."""

    protocol_version = "HTTP/1.1"
    hooks: HookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hooks.received.append(Received(self.path, headers, body))
        with suppress(OSError):
            SPECIAL.get(self.path, Handler.answer)(self)

    def answer(self) -> None:
        status = self.hooks.answers.get(self.path, 204)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.hooks.base}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def never_answer(self) -> None:
        self.hooks.is_over.wait()

    def drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.hooks.is_over.wait(0.02):
            self.wfile.write(b"x")

    def pour(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.hooks.is_over.is_set():
            self.wfile.write(b"x" * 65_536)

    def talk_nonsense(self) -> None:
        self.wfile.write(b"\x00\xff no HTTP at all\r\n\r\n")
        self.close_connection = True

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing in the log of the tests."""


SPECIAL = {
    "/never": Handler.never_answer,
    "/drip": Handler.drip,
    "/huge": Handler.pour,
    "/nonsense": Handler.talk_nonsense,
    "/gone": Handler.hang_up,
}


@contextmanager
def hook_server(*, encrypted: bool = False) -> Iterator[HookServer]:
    """Run a server until the block ends."""
    server = HookServer()
    http = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Bound", (Handler,), {"hooks": server})
    )
    http.daemon_threads = True
    if encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        http.socket = context.wrap_socket(http.socket, server_side=True)
        http.handle_error = lambda *_: None  # type: ignore[method-assign]  # quiet about clients that hang up
    port = http.server_address[1]
    server.base = (
        f"https://localhost:{port}" if encrypted else f"http://127.0.0.1:{port}"
    )
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        http.shutdown()
        http.server_close()
        thread.join()
