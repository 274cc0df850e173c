"""Clients that want the site to wait for them, and what others notice: `./run drill slow_clients`.

First behind nginx, as `deploy/nginx/` has it, then at gunicorn alone, which is not meant to
be reached by anybody: there only its limits are shown, and that it is back afterwards.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import REQUEST_ENTITY_TOO_LARGE
from os import sysconf
from pathlib import Path

from bench._pins import INSERT
from drills._attackers import KINDS, MEGABYTE, Kind, Target, attacking
from drills._ground import DrillFailed, Ground, run, since
from drills._guests import Guests
from drills._post import free_port
from drills._proxy import Proxy, demand_nginx
from drills._site import Site, family
from drills._town import Town, town, wait_for
from drills._visitors import URLENCODED, Crowd, connect

# What is read slowly has to be more than the system takes in for a reader.
PINS = 5_000
REST = 1.0
SECONDS = 5.0
# So much longer may a page take, than it does without them in the same run.
TIMES, MORE = 2.0, 0.1
MOST_GROWTH = 80 * MEGABYTE
SECONDS_TO_RECOVER = 30.0
# nginx waits for the rest of what it has refused for a few seconds.
SECONDS_TO_LET_GO = 45.0
# Of residents, and to the database.
SPARE_WIRES = 40
WORKERS_ALONE = 2
# What is sent where, and the words that say that it is too much.
TOO_MUCH = (
    ("/", 10 * MEGABYTE, "html", 'lang="de"'),
    ("/en/about/privacy/", 10 * MEGABYTE, "html", 'lang="en"'),
    ("/en/pins/new", 45 * MEGABYTE, "html", 'lang="en"'),
    ("/open311/v2/requests.json", 10 * MEGABYTE, "problem+json", "detail"),
    ("/ogc/v1/collections/pins/items", 10 * MEGABYTE, "problem+json", "detail"),
)


# Far from the numbers that the site itself gives.
FIRST = 1_000_001
OTHERS = "SELECT idempotency_key FROM pins_pin WHERE title NOT LIKE 'Beitrag Nummer %'"


def drill(ground: Ground, ends: ExitStack) -> None:
    """Attack by each kind and by all of them, and look at what others notice."""
    place = ends.enter_context(ground.server("first"))
    proxy = Proxy(ground.folder, ground.static)
    site = town(ground, place, sys.maxsize, rest=REST, behind=proxy)
    here = ends.enter_context(site)
    with ground.console.step(f"Publishing {PINS:,} contributions"):
        here.ask(INSERT % (FIRST, FIRST + PINS - 1))
        here.others = frozenset(here.ask(OTHERS).splitlines())
    _say_what_is_too_much(here)
    with _all_let_go(here, proxy):
        _attack_behind(here)
    here.crowd.send_no_more()
    here.finish()
    again = here.crowd.attempts - here.crowd.wanted
    ground.must(again == 0, "each form went through at once")
    _attack_alone(here)


def _say_what_is_too_much(here: Town) -> None:
    """Send more than is taken, and read the answers."""
    for path, length, kind, words in TOO_MUCH:
        connection = connect(here.crowd.port, here.crowd.certificate)
        try:
            headers = {"Content-Type": URLENCODED}
            connection.request("POST", path, b"x" * length, headers)
            answer = connection.getresponse()
            said, page = answer.getheader("Content-Type", ""), answer.read().decode()
        finally:
            connection.close()
        is_told = answer.status == REQUEST_ENTITY_TOO_LARGE and kind in said
        here.ground.must(
            is_told and words in page, f"{length // MEGABYTE} MB to {path}: told (413)"
        )


def _attack_behind(here: Town) -> None:
    ground = here.ground
    waves = [] if ground.is_short else [(kind,) for kind in KINDS]
    target = Target(here.crowd.port, by_tls=True)
    with Guests(here.crowd) as guests:
        time.sleep(1)
        before = guests.within(SECONDS)
        visits = {}
        for kinds in [*waves, KINDS]:
            with attacking(target, *kinds):
                visit = visits[_name(kinds)] = guests.within(SECONDS)
            ground.console.say(
                f"  {_name(kinds)}: {len(visit.seconds)} pages, 95 of 100 within "
                f"{_ms(visit.p95)}"
            )
        after = guests.within(SECONDS)
    calm = max(before.p95, after.p95)
    failures = [failure for visit in visits.values() for failure in visit.failures]
    if failures:
        message = f"{len(failures)} pages did not come: {failures[:3]}"
        raise DrillFailed(message)
    ground.must(True, "all of them came")  # noqa: FBT003 -- reads as a sentence
    slowest = max(visit.p95 for visit in visits.values())
    ground.must(
        slowest <= calm * TIMES + MORE,
        f"and nearly as soon as without any of it ({_ms(calm)})",
    )


@contextmanager
def _all_let_go(here: Town, proxy: Proxy) -> Iterator[None]:
    """Compare memory and connections before and after."""
    pids = [
        *family(proxy.pid),
        *(pid for name in ("web@1", "web@2") for pid in here.site.pids(name)),
    ]
    # What is loaded once is not the attackers'.
    time.sleep(2)
    memory, wires = _memory(pids), _wires(pids)
    yield
    began, most = time.monotonic(), wires + SPARE_WIRES
    while _wires(pids) > most:
        late = f"{_wires(pids)} connections are open, before it were {wires}"
        here.ground.must_be_early(began, SECONDS_TO_LET_GO, late)
        time.sleep(0.2)
    here.ground.must(True, f"all connections are gone after {since(began)}")  # noqa: FBT003 -- reads as a sentence
    _must_be_small(here.ground, _memory(pids) - memory)


def _attack_alone(here: Town) -> None:
    """Show what holds without a proxy: not much, and not for longer than the attack."""
    ground, port = here.ground, free_port()
    address = f"127.0.0.1:{port}"
    alone = {
        **here.environ,
        "WEB_BIND": address,
        "WEB_WORKERS": str(WORKERS_ALONE),
        "MAPAPP_BASE_URL": f"http://{address}",
        "MAPAPP_HTTPS": "false",
        "MAPAPP_BEHIND_PROXY": "false",
    }
    crowd, target = Crowd(port, 0), Target(port, by_tls=False)
    with Site(alone, ground.logs) as site:
        wait_for(crowd, "/readyz")
        began = time.monotonic()
        while len(pids := site.pids("web")) <= WORKERS_ALONE:
            ground.must_be_early(began, SECONDS_TO_RECOVER, "a process is missing")
            time.sleep(0.1)
        memory = _memory(pids)
        for kind in KINDS[:1] if ground.is_short else KINDS:
            with attacking(target, kind), Guests(crowd, patience=2.0) as guests:
                visit = guests.within(SECONDS)
            began = time.monotonic()
            wait_for(crowd, "/readyz")
            came = len(visit.seconds) - len(visit.failures)
            ground.console.say(
                f"  gunicorn alone, {kind.name}: {came} of {len(visit.seconds)} pages "
                f"came; back {since(began)} afterwards"
            )
            ground.must_be_early(began, SECONDS_TO_RECOVER, "it was away")
        ground.must(site.pids("web") == pids, "none of its processes has died")
        _must_be_small(ground, _memory(pids) - memory)


def _must_be_small(ground: Ground, growth: int) -> None:
    text = f"memory has grown by {max(growth, 0) / MEGABYTE:.0f} MB"
    ground.must(growth <= MOST_GROWTH, text)


def _name(kinds: tuple[Kind, ...]) -> str:
    """Return what a wave is called."""
    if len(kinds) > 1:
        return f"all {sum(kind.clients for kind in kinds):,} clients at once"
    return f"{kinds[0].clients:,} × {kinds[0].name}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _memory(pids: list[int]) -> int:
    """Return the bytes that processes hold in memory; what they share counts for each."""
    return sum(map(_resident, pids)) * sysconf("SC_PAGE_SIZE")


def _resident(pid: int) -> int:
    """Return the pages that a process holds; none once it has ended.

    One of nginx does by itself: it reads what the cache has, and goes after a minute.
    """
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except FileNotFoundError:
        return 0


def _wires(pids: list[int]) -> int:
    """Return how many sockets processes have open."""
    return sum(1 for pid in pids for file in _open_files(pid) if _is_socket(file))


def _open_files(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return []


def _is_socket(file: Path) -> bool:
    try:
        return str(file.readlink()).startswith("socket:")
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    demand_nginx()
    sys.exit(run("Clients that want to be waited for", drill))
