"""Large files over HTTP: what has come is kept, and the rest is asked for."""

import http.client
import json
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from installer.console import Console
from installer.errors import SetupError

CHUNK = 256 * 1024
TIMEOUT_SECONDS = 30
# How often in a row nothing comes before we give up, and how long we wait in between.
ATTEMPTS = 4
PAUSE_SECONDS = 2.0
OK, PARTIAL, UNCHANGED, PAST_THE_END, SERVER_ERROR = 200, 206, 304, 416, 500
BROKEN = (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)


class DownloadError(SetupError):
    """The file cannot be had; what has come of it stays for the next time."""


class _Interrupted(Exception):
    """The connection broke off; the rest can be asked for."""


@dataclass
class _Known:
    """What the server said of a file, by which it can be asked for the same one again."""

    url: str = ""
    etag: str = ""
    modified: str = ""

    @classmethod
    def read(cls, file: Path, url: str) -> "_Known":
        """Return what is known, nothing where it is about another address."""
        try:
            known = cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return cls(url)
        return known if known.url == url else cls(url)

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @property
    def strong(self) -> str:
        """Return what tells that bytes are the same; a weak ETag does not."""
        is_strong = self.etag and not self.etag.startswith("W/")
        return self.etag if is_strong else self.modified


def fetch(url: str, target: Path, console: Console) -> None:
    """Download a file; nothing where the server has no newer one.

    An interrupted download goes on from where it was, now or at the next call, as far as
    the server can do that and still has the same file. Raises DownloadError where the
    file cannot be had.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    download = _Download(url, target, console)
    failures = 0
    while True:
        before = download.size
        try:
            download.run()
        except _Interrupted as interruption:
            # As long as something comes, it is worth going on.
            failures = 0 if download.size > before else failures + 1
            if failures >= ATTEMPTS:
                raise _gave_up(url, str(interruption)) from interruption
            console.say(f"  interrupted ({interruption}), going on …")
            time.sleep(PAUSE_SECONDS)
        else:
            return


class _Download:
    """One file on its way: `.part` holds what has come, `.part.json` whose it is."""

    def __init__(self, url: str, target: Path, console: Console) -> None:
        self._url = url
        self._target = target
        self._console = console
        self._part = target.with_name(f"{target.name}.part")
        self._part_about = target.with_name(f"{target.name}.part.json")
        self._about = target.with_name(f"{target.name}.json")

    @property
    def size(self) -> int:
        """Return how many bytes have come."""
        return self._part.stat().st_size if self._part.exists() else 0

    def run(self) -> None:
        """Ask once; raises _Interrupted where it is worth asking again."""
        request = urllib.request.Request(self._url, headers=self._headers())  # noqa: S310 -- the scheme is checked
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- see above
                self._receive(answer)
        except urllib.error.HTTPError as error:
            error.close()
            self._refused(error.code, error.reason)
        except urllib.error.URLError as error:
            raise _unreachable(self._url, error.reason) from error
        except BROKEN as error:
            raise _Interrupted(str(error) or type(error).__name__) from error

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": "Mitmachkarte", "Accept-Encoding": "identity"}
        known = _Known.read(self._part_about, self._url)
        if self.size and known.strong:
            headers |= {"Range": f"bytes={self.size}-", "If-Range": known.strong}
        elif self._target.exists():
            known = _Known.read(self._about, self._url)
            if known.etag:
                headers["If-None-Match"] = known.etag
            elif known.modified:
                headers["If-Modified-Since"] = known.modified
        return headers

    def _refused(self, status: int, reason: str) -> None:
        if status == UNCHANGED:
            self._console.say(f"{self._target.name}: there is no newer one.")
        elif status == PAST_THE_END:
            # The server's file is no longer the one that was begun.
            self._part.unlink(missing_ok=True)
            raise _Interrupted("the file has changed")
        elif status >= SERVER_ERROR:
            answer = f"{status} {reason}"
            raise _Interrupted(answer)
        else:
            message = f"{self._url} cannot be had: {status} {reason}."
            raise DownloadError(message, _by_hand(self._url))

    def _receive(self, answer: Any) -> None:
        if answer.headers.get_content_type() == "text/html":
            message = f"{self._url} answers with a web page, not with a file."
            raise DownloadError(message, _by_hand(self._url))
        start = self._start(answer)
        if not start:
            # Before its head is noted: the two must never be of different files.
            self._part.unlink(missing_ok=True)
        about = _Known(
            self._url,
            answer.headers.get("ETag", ""),
            answer.headers.get("Last-Modified", ""),
        )
        about.write(self._part_about)
        length = answer.headers.get("Content-Length")
        total = start + int(length) if length else 0
        self._make_sure_of_room(total - start)
        meter = _Meter(self._console, self._target.name, total)
        with self._part.open("ab") as output:
            _copy(answer, output, meter.advance, start)
        if total and self.size < total:
            share = f"{self.size} of {total} bytes"
            raise _Interrupted(share)
        meter.finish()
        self._part.replace(self._target)
        self._part_about.replace(self._about)

    def _start(self, answer: Any) -> int:
        """Return from which byte on the answer is; what was begun otherwise is void."""
        if answer.status != PARTIAL:
            return 0
        expected = f"bytes {self.size}-"
        if answer.headers.get("Content-Range", "").startswith(expected):
            return self.size
        self._part.unlink(missing_ok=True)
        raise _Interrupted("another part came than was asked for")

    def _make_sure_of_room(self, wanted: int) -> None:
        free = shutil.disk_usage(self._target.parent).free
        if wanted > free:
            message = (
                f"{self._target.parent} has no room for {self._target.name}: "
                f"{wanted / 1e6:.0f} MB are missing, {free / 1e6:.0f} MB are free."
            )
            raise DownloadError(message)


class _Meter:
    """Tells how far a download has come: a bar on a terminal, tenths anywhere else."""

    def __init__(self, console: Console, name: str, total: int) -> None:
        self._console = console
        self._name = name
        self._total = total
        self._told = 0
        self._is_terminal = console.output.isatty()
        self._start = time.monotonic()

    def advance(self, done: int) -> None:
        """Tell of another percent, or another tenth."""
        if not self._total:
            return
        percent = 100 * done // self._total
        step = 1 if self._is_terminal else 10
        if percent >= self._told + step:
            self._told = percent
            line = f"{self._name}: {percent} % of {self._total / 1e6:.0f} MB"
            if self._is_terminal:
                self._console.output.write(f"\r{line} ")
                self._console.output.flush()
            else:
                self._console.say(line)

    def finish(self) -> None:
        """Tell that all has come."""
        seconds = time.monotonic() - self._start
        begin = "\r\x1b[K" if self._is_terminal else ""
        self._console.say(f"{begin}{self._name}: downloaded in {seconds:.1f} s")


def _copy(answer: Any, output: Any, advance: Callable[[int], None], done: int) -> None:
    try:
        while data := answer.read(CHUNK):
            output.write(data)
            done += len(data)
            advance(done)
    except http.client.IncompleteRead as error:
        output.write(error.partial)
        raise


def _unreachable(url: str, reason: object) -> Exception:
    """Return what to raise where there was no answer at all."""
    if isinstance(reason, TimeoutError | ConnectionResetError):
        return _Interrupted(str(reason))
    message = f"{url} cannot be reached: {reason}."
    return DownloadError(message, _by_hand(url))


def _gave_up(url: str, reason: str) -> DownloadError:
    message = f"The download of {url} breaks off again and again: {reason}."
    return DownloadError(message, f"./run basemap goes on from there. {_by_hand(url)}")


def _by_hand(url: str) -> str:
    return (
        f"It can be brought by hand as well: download {url} elsewhere, copy it to this "
        "machine, and start ./run basemap FILE."
    )
