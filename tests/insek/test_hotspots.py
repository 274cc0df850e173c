"""Places where many contributions lie close together."""

import pytest
from django.contrib.gis.geos import Point

from insek.digest.deciding import Seen, confirm
from insek.digest.hotspots import Closeness, find_spots
from insek.digest.suggesting import Scope, suggest_hotspots
from insek.models import Suggestion, SuggestionPin
from pins.models import PublicPin
from tests.factories import make_district, make_pin, make_planner
from tests.geometries import point_in

# About 36 m along a parallel.
STEP = 0.0005


@pytest.fixture(autouse=True)
def district(db):
    make_district(16)


def row_of(number, *, step=STEP, start=0.25, **fields):
    first = point_in(16, 0.05, start)
    return [
        make_pin(
            location=Point(first.x + n * step, first.y, srid=4326),
            title="Zebrastreifen an der Ecke",
            **fields,
        ).pk
        for n in range(number)
    ]


def test_neighbours_make_a_spot_and_what_lies_apart_does_not():
    near = row_of(5)
    row_of(4, start=0.5)
    row_of(5, start=0.75, step=STEP * 4)

    (spot,) = find_spots()
    assert spot.ids == near
    assert spot.geometry.srid == 4326
    places = PublicPin.objects.filter(pk__in=near, location__within=spot.geometry)
    assert places.count() == 5


def test_metres_and_number_are_those_asked_for():
    row_of(4)
    assert not find_spots()
    assert len(find_spots(closeness=Closeness(fewest=4))) == 1
    assert not find_spots(closeness=Closeness(metres=20, fewest=4))


def test_a_place_in_words_is_no_place():
    row_of(5, is_approximate=True, place_note="Im Ort")
    assert not find_spots()


def test_spots_of_a_kind():
    row_of(3, kind="idea")
    row_of(3, kind="keep")

    assert suggest_hotspots(Scope(pin_kind="keep"), Closeness(fewest=3)) == 1
    spot = Suggestion.objects.get()
    assert (spot.kind, spot.pin_kind, spot.metres) == ("hotspot", "keep", 80)
    assert "Zebrastreifen" in spot.words
    assert spot.members.count() == 3


def test_a_confirmed_spot_stays_and_is_offered_what_comes():
    row_of(5)
    suggest_hotspots()
    spot = Suggestion.objects.get()
    confirm(seen=Seen(spot.pk, 1), name_de="Die Ecke", name_en="", actor=make_planner())
    (new,) = row_of(1)

    assert suggest_hotspots() == 0
    assert Suggestion.objects.get().name == "Die Ecke"
    offers = SuggestionPin.objects.filter(state="offered")
    assert [offer.pin_id for offer in offers] == [new]
