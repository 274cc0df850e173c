"""Two moderators in two browsers, and one contribution: they do not collide."""

import pytest
from playwright.sync_api import Page, expect

from pins.models import Pin, QueueEntry
from pins.workflow import Visibility
from tests.browser.conftest import OpenPage
from tests.factories import make_moderator, make_pin

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]


def look_again(page: Page) -> None:
    """Do what a page does when somebody comes back to it: ask whose the entry is."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()


def test_only_one_of_two_decides(open_page: OpenPage) -> None:
    pin = make_pin(title="Eine Bank am Bach", visibility=Visibility.SUBMITTED)
    address = f"/en/moderation/{pin.reference}/"
    anna = open_page(address, user=make_moderator("anna"))
    expect(anna.get_by_role("heading", level=1)).to_have_text(pin.title)

    other = make_moderator("bert")
    bert = open_page("/en/moderation/", user=other)
    expect(bert.locator(".queue-reader")).to_contain_text("being read by anna")
    bert.get_by_role("link", name=pin.title).click()
    expect(bert.get_by_text("anna is reading this since")).to_be_visible()

    # Who takes it over is seen where it lies open; deciding there changes nothing.
    bert.get_by_role("button", name="Take it over").click()
    expect(bert.locator("[data-claim]")).to_have_count(1)
    look_again(anna)
    seen = anna.locator("[data-claim-state]")
    expect(seen).to_have_text("bert has taken this over.")
    publish(anna)
    expect(anna.get_by_text("Nothing has been decided.")).to_be_visible()
    assert Pin.objects.get().visibility == Visibility.SUBMITTED
    assert QueueEntry.objects.get().claimed_by == other

    publish(bert)
    expect(bert.get_by_role("heading", name=pin.title)).to_have_count(0)
    assert Pin.objects.get().visibility == Visibility.PUBLISHED
    anna.goto(address)
    expect(anna.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
