"""Statements that are kept: put together once for each shape, never with another's values."""

from dataclasses import replace

import pytest
from django.http import QueryDict

from exports.ogc import blanks
from exports.ogc.items import Page, read_page, read_request
from exports.ogc.pins import PINS
from tests.exports.conftest import in_metres
from tests.factories import make_pin
from tests.geometries import point_in
from tests.public_rows import multiply_public_rows

CRS = "http://www.opengis.net/def/crs"
CRS84, UTM32, WGS84, WEB = (
    f"{CRS}/{name}"
    for name in ("OGC/1.3/CRS84", "EPSG/0/25832", "EPSG/0/4326", "EPSG/0/3857")
)
# Nothing of it is kept.
MADE_ANEW = replace(PINS, is_steady=False)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(blanks, "_kept", {})


def page(query, collection=PINS) -> Page:
    return read_page(collection, read_request(collection, QueryDict(query)))


def boxes():
    """Return boxes around two places, in each CRS; and such as have no inside or two."""
    for place in (point_in(16), point_in(15)):
        lon, lat = place.coords
        yield f"bbox={lon - 1e-4},{lat - 1e-4},{lon + 1e-4},{lat + 1e-4}"
        yield f"bbox={lat - 1},{lon - 1},{lat + 1},{lon}&bbox-crs={WGS84}"
        yield f"bbox={lon},{lat},{lon},{lat}"
        yield f"bbox=170,{lat - 1},{lon},90"
        for crs, srid in ((UTM32, 25832), (WEB, 3857)):
            east, north = in_metres(place, srid)
            yield f"bbox={east},{north - 9},{east + 9},{north + 9}&bbox-crs={crs}"
            yield f"bbox={east},{north},{east},{north}&bbox-crs={crs}"


def test_what_is_kept_answers_as_what_is_made_anew(city):
    for number in (15, 16):
        make_pin(location=point_in(number))
    asked = ["limit=1", "offset=1", "bbox=0,0,1,1", *boxes()]
    asked += [f"{query}&crs={crs}" for query in asked for crs in (UTM32, WGS84, WEB)]

    found = [(query, page(query), page(query, MADE_ANEW)) for query in asked * 2]

    assert [query for query, kept, anew in found if kept != anew] == []
    assert {len(kept.features) for _query, kept, _anew in found} >= {0, 1, 2}
    assert 0 < len(blanks._kept) < len(asked)


def test_pages_go_on_from_where_each_reader_is(pin):
    multiply_public_rows(6)
    first = page("limit=2")
    second = page(f"limit=2&cursor={first.next_cursor}")
    third = page(f"limit=2&cursor={second.next_cursor}")

    again = page(f"limit=2&cursor={first.next_cursor}")

    assert again == second
    read = first.features + second.features + third.features
    assert len(set(read)) == 6
    assert third.next_cursor is None


def test_another_box_is_not_put_together_anew(pin):
    made = []

    def rows():
        made.append(PINS.rows())
        return made[-1]

    counted = replace(PINS, rows=rows)
    for west in range(5):
        page(f"bbox={west},49,8,50&limit={west + 1}", counted)

    assert len(made) == 1


@pytest.mark.parametrize(
    "rare", ["theme=mobility", "datetime=../2020-01-01T00:00:00Z", "filter=kind='keep'"]
)
def test_what_else_is_asked_for_is_never_kept(pin, rare):
    page(f"bbox=0,0,90,90&{rare}")

    assert blanks._kept == {}


def test_the_sites_address_is_that_of_now(pin, settings):
    for address in ("https://one.test", "https://two.test"):
        settings.BASE_URL = address
        (feature,) = page("limit=1").features
        assert f"{address}/pins/{pin.reference}".encode() in feature
