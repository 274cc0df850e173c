"""OGC API Features as other people's clients see it.

`./run conformance` installs them. Debian's GDAL is asked where it is installed.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

import pytest
from django.conf import settings as site

from councils.models import Sitting
from districts.models import Body
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_goal,
    make_item,
    make_measure,
    make_pin,
    make_sitting,
)
from tests.geometries import point_in

pytestmark = pytest.mark.conformance
PYTHON = Path(site.ROOT) / ".local" / "conformance" / "bin" / "python"
OWSLIB = """
import sys
from owslib.ogcapi.features import Features
service = Features(sys.argv[1])
print(*service.feature_collections())
box = [7.5, 49.0, 8.0, 50.0]
print(len(service.collection_items("pins", limit=5, bbox=box)["features"]))
print(len(service.collection_items("pins", filter="kind='keep'")["features"]))
print(sorted(service.collection_queryables("pins")["properties"])[0])
"""


PYOGRIO = """
import sys
import pyogrio
source = f"OAPIF:{sys.argv[1]}"
print(*(name for name, _kind in pyogrio.list_layers(source)))
pins = pyogrio.read_dataframe(source, layer="pins")
print(len(pins), pins.crs.to_epsg())
"""


@pytest.fixture
def service(live_server, settings, transactional_db):
    """The address of the interface, with some features in each collection."""
    settings.BASE_URL = live_server.url
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    pins = [make_pin(location=point_in(16, 0.1 * n, 0.5)) for n in range(1, 9)]
    make_measure("M 1", make_goal(), geometry=point_in(16))
    council = Body.objects.get(name="Ortsbeirat Hohenecken")
    sitting = make_sitting(council, days=-7, state=Sitting.State.HELD)
    item = make_item(sitting, "Zebrastreifen", result="Zugestimmt")
    make_consultation(council, pins[0], item=item)
    return f"{live_server.url}/ogc/v1"


def run(command: Sequence[str | Path]) -> str:
    """Return what a program prints, started outside of the project; it must succeed."""
    done = subprocess.run(  # noqa: S603 -- our own command
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=gettempdir(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(program: str, service: str) -> str:
    if not PYTHON.exists():
        pytest.skip("./run conformance installs what this needs")
    return run([PYTHON, "-c", program, service])


def test_owslib_reads_it(service):
    collections, found, kept, first = python(OWSLIB, service).splitlines()

    assert collections == "pins districts measures resolutions"
    assert (found, kept, first) == ("5", "0", "body")


def test_gdal_of_the_system_reads_it(service):
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("GDAL is not installed on this machine")
    layer = [f"OAPIF:{service}", "pins"]

    assert "Feature Count: 8" in run([program, "-ro", "-so", *layer])
    where = ["-where", "theme='mobility'", "-spat", "7.75", "49.3", "7.755", "49.5"]
    assert run([program, "-ro", "-q", *where, *layer]).count("OGRFeature") == 3


def test_new_gdal_takes_the_planners_coordinates_by_itself(service):
    """In a process of its own: GDAL waits for the answer and lets nobody else work."""
    layers, pins = run([sys.executable, "-c", PYOGRIO, service]).splitlines()

    assert layers == "pins districts measures resolutions"
    assert pins == "8 25832"
