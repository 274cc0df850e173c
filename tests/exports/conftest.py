from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from layers.models import Theme
from pins.models import Pin
from pins.workflow import Kind, Status
from tests.factories import make_body, make_district, make_pin, make_theme
from tests.geometries import point_in

PLACES = ["lon", "lat", "ostwert", "nordwert"]
EXTENSIONS = [
    *("geojson", "geojsonl", "gpkg", "fgb", "parquet"),
    *("shp.zip", "kml", "csv", "xlsx", "html"),
]

Download = Callable[..., bytes]


def in_metres(place: Point, srid: int = 25832) -> tuple[float, float]:
    """Return easting and northing of a place."""
    moved = place.transform(srid, clone=True)
    assert isinstance(moved, Point)
    return moved.x, moved.y


@pytest.fixture
def city(db: None) -> None:
    """Two neighbouring districts and two themes."""
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("energy", title_de="Energie", title_en="Energy", colour="#B9541A")


@pytest.fixture
def pin(city: None) -> Pin:
    return make_pin(location=point_in(16, 0.25, 0.75))


@pytest.fixture
def download(client: Client) -> Download:
    """Return the whole body of an answer that must be 200."""

    def get(url: str, **query: Any) -> bytes:
        response = client.get(url, query)
        assert response.status_code == 200
        return response.getvalue()

    return get


@pytest.fixture
def five(city: None) -> list[Pin]:
    """Pins that each filter parts differently, in the order of their publication."""
    energy = Theme.objects.get(slug="energy")
    return [
        make_pin(title="Radweg am Bahnhof", kind=Kind.IDEA),
        make_pin(title="Radweg im Wald", kind=Kind.PROBLEM, status=Status.IN_REVIEW),
        make_pin(
            district=15, title="Solardach der Schule", kind=Kind.IDEA, theme=energy
        ),
        make_pin(
            district=15, title="Wärmenetz im Ort", status=Status.ADOPTED, theme=energy
        ),
        make_pin(title="Der alte Baum bleibt", kind=Kind.KEEP),
    ]
