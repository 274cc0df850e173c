"""The server and its disk are lost: `./run drill backup`.

Backs up a city with its photos and pages, restores it into another server, and compares
every table and every file. What came after the backup is lost: see `point_in_time`.
"""

import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from drills._ground import Ground, run, since, size_of


def drill(ground: Ground, ends: ExitStack) -> None:
    """Lose a server with all its files, and bring it back elsewhere."""
    first = ends.enter_context(ground.server("first"))
    environ = ground.environ(first, MAPAPP_BASEMAP=_basemap(ground))
    ground.load_city(environ, demo=True)
    backups = ground.folder / "backups"
    began = time.monotonic()
    with ground.console.step("Backing up"):
        ground.manage(environ, "backup", backups)
    (backup,) = backups.iterdir()
    ground.console.say(f"  {size_of(backup)} in {since(began)}")

    with ground.console.step("Losing server and files"):
        ground.ask(first, "DROP SCHEMA public CASCADE")
        shutil.rmtree(environ["MAPAPP_MEDIA_ROOT"])
    second = ends.enter_context(ground.server("second"))
    environ = ground.environ(second, MAPAPP_BASEMAP=ground.folder / "new.pmtiles")
    with ground.console.step("Restoring into another server"):
        said = ground.manage(environ, "restore", backup)
    ground.console.say(f"  {said}")

    planned = ground.manage(environ, "showmigrations", "--plan")
    ground.must("[ ]" not in planned, "no migration is missing")
    checked = ground.manage(environ, "check", "--database", "default")
    ground.must("no issues" in checked, "the site's own checks pass")
    newest = ground.ask(second, "SELECT reference FROM pins_publicpin LIMIT 1")
    ground.must(newest.startswith("KL-"), f"{newest} is there for everyone")


def _basemap(ground: Ground) -> Path:
    """Return a file that stands for the basemap; the drill needs no real one."""
    path = ground.folder / "basemap.pmtiles"
    path.write_bytes(b"PMTiles" * 1000)
    return path


if __name__ == "__main__":
    sys.exit(run("Backup and restore", drill))
