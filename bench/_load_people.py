"""Who comes the morning after the article, and what each of them asks for.

Visitors come at moments drawn beforehand, however slow the site is: whoever waits keeps
nobody else from coming. Between two steps each takes the time to look.
"""

import asyncio
import json
import math
import random
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from html import unescape
from ipaddress import IPv4Address
from itertools import count
from uuid import uuid4

import altcha

from bench._load_browser import REDIRECTS, WELL, Browser, Place, form_of, hidden_fields

# A network of nobody (RFC 2544), in which each visitor has an address of their own.
FIRST_ADDRESS = IPv4Address("198.18.0.1")
PASSWORD = "mitmachkarte-demo"  # noqa: S105 -- of the demo, and printed by it
MODERATOR = "moderation"
CLERKS = ("hohenecken", "dansenberg", "haupt-und-finanzausschuss", "stadtrat")
# West, south, east, north of what a map shows at first, in degrees.
CITY = (7.62, 49.36, 7.87, 49.52)
CROWD, AROUND = (7.769, 49.444), 0.012
FILTERS = ("theme=mobility", "q=Radweg", "kind=problem&status=done", "theme=energy")
PAGES = ("/districts/", "/sittings/", "/insek/", "/search/?q=Spielplatz")
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
PIN = re.compile(r'href="(/pins/KL-[-\w]+)"')
NEXT_PAGE = re.compile(r'rel="next" href="(\?[^"#]*)')
DESK = re.compile(r'href="(/desk/[-\w]+/)"')
DESK_PIN = re.compile(r'href="(/desk/[-\w]+/pins/KL-[-\w]+/?)[^"]*"')
SITTING = re.compile(r'href="(/desk/[-\w]+/sittings/\d+/)"')
WORDS = (
    *("Radweg", "Überweg", "Spielplatz", "Haltestelle", "Beleuchtung", "Bäume", "Bank"),
    *("Gehweg", "Schule", "Brunnen", "Parkplatz", "Hecke", "Treppe", "Rampe", "Ampel"),
)


