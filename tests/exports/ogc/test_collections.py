"""Districts, measures and resolutions as collections of their own."""

import datetime
import json
from urllib.parse import unquote_plus

import pytest
from django.contrib.gis.geos import GEOSGeometry

from councils.models import Consultation, Sitting
from districts.models import Body, District
from insek.models import Measure
from pins.models import PublicPin
from pins.workflow import Visibility
from tests.exports.ogc.answers import ids_of, titles_of
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
from tests.geometries import district_square, point_in

DISTRICTS = "/collections/districts/items"
MEASURES = "/collections/measures/items"
RESOLUTIONS = "/collections/resolutions/items"
HELD = Sitting.State.HELD


def test_todays_districts_with_their_bodies(ask, city):
    make_district(1, body=make_body("Alter Rat"), valid_to=datetime.date(2020, 1, 1))

    found = ask(DISTRICTS)

    assert ids_of(found) == ["dansenberg", "hohenecken"]
    assert found["numberMatched"] == 2
    said = found["features"][1]["properties"]
    assert (said["number"], said["name"], said["body"], said["body_slug"]) == (
        16,
        "Hohenecken",
        "Ortsbeirat Hohenecken",
        "ortsbeirat-hohenecken",
    )
    assert said["population"] is None
    assert said["url"] == "http://testserver/districts/hohenecken/"
    geometry = json.dumps(found["features"][1]["geometry"])
    assert District.objects.get(number=16).geometry.equals_exact(
        GEOSGeometry(geometry), 1e-6
    )


def test_districts_page_in_the_order_of_their_numbers(ask, city):
    first = ask(DISTRICTS, limit=1)
    following = ask(DISTRICTS, limit=1, cursor=_cursor_of(first))

    assert ids_of(first) + ids_of(following) == ["dansenberg", "hohenecken"]


def _cursor_of(page):
    (link,) = [one for one in page["links"] if one["rel"] == "next"]
    return unquote_plus(link["href"].rpartition("cursor=")[2])


def test_public_measures_with_goals_and_districts(ask, city):
    make_measure(
        "M 10", make_goal("2.1"), make_goal("2.2", is_public=False), title_en=""
    )
    make_measure("M 9", geometry=district_square(16), budget="under_50k")
    make_measure("M 1", is_public=False)

    found = ask(MEASURES)

    # By number, not letter by letter.
    assert ids_of(found) == ["m-9", "m-10"]
    nine, ten = (feature["properties"] for feature in found["features"])
    # The district beside shares a border and nothing else.
    assert (nine["districts"], nine["budget"]) == (["hohenecken"], "under_50k")
    assert (ten["districts"], ten["goals"], ten["title_en"]) == ([], ["2.1"], None)
    assert found["features"][1]["geometry"] is None
    assert ask(MEASURES, limit=1, cursor=_cursor_of(ask(MEASURES, limit=1)))["features"]


@pytest.mark.parametrize("number", ["%00", "M 9"])
def test_a_cursor_of_measures_is_read_or_refused(client, db, number):
    response = client.get(f"/ogc/v1{MEASURES}?cursor={number}-1")

    assert response.status_code == (400 if number == "%00" else 200)


def test_a_draft_of_a_measure_is_not_there(client, db):
    make_measure("M 1", make_goal(), is_public=False)

    assert client.get(f"/ogc/v1{MEASURES}/m-1").status_code == 404
    Measure.objects.update(is_public=True)
    assert client.get(f"/ogc/v1{MEASURES}/m-1").status_code == 200


@pytest.fixture
def council(city):
    return Body.objects.get(name="Ortsbeirat Hohenecken")


def decided(sitting, *pins, **fields):
    item = make_item(
        sitting, fields.pop("title", "Ein Punkt"), **fields.pop("item", {})
    )
    values = {
        "outcome": Consultation.Outcome.ENDORSED,
        "decided_at": sitting.start,
        **fields,
    }
    return make_consultation(sitting.body, *pins, item=item, **values).item


def test_what_a_body_resolved_with_the_places_of_its_contributions(ask, council):
    sitting = make_sitting(council, days=-7, state=HELD)
    pins = [make_pin(), make_pin(location=point_in(16, 0.25, 0.25))]
    item = decided(
        sitting,
        *pins,
        reason="Weil es hilft.",
        item={"votes_for": 7, "votes_against": 1, "votes_abstained": 0},
    )

    (feature,) = ask(RESOLUTIONS)["features"]

    assert feature["id"] == str(item.pk)
    assert feature["geometry"] == {
        "type": "MultiPoint",
        "coordinates": [[round(n, 6) for n in pin.location.coords] for pin in pins],
    }
    said = feature["properties"]
    assert said["pins"] == [pin.reference for pin in pins]
    assert (said["outcome"], said["role"], said["is_authoritative"]) == (
        "endorsed",
        "hearing",
        False,
    )
    assert (said["votes_for"], said["reason"]) == (7, "Weil es hilft.")
    assert (said["result"], said["resolution"]) == (None, None)
    assert said["url"] == f"http://testserver/sittings/{sitting.pk}/"
    assert ask(f"{RESOLUTIONS}/{item.pk}")["properties"] == said


