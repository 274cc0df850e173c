"""Residents who send contributions and do not give up until they have been thanked."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

from drills._ground import DrillFailed

FORM = "/pins/new"
URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "between-two-fields"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
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

    def count_in(self, key: str) -> None:
        """Count a contribution that somebody else was thanked for."""
        with self._lock:
            self.wanted += 1
            self._begun += 1
        self.thanked.add(key)

    def _visit(self) -> None:
        visitor = Visitor(self.port)
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

    def __init__(self, port: int) -> None:
        self._port = port
        self._hidden: dict[str, str] = {}
        self._cookie = ""

    def send(self, key: str, number: int) -> bool:
        """Send a form; tell whether the answer was thanks."""
        try:
            body = urlencode(self._words(key, number)).encode()
            status, _body, _cookies = self._ask("POST", body)
        except (OSError, http.client.HTTPException):
            return False
        return status == http.client.FOUND

    def send_photo(self, key: str, number: int, photo: bytes) -> tuple[int, str]:
        """Send a form with a photo (JPEG); return the status and the page."""
        body = _multipart(self._words(key, number), photo)
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
        connection = http.client.HTTPConnection("127.0.0.1", self._port, PATIENCE)
        try:
            headers = {"Cookie": self._cookie, "Content-Type": kind}
            connection.request(method, FORM, body or None, headers)
            answer = connection.getresponse()
            cookies = answer.headers.get_all("Set-Cookie", [])
            return answer.status, answer.read().decode(), cookies
        finally:
            connection.close()


def _multipart(words: dict[str, str], photo: bytes) -> bytes:
    """Return the body of a form with a file (RFC 7578)."""
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
