"""A stand on a tablet: one contribution after the other, also without a network."""

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from insek.models import Stand
from insek.stands import close_stand
from pins.models import Pin
from tests.browser.conftest import OpenPage
from tests.browser.holding import ask_the_server
from tests.browser.test_accessibility import violations
from tests.factories import make_stand

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

TEXT = "Am Brunnen fehlt eine Bank im Schatten."


@pytest.fixture
def tablet(open_page: OpenPage) -> Page:
    stand = make_stand()
    return open_page(f"/en/insek/stand/{stand.token}/", phone=True)


def type_and_save(page: Page, text: str) -> None:
    """What the second contribution of a kind takes: words, and one press."""
    page.keyboard.type(text)
    page.get_by_role("button", name="Save contribution").click()


def test_one_after_the_other_and_without_a_network(tablet: Page) -> None:
    text = tablet.get_by_role("textbox", name="What was said?")
    said = tablet.locator("[data-part='said']")
    tablet.get_by_text("Idea", exact=True).click()
    tablet.get_by_text("Mobility", exact=True).click()
    text.focus()
    type_and_save(tablet, TEXT)
    expect(said).to_contain_text("Saved: KL-")
    expect(said).to_contain_text(Pin.objects.get().reference)

    # Kind and theme are kept, the first field has the focus: words and one press.
    expect(text).to_be_focused()
    expect(text).to_have_value("")
    type_and_save(tablet, "Und ein Mülleimer gleich daneben.")
    expect(tablet.get_by_role("heading", name="2 contributions")).to_be_visible()
    assert Pin.objects.filter(kind="idea", source="stand").count() == 2

    tablet.context.set_offline(True)
    type_and_save(tablet, "Das hier wartet auf ein Netz.")
    expect(tablet.get_by_role("region", name="Not sent yet")).to_contain_text("wartet")
    expect(text).to_be_focused()
    assert Pin.objects.count() == 2
    assert violations(tablet) == []

    tablet.context.set_offline(False)
    # Should it fail in the moment when the network is back, it is tried again soon.
    third = tablet.get_by_role("heading", name="3 contributions")
    expect(third).to_be_visible(timeout=60_000)
    assert Pin.objects.count() == 3

    tablet.keyboard.type("zu kurz")
    tablet.get_by_role("button", name="Save contribution").click()
    expect(tablet.get_by_role("alert")).to_contain_text("at least 20 characters")
    expect(text).to_have_value("zu kurz")
    tablet.get_by_role("button", name="Take back").first.click()
    expect(tablet.get_by_role("heading", name="2 contributions")).to_be_visible()
    # What was being typed is still there, and can be gone on with.
    expect(text).to_have_value("zu kurz")
    expect(text).to_be_focused()

    close_stand(stand=Stand.objects.get())
    type_and_save(tablet, " war das, jetzt ist es lang genug.")
    unsent = tablet.get_by_role("region", name="Not sent yet")
    expect(unsent).to_contain_text("The office has closed")
    unsent.get_by_role("button", name="Open in the form").click()
    expect(tablet.get_by_role("main")).to_contain_text("zu kurz war das")
    expect(tablet.get_by_role("button", name="Go on in the form")).to_be_visible()


def test_an_older_answer_leaves_nothing_out(tablet: Page) -> None:
    late: list[Route] = []
    outdated: list[APIResponse] = []

    def answer(route: Route) -> None:
        """Let the first list that the page asks for come last."""
        if route.request.method == "GET" and not late:
            late.append(route)
            outdated.append(route.fetch())
        else:
            route.continue_()

    tablet.route(lambda url: url == tablet.url, answer)
    tablet.get_by_text("Idea", exact=True).click()
    tablet.get_by_text("Mobility", exact=True).click()
    text = tablet.get_by_role("textbox", name="What was said?")
    for words in (TEXT, "Und ein Mülleimer gleich daneben."):
        text.focus()
        type_and_save(tablet, words)
        expect(text).to_have_value("")
    both = tablet.get_by_role("heading", name="2 contributions")
    expect(both).to_be_visible()

    late[0].fulfill(response=outdated[0])
    ask_the_server(tablet)

    expect(both).to_be_visible()
