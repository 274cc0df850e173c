"""Finding a PostgreSQL server that has PostGIS."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

BINARIES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "usr/local/pgsql/bin",
    "usr/bin",
)
# Seen from the folder of the binaries.
POSTGIS = (
    "../lib/postgis-3.so",
    "../lib/postgresql/postgis-3.so",
    "../lib/postgresql/postgis-3.dylib",
    "../lib/postgis-3.dylib",
    "../lib64/pgsql/postgis-3.so",
)
ROOT = Path("/")
# An older one cannot take two empty values as the same in a unique constraint.
OLDEST = 15


@dataclass(frozen=True)
class Installation:
    """A server's binaries and PostGIS, of one major version.

    `environ` holds what the programs need besides the usual environment; it is empty for
    a server that was properly installed.
    """

    binaries: Path
    postgis: Path
    major: int
    environ: Mapping[str, str] = field(default_factory=dict)

    def program(self, name: str) -> Path:
        """Return the path of one of the server's programs."""
        return self.binaries / name

    def changed_at(self) -> float:
        """Return when the newest of server and extension came onto this machine."""
        files = (self.program("postgres"), self.postgis)
        return max(file.stat().st_ctime for file in files)


def find(unpacked: Path, chosen: str = "", root: Path = ROOT) -> list[Installation]:
    """Return the usable installations, the newest major version first.

    Looks in `chosen` (MITMACH_PGBIN) alone where it is given, else in the usual places
    below `root` and among the packages unpacked below `unpacked`.
    """
    if chosen:
        found = list(_usable([Path(chosen)], {}))
    else:
        usual = [folder for pattern in BINARIES for folder in root.glob(pattern)]
        own = list(unpacked.glob(BINARIES[0]))
        found = [*_usable(usual, {}), *_usable(own, unpacked_environ(unpacked))]
    # Sorting keeps the order among equals: the system's own before the unpacked.
    return sorted(found, key=lambda installation: -installation.major)


def unpacked_environ(unpacked: Path) -> dict[str, str]:
    """Return where programs of unpacked packages find their libraries and data."""
    patterns = (
        "usr/lib/*-linux-gnu*",
        "lib/*-linux-gnu*",
        "usr/lib/*-linux-gnu*/blas",
        "usr/lib/*-linux-gnu*/lapack",
    )
    libraries = [str(path) for pattern in patterns for path in unpacked.glob(pattern)]
    return {
        "LD_LIBRARY_PATH": ":".join(libraries),
        "PROJ_DATA": str(unpacked / "usr/share/proj"),
    }


def _usable(folders: list[Path], environ: Mapping[str, str]) -> Iterator[Installation]:
    for folder in folders:
        extension = next(
            (folder / path for path in POSTGIS if (folder / path).exists()), None
        )
        if extension and (folder / "initdb").exists():
            major = _major(folder / "initdb", environ)
            if major and major >= OLDEST:
                yield Installation(folder, extension, major, environ)


def _major(initdb: Path, environ: Mapping[str, str]) -> int | None:
    """Ask the program itself: folder names differ from system to system."""
    try:
        answer = subprocess.run(
            [initdb, "--version"],
            capture_output=True,
            text=True,
            env={**os.environ, **environ},
            check=False,
        ).stdout
    except OSError:
        return None
    found = re.search(r"(\d+)(?:\.\d+|beta|rc|devel|$)", answer)
    return int(found[1]) if found else None
