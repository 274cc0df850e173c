"""What it costs to take everything away: `./run bench exports [PINS]`.

Makes a scratch database with so many published pins and compares within the same run

- GeoJSON and CSV over HTTP with `COPY` of the same rows by psql, and with ogr2ogr (where
  that is installed), which writes the same columns to a file;
- the first byte of a stream, and the most memory that a web process ever had;
- a GeoPackage, as a job writes it, with ogr2ogr's.

Each round does all of them one after the other; ratios are medians of the rounds. They
travel to another machine; seconds say where time goes on this one.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench._http_load import serving
from bench._scratch import scratch_city

PINS = 1_000_000
ROUNDS = 3
# What issue 6 asks for: the least (or the most) of each ratio.
LIMITS = {
    "GeoJSON: rows a second of COPY's": 0.75,
    "GeoJSON: times as fast as ogr2ogr": 2.5,
    "CSV: times as fast as ogr2ogr": 3.0,
}
MOST = {
    "GeoPackage: seconds of ogr2ogr's": 1.3,
    "first byte, ms": 100.0,
    "web process, MB": 150.0,
}


class Download(NamedTuple):
    """Seconds until the first byte and the last, and how many bytes there were."""

    first: float
    seconds: float
    size: int


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def download(port: int, path: str) -> Download:
    """Read an answer to its end, as it comes, and keep nothing of it."""
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        # HTTP/1.0: the answer ends with the connection, and is not cut in pieces.
        line.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(65_536)
        if b" 200 " not in head.split(b"\r\n")[0]:
            sys.exit(f"{path} was answered with {head[:200]!r}.")
        size, first = len(head.partition(b"\r\n\r\n")[2]), 0.0
        while True:
            if size and not first:
                first = time.perf_counter() - start
            received = line.recv(262_144)
            if not received:
                return Download(first, time.perf_counter() - start, size)
            size += len(received)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copy_by_psql(url: str, statement: str) -> int:
    """Run COPY as psql does; return the number of bytes."""
    command = [*("psql", "-X", "-q", "-c", f"COPY ({statement}) TO STDOUT"), url]
    readable, writable = os.pipe()
    with subprocess.Popen(command, stdout=writable) as psql:  # noqa: S603 -- no text from outside
        os.close(writable)
        size = 0
        while received := os.read(readable, 262_144):
            size += len(received)
    os.close(readable)
    if psql.returncode:
        sys.exit("psql failed.")
    return size


def by_ogr2ogr(driver: str, source: str, statement: str, path: Path) -> None:
    path.unlink(missing_ok=True)
    command = ["ogr2ogr", "-f", driver, str(path), source, "-sql", statement]
    subprocess.run([*command, "-nln", "pins"], check=True)  # noqa: S603 -- no text from outside


def most_memory(port: int) -> float:
    """Return the most that a process of the web server ever had in memory, in MB."""
    peaks = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"127.0.0.1:{port}" in (folder / "cmdline").read_text():
                status = (folder / "status").read_text()
                peaks.append(int(status.partition("VmHWM:")[2].split()[0]))
        except OSError:
            # It ended meanwhile.
            continue
    return max(peaks) / 1024


def statements() -> tuple[str, str, str]:
    """Return the rows of the GeoJSON, of ogr2ogr in degrees, and in planning metres."""
    from django.conf import settings
    from django.db import connection
    from django.db.models import Func, TextField

    from exports.fields import coordinates, properties
    from exports.files import geojson
    from exports.selection import Selection
    from pins.models import PublicPin

    pins = PublicPin.objects.all()
    fields = [*properties(), *coordinates()]

    def bare(place: str) -> str:
        # As PostGIS has it: Django would ask for it as bytes.
        point = Func(template=place, output_field=TextField())
        rows = pins.values_list(*(field.value for field in fields), point)
        names = ", ".join(f'"{field.name}"' for field in fields)
        with connection.cursor() as cursor:
            inner = cursor.mogrify(*rows.query.sql_with_params())
        return f"SELECT * FROM ({inner}) AS pins({names}, geometry)"  # noqa: S608 -- our own names

    lines = geojson.collection(Selection(pins)).lines
    with connection.cursor() as cursor:
        same_rows = cursor.mogrify(*lines.query.sql_with_params())
    return (
        same_rows,
        bare("location"),
        bare(f"ST_Transform(location, {settings.PLANNING_SRID})"),
    )


def write_geopackage(path: Path) -> None:
    """Write a GeoPackage as a job does."""
    from exports.files import gis_files
    from exports.selection import Selection
    from pins.models import PublicPin

    path.unlink(missing_ok=True)
    gis_files.write_geopackage(Selection(PublicPin.objects.all()), path)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city(wanted) as database, TemporaryDirectory() as folder:
        # As libpq and GDAL know it: without the name of Django's driver.
        rest = os.environ["DATABASE_URL"].partition("://")[2].rpartition("/")[0]
        with serving(f"postgis://{rest}/{database}") as port:
            found = [
                measure(port, f"postgresql://{rest}/{database}", Path(folder))
                for _ in range(ROUNDS)
            ]
            memory = most_memory(port)
    results = {
        name: statistics.median(round_[name] for round_ in found) for name in found[0]
    }
    report(results | {"web process, MB": memory})


def measure(port: int, url: str, folder: Path) -> dict[str, float]:
    """Return the ratios of one round."""
    same_rows, in_degrees, in_metres = statements()
    copy_start = time.perf_counter()
    size = copy_by_psql(url, same_rows)
    copy = time.perf_counter() - copy_start
    geojson = download(port, "/exports/pins.geojson")
    if not size < geojson.size + 10_000 < size + 20_000:
        sys.exit(f"COPY gave {size:,} bytes, the export {geojson.size:,}.")
    csv = download(port, "/exports/pins.csv?dialect=rfc4180")
    geopackage = seconds_of(lambda: write_geopackage(folder / "own.gpkg"))
    say(
        f"COPY {copy:.2f} s, GeoJSON {geojson.seconds:.2f} s, CSV {csv.seconds:.2f} s, "
        f"GeoPackage {geopackage:.2f} s"
    )
    found = {
        "GeoJSON: rows a second of COPY's": copy / geojson.seconds,
        "first byte, ms": max(geojson.first, csv.first) * 1000,
    }
    if not shutil.which("ogr2ogr"):
        return found
    rows = {"GeoJSON": in_degrees, "CSV": in_degrees, "GPKG": in_metres}
    peers = {}
    for driver, statement in rows.items():
        path = folder / f"peer.{driver.lower()}"
        work = partial(by_ogr2ogr, driver, f"PG:{url}", statement, path)
        peers[driver] = seconds_of(work)
    say("ogr2ogr " + ", ".join(f"{name} {s:.2f} s" for name, s in peers.items()))
    return found | {
        "GeoJSON: times as fast as ogr2ogr": peers["GeoJSON"] / geojson.seconds,
        "CSV: times as fast as ogr2ogr": peers["CSV"] / csv.seconds,
        "GeoPackage: seconds of ogr2ogr's": geopackage / peers["GPKG"],
    }


def report(results: dict[str, float]) -> None:
    for name, value in results.items():
        if name in LIMITS:
            limit, held = f"at least {LIMITS[name]:g}", value >= LIMITS[name]
        else:
            limit, held = f"at most {MOST[name]:g}", value <= MOST[name]
        say(f"{name:36} {value:8.2f}  {limit:14} {'held' if held else 'NOT HELD'}")


if __name__ == "__main__":
    main()
