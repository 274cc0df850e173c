"""A resident, a council, a planner and a moderator do their work by ear and keyboard."""

import re

import pytest
from playwright.sync_api import expect

from councils.models import AgendaItem
from districts.models import Body
from layers.places import AddressRow, replace_places
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.browser.conftest import OpenPage
from tests.browser.reader import Reader
from tests.factories import (
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_sitting,
)
from tests.geometries import point_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

SITE = "Mitmachkarte Kaiserslautern"
TITLE = "Kein sicherer Überweg an der Schule"


def test_a_resident_pins_by_address_and_supports(open_page: OpenPage) -> None:
    place = point_in(16)
    replace_places(
        streets=[], addresses=[AddressRow("Burgweg", "2", "67661", place.x, place.y)]
    )
    known = make_pin(district=15, title="Mehr Schatten auf dem Spielplatz")
    reader = Reader(open_page("/en/"))
    keys = reader.page.keyboard
    reader.arrive(f"Map and list – {SITE}")
    reader.skip()
    reader.press("link", "New contribution")

    reader.arrive(f"New contribution – {SITE}")
    reader.skip()
    reader.tick("radio", "Problem")
    reader.tick("radio", "Mobility")
    reader.write("combobox", "Address", "Burgweg 2")
    reader.hears("One suggestion.")
    assert reader.focused().states["expanded"] is True
    keys.press("ArrowDown")
    keys.press("Enter")
    reader.hears("Hohenecken")
    reader.write("textbox", "Title", TITLE)
    reader.press("button", "Send contribution")

    # The description is missing.
    reader.arrive(f"Please check: New contribution – {SITE}")
    expect(reader.page.get_by_role("alert")).to_be_focused()
    reader.press("link", "Description")
    field = reader.land("Description")
    assert field.is_wrong
    assert "Please" in field.description
    keys.type("Morgens rasen hier alle vorbei. Bitte einen Zebrastreifen!")
    reader.press("button", "Send contribution")
    reader.arrive(f"Thank you – {SITE}")
    assert Pin.objects.get(title=TITLE).district.slug == "hohenecken"

    reader.page.goto("/en/")
    reader.skip()
    reader.write("searchbox", "Search in contributions", "Schatten")
    keys.press("Enter")
    # Before as well, there was one.
    reader.page.wait_for_url(re.compile("q=Schatten"))
    reader.hears("1 contribution")
    reader.skip()
    reader.press("link", known.title)
    reader.arrive(f"{known.title} – {SITE}")
    reader.press("button", "That matters to me too")
    reader.hears("Your support counts")
    assert reader.focused().states["pressed"] in (True, "true")
    assert len(set(reader.titles)) == len(reader.titles)


def test_a_council_answers_and_puts_on_an_agenda(open_page: OpenPage) -> None:
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    make_sitting(body, days=14)
    pin = make_pin(title=TITLE)
    other = make_pin(title="Ein Trinkbrunnen am Markt")
    desk = f"{body.name} – Council desk – {SITE}"
    reader = Reader(open_page("/en/desk/", user=make_member(body)))
    reader.arrive(desk)
    reader.skip()
    reader.press("link", TITLE)

    here = f"{pin.reference} – {body.name} – {SITE}"
    reader.arrive(here)
    reader.press("button", "Accept responsibility")
    reader.hears("Saved")
    reader.tick("radio", "Heard, not supported")
    reader.press("button", "Save and publish")
    reader.arrive(f"Please check: {here}")
    expect(reader.page.get_by_role("alert")).to_be_focused()
    reader.press("link", "Public answer")
    assert reader.land("Public answer").is_wrong
    reader.page.keyboard.type("Wir sehen uns die Stelle an.")
    reader.press("button", "Save and publish")
    reader.hears("Saved")
    reader.press("link", "Contributions")
    reader.arrive(desk)
    reader.press("link", other.title)
    reader.arrive(f"{other.reference} – {body.name} – {SITE}")
    reader.press("link", "Put on the agenda")
    reader.arrive(f"Put on the agenda – {body.name} – {SITE}")
    reader.press("button", "Put on the agenda")
    reader.hears("One item is on the agenda.")
    assert AgendaItem.objects.get().title == other.title
    pin.refresh_from_db()
    assert pin.status == Status.NOT_ENDORSED


def test_a_planner_downloads_a_file(open_page: OpenPage) -> None:
    make_pin(title=TITLE)
    reader = Reader(open_page("/en/", user=make_planner()))
    reader.press("link", "Open data")
    reader.arrive(f"Open data – {SITE}")
    reader.skip()
    reader.to("link", "Download GeoPackage")
    with reader.page.expect_download() as download:
        reader.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".gpkg")


def test_a_moderator_publishes(open_page: OpenPage) -> None:
    pin = make_pin(title=TITLE, visibility=Visibility.SUBMITTED)
    reader = Reader(open_page("/en/moderation/", user=make_moderator()))
    reader.skip()
    reader.press("link", TITLE)
    reader.arrive(f"{pin.reference} – Moderation – {SITE}")
    reader.press("button", "Publish")
    reader.hears(f"Your decision on {pin.reference}")
    pin.refresh_from_db()
    assert pin.visibility == Visibility.PUBLISHED
