"""Sending with a proof of work: nobody notices it, slow phones included."""

import json
from base64 import b64decode
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pins.models import Pin
from tests.browser.conftest import OpenPage
from tests.browser.new_pin import set_place, write_words
from trust.models import Reason, Suspicion
from trust.suspicions import suspicion_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

TITLE = "Kein sicherer Überweg an der Schule"
TEXT = "Morgens rasen hier alle vorbei. Bitte einen Zebrastreifen!"
PROOF = "input[name=proof]"
# Of this machine; the page's own thread then does a sixth of the work.
SLOWER = 6


def throttle(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def write(page: Page) -> None:
    write_words(page, TITLE, TEXT)
    set_place(page)


def send(page: Page) -> Pin:
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    return Pin.objects.get()


def test_a_slow_phone_has_its_proof_before_anybody_sends(open_page: OpenPage, settings):
    settings.PROOF_STEPS, settings.PROOF_COST = 300, 2_000
    page = open_page("/en/pins/new", phone=True)
    throttle(page)
    assert page.locator(PROOF).input_value() == ""

    write(page)

    expect(page.locator(PROOF)).not_to_have_value("", timeout=60_000)
    payload = json.loads(b64decode(page.locator(PROOF).input_value()))
    assert payload["solution"]["counter"] < settings.PROOF_STEPS
    assert suspicion_of(send(page)) is None


def test_who_sends_at_once_waits_for_the_proof(open_page: OpenPage):
    page = open_page("/en/pins/new")
    # Nobody's patience ends meanwhile, however slow the machine is.
    page.clock.install()
    page.clock.pause_at(timezone.now() + timedelta(minutes=1))
    # Nothing is touched before it is sent: as where the browser fills in the form.
    page.evaluate(
        """([title, text]) => {
          const { kind, theme, title: titleField, text: textField } = document.forms["new-pin"].elements;
          kind[0].checked = theme[0].checked = true;
          titleField.value = title;
          textField.value = text;
        }""",
        [TITLE, TEXT],
    )
    set_place(page)

    assert suspicion_of(send(page)) is None


def test_without_a_network_for_it_the_form_is_taken_all_the_same(open_page: OpenPage):
    page = open_page("/en/pins/new")
    page.route("**/proof/challenge.json", lambda route: route.abort())
    # Who is asked whether there is a network answers at once, however slow the machine is.
    page.route("**/healthz", lambda route: route.fulfill())
    write(page)

    assert Reason.NO_PROOF in reasons_of(send(page))


def reasons_of(pin: Pin) -> list[str]:
    return Suspicion.objects.get(object_id=pin.pk).reasons
