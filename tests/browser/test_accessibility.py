"""axe finds nothing on any page, in both languages, on phone and desktop."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import OpenPage
from tests.every_page import ANSWERS, VISITS, address_in
from tests.scene import Scene, make_scene
from tests.visitors import browser_of

pytestmark = [pytest.mark.browser]

RULES = {
    # What passes is not told node by node.
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    },
}


@pytest.fixture
def scene(city: None) -> Scene:
    return make_scene()


def violations(page: Page) -> list[str]:
    """Return what axe complains about, one line each, once the maps are drawn."""
    for chart in page.locator("[data-map]:visible").all():
        chart.scroll_into_view_if_needed()
        chart.locator("canvas").wait_for()
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['html']}"
        for violation in found
        for node in violation["nodes"]
    ]


def visit(page: Page, address: str, status: int) -> Response:
    """Open a page of the list; raises AssertionError where another one comes instead."""
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, urlsplit(answer.url)[2:4]) == (
        status,
        urlsplit(address)[2:4],
    )
    return answer


# Each page in both languages and in both sizes; not each language in each size.
@pytest.mark.parametrize("part", VISITS)
@pytest.mark.parametrize(
    ("language", "phone"), [("de", True), ("en", False)], ids=["de-phone", "en-desktop"]
)
def test_axe_finds_nothing(
    open_page: OpenPage, scene: Scene, language: str, phone: bool, part: str
):
    found = []
    for who, paths in VISITS[part]:
        page = open_page("/healthz", phone=phone, visitor=browser_of(who, scene))
        for path in paths:
            visit(page, address_in(language, path, scene.names), ANSWERS.get(path, 200))
            found += violations(page)
    assert found == []


def test_axe_finds_nothing_in_the_dark(open_page: OpenPage, scene: Scene):
    page = open_page("/", dark=True)
    found = violations(page)
    for path in (
        "/pins/new",
        "/pins/{published}",
        "/districts/hohenecken/",
        "/sittings/",
        "/sittings/{sitting}/",
    ):
        page.goto(path.format(**scene.names))
        found += violations(page)
    assert found == []


def test_errors_of_the_form_are_named_and_linked(open_page: OpenPage, scene: Scene):
    page = open_page("/en/pins/new")
    page.get_by_role("button", name="Send contribution").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert violations(page) == []
    summary.get_by_role("link").first.click()
    expect(page.locator("[id^='id_']:focus")).to_have_count(1)
