"""Downloads from a real server on loopback: cut off, resumed, refused, unchanged."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from installer import downloads, extracts
from installer.checkout import Checkout
from installer.console import Console
from installer.downloads import DownloadError, fetch
from installer.errors import SetupError, UsageError

CONTENT = bytes(range(256)) * 4000


@dataclass
class Behaviour:
    """What the server does; `cut` says after how many bytes each answer breaks off."""

    content: bytes = CONTENT
    etag: str = '"one"'
    modified: str = ""
    status: int = 200
    takes_ranges: bool = True
    tells_length: bool = True
    content_type: str = "application/octet-stream"
    cut: list[int] = field(default_factory=list)
    wrong_range: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    behaviour: Behaviour


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        how = self.server.behaviour
        how.asked.append({k.lower(): v for k, v in self.headers.items()})
        asked = how.asked[-1]
        if how.status != 200:
            self.send_error(how.status)
        elif how.etag and asked.get("if-none-match") == how.etag:
            self.send_response(304)
            self.end_headers()
        else:
            self._answer(how, self._start(how, asked))

    def _start(self, how: Behaviour, asked: dict[str, str]) -> int:
        begun = asked.get("range", "").removeprefix("bytes=").removesuffix("-")
        is_same = asked.get("if-range") in {how.etag, how.modified}
        return int(begun) if begun and is_same and how.takes_ranges else 0

    def _answer(self, how: Behaviour, start: int) -> None:
        body = how.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", how.content_type)
        if how.tells_length:
            self.send_header("Content-Length", str(len(body)))
        if how.etag:
            self.send_header("ETag", how.etag)
        if how.modified:
            self.send_header("Last-Modified", how.modified)
        if start:
            first = 0 if how.wrong_range else start
            last, total = len(how.content) - 1, len(how.content)
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        self.end_headers()
        self.wfile.write(body[: how.cut.pop(0)] if how.cut else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.behaviour = Behaviour()
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/land-latest.osm.pbf"


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "extracts" / "land-latest.osm.pbf"


@pytest.fixture
def get(url: str, target: Path, said: io.StringIO) -> Callable[[], bytes]:
    def get() -> bytes:
        fetch(url, target, Console(said, said))
        return target.read_bytes()

    return get


Get = Callable[[], bytes]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "PAUSE_SECONDS", 0)


def files(target: Path) -> list[str]:
    return sorted(file.name for file in target.parent.iterdir())


def test_a_file_comes_whole(get: Get, target: Path, said: io.StringIO) -> None:
    assert get() == CONTENT
    assert files(target) == ["land-latest.osm.pbf", "land-latest.osm.pbf.json"]
    assert "land-latest.osm.pbf: 100 % of 1 MB" in said.getvalue()
    assert "\r" not in said.getvalue()


def test_what_breaks_off_goes_on(get: Get, server: Server, said: io.StringIO) -> None:
    server.behaviour.cut = [300_000, 500_000]

    assert get() == CONTENT

    ranges = [asked.get("range") for asked in server.behaviour.asked]
    assert ranges == [None, "bytes=300000-", "bytes=800000-"]
    assert server.behaviour.asked[1]["if-range"] == '"one"'
    assert said.getvalue().count("going on") == 2


def test_by_the_date_where_the_tag_is_weak(get: Get, server: Server) -> None:
    server.behaviour.etag = 'W/"one"'
    server.behaviour.modified = "Fri, 27 Nov 2026 21:00:00 GMT"
    server.behaviour.cut = [300_000]

    assert get() == CONTENT
    assert server.behaviour.asked[1]["if-range"] == server.behaviour.modified


def test_the_next_call_goes_on_too(get: Get, server: Server, target: Path) -> None:
    server.behaviour.cut = [300_000] + [0] * downloads.ATTEMPTS
    with pytest.raises(DownloadError, match="breaks off again and again") as caught:
        get()
    assert "./run basemap goes on from there" in caught.value.hint
    assert not target.exists()

    server.behaviour.cut = []
    assert get() == CONTENT
    assert server.behaviour.asked[-1]["range"] == "bytes=300000-"


def test_a_server_without_ranges_begins_again(get: Get, server: Server) -> None:
    server.behaviour.takes_ranges = False
    server.behaviour.cut = [300_000]

    assert get() == CONTENT


def test_a_server_that_says_nothing_of_its_file(get: Get, server: Server) -> None:
    server.behaviour.etag = ""
    server.behaviour.cut = [300_000]

    assert get() == CONTENT
    assert "range" not in server.behaviour.asked[1]


def test_a_server_that_does_not_say_how_much(get: Get, server: Server) -> None:
    server.behaviour.tells_length = False

    assert get() == CONTENT


def test_a_file_that_changed_meanwhile_begins_again(get: Get, server: Server) -> None:
    server.behaviour.cut = [300_000] + [0] * downloads.ATTEMPTS
    with pytest.raises(DownloadError):
        get()

    server.behaviour.cut = []
    server.behaviour.etag, server.behaviour.content = '"two"', b"new" * 1000

    assert get() == b"new" * 1000


def test_another_part_than_was_asked_for_is_not_appended(
    get: Get, server: Server
) -> None:
    server.behaviour.cut = [300_000]
    server.behaviour.wrong_range = True

    assert get() == CONTENT


def test_what_was_begun_and_is_past_the_end(
    get: Get, server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = target.with_name(f"{target.name}.part")
    part.parent.mkdir()
    part.write_bytes(b"x" * 10)
    answers = iter([416, 200])
    answer = Handler.do_GET

    def refuse_once(handler: Handler) -> None:
        handler.server.behaviour.status = next(answers)
        answer(handler)

    monkeypatch.setattr(Handler, "do_GET", refuse_once)

    assert get() == CONTENT


def test_what_is_there_and_unchanged_is_not_fetched_again(
    get: Get, server: Server, said: io.StringIO
) -> None:
    get()
    assert get() == CONTENT

    assert server.behaviour.asked[1]["if-none-match"] == '"one"'
    assert "there is no newer one" in said.getvalue()


def test_a_newer_one_takes_its_place(get: Get, server: Server) -> None:
    get()
    server.behaviour.etag, server.behaviour.content = '"two"', b"new" * 1000

    assert get() == b"new" * 1000


def test_what_is_known_of_another_address_does_not_count(
    get: Get, server: Server, target: Path
) -> None:
    target.parent.mkdir()
    target.write_bytes(b"of another region")
    about = {"url": "http://elsewhere.example/land-latest.osm.pbf", "etag": '"one"'}
    target.with_name(f"{target.name}.json").write_text(json.dumps(about))

    assert get() == CONTENT


@pytest.mark.parametrize("content", ["", "[]", '{"colour": 1}', "\0"])
def test_a_note_that_cannot_be_read(get: Get, target: Path, content: str) -> None:
    target.parent.mkdir()
    for suffix, data in (("", b"old"), (".part", b"old")):
        target.with_name(f"{target.name}{suffix}").write_bytes(data)
        target.with_name(f"{target.name}{suffix}.json").write_text(content)

    assert get() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_told_at_once(
    get: Get, server: Server, status: int, target: Path
) -> None:
    server.behaviour.status = status

    with pytest.raises(DownloadError, match=str(status)) as caught:
        get()

    assert "./run basemap FILE" in caught.value.hint
    assert len(server.behaviour.asked) == 1
    assert files(target) == []


def test_a_server_in_trouble_is_asked_again(get: Get, server: Server) -> None:
    server.behaviour.status = 503

    with pytest.raises(DownloadError, match="503"):
        get()

    assert len(server.behaviour.asked) == downloads.ATTEMPTS


def test_a_page_instead_of_a_file(get: Get, server: Server, target: Path) -> None:
    """As hotels and schools answer until somebody has signed in."""
    server.behaviour.content_type = "text/html; charset=utf-8"

    with pytest.raises(DownloadError, match="web page"):
        get()
    assert not target.exists()


def test_no_room(
    get: Get, server: Server, monkeypatch: pytest.MonkeyPatch, target: Path
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: usage)  # type: ignore[attr-defined]  # imported there

    with pytest.raises(DownloadError, match="has no room"):
        get()
    assert not target.exists()


def test_no_network(
    server: Server, url: str, target: Path, said: io.StringIO, tmp_path: Path
) -> None:
    server.server_close()

    with pytest.raises(DownloadError, match="cannot be reached") as caught:
        fetch(url, target, Console(said, said))
    assert f"download {url} elsewhere" in caught.value.hint


def test_a_bar_on_a_terminal(url: str, target: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    output = Terminal()
    fetch(url, target, Console(output, output))

    assert "\rland-latest.osm.pbf: 100 % of 1 MB " in output.getvalue()
    assert output.getvalue().endswith(" s\n")


# --- Which extract ------------------------------------------------------------------------


@pytest.fixture
def provide(tmp_path: Path, said: io.StringIO) -> Callable[..., Path]:
    def provide(given: str = "", **environ: str) -> Path:
        checkout = Checkout.read(tmp_path, environ)
        return extracts.provide(checkout, Console(said, said), given)

    return provide


Provide = Callable[..., Path]


def test_a_file_that_is_named(
    provide: Provide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stadt.osm.pbf").touch()

    assert provide("stadt.osm.pbf") == tmp_path / "stadt.osm.pbf"
    with pytest.raises(SetupError, match=r"There is no file .*fehlt\.osm\.pbf"):
        provide("fehlt.osm.pbf")


def test_an_address_that_is_named(provide: Provide, url: str, tmp_path: Path) -> None:
    found = provide(url)

    assert found == tmp_path / ".local" / "extracts" / "land-latest.osm.pbf"
    assert found.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b/stadt.osm.bz2?x=1", "stadt.osm.bz2"),
        ("/download", "extract.osm.pbf"),
        ("/..%2f..%2fetc%2fstadt.osm", "stadt.osm"),
        ("", "extract.osm.pbf"),
    ],
)
def test_the_name_keeps_its_ending_and_leads_nowhere(
    provide: Provide, url: str, path: str, name: str, tmp_path: Path
) -> None:
    host = url.rpartition("/")[0]

    assert provide(host + path) == tmp_path / ".local" / "extracts" / name


def test_another_city_names_its_own(provide: Provide, url: str) -> None:
    assert provide(MITMACH_EXTRACT=url).name == "land-latest.osm.pbf"


EXTRACT = "https://maps.example/land.osm.pbf"


def write_city(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "city.toml").write_text(text)


@pytest.mark.parametrize("named", ["", "cities/town", "cities/town/city.toml"])
def test_without_a_name_it_is_that_of_the_city(
    provide: Provide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    asked = []
    monkeypatch.setattr(downloads, "fetch", lambda url, *_: asked.append(url))
    write_city(tmp_path / "cities" / "town", f'[basemap]\nextract = "{EXTRACT}"\n')

    provide(**({"MAPAPP_CITY": named} if named else {}))

    assert asked == [EXTRACT]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "not known which extract"),
        ("[city]", "not known which extract"),
        ("basemap = 1", "not known which extract"),
        ("[basemap]\nextract = 1", "not known which extract"),
        ("[basemap", "is not TOML"),
    ],
)
def test_a_city_that_names_no_extract_says_what_would_help(
    provide: Provide, tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        write_city(tmp_path / "cities" / "town", text)

    with pytest.raises(SetupError, match=message):
        provide()


def test_without_a_network_the_last_one_is_named(
    provide: Provide, url: str, server: Server
) -> None:
    last = provide(url)
    server.server_close()

    with pytest.raises(SetupError) as caught:
        provide(url)

    assert f"./run basemap {last}" in caught.value.hint


@pytest.mark.parametrize("given", ["http://", "https://[::1", "http://a b/x.osm.pbf"])
def test_what_is_no_address(provide: Provide, given: str) -> None:
    with pytest.raises(UsageError, match="is no address"):
        provide(given)
