"""The morning after a newspaper article: `./run load [--minutes N] [--short] [--losses]`.

Makes a site of its own as it is run for real, on a database server of its own: two web
processes, the worker, nginx where it is installed; a city with 20,000 contributions and the
demo. To it come 500 visitors a minute, 20 of whom send a photo, while five desks work and
programs take files along. Prints how long they waited, what the site took, and whether that
is well; the status says the same. The first seconds are not counted: the site has been
running before. With `--losses` fewer come, and how long they waited is only said: a machine
that has other things to do fails for errors and for what was lost, and for nothing else.
"""

import argparse
import asyncio
import io
import os
import random
import resource
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from PIL import Image, ImageFilter

from bench._load_browser import Place
from bench._load_figures import Finding, Reading, Times, by_minute, judge, percentile
from bench._load_people import Crowd
from bench._load_site import FILES, Running, serving
from drills._ground import Ground, run
from drills._post import free_port
from installer.cluster import Cluster

MINUTES, SHORT_MINUTES = 10.0, 1.0
CONTRIBUTIONS = 20_000
VISITORS, SENDERS = 480.0, 20.0
# Where only losses count: for a shorter time, more forms and few visits.
SHORTEST_MINUTES, FEW_VISITORS, MANY_SENDERS = 0.5, 60.0, 40.0
SEED = 20_261_129
WARMING, PAUSE = 10.0, 5.0
# What a phone of some years makes: 12 megapixels.
PHOTO = (4_000, 3_000)
PHOTOS = 3
FILL = "from bench._pins import fill; fill({number}, lambda reached: None, 7_000)"
KEPT = """
    SELECT pin.idempotency_key, count(*), (
        SELECT count(*) FROM pins_photo WHERE form_key = pin.idempotency_key
    )
    FROM pins_pin pin GROUP BY 1
"""


