"""The inbox in a browser: several at once with and without scripts, list and map."""

import pytest
from playwright.sync_api import expect

from councils.models import Assignment
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status
from tests.browser.conftest import OpenPage
from tests.factories import make_member, make_pin

pytestmark = [pytest.mark.browser]

DESK = "/en/desk/ortsbeirat-hohenecken/"


@pytest.fixture
def chair(city: None):
    make_pin(title="Mehr Schatten auf dem Spielplatz")
    make_pin(title="Ein Trinkbrunnen am Markt")
    return make_member(Body.objects.get(slug="ortsbeirat-hohenecken"), "anna")


def statuses():
    return list(Pin.objects.order_by("pk").values_list("status", flat=True))


def test_accepting_all_of_a_page_and_taking_it_back(open_page: OpenPage, chair):
    page = open_page(DESK, user=chair)
    main = page.get_by_role("main")

    page.get_by_label("Select “Ein Trinkbrunnen am Markt”").check()
    expect(main).to_contain_text("1 selected")
    page.get_by_label("Select all on this page").check()
    expect(main).to_contain_text("2 selected")
    page.get_by_role("button", name="Accept").click()

    expect(main).to_contain_text("Nothing is new: everything has been accepted.")
    assert statuses() == [Status.IN_REVIEW, Status.IN_REVIEW]
    page.get_by_role("button", name="Take back").click()
    expect(main.get_by_role("heading", level=3)).to_have_count(2)
    assert statuses() == [Status.RECEIVED, Status.RECEIVED]


def test_assigning_without_scripts(open_page: OpenPage, chair):
    page = open_page(DESK, user=chair, scripts=False, phone=True)

    page.get_by_label("Select “Mehr Schatten auf dem Spielplatz”").check()
    page.get_by_role("button", name="Assign …").click()
    page.get_by_label("Who works on it?").select_option(label="anna")
    page.get_by_role("button", name="Assign", exact=True).click()

    expect(page.get_by_role("main")).to_contain_text("Assigned to anna")
    assert Assignment.objects.get().pin.title == "Mehr Schatten auf dem Spielplatz"


@pytest.mark.parametrize("tab", ["new", "overdue"])
def test_list_and_map_show_the_same_one(open_page: OpenPage, chair, tab):
    Pin.objects.filter(title__startswith="Mehr").update(
        published_at="2026-01-01T12:00:00Z"
    )
    pin = Pin.objects.get(title__startswith="Mehr")
    page = open_page(f"{DESK}?tab={tab}", user=chair)
    page.locator("[data-map][data-state=pins]").wait_for()

    page.get_by_role("button", name="Show “Mehr Schatten").click()

    card = page.get_by_role("region", name="Selected contribution")
    link = card.get_by_role("link", name="Mehr Schatten auf dem Spielplatz")
    expect(link).to_have_attribute("href", f"{DESK}{pin.reference}/")
    marked = page.locator(f"[data-reference='{pin.reference}'][aria-current]")
    expect(marked).to_have_count(1)