@dataclass
class Crowd:
    """All that come, from now until it is enough."""

    place: Place
    seconds: float
    visitors_per_minute: float
    photos: list[bytes]
    dice: random.Random
    # The keys of forms that were thanked for.
    thanked: set[str] = field(default_factory=set)
    came: int = 0
    decided: int = 0
    # How much later than meant somebody came: this program was busy.
    late: list[float] = field(default_factory=list)
    _addresses: "count[int]" = field(default_factory=lambda: count(int(FIRST_ADDRESS)))

    async def come(self, senders_per_minute: float) -> None:
        """Let everybody come and go."""
        regulars = [self._moderate(), *(self._clerk(name) for name in CLERKS)]
        regulars += [self._export(), self._read_ogc()]
        async with asyncio.TaskGroup() as tasks:
            for work in regulars:
                tasks.create_task(self._bear(work))
            tasks.create_task(self._arrive(self.visitors_per_minute, self._visit))
            tasks.create_task(self._arrive(senders_per_minute, self._send))

    def forget(self) -> None:
        """Forget how long everything took so far; who is there stays."""
        self.place.times.forget()
        self.late.clear()

    async def _arrive(
        self, per_minute: float, visit: Callable[[Browser], Coroutine[None, None, None]]
    ) -> None:
        """Let people come by a Poisson process, and wait until all have gone."""
        loop, dice = asyncio.get_running_loop(), random.Random(self.dice.random())  # noqa: S311 -- the same at every run
        began, moment = loop.time(), 0.0
        async with asyncio.TaskGroup() as tasks:
            while True:
                moment += dice.expovariate(per_minute / 60)
                if moment > self.seconds:
                    return
                await asyncio.sleep(began + moment - loop.time())
                self.late.append(loop.time() - began - moment)
                self.came += 1
                tasks.create_task(self._bear(visit(self._browser())))

    async def _bear(self, visit: Coroutine[None, None, None]) -> None:
        """Let somebody come; what they cannot make sense of is an error of the site."""
        try:
            await visit
        except (ValueError, LookupError) as error:
            self.place.times.add("page", visit.__name__, 0.0, repr(error))

    def _browser(self) -> Browser:
        return Browser(self.place, str(IPv4Address(next(self._addresses))))

    def _program(self) -> Browser:
        address = str(IPv4Address(next(self._addresses)))
        return Browser(self.place, address, "application/json,*/*;q=0.8")

    async def _turns(self, pause: float) -> AsyncIterator[None]:
        """Begin a turn every so many seconds, and end with the run."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        moment = pause * self.dice.random()
        while moment < self.seconds:
            await asyncio.sleep(began + moment - loop.time())
            yield
            moment = max(moment + pause, loop.time() - began)

    async def _look(self, seconds: float) -> None:
        await asyncio.sleep(seconds * (0.5 + self.dice.random()))

    async def _visit(self, browser: Browser) -> None:
        """Start page, map at two zooms, a filter, the next page, a contribution, another page."""
        dice = self.dice
        await self._start_page(browser)
        await self._look(2)
        zoom, place = dice.choice(((12, CROWD), (13, self._somewhere())))
        await self._map(browser, zoom, place)
        await self._look(2)
        await self._map(browser, zoom + 3, place)
        await self._look(3)
        query = dice.choice(FILTERS)
        page = await self._page(browser, "list with filter", f"/?{query}")
        await self._map(browser, 10, CROWD, query)
        if found := NEXT_PAGE.search(page):
            await self._look(4)
            await self._page(browser, "next page", f"/{unescape(found[1])}")
        await self._look(4)
        if pins := PIN.findall(page):
            await self._pin(browser, dice.choice(pins))
        if dice.random() < 0.5:
            await self._look(4)
            path = dice.choice(PAGES)
            await self._page(browser, path.partition("?")[0], path)
        if dice.random() < 0.3:
            # Once more, from what the browser has kept.
            await self._look(5)
            await self._start_page(browser)
        await browser.close()

    async def _start_page(self, browser: Browser) -> None:
        page = await self._page(browser, "start page", "/")
        files = list(dict.fromkeys(STATIC.findall(page)))
        await browser.get_all("file", "file of the site", files)
        await browser.get("map data", "themes.css", "/themes.css")
        streets = ("/tiles/base/tiles.json",) if self._version else ()
        for path in (*streets, "/map/districts.geojson"):
            await browser.get("map data", path, path)
        await self._map(browser, 10, CROWD)

    async def _page(self, browser: Browser, name: str, path: str) -> str:
        answer = await browser.get("page", name, path)
        return answer.text if answer.body else ""

    async def _map(
        self, browser: Browser, zoom: int, place: tuple[float, float], query: str = ""
    ) -> None:
        """Ask for the tiles that a screen shows: four of each layer."""
        x, y = tile_of(zoom, *place)
        tiles = [f"{zoom}/{x + dx}/{y + dy}.pbf" for dx in (0, 1) for dy in (0, 1)]
        base = (f"/tiles/base/{tile}?v={self._version}" for tile in tiles)
        pins = (f"/tiles/pins/{tile}{'?' if query else ''}{query}" for tile in tiles)
        await asyncio.gather(
            # Streets are drawn in tiles of one zoom less where the file ends; without one
            # nobody asks for any.
            browser.get_all(
                *("tile", "tile of streets"),
                list(base) if self._version and zoom < 15 else [],
            ),
            browser.get_all("tile", f"tile of pins z{zoom}", list(pins)),
        )

    async def _pin(self, browser: Browser, path: str) -> None:
        await self._page(browser, "contribution", path)
        await browser.get("map data", "support.json", f"{path}/support.json")

    def _somewhere(self) -> tuple[float, float]:
        west, south, east, north = CITY
        return self.dice.uniform(west, east), self.dice.uniform(south, north)

    async def prepare(self) -> None:
        """Learn what all browsers find in the description of the map's streets."""
        browser = self._browser()
        answer = await browser.get(
            "map data", "x", "/tiles/base/tiles.json", counts=False
        )
        found = json.loads(answer.text)["tiles"][0] if answer.status == 200 else ""
        self._version = found.partition("?v=")[2]
        await browser.close()

    # Of the basemap; empty where there is none.
    _version: str = ""

    async def _send(self, browser: Browser) -> None:
        """Open the form, fill it in, and send it with a photo."""
        page = await self._page(browser, "form", "/pins/new")
        await browser.get_all(
            "file", "file of the site", list(dict.fromkeys(STATIC.findall(page)))
        )
        lon, lat = (middle + self.dice.uniform(-AROUND, AROUND) for middle in CROWD)
        words = hidden_fields(page) | {
            "kind": "idea",
            "theme": "mobility",
            "title": f"{self._words(3)} {self.dice.randrange(10**6)}",
            "text": f"An dieser Stelle: {self._words(30)}.",
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
            "district": "",
            "place_note": "",
            "similar_seen": "1",
            "idempotency_key": str(uuid4()),
        }
        if self.dice.random() < 0.5:
            words["email"] = f"resident-{uuid4().hex[:12]}@example.org"
        await self._look(5)
        words["proof"] = await self._proof(browser)
        await self._look(4)
        photo = self.dice.choice(self.photos)
        sent = [browser.post("submit", "submit", "/pins/new", words, photo=photo)]
        if self.dice.random() < 0.1:
            # Somebody without scripts who clicks twice.
            again = browser.post("submit", "submit", "/pins/new", words, photo=photo)
            sent.append(again)
        answers = await asyncio.gather(*sent)
        thanks = [answer for answer in answers if answer.status in REDIRECTS]
        if thanks:
            self.thanked.add(words["idempotency_key"])
            await self._page(browser, "own page", thanks[-1].location)
        await browser.close()

    async def _proof(self, browser: Browser) -> str:
        """Return what the page's script finds, in a thread as browsers do."""
        answer = await browser.get("map data", "proof", "/proof/challenge.json")
        if answer.status != 200:
            return ""
        challenge = altcha.Challenge.from_dict(json.loads(answer.text))
        found = await asyncio.to_thread(altcha.solve_challenge, challenge)
        return altcha.Payload(challenge, found).to_base64() if found else ""

    def _words(self, number: int) -> str:
        return " ".join(self.dice.choice(WORDS) for _ in range(number))

    async def _sign_in(self, name: str) -> Browser:
        browser = self._browser()
        page = await browser.get("desk", "sign in", "/accounts/login/")
        words = hidden_fields(page.text)
        words |= {"username": name, "password": PASSWORD}
        await browser.post("desk", "sign in", "/accounts/login/", words)
        return browser

    async def _moderate(self) -> None:
        """Read the queue, and publish one after the other."""
        browser = await self._sign_in(MODERATOR)
        async for _ in self._turns(10):
            queue = await browser.get("desk", "queue", "/moderation/?kind=contribution")
            opened = form_of(queue.text, "next?kind=contribution")
            if opened is None:
                continue
            address = opened.pop("")
            led = await browser.post("desk", "next in queue", address, opened)
            path = led.location
            # To the queue, where nothing waits.
            if not re.match(r"/moderation/KL-", path):
                continue
            page = await browser.get("desk", "contribution to decide on", path)
            form = re.search(
                r'<form[^>]*class="decide".*?</form>', page.text, re.DOTALL
            )
            if form is None:
                continue
            await self._look(3)
            words = hidden_fields(form[0]) | {"to": "published"}
            address = path.partition("?")[0]
            done = await browser.post("desk", "publish", address, words)
            self.decided += done.status in REDIRECTS
        await browser.close()

    async def _clerk(self, name: str) -> None:
        """Read the inbox, take one on or leave a note, and look at the agenda."""
        browser = await self._sign_in(name)
        led = await browser.get("desk", "desks", "/desk/", well=WELL | REDIRECTS)
        # Straight on where there is only one.
        desk = led.location or next(iter(DESK.findall(led.text)), "")
        async for _ in self._turns(15):
            page = (await browser.get("desk", "inbox", desk)).text
            if pins := DESK_PIN.findall(page):
                await self._look(2)
                await self._decide(browser, self.dice.choice(pins))
            await self._look(2)
            listed = await browser.get("desk", "sittings", f"{desk}sittings/")
            if sittings := SITTING.findall(listed.text):
                await browser.get("desk", "agenda", self.dice.choice(sittings))
        await browser.close()

    async def _decide(self, browser: Browser, path: str) -> None:
        page = (await browser.get("desk", "contribution at the desk", path)).text
        await self._look(2)
        if accept := form_of(page, "accept"):
            address = accept.pop("")
            done = await browser.post("desk", "take on", address, accept)
            self.decided += done.status in REDIRECTS
        elif note := form_of(page, "notes"):
            address = note.pop("")
            note["text"] = f"Vor Ort ansehen: {self._words(5)}."
            await browser.post("desk", "note", address, note)

    async def _export(self) -> None:
        """Take files along: GeoJSON and CSV in turns, now and then a GeoPackage."""
        browser, turn = self._program(), 0
        async for _ in self._turns(15):
            turn += 1
            if turn % 6 == 3:
                await self._geopackage(browser)
            else:
                ending = "csv" if turn % 2 else "geojson"
                # Another program each time, which has nothing yet.
                browser.forget_pages()
                name = f"pins.{ending}"
                await browser.get("export", name, f"/exports/{name}")
        await browser.close()

    async def _geopackage(self, browser: Browser) -> None:
        """Ask for one, wait until the worker has made it, and take it along."""
        name, waiting = "pins.gpkg", frozenset({200, 202})
        asked = await browser.get("export", name, "/exports/pins.gpkg", well=waiting)
        told: dict[str, str | None] = {"file": None}
        while asked.location and not told["file"]:
            await asyncio.sleep(2)
            answer = await browser.get("export", name, asked.location, well=waiting)
            told = json.loads(answer.text) if answer.body else {"file": "/"}
        if told["file"]:
            path = f"/{told['file'].split('/', 3)[3]}"
            await browser.get("export", name, path)

    async def _read_ogc(self) -> None:
        """A program that reads boxes of OGC API Features."""
        browser = self._program()
        async for _ in self._turns(5):
            west, south = self._somewhere()
            box = f"{west:.4f},{south:.4f},{west + 0.03:.4f},{south + 0.02:.4f}"
            path = f"/ogc/v1/collections/pins/items?limit=100&bbox={box}"
            await browser.get("export", "items of OGC", path)
        await browser.close()


def tile_of(zoom: int, lon: float, lat: float) -> tuple[int, int]:
    """Return column and row of the tile of a place, in degrees (Web Mercator)."""
    number = 2**zoom
    turn = math.asinh(math.tan(math.radians(lat))) / math.pi
    return int((lon + 180) / 360 * number), int((1 - turn) / 2 * number)
