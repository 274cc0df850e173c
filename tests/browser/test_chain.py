"""From the pin to the resolution: the whole chain, by everyone who takes a part in it."""

import datetime
from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from councils.models import Sitting
from districts.models import Body
from pins.models import Contact, Pin
from pins.telling.author_address import confirm_token
from tests.browser.conftest import OpenPage
from tests.browser.new_pin import write_words
from tests.factories import make_member, make_moderator
from tests.mails import let_a_day_pass, mail_server, parts_of, tell

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

TITLE = "Ein sicherer Weg zur Schule"


@dataclass
class Desk:
    """A body, and the page on which its chair works."""

    body: Body
    page: Page

    @property
    def path(self) -> str:
        return f"/en/desk/{self.body.slug}/"


@pytest.fixture
def bodies(city) -> tuple[Body, Body, Body]:
    """The chain of the district: its council, the committee, the city council."""
    council = Body.objects.create(
        name="Stadtrat", slug="stadtrat", kind=Body.Kind.COUNCIL, seats=53
    )
    committee = Body.objects.create(
        name="Haupt- und Finanzausschuss",
        slug="hfa",
        kind=Body.Kind.COMMITTEE,
        next_body=council,
    )
    local = Body.objects.get(slug="ortsbeirat-hohenecken")
    local.next_body, local.seats = committee, 16
    local.save()
    return local, committee, council


def submit(open_page: OpenPage) -> Pin:
    """Send the form as a resident of Hohenecken does who wants to be told."""
    page = open_page("/en/pins/new", scripts=False)
    write_words(page, TITLE, "Am Ortseingang fehlt ein Zebrastreifen für die Kinder.")
    page.get_by_label("District").select_option("hohenecken")
    page.get_by_label("Where exactly?").fill("vor der Grundschule")
    page.get_by_label("E-mail").fill("kim@example.org")
    page.get_by_role("button", name="Send contribution").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    return Pin.objects.get(title=TITLE)


def confirm_address(open_page: OpenPage, pin: Pin) -> None:
    """Follow the link of the first mail: until then none other is sent."""
    page = open_page(reverse("pins:confirm-mail", args=[confirm_token(pin.contact)]))
    button = page.get_by_role("main").get_by_role("button")
    button.click()
    expect(button).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(pin.reference)
    assert Contact.objects.get().is_confirmed


def plan_sitting(desk: Desk) -> None:
    """Plan a sitting for next month from wherever one is asked for."""
    page = desk.page
    day = timezone.localdate() + datetime.timedelta(days=30)
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Begins at").fill("19:00")
    page.get_by_label("Place").fill("Bürgerhaus")
    page.get_by_role("button", name="Plan the sitting").click()


def put_on_agenda_and_invite(desk: Desk) -> None:
    """On the page that asks for a sitting: plan one, put the matter on it, invite."""
    page = desk.page
    page.get_by_role("link", name="Plan a sitting").click()
    plan_sitting(desk)
    page.get_by_role("radio", name="Bürgerhaus").check()
    page.get_by_role("button", name="Put on the agenda").click()
    expect(page.get_by_role("main")).to_contain_text("One item is on the agenda.")
    page.get_by_role("link", name="Publish the agenda").click()
    page.get_by_role("button", name="Publish the agenda").click()
    expect(page.get_by_role("link", name="In the sitting")).to_be_visible()


def hold_sitting(desk: Desk, votes: tuple[int, int, int]) -> None:
    """Type "endorsed" and the votes in, and close the sitting."""
    page = desk.page
    # The evening has come.
    Sitting.objects.filter(body=desk.body).update(
        start=timezone.now() - datetime.timedelta(hours=1)
    )
    page.get_by_role("link", name="In the sitting").click()
    page.get_by_role("radio", name="Endorsed", exact=True).check()
    for label, number in zip(("For", "Against", "Abstained"), votes, strict=True):
        page.get_by_role("textbox", name=label, exact=True).fill(str(number))
    expect(page.get_by_role("main")).to_contain_text("1 of 1 done")
    expect(page.locator("[data-live-status]")).to_have_attribute("data-state", "saved")
    page.get_by_role("link", name="Close the sitting").click()
    close = page.get_by_role("button", name="Close the sitting and publish")
    close.click()
    # Where it is asked whether to close, the votes stand already.
    expect(close).to_have_count(0)
    total = f"{votes[0]} for, {votes[1]} against, {votes[2]} abstained"
    expect(page.get_by_role("main")).to_contain_text(total)


