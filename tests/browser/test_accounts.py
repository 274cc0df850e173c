"""Signing in with each kind of second factor, with a device in software."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, sign_in
from tests.browser.test_accessibility import violations
from tests.factories import make_moderator
from tests.staff.accounts import code_of

pytestmark = [pytest.mark.browser]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_device(page: Page) -> None:
    """Let the browser have a device that keeps passkeys, and always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_out(page: Page) -> None:
    page.goto("/en/accounts/")
    page.get_by_text("My work").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/en/")


def test_each_second_factor(open_page: OpenPage, city: None, settings) -> None:
    settings.SECOND_FACTOR = True
    anna = make_moderator("anna")
    page = open_page("/en/accounts/login/")
    give_device(page)
    found = violations(page)

    # A password alone leads to setting one up, by an app.
    sign_in(page, anna)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    found += violations(page)
    page.get_by_role("link", name="Set up an app").click()
    found += violations(page)
    secret = page.locator(".account-secret code").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Set up the app").click()
    found += violations(page)
    recovery = page.locator(".account-codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/en/moderation/")

    # A passkey as well.
    page.goto("/en/accounts/")
    page.get_by_role("link", name="Add a passkey").click()
    found += violations(page)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/en/accounts/")
    found += violations(page)
    page.goto("/en/accounts/sessions/")
    found += violations(page)

    # Each of them lets in; the passkey without name and password, too.
    sign_out(page)
    sign_in(page, anna)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    found += violations(page)
    # No code is taken twice: the next one, which is as good for the clocks' sake.
    page.get_by_label("Code").fill(code_of(secret, steps=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/en/moderation/")
    sign_out(page)
    sign_in(page, anna)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/en/moderation/")
    sign_out(page)
    sign_in(page, anna)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/en/moderation/")
    sign_out(page)
    page.goto("/en/accounts/login/?next=/en/accounts/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/en/accounts/sessions/")

    assert found == []


def test_without_javascript_a_code_does(open_page: OpenPage, city: None, settings):
    settings.SECOND_FACTOR = True
    anna = make_moderator("anna")
    page = open_page("/en/accounts/login/", scripts=False)
    sign_in(page, anna)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator(".account-secret code").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Set up the app").click()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/en/moderation/")