def test_a_resolution_about_no_contribution_has_no_place(ask, council):
    sitting = make_sitting(council, days=-7, state=HELD)
    make_item(sitting, "Haushalt", resolution_text="Der Haushalt wird beschlossen.")

    (feature,) = ask(RESOLUTIONS, bbox="0,0,1,1")["features"]

    assert feature["geometry"] is None
    assert feature["properties"]["resolution"] == "Der Haushalt wird beschlossen."
    assert feature["properties"]["is_authoritative"] is None


def test_only_public_results_of_held_sittings(client, ask, council):
    held = make_sitting(council, days=-7, state=HELD)
    invited = make_sitting(council, days=-6, state=Sitting.State.INVITED)
    hidden = make_item(held, "Grundstück", is_public=False, result="Verkauft")
    early = make_item(invited, "Zu früh", result="Noch nicht öffentlich")
    make_item(held, "Ohne Ergebnis")

    assert ask(RESOLUTIONS)["features"] == []
    for item in (hidden, early):
        assert client.get(f"/ogc/v1{RESOLUTIONS}/{item.pk}").status_code == 404


def test_nothing_of_contributions_that_are_no_longer_shown(client, ask, council):
    sitting = make_sitting(council, days=-7, state=HELD)
    shown, gone, alone = make_pin(), make_pin(), make_pin()
    bundle = decided(sitting, gone, shown, title="Geheimnis")
    single = decided(sitting, alone, title="Noch eins")
    for pin in (gone, alone):
        pin.visibility = Visibility.HIDDEN
        pin.save()

    (feature,) = ask(RESOLUTIONS)["features"]

    assert feature["id"] == str(bundle.pk)
    # It was called like the contribution that is gone.
    assert feature["properties"]["title"] == shown.title
    assert feature["properties"]["pins"] == [shown.reference]
    assert len(feature["geometry"]["coordinates"]) == 1
    assert client.get(f"/ogc/v1{RESOLUTIONS}/{single.pk}").status_code == 404
    assert not PublicPin.objects.filter(pk=gone.pk).exists()


def test_resolutions_are_asked_for_by_what_they_say(ask, council):
    sitting = make_sitting(council, days=-7, state=HELD)
    make_item(sitting, "Bericht", result="Zur Kenntnis genommen")
    item = decided(sitting, make_pin(), title="Zebrastreifen")

    assert titles_of(ask(RESOLUTIONS, outcome="endorsed")) == ["Zebrastreifen"]
    assert titles_of(ask(RESOLUTIONS, filter="outcome IS NULL")) == ["Bericht"]
    assert titles_of(ask(RESOLUTIONS, properties={"is_authoritative": "false"})) == [
        "Zebrastreifen"
    ]
    assert titles_of(ask(RESOLUTIONS, filter="is_authoritative = false")) == [
        "Zebrastreifen"
    ]
    assert titles_of(ask(RESOLUTIONS, properties={"is_authoritative": "true"})) == []
    found = ask(
        RESOLUTIONS, filter="S_INTERSECTS(geometry, BBOX(7.7, 49.3, 7.8, 49.5))"
    )
    assert ids_of(found) == [str(item.pk)]


@pytest.mark.parametrize("query", ["is_authoritative=x", "filter=is_authoritative=5"])
def test_truth_is_written_in_two_words(client, db, query):
    assert client.get(f"/ogc/v1{RESOLUTIONS}?{query}").status_code == 400


def test_the_latest_sittings_come_first_and_page_on(ask, council):
    for days in (-9, -8, -7):
        sitting = make_sitting(council, days=days, state=HELD)
        make_item(sitting, f"{days}", result="Gut")

    first = ask(RESOLUTIONS, limit=2)
    following = ask(RESOLUTIONS, limit=2, cursor=_cursor_of(first))

    assert titles_of(first) + titles_of(following) == ["-7", "-8", "-9"]


def test_the_page_of_resolutions_says_yes_no_and_none(client, council):
    sitting = make_sitting(council, days=-7, state=HELD)
    decided(sitting, make_pin())
    make_item(sitting, "Bericht", result="Zur Kenntnis genommen")

    page = client.get(f"/ogc/v1{RESOLUTIONS}?f=html&lang=en").content.decode()

    assert ">no</td>" in page
    assert ">none</td>" in page
    assert ">MultiPoint</td>" in page
