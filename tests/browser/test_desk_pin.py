"""One contribution at the desk in a browser: templates, and a minute to take back."""

import re

import pytest
from playwright.sync_api import expect

from councils.models import AnswerTemplate
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status
from tests.browser.conftest import OpenPage
from tests.factories import make_member, make_pin

pytestmark = pytest.mark.browser


@pytest.fixture
def chair(city: None):
    return make_member(Body.objects.get(slug="ortsbeirat-hohenecken"))


def test_a_template_goes_below_what_was_typed(open_page: OpenPage, chair):
    AnswerTemplate.objects.create(title="Dank", text="Danke für „{title}“.")
    pin = make_pin(title="Mehr Schatten")
    page = open_page(f"/en/desk/ortsbeirat-hohenecken/{pin.reference}/", user=chair)
    answer = page.get_by_label("Public answer")
    answer.fill("Guten Tag.")

    page.get_by_label("Start from a template").select_option("Dank")
    page.get_by_role("button", name="Insert").click()

    expect(answer).to_have_value("Guten Tag.\n\nDanke für „Mehr Schatten“.")
    expect(answer).to_be_focused()


def test_the_minute_is_counted_down_and_ends(open_page: OpenPage, chair):
    pin = make_pin()
    page = open_page("/healthz", user=chair)
    page.clock.install()
    page.goto(f"/en/desk/ortsbeirat-hohenecken/{pin.reference}/")
    page.get_by_role("button", name="Accept responsibility").click()

    take_back = page.get_by_role("button", name="Take back")
    expect(page.locator(".messages")).to_be_focused()
    expect(page.get_by_text(re.compile(r"Still \d+ s"))).to_be_visible()
    take_back.focus()
    page.clock.fast_forward("01:01")

    expect(take_back).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


def test_without_a_script_it_is_a_plain_button(open_page: OpenPage, chair):
    pin = make_pin()
    page = open_page(
        f"/en/desk/ortsbeirat-hohenecken/{pin.reference}/", user=chair, scripts=False
    )
    page.get_by_role("button", name="Accept responsibility").click()
    page.get_by_role("button", name="Take back").click()

    expect(page.get_by_text("1 step taken back.")).to_be_visible()
    assert Pin.objects.get().status == Status.RECEIVED
