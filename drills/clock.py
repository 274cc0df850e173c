"""The clock of the machine is set, ahead and back, while it runs: `./run drill clock`.

In the middle of contributions the clock of web server and worker jumps by an hour, a day and
a year, and back; the database, as on another machine, keeps its own. Where libfaketime is
installed, both then jump by a year together. Nobody may be turned away for it, nothing be
erased for it, and what is done each minute must go on, once all is as it was.
"""

import json
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from drills._ground import ROOT, DrillFailed, Ground, run
from drills._town import Town, town

HOUR, DAY = 3_600, 86_400
YEAR = 365 * DAY
AHEAD = ROOT / "drills" / "clock_ahead"
LIBRARIES = ("lib/*/faketime/libfaketimeMT.so.1", "lib*/faketime/libfaketimeMT.so.1")
REST = 0.5
SECONDS_TO_GO_ON = 150.0
EACH_MINUTE = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'succeeded' AND task_name LIKE '%take_up_stalled_jobs'
"""
ADDRESSES = "SELECT count(*) FROM pins_contact"
OTHER_CLOCK = "is not that of the database"
REFUSAL = "Nothing is erased"


@dataclass(frozen=True)
class Clock:
    """The clock of some programs, which can be set."""

    file: Path

    def set_ahead(self, seconds: int) -> None:
        """Let it be ahead by so many seconds, at once; behind where that is less than 0."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{seconds:+}", "ascii")
        fresh.chmod(0o644)
        fresh.replace(self.file)


def drill(ground: Ground, ends: ExitStack) -> None:
    """Set the clocks while residents send contributions."""
    web, library = Clock(ground.folder / "clock"), _library()
    database = Clock(ground.folder.with_suffix(".clock"))
    ends.callback(database.file.unlink, missing_ok=True)
    for each in (web, database):
        each.set_ahead(0)
    # The server alone: what else is started from this ground has no such clock.
    with_clock = _with_clock(ground, database, library) if library else ground
    place = ends.enter_context(with_clock.server("first"))
    site = town(
        *(ground, place, ground.size(500)),
        rest=REST,
        PYTHONPATH=AHEAD,
        DRILL_CLOCK=web.file,
    )
    here = ends.enter_context(site)
    ground.must(_erases(here), "what is due is erased by a clock that is right")
    here.at(0.1, "An hour ahead of the database", lambda: _jump(here, web, HOUR))
    here.at(0.2, "A day", lambda: _jump(here, web, DAY))
    here.at(0.3, "A year", lambda: _jump(here, web, YEAR))
    ground.must(not _erases(here), "nothing is erased by such a clock")
    here.at(0.4, "Right again", lambda: _set_right(here, web))
    here.at(0.5, "A day behind", lambda: _jump(here, web, -DAY))
    here.at(0.6, "Right again", lambda: _set_right(here, web))
    if library:
        here.at(0.7, "Both a year ahead", lambda: _set(YEAR, web, database))
        ground.must(not _erases(here), "nothing is erased after such a jump")
        here.at(0.9, "Both right again", lambda: _set(0, web, database))
    else:
        ground.console.say("  Without libfaketime the database's clock stays as it is.")
    _wait_for_each_minute(here)
    ground.must(_erases(here), "what is due is erased again")
    here.finish()
    kept = here.ground.ask(here.place, ADDRESSES)
    ground.must(kept == str(here.crowd.wanted), "no address was erased for a jump")


def _library() -> Path | None:
    found = (path for each in LIBRARIES for path in Path("/usr").glob(each))
    return next(found, None)


def _with_clock(ground: Ground, clock: Clock, library: Path) -> Ground:
    """Let servers of the ground go by a clock of ours."""
    environ = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock.file),
        # Seconds: to read the file whenever somebody asks for the time takes too long.
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    programs = ground.programs
    programs = replace(programs, environ={**programs.environ, **environ})
    return replace(ground, programs=programs)


def _set(seconds: int, *clocks: Clock) -> None:
    for clock in clocks:
        clock.set_ahead(seconds)


def _jump(here: Town, clock: Clock, seconds: int) -> None:
    clock.set_ahead(seconds)
    if _readiness(here)["clock"] != OTHER_CLOCK:
        message = "/readyz says nothing of the clock."
        raise DrillFailed(message)


def _set_right(here: Town, clock: Clock) -> None:
    clock.set_ahead(0)
    if _readiness(here)["clock"] == OTHER_CLOCK:
        message = "/readyz still doubts the clock."
        raise DrillFailed(message)


def _readiness(here: Town) -> dict[str, str]:
    address = f"http://127.0.0.1:{here.crowd.port}/readyz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        said: dict[str, str] = json.load(answer)
    return said


def _erases(here: Town) -> bool:
    """Tell whether the site erases what is due; raises DrillFailed for anything else."""
    try:
        here.ground.manage(here.environ, "erase_due")
    except DrillFailed as failure:
        if REFUSAL not in str(failure):
            raise
        return False
    return True


def _wait_for_each_minute(here: Town) -> None:
    began, before = time.monotonic(), int(here.ground.ask(here.place, EACH_MINUTE))
    with here.ground.console.step("What is done each minute goes on"):
        while int(here.ground.ask(here.place, EACH_MINUTE)) == before:
            otherwise = "nothing was done of what is due each minute"
            here.ground.must_be_early(began, SECONDS_TO_GO_ON, otherwise)
            time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(run("Clocks that are set", drill))