@dataclass
class Watch:
    """What the site takes while it is under load."""

    site: Running
    readings: list[Reading] = field(default_factory=list)
    _began: float = 0.0
    _before: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Count from now on."""
        self._began, self._before = time.monotonic(), self._processor()

    async def read(self) -> None:
        """Read the memory every few seconds."""
        while True:
            seconds = time.monotonic() - self._began
            memory = await asyncio.to_thread(self.site.memory)
            self.readings.append(Reading(seconds, memory))
            await asyncio.sleep(PAUSE)

    def cores(self) -> dict[str, float]:
        """Return how many processors each part kept busy, this program as well."""
        seconds = time.monotonic() - self._began
        now = self._processor()
        return {part: (now[part] - was) / seconds for part, was in self._before.items()}

    def _processor(self) -> dict[str, float]:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return {**self.site.processor(), "visitors": own.ru_utime + own.ru_stime}


@dataclass(frozen=True)
class Morning:
    """How long they come for, and whether it matters how long they wait."""

    minutes: float
    only_losses: bool

    @property
    def visitors(self) -> float:
        """Return how many come to read each minute."""
        return FEW_VISITORS if self.only_losses else VISITORS

    @property
    def senders(self) -> float:
        """Return how many come to send something each minute."""
        return MANY_SENDERS if self.only_losses else SENDERS


def load(ground: Ground, ends: ExitStack, morning: Morning) -> None:
    """Make the site, let them come, and look. Raises DrillFailed."""
    place = ends.enter_context(ground.server("first"))
    port = free_port()
    environ = _environ(ground, place, port)
    as_demo = {**environ, "MAPAPP_DEMO": "true"}
    ground.load_city(as_demo, demo=False)
    if not morning.only_losses:
        with ground.console.step(f"Filling it with {CONTRIBUTIONS:,} contributions"):
            ground.manage(as_demo, "shell", "-c", FILL.format(number=CONTRIBUTIONS))
    with ground.console.step("Adding the demo"):
        ground.manage(as_demo, "load_demo")
    with ground.console.step("Taking photos"):
        dice = random.Random(SEED)  # noqa: S311 -- the same at every run
        photos = [_photo(dice) for _ in range(PHOTOS)]
    with serving(ground, place, environ, port) as site:
        ground.console.say(
            f"  {'nginx, two web servers with a process each' if site.has_proxy else 'One web server with two processes (no nginx)'}, "
            f"the worker, PostgreSQL; {os.cpu_count()} processors for all and the visitors"
        )
        crowd, watch = _let_them_come(site, photos, dice, morning)
        cores = watch.cores()
    findings = judge(crowd.place.times, watch.readings, morning.minutes)
    findings += _find_contributions(ground, place, crowd)
    _tell(ground, crowd, watch, cores)
    counted = [each for each in findings if each.is_loss or not morning.only_losses]
    lines = (each if each in counted else f"     {each.what}" for each in findings)
    ground.console.say("\n" + "\n".join(f"  {line}" for line in lines))
    what = "nothing was lost" if morning.only_losses else "the site bears it"
    ground.must(all(finding.holds for finding in counted), what)


def _environ(ground: Ground, place: Cluster, port: int) -> dict[str, str]:
    """Return the settings of a site that others reach, but for TLS and second factors."""
    return ground.environ(
        place,
        MAPAPP_DEMO="false",
        MAPAPP_DEBUG="false",
        MAPAPP_HTTPS="false",
        MAPAPP_SECOND_FACTOR="false",
        MAPAPP_BASE_URL=f"http://127.0.0.1:{port}",
        MAPAPP_BEHIND_PROXY="true",
        MAPAPP_MAIL_FOLDER=ground.folder / "mail",
        MAPAPP_METRICS_FOLDER=ground.folder / "metrics",
        MAPAPP_LIMITS="",
    )


def _photo(dice: random.Random) -> bytes:
    """Return a JPEG of some MB: as much detail as a photo of a street has."""
    grain = Image.frombytes("RGB", PHOTO, dice.randbytes(PHOTO[0] * PHOTO[1] * 3))
    shapes = Image.frombytes("RGB", (40, 30), dice.randbytes(3_600))
    shapes = shapes.resize(PHOTO, Image.Resampling.BICUBIC)
    picture = Image.blend(shapes, grain.filter(ImageFilter.GaussianBlur(0.8)), 0.3)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _let_them_come(
    site: Running, photos: list[bytes], dice: random.Random, morning: Morning
) -> tuple[Crowd, Watch]:
    times, watch = Times(), Watch(site)
    _soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    crowd = Crowd(
        place=Place(site.port, times),
        seconds=WARMING + morning.minutes * 60,
        visitors_per_minute=morning.visitors,
        photos=photos,
        dice=dice,
    )
    asyncio.run(_run(crowd, watch, morning.senders))
    return crowd, watch


async def _run(crowd: Crowd, watch: Watch, senders: float) -> None:
    await crowd.prepare()
    watch.begin()
    coming = asyncio.create_task(crowd.come(senders))
    await asyncio.sleep(WARMING)
    crowd.forget()
    watch.begin()
    reading = asyncio.create_task(watch.read())
    await coming
    reading.cancel()


def _find_contributions(ground: Ground, place: Cluster, crowd: Crowd) -> list[Finding]:
    """Compare what was thanked for with what is there."""
    rows = [row.split("|") for row in ground.ask(place, KEPT).splitlines()]
    kept = {key: (int(pins), int(photos)) for key, pins, photos in rows}
    lost = sum(kept.get(key) != (1, 1) for key in crowd.thanked)
    what = f"each of {len(crowd.thanked):,} thanked for is there once, with its photo"
    return [Finding(bool(crowd.thanked) and not lost, what, is_loss=True)]


def _tell(
    ground: Ground,
    crowd: Crowd,
    watch: Watch,
    cores: Mapping[str, float],
) -> None:
    times, say = crowd.place.times, ground.console.say
    say(f"\n{crowd.came:,} people came, {crowd.decided:,} decisions at desks")
    for lines in (times.lines(), ["Slowest (number, p50, p95):", *times.slowest(12)]):
        say("\n" + "\n".join(f"  {line}" for line in lines))
    for reason, number in times.reasons.most_common(12):
        say(f"  {number:,} times {reason}")
    busy = ", ".join(f"{part} {share:.2f}" for part, share in cores.items())
    say(f"\n  Processors kept busy: {busy}; together {sum(cores.values()):.2f}")
    late = percentile(crowd.late, 0.95) * 1_000
    say(f"  95 of 100 visitors began within {late:.0f} ms of when they meant to")
    say("\n  Memory\n" + "\n".join(f"  {line}" for line in by_minute(watch.readings)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--short", action="store_true", help="one minute")
    parser.add_argument("--losses", action="store_true", help="not how fast it is")
    chosen = parser.parse_args()
    short = SHORTEST_MINUTES if chosen.losses else SHORT_MINUTES
    minutes = short if chosen.short else chosen.minutes
    morning = Morning(minutes, chosen.losses)
    people = morning.visitors + morning.senders
    title = f"The morning after the article: {people:.0f} people a minute, {minutes:g} minutes"
    return run(title, lambda ground, ends: load(ground, ends, morning))


if __name__ == "__main__":
    sys.exit(main())
