"""The map beside the list: what is pressed, chosen and filtered, and what a link keeps."""

import re
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from pins.models import Pin
from tests.archives import write_archive
from tests.browser.conftest import OpenPage
from tests.browser.holding import ask_the_server, hold
from tests.browser.test_accessibility import violations
from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

# Of the Shortbread schema: what the basemap's style draws.
NAMES = (
    "ocean water_polygons water_polygons_labels water_lines land sites street_polygons"
    " streets street_labels bridges buildings addresses place_labels public_transport"
)
LAYERS = [{"id": name, "fields": {}} for name in NAMES.split()]


def published(**fields: Any) -> Pin:
    """Make a pin and return it as the database completed it."""
    pin = make_pin(**fields)
    pin.refresh_from_db()
    return pin


def closeup(pin: Pin, zoom: float = 16) -> str:
    """Return the state of a map whose middle is a pin."""
    return f"#map={zoom:.2f}/{pin.location.y:.5f}/{pin.location.x:.5f}"


def drawn(page: Page) -> Page:
    """Wait until the map shows its contributions and has come to rest."""
    expect(page.locator("[data-map='pins']")).to_have_attribute(
        "data-state", "pins", timeout=30_000
    )
    return page


def press(page: Page, east: float = 0.5, south: float = 0.5) -> None:
    """Press the map at fractions of its width and height."""
    box = page.locator("[data-map='pins']").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + east * box["width"], box["y"] + south * box["height"])


def entry(page: Page, pin: Pin) -> Locator:
    return page.locator(f"[data-pin-list] [data-reference='{pin.reference}']")


def test_keys_skip_the_list_where_the_map_stands_beside_it(open_page: OpenPage):
    page = open_page("/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the map")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Map of the contributions")).to_be_focused()
    phone = open_page("/en/", phone=True)
    expect(phone.get_by_role("link", name="Skip to the map")).to_have_count(0)


