"""Residents who send contributions and do not give up until they have been thanked."""

import http.client
import re
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, pairwise
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from drills._ground import DrillFailed

FORM = "/pins/new"
URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "between-two-fields"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
HERE = "127.0.0.1"
# Where visitors who come by HTTPS believe to be.
ORIGIN = "https://mitmachen.example.de"
PATIENCE, PAUSE = 20.0, 0.3
# Everything is back in less.
LONGEST = 60.0
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]+)"'), re.compile(r'value="([^"]*)"')
WORDS = {
    "kind": "idea",
    "theme": "mobility",
    "text": "Während alles ausfällt, kommt dieser Beitrag trotzdem an.",
    "lon": "7.7100",
    "lat": "49.4200",
    "district": "",
    "place_note": "",
    "similar_seen": "1",
}


@dataclass
class Crowd:
    """What several visitors have sent; each contribution by the key of its form."""

    port: int
    wanted: int
    # Seconds that each of them takes a rest between two.
    rest: float = 0.0
    # That of a proxy: they come by HTTPS.
    certificate: Path | None = None
    # Where the site is; who is not thanked at one of them tries the next.
    hosts: Sequence[str] = (HERE,)
    # When each was thanked, by time.monotonic().
    moments: list[float] = field(default_factory=list)
    thanked: set[str] = field(default_factory=set)
    attempts: int = 0
    slowest: float = 0.0
    goes_home: bool = False
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)

    def send(self, visitors: int) -> None:
        """Let so many visitors send what is wanted."""
        self._threads = [threading.Thread(target=self._visit) for _ in range(visitors)]
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        """Send nothing any more."""
        self.goes_home = True
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Return once so many have been thanked; raises DrillFailed where that ends."""
        while len(self.thanked) < count:
            if time.monotonic() - self._last > LONGEST:
                message = f"Nobody was thanked for {LONGEST:.0f} s."
                raise DrillFailed(message)
            time.sleep(0.05)

    def send_no_more(self) -> None:
        """Finish what was begun, and begin nothing more."""
        with self._lock:
            self.wanted = self._begun

    def longest_pause(self, since: float) -> float:
        """Return for how many seconds nobody was thanked, from a moment on."""
        moments = [since, *(at for at in self.moments if at > since)]
        return max(after - before for before, after in pairwise(moments))

    def count_in(self, key: str) -> None:
        """Count a contribution that somebody else was thanked for."""
        with self._lock:
            self.wanted += 1
            self._begun += 1
        self.thanked.add(key)

    def _visit(self) -> None:
        visitor = Visitor(self.port, self.certificate, self.hosts)
        while (number := self._next()) is not None:
            key, began = str(uuid4()), time.monotonic()
            while not self.goes_home and not visitor.send(key, number):
                self._count(0.0)
                time.sleep(PAUSE)
            if self.goes_home:
                return
            self._count(time.monotonic() - began)
            self.thanked.add(key)
            self._last = time.monotonic()
            self.moments.append(self._last)
            time.sleep(self.rest)

    def _next(self) -> int | None:
        with self._lock:
            if self._begun == self.wanted:
                return None
            self._begun += 1
            return self._begun

    def _count(self, seconds: float) -> None:
        with self._lock:
            self.attempts += 1
            self.slowest = max(self.slowest, seconds)


class Visitor:
    """A browser without scripts: one form, sent with a key of its own each time."""

    def __init__(
        self,
        port: int,
        certificate: Path | None = None,
        hosts: Sequence[str] = (HERE,),
    ) -> None:
        self._port = port
        self._certificate = certificate
        self._hosts = cycle(hosts)
        self._host = next(self._hosts)
        self._hidden: dict[str, str] = {}
        self._cookie = ""

    def send(self, key: str, number: int) -> bool:
        """Send a form; tell whether the answer was thanks."""
        try:
            body = urlencode(self._words(key, number)).encode()
            status, _body, _cookies = self._ask("POST", body)
        except (OSError, http.client.HTTPException):
            status = 0
        if status != http.client.FOUND:
            self._host = next(self._hosts)
        return status == http.client.FOUND

    def send_photo(self, key: str, number: int, photo: bytes) -> tuple[int, str]:
        """Send a form with a photo (JPEG); return the status and the page."""
        body = multipart(self._words(key, number), photo)
        status, page, _cookies = self._ask("POST", body, MULTIPART)
        return status, page

    def _words(self, key: str, number: int) -> dict[str, str]:
        if not self._hidden:
            self._open_form()
        return {
            **self._hidden,
            **WORDS,
            "title": f"Beitrag Nummer {number}",
            "email": f"resident{number}@example.org",
            "idempotency_key": key,
        }

    def _open_form(self) -> None:
        status, body, cookies = self._ask("GET")
        if status != http.client.OK:
            message = f"{status} instead of a form"
            raise http.client.HTTPException(message)
        found = HIDDEN.findall(body)
        self._hidden = {
            name[1]: value[1]
            for tag in found
            if (name := NAME.search(tag)) and (value := VALUE.search(tag))
        }
        self._cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)

    def _ask(
        self, method: str, body: bytes = b"", kind: str = URLENCODED
    ) -> tuple[int, str, list[str]]:
        connection = connect(self._port, self._certificate, host=self._host)
        try:
            headers = {"Cookie": self._cookie, "Content-Type": kind}
            if self._certificate:
                headers["Origin"] = ORIGIN
            connection.request(method, FORM, body or None, headers)
            answer = connection.getresponse()
            cookies = answer.headers.get_all("Set-Cookie", [])
            return answer.status, answer.read().decode(), cookies
        finally:
            connection.close()


def connect(
    port: int,
    certificate: Path | None = None,
    *,
    host: str = HERE,
    patience: float = PATIENCE,
    address: str = "",
) -> http.client.HTTPConnection:
    """Return a connection from one of our addresses, by HTTPS to who has a certificate."""
    source = (address, 0)
    if certificate is None:
        return http.client.HTTPConnection(
            host, port, timeout=patience, source_address=source
        )
    return http.client.HTTPSConnection(
        host,
        port,
        timeout=patience,
        source_address=source,
        context=_trusting(certificate),
    )


@cache
def _trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def multipart(words: Mapping[str, str], photo: bytes) -> bytes:
    """Return the body of a form with a photo, of the type MULTIPART (RFC 7578)."""
    fields = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in words.items()
    ]
    head = (
        b'Content-Disposition: form-data; name="photos"; filename="Foto.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    between = f"--{BOUNDARY}".encode()
    parts = [between + b"\r\n" + field for field in [*fields, head + photo]]
    return b"\r\n".join([*parts, between + b"--", b""])
