"""A browser without a screen: HTTP/1.1 over a few connections, cookies, ETags, gzip.

Times count from when somebody meant to ask: what waits for a free connection, or for this
program, has waited.
"""

import asyncio
import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from bench._load_figures import Times
from drills._visitors import MULTIPART, multipart

CONNECTIONS = 6
PATIENCE = 20.0
WELL = frozenset({200, 204, 304})
URLENCODED = "application/x-www-form-urlencoded"
REDIRECTS = frozenset({302, 303})
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'\bname="([^"]+)"'), re.compile(r'\bvalue="([^"]*)"')


class HungUp(OSError):
    """The server ended a connection that had been used before."""


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The page, unpacked where it came packed."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def location(self) -> str:
        """Where the answer leads on to, as a path."""
        return self.headers.get("location", "")


@dataclass(frozen=True)
class Place:
    """Where the site is, what is counted there, and whom its loop serves."""

    port: int
    times: Times


class Browser:
    """One person's browser, or a program; `address` is what the proxy says of where it is.

    `accept` is what it likes best.
    """

    def __init__(
        self, place: Place, address: str, accept: str = "text/html,*/*;q=0.8"
    ) -> None:
        self._place = place
        self._accept = accept
        self._address = address
        self._cookies: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self._idle: list[_Wire] = []
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def get(
        self,
        kind: str,
        name: str,
        path: str,
        *,
        well: frozenset[int] = WELL,
        counts: bool = True,
    ) -> Answer:
        """Ask for an address, with the ETag that it had the last time."""
        etag = self._etags.get(path)
        known = {"If-None-Match": etag} if etag else {}
        answer = await self._ask(
            kind, name, "GET", path, known, b"", well, counts=counts
        )
        if "etag" in answer.headers:
            self._etags[path] = answer.headers["etag"]
        return answer

    async def get_all(self, kind: str, name: str, paths: Sequence[str]) -> None:
        """Ask for several addresses at once, as many at a time as browsers do."""
        await asyncio.gather(*(self.get(kind, name, path) for path in paths))

    async def post(
        self,
        kind: str,
        name: str,
        path: str,
        words: Mapping[str, str],
        *,
        photo: bytes = b"",
        well: frozenset[int] = REDIRECTS,
    ) -> Answer:
        """Send a form, with a photo (JPEG) where there is one."""
        if photo:
            content, body = MULTIPART, multipart(words, photo)
        else:
            content, body = URLENCODED, urlencode(words).encode()
        headers = {"Content-Type": content, "Origin": self._origin}
        return await self._ask(kind, name, "POST", path, headers, body, well)

    def forget_pages(self) -> None:
        """Keep cookies, and nothing of what was seen."""
        self._etags.clear()

    async def close(self) -> None:
        """Hang up."""
        for wire in self._idle:
            wire.close()
        self._idle.clear()

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self._place.port}"

    async def _ask(
        self,
        kind: str,
        name: str,
        method: str,
        path: str,
        more: Mapping[str, str],
        body: bytes,
        well: frozenset[int],
        *,
        counts: bool = True,
    ) -> Answer:
        began = asyncio.get_running_loop().time()
        head = self._head(method, path, more, len(body))
        try:
            async with self._free, asyncio.timeout(PATIENCE):
                answer = await self._send(head + body, is_safe=method == "GET")
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError) as error:
            answer, problem = Answer(0), type(error).__name__
        else:
            problem = "" if answer.status in well else f"answered {answer.status}"
        if counts:
            seconds = asyncio.get_running_loop().time() - began
            self._place.times.add(kind, name, seconds, problem)
        return answer

    def _head(
        self, method: str, path: str, more: Mapping[str, str], length: int
    ) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._place.port}",
            f"X-Forwarded-For: {self._address}",
            f"Accept: {self._accept}",
            "Accept-Encoding: gzip",
            "Accept-Language: de",
            *(f"{header}: {value}" for header, value in more.items()),
        ]
        if self._cookies:
            pairs = (f"{name}={value}" for name, value in self._cookies.items())
            lines.append(f"Cookie: {'; '.join(pairs)}")
        if method != "GET":
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode()

    async def _send(self, request: bytes, *, is_safe: bool) -> Answer:
        wire = self._idle.pop() if self._idle else await _Wire.open(self._place.port)
        try:
            answer, cookies = await wire.ask(request)
        except HungUp:
            # As browsers do: it was idle for too long, and nothing came of this.
            if not is_safe:
                raise
            wire = await _Wire.open(self._place.port)
            answer, cookies = await wire.ask(request)
        except BaseException:
            wire.close()
            raise
        self._cookies |= cookies
        if answer.headers.get("connection") == "close":
            wire.close()
        else:
            self._idle.append(wire)
        return answer


class _Wire:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader, self._writer = reader, writer
        self._is_used = False

    @classmethod
    async def open(cls, port: int) -> "_Wire":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def close(self) -> None:
        self._writer.close()

    async def ask(self, request: bytes) -> tuple[Answer, dict[str, str]]:
        """Return the answer and the cookies it sets. Raises HungUp."""
        try:
            self._writer.write(request)
            await self._writer.drain()
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            is_empty = not getattr(error, "partial", b"")
            if self._is_used and is_empty:
                self.close()
                raise HungUp from error
            raise
        self._is_used = True
        first, *rest = head.decode("latin-1").split("\r\n")
        pairs = [(n.lower(), v.strip()) for n, _, v in (r.partition(":") for r in rest)]
        cookies = dict(
            value.partition(";")[0].split("=", 1)
            for name, value in pairs
            if name == "set-cookie"
        )
        status, headers = int(first.split()[1]), dict(pairs)
        body = await self._body(status, headers)
        return Answer(status, headers, body), cookies

    async def _body(self, status: int, headers: Mapping[str, str]) -> bytes:
        if status in {204, 304}:
            return b""
        if headers.get("transfer-encoding") != "chunked":
            return await self._reader.readexactly(int(headers["content-length"]))
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return b"".join(parts)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page, or of a form cut out of it."""
    return {
        name[1]: unescape(value[1])
        for tag in HIDDEN.findall(page)
        if (name := NAME.search(tag)) and (value := VALUE.search(tag))
    }


def form_of(page: str, ending: str) -> dict[str, str] | None:
    """Return the hidden fields of the form whose address ends so; None without one."""
    for form in page.split("<form ")[1:]:
        tag, _, rest = form.partition(">")
        found = re.search(r'action="([^"]*)"', tag)
        if found and found[1].endswith(ending):
            return hidden_fields(rest.partition("</form>")[0]) | {
                "": unescape(found[1])
            }
    return None
