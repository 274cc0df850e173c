"""The whole way of a pin, in the browser of everyone who takes a hand in it."""

import pyogrio
import pytest
from playwright.sync_api import Page, expect

from districts.models import Body
from pins.models import Pin
from tests.browser.conftest import OpenPage
from tests.browser.new_pin import write_words
from tests.factories import make_member, make_moderator
from tests.geometries import point_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

TITLE = "Kein sicherer Überweg an der Schule"
TEXT = "Morgens rasen hier alle vorbei. <b>Bitte</b> einen Zebrastreifen!"


def write(page: Page) -> None:
    """Fill in everything but the place."""
    write_words(page, TITLE, TEXT)


def place_by_keyboard(page: Page) -> None:
    """Move the map with the keys until the cross lies in a district, and say so."""
    chooser = page.locator("[data-map='place']")
    chooser.scroll_into_view_if_needed()
    expect(page.locator("[data-place]")).to_have_attribute("data-state", "ready")
    page.locator("[data-map='place'] canvas").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-part='state']")).to_contain_text("Chosen:")


def send(page: Page) -> str:
    """Send the form and return the reference the confirmation page names."""
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    return Pin.objects.get(title=TITLE).reference


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_the_resident_to_the_council_and_into_the_gis(
    open_page: OpenPage, live_server, tmp_path, phone: bool
):
    resident = open_page("/en/pins/new", phone=phone)
    write(resident)
    place_by_keyboard(resident)
    reference = send(resident)
    pin = Pin.objects.get(reference=reference)
    own, other = ("hohenecken", "dansenberg")
    if pin.district.slug == "dansenberg":
        own, other = other, own

    moderator = open_page("/en/moderation/", phone=phone, user=make_moderator())
    moderator.get_by_role("link", name=TITLE).click()
    publish = moderator.get_by_role("button", name="Publish", exact=True)
    publish.click()
    expect(publish).to_have_count(0)
    expect(moderator.get_by_role("main")).to_contain_text(reference)

    chair = make_member(Body.objects.get(slug=f"ortsbeirat-{own}"))
    council = open_page("/en/desk/", phone=phone, user=chair)
    council.get_by_role("link", name=TITLE).click()
    council.get_by_label("Public answer").fill("Wir sehen uns die Stelle an.")
    council.get_by_role("button", name="Save and publish").click()
    expect(council.get_by_role("main")).to_contain_text("Wir sehen uns die Stelle an.")

    stranger = make_member(Body.objects.get(slug=f"ortsbeirat-{other}"))
    neighbour = open_page("/en/desk/", phone=phone, user=stranger)
    expect(neighbour.get_by_role("main")).not_to_contain_text(TITLE)
    for desk in (own, other):
        answer = neighbour.request.get(f"/en/desk/ortsbeirat-{desk}/{reference}/")
        assert answer.status == 404

    public = open_page(f"/en/districts/{own}/", phone=phone)
    expect(public.get_by_role("main")).to_contain_text("In review")
    public.get_by_role("link", name=TITLE).click()
    expect(public.get_by_role("main")).to_contain_text("Wir sehen uns die Stelle an.")
    expect(public.get_by_role("main")).to_contain_text("<b>Bitte</b>")

    for extension in ("geojson", "gpkg"):
        with public.expect_download() as download:
            public.evaluate(
                "url => { const a = document.createElement('a'); a.href = url;"
                " document.body.append(a); a.click(); }",
                f"/districts/{own}/pins.{extension}",
            )
        file = tmp_path / f"pins.{extension}"
        download.value.save_as(file)
        info = pyogrio.read_info(file)
        assert info["features"] == 1
        assert "public_answer" in info["fields"]


def test_the_same_without_javascript(open_page: OpenPage):
    page = open_page("/en/pins/new", scripts=False)
    write(page)
    page.get_by_label("District").select_option("hohenecken")
    page.get_by_label("Where exactly?").fill("vor der Grundschule")
    reference = send(page)
    pin = Pin.objects.get(reference=reference)
    assert pin.is_approximate
    assert pin.district.slug == "hohenecken"


def test_a_point_outside_is_refused_and_the_text_is_kept(open_page: OpenPage):
    page = open_page("/en/pins/new")
    write(page)
    page.locator("input[name=lon]").evaluate("field => field.value = '2.35'")
    page.locator("input[name=lat]").evaluate("field => field.value = '48.85'")
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("main")).to_contain_text("outside the city")
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    assert not Pin.objects.exists()


def test_a_double_click_makes_one_pin(open_page: OpenPage):
    page = open_page("/en/pins/new")
    write(page)
    point = point_in(16)
    page.locator("input[name=lon]").evaluate("(f, v) => f.value = v", str(point.x))
    page.locator("input[name=lat]").evaluate("(f, v) => f.value = v", str(point.y))
    page.get_by_role("button", name="Send contribution").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    page.go_back()
    expect(page.get_by_label("Title")).to_have_value(TITLE)
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Pin.objects.count() == 1
