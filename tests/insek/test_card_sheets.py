"""Sheets of typed cards at their edges: odd places, what changed since the check, files."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from districts.models import District
from insek.cards import keeping, places
from insek.models import CardSheet
from pins.models import Pin
from tests.factories import make_district
from tests.insek.test_card_import import (
    GOOD,
    HERE,
    URL,
    editor,
    event,
    keep,
    reasons,
    states,
    streets,
    without_degrees,
)
from tests.pages import text_of

__all__ = ["editor", "event", "streets"]


@pytest.fixture
def office(editor, client):
    client.force_login(editor)
    return client


def features(client, sheet):
    return client.get(f"{URL}{sheet.pk}/places.geojson").json()["features"]


def test_without_a_title_the_first_words_are_one(event, editor):
    sheet = keep(event, editor, GOOD | {"Titel": ""})
    assert sheet.rows.get().content["title"].startswith("Vom Brunnen aus")


def test_an_unknown_district_alone_is_one_mistake(event, editor):
    sheet = keep(event, editor, without_degrees(Stadtteil="Atlantis"))
    assert [column for column, _ in reasons(sheet)] == ["Stadtteil"]


def test_an_address_in_another_district_is_named(streets, event, editor):
    row = without_degrees(Adresse="Brunnenweg 7a", Stadtteil="Dansenberg")
    ((column, reason),) = reasons(keep(event, editor, row))
    assert column == "Adresse"
    assert "Hohenecken" in reason


def test_only_the_first_unknown_addresses_are_searched_for(
    streets, event, editor, monkeypatch
):
    monkeypatch.setattr(places, "MOST_SUGGESTIONS", 1)
    rows = [
        without_degrees(Adresse="Brunenweg 7a", Kartennummer=f"E1-{number}")
        for number in (1, 2)
    ]
    (_, first), (_, second) = reasons(keep(event, editor, *rows))
    assert "Brunnenweg" in first
    assert "Brunnenweg" not in second


def test_what_no_district_holds_any_more_is_not_imported(event, editor):
    sheet = keep(event, editor, GOOD)
    District.objects.update(geometry=make_district(17).geometry)

    keeping.start_import(sheet=sheet)

    assert states(sheet) == ["wrong"]
    assert "außerhalb" in reasons(sheet)[0][1]
    assert not Pin.objects.exists()


def test_the_form_begins_with_the_event_it_was_opened_from(event, office):
    page = office.get(f"{URL}?event={event.pk}")
    assert page.status_code == 200
    assert page.context["form"]["event"].value() == str(event.pk)


def test_a_sheet_is_discarded(event, editor, office):
    sheet = keep(event, editor, GOOD)

    response = office.post(f"{URL}{sheet.pk}/", {"action": "discard"}, follow=True)

    assert response.redirect_chain[-1][0] == URL
    assert "verworfen" in text_of(response)
    assert not CardSheet.objects.exists()


def test_the_map_shows_where_a_contribution_is_until_it_is_erased(
    event, editor, office
):
    sheet = keep(event, editor, GOOD)
    keeping.start_import(sheet=sheet)

    ((lon, lat),) = [one["geometry"]["coordinates"] for one in features(office, sheet)]
    assert (lon, lat) == pytest.approx((HERE.x, HERE.y))

    Pin.objects.all().delete()
    assert features(office, sheet) == []


def test_the_file_of_problems_names_the_contribution_with_other_words(
    event, editor, office
):
    keeping.start_import(sheet=keep(event, editor, GOOD))
    sheet = keep(event, editor, GOOD | {"Titel": "Eine andere Bank"})
    assert states(sheet) == ["differs"]

    file = office.get(f"{URL}{sheet.pk}/problems.xlsx").content

    _heads, row = load_workbook(BytesIO(file)).worksheets[0].iter_rows(values_only=True)
    assert row[:2] == (2, GOOD["Kartennummer"])
    assert Pin.objects.get().reference in str(row[-1])
