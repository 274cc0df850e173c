"""To be told about the surroundings of a place: from an address, and from the map."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from layers.places import AddressRow, StreetRow, replace_places
from pins.models import Follow
from pins.telling.follow_links import confirm_url, manage_url
from tests.browser.conftest import OpenPage
from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = [pytest.mark.browser]


@pytest.fixture
def addresses(city: None) -> None:
    place = point_in(16)
    replace_places(
        streets=[StreetRow("Burgweg", place.x, place.y)],
        addresses=[AddressRow("Burgweg", "3", "67661", place.x, place.y)],
    )


def test_from_an_address_to_the_end(open_page: OpenPage, addresses: None) -> None:
    page = open_page("/en/follow/", phone=True)
    field = page.get_by_label("Address", exact=True)
    field.press_sequentially("Burgw")
    page.get_by_role("option", name="Burgweg").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Burgweg")
    page.get_by_label("500 m").check()
    page.get_by_label("E-mail address").fill("lou@example.org")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mailbox")

    follow = Follow.objects.get()
    assert follow.radius == 500
    page.goto("/en" + _path(confirm_url(follow)))
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page).to_have_url(re.compile(r"\?new=1$"))

    page.goto("/en" + _path(manage_url(follow.mailbox)))
    page.get_by_role("button", name="End: Within 500 m").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You follow nothing")
    assert not Follow.objects.exists()


def _path(url: str) -> str:
    return url.removeprefix("http://testserver")


def test_the_map_names_the_place(open_page: OpenPage, addresses: None) -> None:
    make_pin()
    place = point_in(16)
    page = open_page(f"/en/#map=15/{place.y}/{place.x}")

    page.get_by_role("link", name="About the surroundings of a place").click()

    expect(page).to_have_url(re.compile(r"/en/follow/\?near=7\.75\d*(,|%2C)49\.38\d*$"))
    expect(page.get_by_text("Around the place you chose")).to_be_visible()


def test_without_a_script(
    open_page: OpenPage, addresses: None, settings: Settings
) -> None:
    settings.LEAST_FORM_TIME = timedelta(minutes=1)
    page = open_page("/en/follow/", scripts=False)
    page.get_by_label("Address", exact=True).fill("burgweg 3")
    page.get_by_label("E-mail address").fill("lou@example.org")
    send = page.get_by_role("button", name="Send me the link")
    send.click()
    # As fast as a program, and without its proof: asked once more, with all that was typed.
    expect(page.get_by_role("main")).to_contain_text("Please send it again")
    send.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("mailbox")
    assert Follow.objects.get().place_name == "Burgweg 3"
