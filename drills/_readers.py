"""Visitors who only read, in the same moments, and staff who sign in and decide."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import cycle
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from drills._ground import DrillFailed

PATIENCE = 30.0
# A tile without anything in it has no content.
WELL = {"200", "204"}
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]+)"'), re.compile(r'value="([^"]*)"')
# What anybody may read: pages, tiles, interfaces, and files that are streamed.
ADDRESSES = (
    *("/", "/?sort=supported", "/districts/", "/sittings/", "/insek/measures/"),
    *("/insek/numbers/", "/search/?q=Beitrag", "/tiles/pins/10/533/350.pbf"),
    *("/tiles/districts/10/534/350.pbf", "/ogc/v1/collections/pins/items?limit=50"),
    *("/exports/pins.geojson", "/exports/pins.csv", "/exports/pins.geojsonl"),
    *("/feeds/pins.atom", "/oparl/v1/", "/open311/v2/requests.json"),
    *("/catalog.ttl", "/sitemap.xml", "/places.json?q=Markt"),
)


@dataclass
class Readers:
    """What several visitors have read, and how it went; a failure by its address."""

    port: int
    addresses: Sequence[str] = ADDRESSES
    rest: float = 0.0
    read: int = 0
    slowest: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ends: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def come(self, number: int) -> Self:
        """Let so many of them read, one address after the other."""
        begins = [index * len(self.addresses) // number for index in range(number)]
        self._threads = [
            threading.Thread(target=self._visit, args=(begin,)) for begin in begins
        ]
        for thread in self._threads:
            thread.start()
        return self

    def go_home(self) -> None:
        """Read nothing any more."""
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, seconds: float = 120.0) -> None:
        """Return once so many more answers have come; raises DrillFailed."""
        wanted, began = self.read + more, time.monotonic()
        while self.read < wanted:
            if time.monotonic() - began > seconds:
                message = f"Only {self.read} of {wanted} answers came."
                raise DrillFailed(message)
            time.sleep(0.05)

    def _visit(self, begin: int) -> None:
        turned = [*self.addresses[begin:], *self.addresses[:begin]]
        for address in cycle(turned):
            if self._ends.is_set():
                return
            began = time.monotonic()
            said = answer_to(self.port, address)
            with self._lock:
                self.read += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                if said not in WELL:
                    self.failures[f"{address}: {said}"] += 1
            time.sleep(self.rest)


def answer_to(port: int, address: str) -> str:
    """Return the status of an address that was read to its end, or what broke it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", address)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    else:
        return str(response.status)
    finally:
        connection.close()


class Browser:
    """A browser that keeps its cookies, without scripts."""

    def __init__(self, port: int) -> None:
        self._site = f"http://127.0.0.1:{port}"
        self.cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        """Return a page. Raises DrillFailed."""
        return self._open(path, None)

    def send(self, page: str, path: str, **words: str) -> str:
        """Send the form of a page with these words; return the page that follows."""
        found = HIDDEN.findall(page)
        hidden = {
            name[1]: value[1] if (value := VALUE.search(tag)) else ""
            for tag in found
            if (name := NAME.search(tag))
        }
        return self._open(path, urlencode({**hidden, **words}).encode())

    def sign_in(self, name: str, password: str) -> None:
        """Sign in as somebody who needs no second factor. Raises DrillFailed."""
        form = "/accounts/login/"
        page = self.send(self.get(form), form, username=name, password=password)
        if "/accounts/logout/" not in page:
            message = f"{name} cannot sign in."
            raise DrillFailed(message)

    def _open(self, path: str, body: bytes | None) -> str:
        try:
            with self._opener.open(f"{self._site}{path}", body, PATIENCE) as answer:
                said: bytes = answer.read()
        except (HTTPError, URLError) as error:
            message = f"{path}: {error}"
            raise DrillFailed(message) from error
        return said.decode()
