"""What every drill stands on: servers of its own, and the site's commands on them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from drills import _copy
from installer import cluster, environment, installation, server
from installer.checkout import Checkout
from installer.cluster import Cluster
from installer.console import Console
from installer.errors import SetupError
from installer.postgres import Installation

ROOT = Path(__file__).resolve().parent.parent
SHORT = "--short"


class DrillFailed(Exception):
    """Something is not as it has to be after all went wrong."""


@dataclass(frozen=True)
class Ground:
    """A checkout with the programs of PostgreSQL, and a folder that goes afterwards."""

    checkout: Checkout
    console: Console
    programs: Installation
    folder: Path
    # Of the drill: several of them may run at a time.
    name: str
    is_short: bool = False

    @property
    def logs(self) -> Path:
        """Return the folder of what programs of this drill have written."""
        return self.checkout.logs / f"drill-{self.name}"

    def place(self, name: str, *options: str) -> Cluster:
        """Return where a server would be that belongs to this drill alone."""
        place = cluster.of_drill(self.checkout, f"{self.name}-{name}", options)
        return replace(place, logs=self.logs)

    @contextmanager
    def server(self, name: str, *options: str) -> Iterator[Cluster]:
        """Make and start a server; it is deleted afterwards."""
        place = self.place(name, *options)
        server.delete(place)
        try:
            server.bring_up(place, self.programs, self.console)
            yield place
        finally:
            server.delete(place)

    def environ(self, place: Cluster, **more: str | Path) -> dict[str, str]:
        """Return the environment of the site on a server, with files in our folder."""
        return {
            **environment.of_site(self.checkout, place.url),
            **self.programs.environ,
            "MAPAPP_PG_PROGRAMS": str(self.programs.program("pg_dump").parent),
            "MAPAPP_MEDIA_ROOT": str(self.folder / f"media-{place.data.name}"),
            **{name: str(value) for name, value in more.items()},
        }

    def manage(self, environ: Mapping[str, str], *words: str | Path) -> str:
        """Run a command of the site; return what it says. Raises DrillFailed."""
        command = [sys.executable, "manage.py", *map(str, words)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(environ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"manage.py {words[0]} failed:\n{done.stdout}{done.stderr}"
            raise DrillFailed(message)
        return done.stdout.strip()

    def ask(self, place: Cluster, statement: str) -> str:
        """Return what a server answers to a statement. Raises DrillFailed."""
        done = subprocess.run(
            [
                *(self.programs.program("psql"), "--no-psqlrc", "-qAt"),
                *("-v", "ON_ERROR_STOP=1", "-h", place.folder, "-p", "5432"),
                *("-U", cluster.ROLE, "-d", cluster.DATABASE, "-c", statement),
            ],
            env={**os.environ, **self.programs.environ},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DrillFailed(done.stderr.strip())
        return done.stdout.strip()

    def load_city(self, environ: Mapping[str, str], *, demo: bool) -> None:
        """Migrate an empty database and fill it; by a copy where one was made before."""
        with self.console.step("Making a city to lose"), self._copy() as copy:
            if copy.exists():
                self._dump_or_restore(environ, "pg_restore", *_copy.RESTORING, copy)
            else:
                for command in ("migrate", "load_city"):
                    self.manage(environ, command)
                half = copy.with_suffix(".part")
                self._dump_or_restore(environ, "pg_dump", *_copy.DUMPING, "-f", half)
                half.rename(copy)
        if demo:
            with self.console.step("Filling it"):
                self.manage(environ, "load_demo")

    def _copy(self) -> AbstractContextManager[Path]:
        return _copy.of_city(self.checkout, self.console, self.programs.major)

    def _dump_or_restore(
        self, environ: Mapping[str, str], name: str, *words: str | Path
    ) -> None:
        address = environ["DATABASE_URL"].replace("postgis:", "postgresql:", 1)
        command = [self.programs.program(name), "--dbname", address, *words]
        done = subprocess.run(
            command, env=dict(environ), capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"{name} failed:\n{done.stderr}"
            raise DrillFailed(message)

    @property
    def static(self) -> Path:
        """Return where the site's files are; `./run drill` has collected them."""
        return Path(environment.of_site(self.checkout, "")["MAPAPP_STATIC_ROOT"])

    def size(self, whole: int) -> int:
        """Return how many of a thing to take: a fifth where the drill is to be short."""
        return whole // 5 if self.is_short else whole

    def must_be_early(self, began: float, seconds: float, otherwise: str) -> None:
        """Raise DrillFailed once so many seconds have passed since time.monotonic()."""
        if time.monotonic() - began > seconds:
            message = f"After {seconds:.0f} s {otherwise}."
            raise DrillFailed(message)

    def must(self, holds: bool, what: str) -> None:  # noqa: FBT001 -- reads as a sentence
        """Say what holds; raises DrillFailed where it does not."""
        if not holds:
            message = f"Not so: {what}."
            raise DrillFailed(message)
        self.console.say(f"  {what}")


def run(title: str, drill: Callable[[Ground, ExitStack], None]) -> int:
    """Run a drill from its title to its end; return the status to end with.

    It leaves no server and no file behind. What it enters into the stack ends with it.
    """
    console = Console()
    console.say(f"\n{title}")
    began = time.monotonic()
    checkout = Checkout.read(ROOT, os.environ)
    folder = Path(tempfile.mkdtemp(prefix="mitmachkarte-drill-"))
    try:
        programs = installation.server_for(checkout, cluster.of_drill(checkout, "any"))
        name, is_short = Path(sys.argv[0]).stem, SHORT in sys.argv[1:]
        ground = Ground(checkout, console, programs, folder, name, is_short)
        shutil.rmtree(ground.logs, ignore_errors=True)
        ground.logs.mkdir(parents=True)
        with ExitStack() as ends:
            drill(ground, ends)
    except DrillFailed as failure:
        console.error(SetupError(str(failure)))
        return 1
    except SetupError as problem:
        console.error(problem)
        return 1
    finally:
        shutil.rmtree(folder)
    console.say(f"  All well after {time.monotonic() - began:.0f} s.")
    return 0


def since(began: float) -> str:
    """Return how long ago that was, as `1.2 s`; `began` by time.monotonic()."""
    return f"{time.monotonic() - began:.1f} s"


def size_of(folder: Path) -> str:
    """Return how much lies in a folder, as `12.3 MB`."""
    total = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return f"{total / 1e6:.1f} MB"
