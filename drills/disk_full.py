"""The disk is full, of the database and then of the photos: `./run drill disk_full`.

Both are small disks in memory. While the database has no room, nobody is thanked for
anything; what can stop then, PostgreSQL, is started again as its unit does. While the
photos have none, whoever sends one is told so and nothing is lost. Once there is room,
all goes on without a hand.
"""

import io
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import FOUND, SERVICE_UNAVAILABLE
from pathlib import Path
from uuid import uuid4

from PIL import Image

from drills._alone import be_alone, program
from drills._ground import Ground, run
from drills._town import Town, town
from drills._visitors import Visitor
from installer import server
from installer.cluster import Cluster
from installer.errors import SetupError

MEGABYTE = 1_000_000
# /readyz wants 100 MB for photos.
SIZE_OF_DATABASE, SIZE_OF_PHOTOS = "400m", "200m"
SECONDS_FULL = 15.0
# systemd's RestartSec of the unit of PostgreSQL.
PAUSE = 1.0
WIDTH = 800
TITLE = "Beitrag Nummer 0"
SMALL_LOG = ("max_wal_size=64MB", "min_wal_size=32MB")


def drill(ground: Ground, ends: ExitStack) -> None:
    """Fill both disks while residents send contributions."""
    with ground.server("first", *SMALL_LOG) as made:
        disk = made.data.with_name(f"{made.data.name}-disk")
    place = replace(made, data=disk / "data", disposable=False)
    photos = ground.folder / "photos"
    ends.enter_context(_disk(disk, SIZE_OF_DATABASE))
    ends.enter_context(_disk(photos, SIZE_OF_PHOTOS))
    ends.callback(server.delete, place)
    server.bring_up(place, ground.programs, ground.console)
    site = town(ground, place, ground.size(500), rest=0.5, MAPAPP_MEDIA_ROOT=photos)
    here = ends.enter_context(site)
    ends.enter_context(_started_again(ground, place))
    here.at(0.2, f"No room for {SECONDS_FULL:.0f} s", lambda: _fill(here, disk))
    here.at(0.5, "No room for photos", lambda: _fill_photos(here, photos))
    here.finish()


def _fill(here: Town, disk: Path) -> None:
    ballast = disk / "ballast"
    _write_until_full(ballast)
    time.sleep(SECONDS_FULL)
    ballast.unlink()


def _fill_photos(here: Town, photos: Path) -> None:
    """Send a photo that there is no room for, and again once there is."""
    ballast, visitor = photos / "ballast", Visitor(here.crowd.port)
    key, photo = str(uuid4()), _photo()
    _write_until_full(ballast)
    status, page = visitor.send_photo(key, 0, photo)
    here.ground.must(
        status == SERVICE_UNAVAILABLE and TITLE in page,
        "who sends a photo is told, and nothing typed is lost",
    )
    ballast.unlink()
    status, page = visitor.send_photo(key, 0, photo)
    here.ground.must(status == FOUND, "the same form is taken a moment later")
    here.crowd.count_in(key)


def _photo() -> bytes:
    """Return a JPEG that compresses badly."""
    content = io.BytesIO()
    noise = os.urandom(3 * WIDTH * WIDTH)
    Image.frombytes("RGB", (WIDTH, WIDTH), noise).save(content, "JPEG")
    return content.getvalue()


def _write_until_full(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(MEGABYTE))
        except OSError:
            return


@contextmanager
def _disk(folder: Path, size: str) -> Iterator[None]:
    """Lay a small disk over a folder."""
    folder.mkdir()
    options = f"size={size},mode=0755"
    mount = [program("mount"), "-t", "tmpfs", "-o", options, "drill", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield
    finally:
        subprocess.run([program("umount"), str(folder)], check=True)
        shutil.rmtree(folder)


@contextmanager
def _started_again(ground: Ground, place: Cluster) -> Iterator[None]:
    """Start PostgreSQL again wherever it has stopped."""
    ends = threading.Event()

    def look() -> None:
        while not ends.wait(PAUSE):
            try:
                server.bring_up(place, ground.programs, ground.console)
            except SetupError:
                continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


if __name__ == "__main__":
    be_alone("--mount")
    sys.exit(run("A disk that is full", drill))
