"""Support and comments in a real browser: by keyboard, by touch, and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from districts.models import Body
from pins.models import Comment, Pin, PublicPin
from tests.browser.conftest import OpenPage
from tests.factories import make_member, make_moderator, make_pin

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

SUPPORT = "That matters to me too"
TEXT = "Dort stolpere ich jeden Tag. <b>Bitte</b> bald!"


@pytest.fixture
def pin(city: None) -> Pin:
    return make_pin(title="Mehr Schatten auf dem Spielplatz")


def url(pin: Pin) -> str:
    return f"/en/pins/{pin.reference}"


def count() -> int:
    return PublicPin.objects.get().support_count


def cookies(page: Page) -> set[str]:
    return {cookie.get("name", "") for cookie in page.context.cookies()}


def test_support_by_keyboard_and_take_it_back(open_page: OpenPage, pin: Pin):
    page = open_page(url(pin))
    button = page.get_by_role("button", name=SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    assert cookies(page) == set()

    button.focus()
    page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(page.locator("[data-support-count]")).to_have_text("1 supporter")
    expect(page.locator("[data-support-said]")).to_contain_text("Thank you")
    assert count() == 1
    assert cookies(page) == {"csrftoken", "supporter"}

    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.focus()
    page.keyboard.press("Space")

    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("[data-support-count]")).to_have_text("No supporters yet")
    assert count() == 0


def test_support_by_touch_on_a_phone(open_page: OpenPage, pin: Pin):
    page = open_page(url(pin), phone=True)
    button = page.get_by_role("button", name=SUPPORT)

    button.tap()

    expect(button).to_have_attribute("aria-pressed", "true")
    box = button.bounding_box()
    assert box
    assert box["height"] >= 44
    assert count() == 1
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_a_double_click_takes_it_back_and_never_counts_twice(
    open_page: OpenPage, pin: Pin
):
    page = open_page(url(pin))
    button = page.get_by_role("button", name=SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")

    # The second press comes while the first is on its way.
    button.evaluate("button => { button.click(); button.click(); }")

    expect(button).to_have_attribute("aria-pressed", "true")
    assert count() == 1


def test_two_tabs_are_one_browser(open_page: OpenPage, pin: Pin):
    first = open_page(url(pin))
    second = first.context.new_page()
    second.goto(url(pin))
    for page in (first, second):
        button = page.get_by_role("button", name=SUPPORT)
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    assert count() == 1


def test_support_without_scripts(open_page: OpenPage, pin: Pin):
    page = open_page(url(pin), scripts=False)

    page.get_by_role("link", name=SUPPORT).click()
    page.get_by_role("button", name=SUPPORT).click()

    page.wait_for_url(re.compile("#supported$"))
    expect(page.locator("#supported")).to_be_visible()
    expect(page.locator("#support-withdrawn")).to_be_hidden()
    assert count() == 1

    page.get_by_role("link", name=SUPPORT).click()
    page.get_by_role("button", name="Take my support back").click()

    expect(page.locator("#support-withdrawn")).to_be_visible()
    assert count() == 0


def test_where_it_fails_the_page_of_support_says_why(open_page: OpenPage, pin: Pin):
    page = open_page(url(pin))
    button = page.get_by_role("button", name=SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.context.route(
        "**/support",
        lambda route: (
            route.fulfill(status=500)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )

    button.click()

    page.wait_for_url(re.compile("/support$"))
    expect(page.get_by_role("button", name=SUPPORT)).to_be_visible()
    assert count() == 0


@pytest.mark.parametrize(
    ("phone", "scripts"),
    [(True, True), (False, False)],
    ids=["phone-scripts", "desktop-no scripts"],
)
def test_a_comment_from_its_author_to_everyone(
    open_page: OpenPage, pin: Pin, phone: bool, scripts: bool
):
    author = open_page(url(pin), phone=phone, scripts=scripts)
    author.get_by_role("link", name="Write a comment").click()
    author.get_by_role("button", name="Send comment").click()
    expect(author.get_by_role("alert")).to_contain_text("Please write your comment.")
    author.get_by_label("Your comment").fill(TEXT)
    author.get_by_role("button", name="Send comment").click()
    expect(author.get_by_role("heading", level=1)).to_contain_text("Thank you")
    own = author.locator(".own-link").inner_text()
    assert f"/comments/{Comment.objects.get().pk}/edit/" in own

    reader = open_page(url(pin), phone=phone, scripts=scripts)
    expect(reader.get_by_role("main")).not_to_contain_text("stolpere")

    moderator = open_page("/en/moderation/", phone=phone, user=make_moderator())
    moderator.get_by_role("link", name="Dort stolpere ich").click()
    moderator.get_by_role("button", name="Publish", exact=True).click()
    expect(moderator.get_by_role("main")).to_contain_text("Nothing is waiting")

    reader.reload()
    expect(reader.locator(".comment")).to_contain_text(TEXT)

    author.goto(author.url)
    author.get_by_text("Withdraw", exact=True).click()
    withdraw = author.get_by_role("button", name="Yes, withdraw my comment")
    withdraw.click()
    expect(withdraw).to_have_count(0)
    reader.reload()
    expect(reader.get_by_role("main")).not_to_contain_text("stolpere")


def test_a_body_comments_officially(open_page: OpenPage, pin: Pin):
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    council = open_page(
        f"/en/desk/ortsbeirat-hohenecken/{pin.reference}/", user=make_member(body)
    )
    council.get_by_role("link", name="Write an official comment").click()
    council.get_by_label("Your comment").fill("Wir sehen uns das an.")
    council.get_by_role("button", name="Publish comment").click()
    expect(council.get_by_role("main")).to_contain_text("Wir sehen uns das an.")

    reader = open_page(url(pin))
    official = reader.locator(".comment--official")
    expect(official).to_contain_text("Official")
    expect(official).to_contain_text("Ortsbeirat Hohenecken")
