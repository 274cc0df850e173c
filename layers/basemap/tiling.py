"""Cutting features into vector tiles with tippecanoe, a program of its own."""

import json
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

from geo.osm.zooms import MAX_ZOOM, MIN_ZOOM
from layers.basemap.errors import BasemapError
from layers.basemap.progress import Report

OPTIONS = (
    f"--minimum-zoom={MIN_ZOOM}",
    f"--maximum-zoom={MAX_ZOOM}",
    # Every feature from its own zoom on: none is left out to make tiles smaller.
    "--no-feature-limit",
    "--no-tile-size-limit",
    "--drop-rate=1",
    "--no-tiny-polygon-reduction",
    # The resolution that MapLibre works in: 30 cm at the largest zoom, not 60.
    "--full-detail=13",
    # What is small lies on what is large: the park on the quarter, the pond in the park.
    "--order-largest-first",
    "--read-parallel",
    "--json-progress",
)
LINES_OF_ERROR = 5


def program() -> Path:
    """Return the path of tippecanoe; raises BasemapError where it is not installed."""
    beside = Path(sys.executable).with_name("tippecanoe")
    found = beside if beside.exists() else shutil.which("tippecanoe")
    if found is None:
        message = "tippecanoe is not installed. ./run basemap installs it."
        raise BasemapError(message)
    return Path(found)


def make_tiles(features: Path, target: Path, report: Report) -> None:
    """Make an MBTiles file of features that name their layer and first zoom themselves.

    `features` holds one GeoJSON object a line, in EPSG:4326. Whatever else is written
    stays in the folder of `target`. Raises BasemapError where the program fails.
    """
    command = [
        *(str(program()), *OPTIONS),
        *("--temporary-directory", str(target.parent)),
        *("--output", str(target), str(features)),
    ]
    try:
        with subprocess.Popen(  # noqa: S603 -- our own program and files
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as running:
            remarks = _follow(running, report)
    except OSError as error:
        message = f"tippecanoe cannot be started: {error.strerror}."
        raise BasemapError(message) from error
    if running.returncode:
        message = f"tippecanoe failed: {' / '.join(remarks) or running.returncode}"
        raise BasemapError(message)


def _follow(running: "subprocess.Popen[str]", report: Report) -> list[str]:
    """Pass the progress on and return the last lines that are something else."""
    remarks: deque[str] = deque(maxlen=LINES_OF_ERROR)
    try:
        for line in running.stderr or ():
            try:
                report(round(json.loads(line)["progress"]), 100)
            except (ValueError, KeyError, TypeError):
                remarks.append(line.strip())
    except BaseException:
        running.kill()
        raise
    return [remark for remark in remarks if remark]
