"""The page of a file in the making, as somebody sees it who waits there."""

import re

import pytest
from playwright.sync_api import expect

from councils.models import Paper
from exports.models import ExportFile
from tests.factories import make_body, make_member

pytestmark = [pytest.mark.browser]


def test_who_waits_is_told_when_the_site_cannot_be_reached(open_page):
    file = ExportFile.objects.create(key="a", extension="gpkg", language="de", total=9)
    page = open_page(f"/en/exports/files/{file.pk}")
    offline = page.get_by_text("The site cannot be reached at the moment")
    expect(page.get_by_text("Your file is the next one to be made")).to_be_visible()
    expect(offline).to_be_hidden()

    page.context.set_offline(True)
    expect(offline).to_be_visible()

    ExportFile.objects.update(state=ExportFile.State.RUNNING, done=4)
    page.context.set_offline(False)
    expect(offline).to_be_hidden()
    expect(page.get_by_text("Your file is being made")).to_be_visible()
    expect(page.get_by_text("4 of 9 contributions are done")).to_be_visible()


def test_what_only_scrolls_shows_that_it_has_the_focus(open_page):
    page = open_page("/exports/")
    page.keyboard.press("Tab")

    for what in ("pre", ".table-frame"):
        place = page.locator(what).first
        place.focus()
        expect(place).to_have_css("outline-style", "solid")


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(open_page):
    body = make_body()
    clerk = make_member(body)
    paper = Paper.objects.create(
        body=body,
        format="pdf",
        language="en",
        requested_by=clerk,
        state=Paper.State.RUNNING,
        total=9,
    )
    page = open_page(f"/en/desk/{body.slug}/papers/{paper.pk}", user=clerk)
    asked = page.get_by_text("You are signed out")
    expect(page.get_by_text("of 9 contributions are done")).to_be_visible()
    expect(asked).to_be_hidden()

    page.context.clear_cookies()

    expect(asked).to_be_visible()
    page.get_by_role("link", name="Sign in to see how far it is").click()
    expect(page).to_have_url(re.compile("/en/accounts/login/"))
