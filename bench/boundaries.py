"""What new boundaries cost with a million pins: `./run bench boundaries [PINS]`.

Makes a scratch database with so many published pins and imports, by the command that
operators use, the city's boundaries shifted by some hundred metres: every district gets a
new version, every pin is looked at anew, and those on the other side of a border come to
another district and body. Prints how long that takes, read model included, and meanwhile

- the milliseconds of lists, a page and a tile over HTTP;
- the milliseconds in which a new pin is sent in and published.

The import runs in a process of its own; the web server is the usual one of two workers.
"""

import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from functools import partial
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._http_load import answer_to, serving
from bench._scratch import scratch_city
from bench.map import say, tile_at

PINS = 1_000_000
# Degrees of longitude: a hundred and ten metres or so.
SHIFT = 0.0015
MOST_SECONDS = 60.0
NEW_PIN = """
    INSERT INTO pins_pin (
        reference, idempotency_key, kind, theme_id, title, text, language, location,
        is_approximate, is_rough, place_note, visibility, status,
        token_hash, token_expires_at, created_at, published_at
    ) VALUES (
        %s, %s, 'idea', (SELECT min(id) FROM layers_theme), 'Mitten im Umzug',
        'Während die Grenzen wandern, kommt dieser Beitrag an.', 'de',
        ST_SetSRID(ST_MakePoint(7.77, 49.44), 4326), false, false, '', 'published',
        'received', %s, now() + interval '1 year', now(), now()
    )
"""


def write_boundaries(path: Path) -> None:
    """Write today's districts, shifted to the east, as GeoJSON."""
    from django.contrib.gis.db.models.functions import AsGeoJSON, Translate

    from districts.models import District

    shifted = AsGeoJSON(Translate("geometry", SHIFT, 0.0), precision=9)
    districts = District.objects.current()
    features = [
        {
            "type": "Feature",
            "properties": {"number": number, "name": name},
            "geometry": json.loads(geometry),
        }
        for number, name, geometry in districts.values_list("number", "name", shifted)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection), "utf-8")


def run_import(path: Path, url: str) -> None:
    """Import the boundaries, in a process of its own; print what the command says."""
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    from django.core.management import call_command

    said = StringIO()
    call_command("import_districts", path, stdout=said)
    say(said.getvalue().strip())


def visit(port: int, path: str) -> None:
    status, _headers, _body = answer_to(port, path)
    if status != 200:
        sys.exit(f"{path} was answered with {status}.")


def milliseconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def send_in() -> None:
    """Send in a pin and publish it, in one transaction as the desk of a stand does."""
    from django.db import connection

    key = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(NEW_PIN, [f"KL-2026-{key.hex[:8]}", key, key.hex * 2])


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city(wanted) as database, TemporaryDirectory() as folder:
        path = Path(folder) / "districts.geojson"
        write_boundaries(path)
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
        with serving(url) as port:
            measure(port, path, url)


def measure(port: int, path: Path, url: str) -> None:
    zoom, x, y = tile_at(15)
    works: dict[str, Callable[[], object]] = {
        "list": partial(visit, port, "/"),
        "list of a district": partial(visit, port, "/?district=hohenecken"),
        "page of a district": partial(visit, port, "/districts/hohenecken/"),
        "tile z15": partial(visit, port, f"/tiles/pins/{zoom}/{x}/{y}.pbf"),
        "sending in a pin": send_in,
    }
    found: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    importing = get_context("spawn").Process(target=run_import, args=(path, url))
    start = time.perf_counter()
    importing.start()
    while importing.is_alive():
        for name, work in works.items():
            found[name].append(milliseconds_of(work))
        time.sleep(0.1)
    importing.join()
    seconds = time.perf_counter() - start
    if importing.exitcode:
        sys.exit("The import failed.")
    held = "held" if seconds < MOST_SECONDS else "NOT HELD"
    say(f"import and assignment {seconds:8.1f} s  less than {MOST_SECONDS:g} s  {held}")
    for name, taken in found.items():
        middle, most = statistics.median(taken), max(taken)
        say(
            f"{name:22} median {middle:7.1f} ms, most {most:8.1f} ms, {len(taken)} times"
        )


if __name__ == "__main__":
    main()
