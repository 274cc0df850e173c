"""All collections read by Debian's GDAL and by the newer one in the wheel of pyogrio."""

import csv
import io
import json
import sys
from typing import Any
from urllib.parse import unquote

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPoint

from councils.models import Consultation
from districts.models import District
from insek.models import Measure
from pins.models import PublicPin
from tests.conformance.clients import of_the_system, run
from tests.exports.conftest import in_metres

pytestmark = pytest.mark.conformance
UTM = 25832
# What GDAL calls degrees with the longitude first.
NAMES = {4326: "OGC:CRS84"}
# Six decimals of a degree; and what these are in metres.
DEGREES, METRES = 2e-6, 0.2
PYOGRIO = """
import json, sys
import pyogrio
source = f"OAPIF:{sys.argv[1]}"
options = json.loads(sys.argv[2])
found = {}
for name, _kind in pyogrio.list_layers(source):
    frame = pyogrio.read_dataframe(source, layer=name, **options)
    found[name] = [frame.crs.to_string(), [one.wkt for one in frame.geometry]]
print(json.dumps(found))
"""
ONE_LAYER = """
import json, sys
import pyogrio
source, options = f"OAPIF:{sys.argv[1]}", json.loads(sys.argv[2])
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
frame = pyogrio.read_dataframe(source, layer="pins", **options)
print(*sorted(frame["reference"]))
"""


def places_in_the_database() -> dict[str, list[GEOSGeometry]]:
    consultation = Consultation.objects.get()
    taken = [one.location for one in consultation.matter.pins.all()]
    measures = [one.geometry for one in Measure.objects.all()]
    return {
        "pins": [one.location for one in PublicPin.objects.all()],
        "districts": [one.geometry for one in District.objects.all()],
        "measures": [place for place in measures if place is not None],
        "resolutions": [MultiPoint(taken, srid=4326)],
    }


def assert_same(found: list[str], places: list[GEOSGeometry], srid: int = 4326) -> None:
    """Raise unless each place is found once, whatever the order."""
    tolerance = DEGREES if srid == 4326 else METRES
    read = [shapely.from_wkt(text) for text in found]
    assert len(read) == len(places)
    for place in places:
        moved = shapely.from_wkt(place.transform(srid, clone=True).wkt)
        same_kind = [one for one in read if one.geom_type == moved.geom_type]
        near = [one for one in same_kind if one.hausdorff_distance(moved) < tolerance]
        assert len(near) == 1, moved.wkt


def rows(service: str, collection: str, *options: str) -> list[dict[str, str]]:
    """Return what Debian's GDAL makes of a collection, with places as `WKT`."""
    table = run(
        [
            *(of_the_system("ogr2ogr"), "-f", "CSV", "/vsistdout/"),
            *("-lco", "GEOMETRY=AS_WKT", *options, f"OAPIF:{service}", collection),
        ]
    )
    return list(csv.DictReader(io.StringIO(table)))


def part(service: str, options: dict[str, Any]) -> list[str]:
    """Return the references of the contributions that the newer GDAL finds."""
    return run([sys.executable, "-c", ONE_LAYER, service, json.dumps(options)]).split()


@pytest.mark.parametrize("srid", [4326, UTM])
def test_gdal_of_the_system_reads_all_collections(service, srid):
    options = ["-t_srs", f"EPSG:{srid}"] if srid != 4326 else []

    for collection, places in places_in_the_database().items():
        found = rows(service, collection, *options)
        assert_same([row["WKT"] for row in found], places, srid)


def test_gdal_of_the_system_asks_for_a_part(service, asked):
    where = ["-where", "theme='energy'"]
    box = ["-spat", "7.75", "49.3", "7.755", "49.5"]

    assert len(rows(service, "pins", *where)) == 1
    assert any("theme=energy" in line for line in asked)
    assert len(rows(service, "pins", *box)) == 3
    assert any("bbox=7.75" in line for line in asked)
    assert rows(service, "pins", *where, *box) == []
    assert len(rows(service, "measures", *box)) == 0
    assert len(rows(service, "pins", "-where", "title LIKE 'Solar%'")) == 1


def test_gdal_of_the_system_names_types_and_extent(service):
    said = run([of_the_system("ogrinfo"), "-ro", "-so", f"OAPIF:{service}", "pins"])

    assert "Feature Count: 7" in said
    assert "Geometry: Point" in said
    assert "created_at: DateTime" in said
    assert "support_count: Integer" in said


@pytest.mark.parametrize(
    ("options", "srid", "question"),
    [
        ({}, UTM, "EPSG/0/25832"),
        ({"CRS": "EPSG:4326"}, 4326, "limit="),
        ({"CRS": "EPSG:3857"}, 3857, "EPSG/0/3857"),
        ({"PREFERRED_CRS": "EPSG:25832"}, UTM, "EPSG/0/25832"),
    ],
)
def test_new_gdal_reads_all_collections_in_each_crs(
    service, asked, options, srid, question
):
    """Without being told it takes the planners' coordinates."""
    found = json.loads(
        run([sys.executable, "-c", PYOGRIO, service, json.dumps(options)])
    )

    places = places_in_the_database()
    assert list(found) == list(places)
    for collection, (crs, texts) in found.items():
        assert crs == NAMES.get(srid, f"EPSG:{srid}")
        assert_same(texts, places[collection], srid)
    assert any(question in unquote(line) for line in asked)


@pytest.mark.parametrize(
    ("options", "count", "question"),
    [
        ({"where": "theme = 'energy'"}, 1, "theme=energy"),
        ({"where": "support_count < 1 AND title LIKE 'Solar%'"}, 1, "limit="),
        ({"CRS": "EPSG:4326", "bbox": [7.75, 49.3, 7.755, 49.5]}, 3, "bbox="),
    ],
)
def test_new_gdal_asks_for_a_part(service, asked, options, count, question):
    assert len(part(service, options)) == count
    assert any(question in line for line in asked)


def test_new_gdal_asks_for_a_box_in_metres(service, asked):
    """It lies between the third and the fourth of seven."""
    eastings = {
        pin.reference: in_metres(pin.location)[0] for pin in PublicPin.objects.all()
    }
    east = sum(sorted(eastings.values())[2:4]) / 2
    box = [east - 10_000, 5_400_000, east, 5_500_000]

    found = part(service, {"bbox": box})

    assert found == sorted(name for name in eastings if eastings[name] < east)
    assert len(found) == 3
    assert any("bbox-crs=" in line for line in asked)
