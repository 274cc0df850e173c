"""Overlays on the real map: switched on, pressed, remembered, and from a map server."""

import base64
import copy
import re

import pytest
from django.contrib.gis.geos import Polygon
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import DESKTOP, OpenPage, Watch
from tests.browser.test_accessibility import violations
from tests.factories import make_overlay
from tests.geometries import district_square

pytestmark = [pytest.mark.browser]

MAP = "[data-map='pins'][data-state='pins']"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
SERVER = "https://maps.example.de"


@pytest.fixture
def area(city: None) -> None:
    """An area over both districts of the city, with a name that is no markup."""
    west, south, _, north = district_square(15).extent
    east = district_square(16).extent[2]
    make_overlay(
        "area",
        title_de="Wärmenetz",
        attribution="© <i>Stadt</i> & Werke",
        features=[
            {
                "geometry": Polygon.from_bbox((west, south, east, north)),
                "label": "<img src=x onerror=alert(1)>",
                "properties": {"Stand": "<b>geplant</b>"},
            }
        ],
    )


def switch(page: Page, name: str, *, is_on: bool = True) -> None:
    page.wait_for_selector(MAP)
    details = page.locator("[data-overlays]")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.get_by_label(name).set_checked(is_on)


def is_tile(answer: Response) -> bool:
    return "/tiles/overlays/area/" in answer.url


def middle_of_the_map(page: Page) -> tuple[float, float]:
    box = page.locator(".map canvas").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def press_the_middle(page: Page) -> None:
    page.mouse.click(*middle_of_the_map(page))


def picture_of_the_middle(page: Page) -> bytes:
    x, y = middle_of_the_map(page)
    return page.screenshot(clip={"x": x, "y": y, "width": 9, "height": 9})


def test_an_overlay_is_switched_on_and_stays_with_the_address(
    open_page: OpenPage, area: None
) -> None:
    page = open_page("/")

    # The map also asks for tiles beside the area, which are empty.
    with page.expect_response(lambda answer: is_tile(answer) and answer.status == 200):
        switch(page, "Wärmenetz")

    expect(page).to_have_url(re.compile(r"#.*overlays=area"))
    with page.expect_response(is_tile):
        page.reload()
    page.wait_for_selector(MAP)
    expect(page.locator("[data-overlay]")).to_be_checked()
    switch(page, "Wärmenetz", is_on=False)
    expect(page).not_to_have_url(re.compile("overlays="))


def test_a_press_says_what_it_is_and_goes_nowhere_else(
    open_page: OpenPage, area: None
) -> None:
    page = open_page("/")
    page.wait_for_selector(MAP)
    bare = picture_of_the_middle(page)
    switch(page, "Wärmenetz")
    assert violations(page) == []
    # The list is closed again, since it lies above the map.
    page.locator("[data-overlays] > summary").click()
    popup = page.locator(".maplibregl-popup")

    # Until the tile is drawn a press means the district.
    for _ in range(150):
        if picture_of_the_middle(page) != bare:
            break
        page.wait_for_timeout(200)
    press_the_middle(page)

    expect(popup).to_contain_text("<img src=x onerror=alert(1)>")
    expect(popup).to_contain_text("Wärmenetz")
    expect(popup.locator("img, b")).to_have_count(0)
    sources = page.locator(".maplibregl-ctrl-attrib-inner")
    expect(sources).to_contain_text("© <i>Stadt</i> & Werke, CC0 1.0")
    assert "district=" not in page.url
    assert violations(page) == []
    popup.get_by_role("button").press("Enter")
    expect(popup).to_have_count(0)


def test_without_scripts_or_overlays_there_is_no_switch(
    open_page: OpenPage, area: None
) -> None:
    page = open_page("/", scripts=False)

    expect(page.locator("[data-overlays]")).to_be_hidden()


@pytest.fixture
def map_server(settings, city: None) -> None:
    """A map server that the operator allows, and an overlay of it."""
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    for name in ("img-src", "connect-src"):
        policy["DIRECTIVES"][name].append(SERVER)
    settings.CONTENT_SECURITY_POLICY = policy
    settings.WMS_HOSTS = [SERVER]
    make_overlay("noise", kind="wms", title_de="Lärmkarte", wms_url=f"{SERVER}/wms")


@pytest.mark.parametrize("status", [200, 503])
def test_a_map_server_is_asked_only_once_it_is_switched_on(
    chromium: Browser, live_server, map_server: None, status: int
) -> None:
    context = chromium.new_context(
        base_url=live_server.url, viewport=DESKTOP, locale="de-DE"
    )
    watch = Watch(live_server.url)
    page = context.new_page()
    watch.follow(page)
    page.route(
        f"{SERVER}/**",
        lambda route: route.fulfill(
            status=status,
            body=PIXEL,
            content_type="image/png",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto("/")
    page.wait_for_selector(MAP)
    assert watch.foreign == []

    with page.expect_response(f"{SERVER}/**") as answer:
        switch(page, "Lärmkarte")

    url = answer.value.url
    assert "request=GetMap" in url
    assert re.search(r"bbox=[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+$", url)
    failure = page.locator("[data-failure]")
    if status == 200:
        expect(failure).to_be_empty()
    else:
        expect(failure).not_to_be_empty()
    assert all(found.startswith(f"{SERVER}/wms?") for found in watch.foreign)
    assert watch.complaints == []
    context.close()