def forward(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Propose to the next body").first.click()
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("main")).to_contain_text("proposed")


def put_proposal(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.path}proposals/")
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    page.get_by_role("link", name="Put on the agenda").click()


def test_from_the_pin_to_the_resolution(
    open_page: OpenPage, bodies, settings, live_server
):
    settings.BASE_URL = live_server.url
    pin = submit(open_page)
    confirm_address(open_page, pin)
    with mail_server(settings) as sink:

        def expect_mail(*words: str) -> None:
            """Send what is due: one mail, with these words in it."""
            let_a_day_pass()
            assert tell() == 1
            (recipients, message) = sink.mails.pop()
            assert (recipients, sink.mails) == (["kim@example.org"], [])
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            texts = parts_of(message)
            assert TITLE in texts["text/plain"]
            assert TITLE in texts["text/html"]
            for expected in words:
                assert expected in " ".join(texts["text/plain"].split())

        moderator = open_page("/en/moderation/", user=make_moderator())
        moderator.get_by_role("link", name=TITLE).click()
        publish = moderator.get_by_role("button", name="Publish", exact=True)
        publish.click()
        expect(publish).to_have_count(0)
        expect(moderator.get_by_role("main")).to_contain_text(pin.reference)
        expect_mail("Now on the map for everyone to see.")

        desks = []
        for body in bodies:
            page = open_page("/en/desk/", user=make_member(body))
            desks.append(Desk(body, page))
        local, committee, council = desks

        local.page.get_by_role("link", name=TITLE).first.click()
        local.page.get_by_role("link", name="Put on the agenda").click()
        put_on_agenda_and_invite(local)
        expect_mail("Ortsbeirat Hohenecken")
        hold_sitting(local, (9, 4, 2))
        expect_mail("Endorsed", "9 for, 4 against, 2 abstained")
        forward(local)

        put_proposal(committee)
        put_on_agenda_and_invite(committee)
        expect_mail("Haupt- und Finanzausschuss")
        hold_sitting(committee, (12, 0, 1))
        expect_mail("12 for, 0 against, 1 abstained")
        forward(committee)

        put_proposal(council)
        put_on_agenda_and_invite(council)
        expect_mail("Stadtrat")
        hold_sitting(council, (40, 8, 3))
        expect_mail("Adopted")

    pin.refresh_from_db()
    assert pin.status == "adopted"
    everyone = open_page(f"/en/pins/{pin.reference}")
    main = everyone.get_by_role("main")
    for words in (
        "Adopted",
        "Ortsbeirat Hohenecken",
        "9 for, 4 against, 2 abstained",
        "Haupt- und Finanzausschuss",
        "12 for, 0 against, 1 abstained",
        "Stadtrat",
        "40 for, 8 against, 3 abstained",
    ):
        expect(main).to_contain_text(words)
    everyone.goto("/en/districts/hohenecken/")
    record = everyone.get_by_role("region", name="What came of it")
    decided = record.locator("div", has=everyone.get_by_text("decided", exact=True))
    expect(decided.locator("dd")).to_have_text("1")
    folded = everyone.request.get("/sittings/calendar.ics?lang=en").text()
    calendar = folded.replace("\r\n ", "")
    for words in (*(body.name for body in bodies), TITLE):
        assert words in calendar
    assert Pin.objects.filter(status_changes__undoes__isnull=False).count() == 0
