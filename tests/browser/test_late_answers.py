"""Answers that come late: whoever has gone on meanwhile is not led back by them."""

import re

import pytest
from playwright.sync_api import Page, expect

from layers.places import AddressRow, StreetRow, replace_places
from tests.browser.conftest import OpenPage
from tests.browser.holding import ask_the_server, hold
from tests.browser.test_pinning import FORM, combobox, state, suggestions, value
from tests.geometries import point_in

pytestmark = [pytest.mark.browser]


@pytest.fixture(autouse=True)
def addresses(city: None) -> None:
    place = point_in(16)
    replace_places(
        streets=[StreetRow("Burgweg", place.x, place.y)],
        addresses=[
            AddressRow("Burgweg", number, "67661", place.x + east, place.y)
            for number, east in [("2", 0.001), ("21", 0.002)]
        ],
    )


def type_address(page: Page, words: str, number: int) -> None:
    """Type, and wait for so many suggestions."""
    combobox(page).press_sequentially(words)
    expect(suggestions(page)).to_have_count(number)


def test_a_location_that_comes_after_an_address(open_page: OpenPage) -> None:
    page = open_page("/healthz")
    page.add_init_script(
        "navigator.geolocation.getCurrentPosition = (found, not) =>"
        " { Object.assign(globalThis, { found, not }); };"
    )
    page.goto(FORM)
    page.get_by_role("button", name="My location").click()
    expect(state(page)).to_contain_text("Looking for your location")
    type_address(page, "burgweg 21", 1)
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("near Burgweg 21")
    chosen = value(page, "lon"), value(page, "lat")

    page.evaluate("found({ coords: { longitude: 7.755, latitude: 49.38 } })")
    page.evaluate("not()")

    assert (value(page, "lon"), value(page, "lat")) == chosen
    expect(combobox(page)).to_have_value("Burgweg 21")
    expect(state(page)).to_contain_text("near Burgweg 21")


def test_enter_takes_what_answers_all_that_is_typed(open_page: OpenPage) -> None:
    page = open_page(FORM)
    type_address(page, "burgweg 2", 2)
    asked = hold(page, re.compile(r"places\.json\?q=burgweg%2021$"))
    page.keyboard.type("1")
    # What was typed before is still suggested when Enter asks once more.
    asked()

    page.keyboard.press("Enter")
    asked().continue_()

    expect(combobox(page)).to_have_value("Burgweg 21")
    expect(state(page)).to_contain_text("near Burgweg 21")


def test_escape_closes_the_list_for_good(open_page: OpenPage) -> None:
    page = open_page(FORM)
    type_address(page, "burgweg 2", 2)
    asked = hold(page, re.compile(r"places\.json"))
    page.keyboard.type("1")
    answer = asked()

    page.keyboard.press("Escape")
    answer.continue_()
    ask_the_server(page)

    expect(suggestions(page)).to_have_count(0)
    expect(combobox(page)).to_have_value("burgweg 21")
    page.unroute(re.compile(r"places\.json"))
    page.keyboard.press("ArrowDown")
    expect(suggestions(page)).to_have_count(1)
    expect(suggestions(page).first).to_have_attribute("aria-selected", "true")
