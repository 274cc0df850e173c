"""Two moderators work through the queue with the keyboard, each on something else."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pins.models import Pin, QueueEntry
from pins.workflow import Visibility
from tests.browser.conftest import OpenPage
from tests.factories import make_moderator, make_pin

pytestmark = pytest.mark.usefixtures("city")
NAMES = ("Eine Bank am Bach", "Ein Baum am Markt", "Ein Weg zum Bahnhof")


def heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def open_queue(open_page: OpenPage, name: str) -> Page:
    page: Page = open_page("/en/moderation/", user=make_moderator(name))
    # The keys listen once the list of them is there.
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    return page


def test_two_moderators_and_their_keys(open_page: OpenPage) -> None:
    now = timezone.now()
    for number, title in enumerate(NAMES):
        moment = now - datetime.timedelta(hours=9 - number)
        make_pin(title=title, visibility=Visibility.SUBMITTED, created_at=moment)
    anna, bert = (open_queue(open_page, name) for name in ("anna", "bert"))

    anna.keyboard.press("n")
    heading(anna, NAMES[0])
    bert.keyboard.press("n")
    heading(bert, NAMES[1])

    # In a field a key is a letter; Escape leaves it.
    anna.keyboard.press("r")
    reason = anna.get_by_label("Reason for not publishing")
    expect(reason).to_be_focused()
    anna.keyboard.type("pan")
    expect(reason).to_have_value("pan")
    anna.keyboard.press("Escape")
    anna.keyboard.press("p")
    expect(anna.get_by_role("button", name="Publish", exact=True)).to_be_focused()
    anna.keyboard.press("Enter")
    # What bert reads is passed over.
    heading(anna, NAMES[2])
    assert Pin.objects.get(title=NAMES[0]).visibility == Visibility.PUBLISHED

    # Left, it is free for others.
    with bert.expect_request(re.compile("/claim$")):
        bert.get_by_role("link", name="To the queue").click()
    expect(bert.locator(".queue-reader")).to_contain_text("being read by anna")
    taken = QueueEntry.objects.exclude(claimed_by=None)
    expect(bert.get_by_role("link", name=NAMES[1])).to_be_visible()
    assert [entry.pin.title for entry in taken] == [NAMES[2]]

    # Switched off, keys do nothing, on the next page neither.
    bert.keyboard.press("?")
    bert.get_by_label("Use single keys on these pages").uncheck()
    bert.reload()
    button = bert.get_by_role("button", name="Keyboard shortcuts")
    expect(button).to_be_visible()
    bert.keyboard.press("n")
    button.click()
    expect(bert.get_by_label("Use single keys on these pages")).not_to_be_checked()


def test_words_that_are_marked(open_page: OpenPage) -> None:
    pin = make_pin(title="Herr Muster parkt hier", visibility=Visibility.SUBMITTED)
    page = open_page(f"/en/moderation/{pin.reference}/words/", user=make_moderator())
    page.get_by_role("heading", name="Herr Muster parkt hier").evaluate(
        """heading => {
            const range = document.createRange();
            range.setStart(heading.firstChild, 5);
            range.setEnd(heading.firstChild, 11);
            getSelection().addRange(range);
        }"""
    )
    page.get_by_role("button", name="Add what is marked above").click()
    expect(page.get_by_label("What to take out")).to_have_value("Muster")
    page.get_by_role("button", name="Show the result").click()
    expect(page.get_by_text("Herr […] parkt hier")).to_be_visible()
    page.get_by_role("button", name="Take them out").click()
    heading(page, "Herr […] parkt hier")