def test_a_marker_that_is_pressed_is_chosen_in_map_and_list(open_page: OpenPage):
    pin, other = published(title="Ein Überweg"), published(location=point_in(15))
    page = drawn(open_page(f"/en/{closeup(pin)}"))
    card = page.get_by_role("region", name="Selected contribution")

    press(page)

    expect(card.get_by_role("link", name="Ein Überweg")).to_be_visible()
    expect(entry(page, pin)).to_have_attribute("aria-current", "true")
    expect(entry(page, other)).not_to_have_attribute("aria-current", "true")

    card.get_by_role("button", name="Close").click()

    expect(card).to_be_hidden()
    expect(entry(page, pin)).not_to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_entry_is_shown_on_the_map(open_page: OpenPage, phone: bool):
    pin = published(title="Ein Überweg")
    page = open_page("/en/", phone=phone)

    entry(page, pin).get_by_role("button", name="Show “Ein Überweg” on the map").click()

    card = page.get_by_role("region", name="Selected contribution")
    expect(card.get_by_role("link", name="Ein Überweg")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/en/" + closeup(pin)))
    if phone:
        # The link shows the map again, and the button the list.
        page.reload()
        expect(entry(page, pin)).to_be_hidden()
        page.get_by_role("button", name="Show list").click()
        expect(entry(page, pin)).to_be_visible()
        assert "show=map" not in page.url


def test_contributions_in_one_place_have_their_turns(open_page: OpenPage):
    titles = ("Der erste", "Der zweite", "Der dritte")
    pins = [published(title=title) for title in titles]
    page = drawn(open_page(f"/en/{closeup(pins[0])}"))
    card = page.get_by_role("region", name="Selected contribution")

    press(page)

    for number, title in enumerate((*titles, titles[0])):
        expect(card).to_contain_text(f"{number % 3 + 1} of 3 in this place")
        expect(card.get_by_role("link")).to_have_text(title)
        card.get_by_role("button", name="Show the next one").click()


def test_the_card_is_of_what_was_chosen_last(open_page: OpenPage):
    slow, last = published(title="Ein Überweg"), published(title="Eine Bank")
    page = drawn(open_page("/en/"))
    asked = hold(page, f"**/{slow.reference}.geojson*")
    card = page.get_by_role("region", name="Selected contribution")

    for pin in (slow, last):
        entry(page, pin).get_by_role("button").click()
    expect(card.get_by_role("link", name="Eine Bank")).to_be_visible()
    asked().continue_()
    ask_the_server(page)

    expect(card.get_by_role("link")).to_have_text("Eine Bank")


def test_axe_finds_nothing_where_a_phone_shows_the_map(open_page: OpenPage):
    pin = published()
    page = drawn(open_page(f"/en/{closeup(pin)}&heat=1&show=map", phone=True))
    press(page)
    expect(page.get_by_role("region", name="Selected contribution")).to_be_visible()

    assert violations(page) == []
    # The whole list is away, and the page still has its heading.
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(entry(page, pin)).to_be_hidden()


def test_a_map_that_nobody_moved_leaves_the_address_alone(open_page: OpenPage):
    page = drawn(open_page("/en/"))
    canvas = page.locator("[data-map='pins'] canvas")
    height = canvas.evaluate("canvas => canvas.clientHeight")
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(canvas).not_to_have_js_property("clientHeight", height)

    assert "#" not in page.url


def test_a_circle_that_is_pressed_comes_nearer(open_page: OpenPage):
    pin = published()
    make_pin(location=point_in(16))
    page = drawn(open_page(f"/en/{closeup(pin, 13)}"))

    press(page)

    expect(page).to_have_url(re.compile(r"#map=15\.00/"))


def test_a_district_that_is_pressed_becomes_the_filter(open_page: OpenPage):
    make_pin(kind="idea", location=point_in(16, east=0.9, north=0.9))
    page = drawn(open_page("/en/?kind=idea&sort=oldest#map=13/49.3828/7.7578&heat=1"))

    press(page)

    page.wait_for_url(re.compile("district=hohenecken"))
    assert "kind=idea" in page.url
    assert "sort=oldest" in page.url
    # The map goes to the district and keeps the rest of its state.
    assert page.url.endswith("#heat=1")
    expect(page.get_by_label("District")).to_have_value("hohenecken")


def test_a_district_page_leads_to_the_page_of_the_neighbour(open_page: OpenPage):
    page = drawn(open_page("/en/districts/hohenecken/#map=13/49.3828/7.7422"))

    press(page)

    page.wait_for_url(re.compile("/en/districts/dansenberg/"))


def test_the_address_holds_the_state_of_the_map(open_page: OpenPage):
    pin = published()
    make_pin(kind="idea")
    page = drawn(open_page(f"/en/{closeup(pin, 14)}"))

    page.get_by_role("region", name="Map", exact=True).press("+")
    expect(page).to_have_url(re.compile(r"#map=15\.00/"))
    page.get_by_text("Heat map", exact=True).click()
    expect(page).to_have_url(re.compile(r"#map=15\.00/.*&heat=1$"))

    # A form, a link to elsewhere and the way back keep it.
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Kind").select_option("problem")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile(r"kind=problem.*#map=15\.00/.*&heat=1$"))
    expect(page.get_by_role("switch", name="Heat map")).to_be_checked()
    entry(page, pin).get_by_role("link").click()
    page.wait_for_url(re.compile("/en/pins/"))
    page.go_back()
    page.wait_for_url(re.compile(r"kind=problem.*#map=15\.00/.*&heat=1$"))
    page.get_by_role("link", name="Deutsch").click()
    page.wait_for_url(re.compile(r"/\?.*kind=problem.*#map=15\.00/.*&heat=1$"))


def test_a_form_that_chooses_a_district_lets_the_map_go_there(open_page: OpenPage):
    page = drawn(open_page(f"/en/{closeup(published())}&heat=1"))

    page.get_by_text("Filter and sort").click()
    page.get_by_label("District").select_option("dansenberg")
    page.get_by_role("button", name="Apply").click()

    page.wait_for_url(re.compile(r"district=dansenberg[^#]*#heat=1$"))


@pytest.mark.parametrize(
    "state", ["#map=99/99/99", "#map=a/b/c", "#map=", "#heat=yes&overlays=%00,<b>", "#"]
)
def test_a_state_that_cannot_be_read_is_ignored(open_page: OpenPage, state: str):
    make_pin()
    page = drawn(open_page(f"/en/{state}"))

    expect(page.get_by_role("switch", name="Heat map")).not_to_be_checked()


def test_the_map_shows_the_themes_that_are_switched_on(open_page: OpenPage):
    make_pin()
    page = drawn(open_page("/en/?sort=oldest"))

    with page.expect_request(re.compile(r"/tiles/pins/.*\?theme=energy$")):
        page.get_by_role("checkbox", name="Mobility").uncheck()


def test_themes_that_the_list_leaves_out_cannot_be_switched_on(open_page: OpenPage):
    page = drawn(open_page("/en/?theme=energy"))
    legend = page.get_by_role("group", name="Themes on the map")

    expect(legend.get_by_role("checkbox", name="Mobility")).to_be_disabled()
    expect(legend.get_by_role("checkbox", name="Energy")).to_be_checked()


def test_the_list_starts_with_what_is_nearest_to_the_reader(open_page: OpenPage):
    published(title="Weit weg", location=point_in(15))
    published(title="Ganz nah", location=point_in(16))
    page = open_page("/en/")
    page.context.grant_permissions(["geolocation"])
    point = point_in(16)
    page.context.set_geolocation({"longitude": point.x, "latitude": point.y})

    page.get_by_text("Filter and sort").click()
    page.get_by_role("button", name="Nearest to me").click()

    page.wait_for_url(re.compile(r"sort=nearest.*near=7\.7578%2C49\.3828"))
    expect(page.locator("[data-pin-list] h3").first).to_have_text("Ganz nah")


def test_a_reader_who_gives_no_place_is_told(open_page: OpenPage):
    page = open_page("/en/")
    page.context.clear_permissions()
    page.get_by_text("Filter and sort").click()

    page.get_by_role("button", name="Nearest to me").click()

    expect(page.get_by_text("Your location could not be found.")).to_be_visible()


def test_the_list_starts_with_what_is_nearest_to_the_middle(open_page: OpenPage):
    pin = published(location=point_in(16))
    page = drawn(open_page(f"/en/{closeup(pin)}"))

    page.get_by_text("Filter and sort").click()
    page.get_by_role("button", name="Nearest to the middle of the map").click()

    page.wait_for_url(re.compile(r"sort=nearest.*near=7\.7578%2C49\.3828.*#map=16"))


def ground(page: Page) -> bytes:
    """Return a picture of the map alone, without what lies above it."""
    box = page.locator("[data-map='pins']").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return page.screenshot(clip={"x": x, "y": y, "width": 20, "height": 20})


def test_a_change_of_the_colours_repaints_the_map(open_page: OpenPage):
    make_pin()
    page = drawn(open_page("/en/"))
    before = ground(page)

    page.emulate_media(color_scheme="dark", reduced_motion="reduce")

    for _wait in range(150):
        if ground(page) != before:
            return
        page.wait_for_timeout(200)
    pytest.fail("The map kept the colours of the light scheme.")


def test_without_webgl_a_sentence_stands_in_the_maps_place(open_page: OpenPage):
    pin = published()
    page = open_page("/healthz")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/en/")

    expect(page.get_by_text("The map cannot be shown here.")).to_be_visible()
    expect(entry(page, pin)).to_be_visible()
    expect(page.get_by_role("switch", name="Heat map")).to_be_hidden()


def warnings(page: Page) -> list[str]:
    """Return a list that fills with what the map has to complain about."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # The browser of these tests has no service worker, and says so.
        if message.type == "warning" and "Service Worker" not in message.text:
            found.append(message.text)

    page.on("console", note)
    return found


def test_the_basemaps_style_is_drawn_as_it_is(open_page: OpenPage, settings, tmp_path):
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    write_archive(settings.BASEMAP_PATH, {(6, 33, 21): b""}, vector_layers=LAYERS)
    pin = published()
    page = open_page("/healthz")
    found = warnings(page)
    page.goto(f"/en/{closeup(pin)}")
    drawn(page)

    assert found == []
    expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("OpenStreetMap")


FOREIGN = {
    "version": 8,
    "sources": {"names": {"type": "geojson", "data": "place.geojson"}},
    "layers": [
        {"id": "names", "type": "line", "source": "names"},
        {"id": "b", "type": "background", "paint": {"background-color": "#ff00aa"}},
    ],
}


@pytest.mark.parametrize(
    "answer",
    [
        {"json": FOREIGN},
        {"json": FOREIGN | {"layers": [{"id": "x", "type": "nonsense"}]}},
        {"json": []},
        {"body": "<html>"},
        {"status": 500},
    ],
    ids=["good", "invalid", "other", "no-json", "error"],
)
def test_another_style_carries_the_sites_layers_or_is_left_out(
    open_page: OpenPage, settings, live_server, answer: dict[str, Any]
):
    settings.BASEMAP_ORIGIN = live_server.url
    settings.BASEMAP_STYLE_URL = f"{live_server.url}/styles/other.json"
    pin = published(title="Ein Überweg")
    page = open_page("/healthz")
    page.route("**/styles/other.json", lambda route: route.fulfill(**answer))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/en/{closeup(pin)}")
    drawn(page)

    press(page)

    card = page.get_by_role("region", name="Selected contribution")
    expect(card.get_by_role("link", name="Ein Überweg")).to_be_visible()
    is_used = f"{live_server.url}/styles/place.geojson" in asked
    assert is_used == (answer == {"json": FOREIGN})
