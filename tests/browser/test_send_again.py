"""What somebody at the desk typed, from the end of their session to its being saved."""

import pytest
from playwright.sync_api import Page, expect

from councils.models import AnswerTemplate, Membership
from districts.models import Body
from tests.browser.conftest import OpenPage
from tests.factories import IN_FORCE, make_member

pytestmark = pytest.mark.browser
WORDS = "Der Ortsbeirat hat sich die Stelle angesehen.\n\nZweiter Absatz: „schmal“."


def write(page: Page) -> None:
    """Type a template, and send it after the session has ended."""
    page.get_by_label("Title").fill("Ortstermin")
    page.get_by_label("Text").fill(WORDS)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "You have been signed out"
    )


def sign_in_beside(page: Page, name: str) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.get_by_label("Username").fill(name)
    tab.get_by_label("Password").fill(name)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url(lambda url: "/accounts/login/" not in url)
    tab.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_is_saved_after_signing_in(
    open_page: OpenPage, city: None, scripts: bool
):
    # With two desks, what comes after signing in is a plain list.
    desk, other = Body.objects.order_by("-name")
    clerk = make_member(desk)
    Membership.objects.create(
        user=clerk, body=other, role=Membership.Role.CLERK, valid_from=IN_FORCE
    )
    address = "/en/desk/ortsbeirat-hohenecken/templates/new"
    page = open_page(address, user=clerk, scripts=scripts)
    write(page)

    sign_in_beside(page, clerk.username)
    page.get_by_role("button", name="Send once more").click()
    if not scripts:
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Please send it once more"
        )
        assert not AnswerTemplate.objects.exists()
        page.get_by_role("button", name="Send once more").click()

    page.wait_for_url("**/templates/")
    assert AnswerTemplate.objects.get().text.replace("\r\n", "\n") == WORDS
