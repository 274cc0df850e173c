"""PostgreSQL's own programs, which dump and restore."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

# Where Debian keeps those of each version.
VERSIONS = Path("/usr/lib/postgresql")


class ProgramFailed(Exception):
    """A program of PostgreSQL is missing, or ended with an error."""


def run(program: str, *words: str | Path) -> str:
    """Run a program on the database of the settings; return what it says.

    The password goes by the environment: the list of processes is for everyone. Raises
    ProgramFailed.
    """
    command = [str(find(program)), *map(str, words)]
    done = subprocess.run(  # noqa: S603 -- our own words
        command,
        env=environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{program} failed: {done.stderr.strip()}"
        raise ProgramFailed(message)
    return done.stdout


def find(program: str, versions: Path = VERSIONS) -> Path:
    """Return the program: of the folder in the settings, else the newest.

    An older pg_dump refuses a newer server. Raises ProgramFailed where there is none.
    """
    if settings.PG_PROGRAMS:
        found = Path(settings.PG_PROGRAMS) / program
        if found.is_file():
            return found
        message = f"There is no {program} in {settings.PG_PROGRAMS}."
        raise ProgramFailed(message)
    by_version = versions.glob(f"*/bin/{program}")
    newest = max(by_version, key=_version_of, default=None)
    on_path = shutil.which(program)
    if newest is None and on_path is None:
        message = (
            f"There is no {program}. Install postgresql-client, or name the folder of "
            "PostgreSQL's programs by MAPAPP_PG_PROGRAMS."
        )
        raise ProgramFailed(message)
    return newest or Path(str(on_path))


def _version_of(path: Path) -> int:
    found = re.match(r"\d+", path.parent.parent.name)
    return int(found[0]) if found else 0


def environ() -> dict[str, str]:
    """Return the environment that leads to the database of the settings."""
    database = connection.settings_dict
    given = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        "PGSSLMODE": database["OPTIONS"].get("sslmode", ""),
    }
    if settings.PG_LIBRARIES:
        given["LD_LIBRARY_PATH"] = settings.PG_LIBRARIES
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**kept, **{k: str(v) for k, v in given.items() if v}}


def jobs() -> Sequence[str]:
    """Return the words that let a restore use all processors."""
    return ("--jobs", str(os.cpu_count() or 1))
