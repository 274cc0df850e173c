"""Saying where it is, in each of the ways, and what is shown before sending."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from layers.places import AddressRow, StreetRow, replace_places
from pins.models import Pin, PublicPin
from tests.browser.conftest import OpenPage
from tests.browser.new_pin import write_words
from tests.browser.test_accessibility import violations
from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("addresses")]

TITLE = "Kein sicherer Überweg an der Schule"
TEXT = "Morgens rasen hier alle vorbei. Bitte einen Zebrastreifen!"
FORM = "/en/pins/new"
SIZES = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


@pytest.fixture
def addresses(city: None) -> None:
    place = point_in(16)
    replace_places(
        streets=[
            StreetRow("Burgweg", place.x, place.y),
            StreetRow("Burgstraße", place.x, place.y - 0.004),
            StreetRow("Fernweg", 8.5, 50.5),
        ],
        addresses=[
            AddressRow("Burgweg", number, "67661", place.x + east, place.y)
            for number, east in [("2", 0.001), ("20", 0.002), ("21", 0.003)]
        ],
    )


def write(page: Page) -> None:
    """Fill in everything but the place."""
    write_words(page, TITLE, TEXT)


def send(page: Page) -> Pin:
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    return Pin.objects.get(title=TITLE)


def state(page: Page) -> Locator:
    return page.locator("[data-part='state']")


def combobox(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Address")


def suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def draw_map(page: Page) -> None:
    page.locator("[data-map='place']").scroll_into_view_if_needed()
    expect(page.locator("[data-place]")).to_have_attribute("data-state", "ready")


def value(page: Page, name: str) -> str:
    return page.locator(f"input[name={name}]").input_value()


def test_from_kind_to_sending_by_keyboard_alone(open_page: OpenPage):
    page = open_page(FORM)
    keys = page.keyboard
    page.locator("#id_kind_0").focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    draw_map(page)
    for _ in range(12):
        keys.press("Tab")
        if page.evaluate("() => document.activeElement.tagName") == "CANVAS":
            break
    keys.press("+")
    keys.press("ArrowLeft")
    expect(state(page)).to_contain_text("read by Ortsbeirat")
    page.get_by_label("Title").focus()
    keys.type(TITLE)
    keys.press("Tab")
    keys.type(TEXT)
    page.get_by_role("button", name="Send contribution").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    pin = Pin.objects.get(title=TITLE)
    assert (pin.kind, pin.is_approximate) == ("idea", False)


@SIZES
def test_an_address_by_keyboard(open_page: OpenPage, phone: bool):
    page = open_page(FORM, phone=phone)
    write(page)
    field = combobox(page)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.focus()
    page.keyboard.type("burgweg 2")
    options = suggestions(page)
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("3 suggestions")).to_be_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = options.nth(1)
    expect(active).to_have_attribute("aria-selected", "true")
    expect(active).to_contain_text("Burgweg 20")
    identity = active.get_attribute("id") or ""
    expect(field).to_have_attribute("aria-activedescendant", identity)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(field).to_have_value("Burgweg 2")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_be_focused()
    expect(state(page)).to_have_text(
        "Chosen: near Burgweg 2, Hohenecken – read by Ortsbeirat Hohenecken"
    )
    pin = send(page)
    assert pin.location.x == pytest.approx(point_in(16).x + 0.001, abs=1e-6)


def test_escape_closes_the_list_and_then_empties_the_field(open_page: OpenPage):
    page = open_page(FORM)
    field = combobox(page)
    field.press_sequentially("burg")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(field).to_have_value("burg")
    page.keyboard.press("ArrowDown")
    expect(suggestions(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(state(page)).to_have_text("No place chosen yet.")


def test_leaving_the_field_closes_the_list(open_page: OpenPage):
    page = open_page(FORM)
    combobox(page).press_sequentially("burg")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(suggestions(page)).to_have_count(0)


def test_enter_takes_what_fits_best_and_never_sends_the_form(open_page: OpenPage):
    page = open_page(FORM)
    combobox(page).press_sequentially("burgweg 21")
    page.keyboard.press("Enter")
    expect(combobox(page)).to_have_value("Burgweg 21")
    expect(state(page)).to_contain_text("near Burgweg 21")
    assert page.url.endswith(FORM)


def test_a_touch_on_a_suggestion(open_page: OpenPage):
    page = open_page(FORM, phone=True)
    combobox(page).tap()
    page.keyboard.type("burgweg 2")
    suggestions(page).filter(has_text="Burgweg 21").tap()
    expect(state(page)).to_contain_text("near Burgweg 21")
    draw_map(page)
    expect(state(page)).to_contain_text("near Burgweg 21")


def test_the_last_way_counts(open_page: OpenPage):
    page = open_page(FORM)
    draw_map(page)
    page.get_by_role("button", name="Take the place under the cross").click()
    expect(state(page)).to_contain_text("Chosen:")
    assert value(page, "lon")

    combobox(page).press_sequentially("burg")
    expect(state(page)).to_have_text("Please choose an address from the suggestions.")
    assert not value(page, "lon")

    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("By district").click()
    page.get_by_label("District", exact=True).select_option("dansenberg")
    expect(state(page)).to_contain_text("Dansenberg – Ortsbeirat Dansenberg")
    expect(combobox(page)).to_have_value("")

    combobox(page).press_sequentially("burgweg 20")
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("near Burgweg 20")
    expect(page.get_by_label("District", exact=True)).to_have_value("")


def test_a_place_outside_is_said_and_the_words_are_kept(open_page: OpenPage):
    page = open_page(FORM)
    write(page)
    combobox(page).press_sequentially("fernweg")
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("outside the city")
    assert not value(page, "lon")
    expect(page.get_by_label("Description")).to_have_value(TEXT)


def test_a_district_among_the_suggestions_leads_there_but_is_no_place(
    open_page: OpenPage,
):
    page = open_page(FORM)
    combobox(page).press_sequentially("hohen")
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("Here is Hohenecken.")
    assert not value(page, "lon")


def test_my_location(open_page: OpenPage):
    page = open_page(FORM)
    place = point_in(16)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": place.x, "latitude": place.y})
    page.get_by_role("button", name="My location").click()
    expect(state(page)).to_contain_text("near Burgweg 2, Hohenecken")
    assert float(value(page, "lon")) == pytest.approx(place.x, abs=1e-6)


def test_a_location_that_is_not_told(open_page: OpenPage):
    page = open_page(FORM)
    page.get_by_role("button", name="My location").click()
    expect(state(page)).to_contain_text("could not be found")


def test_a_lost_connection_is_said_and_what_is_typed_is_looked_up_later(
    open_page: OpenPage,
):
    page = open_page(FORM)
    write(page)
    page.route("**/places.json*", lambda route: route.abort())
    combobox(page).press_sequentially("burgweg 20")
    expect(page.get_by_text("There is no connection")).to_be_visible()
    pin = send(page)
    assert pin.location.x == pytest.approx(point_in(16).x + 0.002)


@SIZES
def test_an_address_without_javascript(open_page: OpenPage, phone: bool):
    page = open_page(FORM, scripts=False, phone=phone)
    write(page)
    page.get_by_label("Address", exact=True).fill("Burkweg 2")
    page.get_by_label("Show the place only roughly").check()
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("main")).to_contain_text("Please choose which of these")
    page.get_by_role("radio", name="Burgweg 20, 67661 Hohenecken").check()
    pin = send(page)
    assert pin.location.x == pytest.approx(point_in(16).x + 0.002)
    assert pin.is_rough
    expect(page.get_by_role("main")).to_contain_text("a square of 100 metres")


def other_pin() -> str:
    """Publish something close to Burgweg 2, and return its title."""
    title = "Der Brunnen ist trocken"
    make_pin(title=title, location=point_in(16, east=0.55))
    return title


def test_what_is_near_is_shown_while_writing_and_can_be_supported(
    open_page: OpenPage,
):
    title = other_pin()
    page = open_page(FORM)
    write(page)
    region = page.get_by_role("region", name="Is it already here?")
    expect(region).to_be_hidden()
    combobox(page).press_sequentially("burgweg 2")
    page.keyboard.press("Enter")
    expect(region).to_contain_text(title)
    expect(region).to_contain_text(re.compile(r"Received · \d+ m away"))
    region.get_by_role("button", name="That is mine too").click()
    expect(region).to_contain_text("You support this now.")
    assert PublicPin.objects.get(title=title).support_count == 1
    draw_map(page)
    expect(page.locator("[data-map] .marker")).to_have_count(1)

    region.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back()
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    send(page)


def test_what_is_near_is_shown_before_sending_without_javascript(open_page: OpenPage):
    title = other_pin()
    page = open_page(FORM, scripts=False)
    write(page)
    page.get_by_label("Address", exact=True).fill("Burgweg 2")
    page.get_by_role("button", name="Send contribution").click()
    region = page.get_by_role("region", name="Is it already here?")
    expect(region).to_contain_text(title)
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    page.get_by_role("button", name="Send my contribution anyway").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Pin.objects.filter(title=TITLE).exists()


def test_support_instead_without_javascript(open_page: OpenPage):
    title = other_pin()
    page = open_page(FORM, scripts=False)
    write(page)
    page.get_by_label("Address", exact=True).fill("Burgweg 2")
    page.get_by_role("button", name="Send contribution").click()
    page.get_by_role("button", name="That is mine too").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert PublicPin.objects.get(title=title).support_count == 1
    assert not Pin.objects.filter(title=TITLE).exists()


def test_a_code_of_the_own_link_is_drawn(open_page: OpenPage):
    page = open_page(FORM)
    write(page)
    combobox(page).press_sequentially("burgweg 2")
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("near Burgweg 2")
    send(page)
    page.get_by_text("As a QR code").click()
    code = page.get_by_role("img", name="QR code of your own link")
    expect(code).to_be_visible()
    # Fails where it is no picture.
    code.evaluate("image => image.decode()")


@pytest.mark.parametrize(
    ("phone", "dark"),
    [(True, False), (False, True)],
    ids=["light-phone", "dark-desktop"],
)
def test_axe_finds_nothing_in_suggestions_and_similar_pins(
    open_page: OpenPage, phone: bool, dark: bool
):
    other_pin()
    page = open_page(FORM, phone=phone, dark=dark)
    combobox(page).press_sequentially("burgweg 2")
    expect(suggestions(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    combobox(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Is it already here?")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_where_an_address_is_asked_for(open_page: OpenPage):
    page = open_page(FORM)
    write(page)
    page.locator("#id_address").evaluate("field => field.value = 'Burkweg 2'")
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("group", name="Which one is it?")).to_be_visible()
    assert violations(page) == []
