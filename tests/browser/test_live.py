"""In the sitting: saved by itself, safe with a lost connection, and with two clerks."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from councils.models import AgendaItem, Consultation, Sitting
from councils.results import Result, close_sitting, record_result
from districts.models import Body
from pins.workflow import Status
from tests.browser.conftest import OpenPage
from tests.browser.holding import hold
from tests.factories import (
    make_consultation,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

SAVED = "Saved"
NO_CONNECTION = "no connection"


@pytest.fixture
def sitting(city: None) -> Sitting:
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    Body.objects.filter(pk=body.pk).update(seats=15)
    return make_sitting(body, state=Sitting.State.INVITED, days=-0.05)


@pytest.fixture
def item(sitting: Sitting) -> AgendaItem:
    """The second of three items, with a matter of two contributions."""
    make_item(sitting, "Einwohnerfragestunde")
    found = make_item(sitting, "Zebrastreifen")
    pins = [make_pin(status=Status.SCHEDULED, title=f"Weg {n}") for n in (1, 2)]
    make_consultation(sitting.body, *pins, item=found, announced_at=timezone.now())
    make_item(sitting, "Kauf des Grundstücks", is_public=False)
    return found


@pytest.fixture
def chair(sitting: Sitting) -> User:
    return make_member(sitting.body)


def url(item: AgendaItem) -> str:
    body = item.sitting.body.slug
    return f"/en/desk/{body}/sittings/{item.sitting_id}/live?item={item.pk}"


def part(page: Page, item: AgendaItem) -> Locator:
    return page.locator(f"[data-live-item='{item.pk}']")


def status(page: Page, item: AgendaItem) -> Locator:
    return part(page, item).locator("[data-live-status]")


def vote(page: Page, item: AgendaItem, *votes: int) -> None:
    labels = ("For", "Against", "Abstained")
    for label, votes_given in zip(labels, votes, strict=True):
        field = part(page, item).get_by_label(label, exact=True)
        field.fill(str(votes_given))


def go_offline(page: Page, item: AgendaItem) -> None:
    """Lose the connection once the page has all that it fetches."""
    chart = part(page, item).locator("[data-map]")
    expect(chart).to_have_attribute("data-state", "pins")
    page.context.set_offline(True)


def outcome_of(item: AgendaItem) -> str:
    return Consultation.objects.get(item=item).outcome


def test_results_are_saved_by_themselves(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)

    part(page, item).get_by_label("Endorsed", exact=True).check()
    vote(page, item, 9, 4, 1)
    part(page, item).get_by_role("button", name="Abstained: one more").click()

    expect(status(page, item)).to_contain_text(SAVED)
    expect(page.locator("[data-live-count]")).to_have_text("1 of 3 done")
    found = AgendaItem.objects.get(pk=item.pk)
    assert (found.votes_for, found.votes_against, found.votes_abstained) == (9, 4, 2)
    assert outcome_of(item) == "endorsed"


def test_votes_that_cannot_be_hold_up_nothing_else(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)

    vote(page, item, 9, 9, 9)
    votes = part(page, item).locator("[data-live-part='votes']")
    expect(votes).to_contain_text("has 15 votes")
    part(page, item).get_by_label("Noted").check()

    expect(status(page, item)).to_contain_text("Not everything is saved")
    wait_until_saved(page, item, version=1)
    assert outcome_of(item) == "noted"
    expect(votes).to_contain_text("has 15 votes")
    expect(part(page, item).get_by_label("For", exact=True)).to_have_value("9")


def wait_until_saved(page: Page, item: AgendaItem, *, version: int) -> None:
    for _ in range(600):
        if AgendaItem.objects.get(pk=item.pk).version >= version:
            return
        page.wait_for_timeout(50)
    pytest.fail("nothing was saved")


def test_a_lost_connection_loses_nothing(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    context = page.context
    go_offline(page, item)

    part(page, item).get_by_label("Not endorsed").check()
    part(page, item).get_by_label("Reason").fill("Zu teuer für uns.")
    expect(status(page, item)).to_contain_text(NO_CONNECTION)
    expect(status(page, item)).to_contain_text("kept on this device")
    # The next item is there all the same.
    part(page, item).get_by_role("link", name="Next item").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Not public")
    # The tab is gone, as after a crash.
    page.close()
    assert outcome_of(item) == ""

    context.set_offline(False)
    again = context.new_page()
    again.goto(url(item))

    # By the new page, or at the last moment by the one that was going.
    wait_until_saved(again, item, version=item.version + 1)
    expect(status(again, item)).to_have_attribute("data-state", "saved")
    expect(part(again, item).get_by_label("Not endorsed")).to_be_checked()
    expect(part(again, item).get_by_label("Reason")).to_have_value("Zu teuer für uns.")
    assert outcome_of(item) == "not_endorsed"
    assert Consultation.objects.get(item=item).reason == "Zu teuer für uns."
    assert again.evaluate("() => Object.keys(localStorage)") == []


def test_back_online_it_is_saved_without_a_reload(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    go_offline(page, item)
    part(page, item).get_by_label("Resolution").fill("Wird gebaut.")
    expect(status(page, item)).to_contain_text(NO_CONNECTION)

    page.context.set_offline(False)

    expect(status(page, item)).to_contain_text(SAVED)
    assert AgendaItem.objects.get(pk=item.pk).resolution_text == "Wird gebaut."


def test_what_was_typed_offline_and_comes_after_the_end_is_said(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    go_offline(page, item)
    part(page, item).get_by_label("Noted").check()
    expect(status(page, item)).to_contain_text(NO_CONNECTION)
    page.close()
    record_result(item=item, version=0, result=Result(outcome="endorsed"))
    close_sitting(sitting=item.sitting, actor=chair)
    page = page.context.new_page()
    page.context.set_offline(False)

    page.goto(url(item))

    conflict = part(page, item).locator(".live-conflict")
    expect(conflict).to_contain_text("Endorsed")
    conflict.get_by_role("button", name="Keep mine").click()
    expect(part(page, item)).to_contain_text("can no longer be changed")
    conflict.get_by_role("button", name="Take theirs").click()
    expect(conflict).to_have_count(0)
    expect(status(page, item)).not_to_contain_text("Not everything")
    assert outcome_of(item) == "endorsed"
    assert page.evaluate("() => Object.keys(localStorage)") == []


def only_saving(route: Route) -> None:
    """Let nothing through that asks what others have saved."""
    if route.request.method == "POST":
        route.continue_()
    else:
        route.abort()


def test_two_clerks_choose_where_both_have_typed(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    clerk = make_member(item.sitting.body, "clerk", role="clerk")
    first, second = open_page(url(item), user=chair), open_page(url(item), user=clerk)
    # However long that takes, the second does not see what the first saves.
    second.route("**/result", only_saving)
    part(first, item).get_by_label("Reason").fill("Die Erste")
    part(first, item).get_by_label("Endorsed", exact=True).check()
    expect(status(first, item)).to_contain_text(SAVED)
    wait_until_saved(first, item, version=1)

    # First what both have typed: after any other part the second would know of the first.
    part(second, item).get_by_label("Reason").fill("Der Zweite")
    part(second, item).get_by_label("Resolution").fill("Vom Zweiten")

    conflict = part(second, item).locator(".live-conflict")
    expect(conflict).to_contain_text("Die Erste")
    expect(part(second, item).get_by_label("Reason")).to_have_value("Der Zweite")
    # What only one of them has touched needs no choice.
    expect(part(second, item).get_by_label("Endorsed", exact=True)).to_be_checked()
    assert Consultation.objects.get(item=item).reason == "Die Erste"
    wait_until_saved(second, item, version=2)
    status(second, item).get_by_role("button", name="Show").click()
    expect(conflict.get_by_role("button", name="Keep mine")).to_be_focused()

    conflict.get_by_role("button", name="Keep mine").click()

    expect(conflict).to_have_count(0)
    expect(status(second, item)).to_contain_text(SAVED)
    consultation = Consultation.objects.get(item=item)
    assert (consultation.reason, consultation.outcome) == ("Der Zweite", "endorsed")
    found = AgendaItem.objects.get(pk=item.pk)
    assert found.resolution_text == "Vom Zweiten"


def test_what_somebody_else_saves_appears(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    record_result(item=item, version=0, result=Result(outcome="noted", reason="Gut."))

    part(page, item).get_by_role("link", name="Previous item").click()
    page.get_by_role("link", name="Next item").click()

    expect(part(page, item).get_by_label("Noted")).to_be_checked()
    expect(part(page, item).get_by_label("Reason")).to_have_value("Gut.")
    expect(page.locator("[data-live-count]")).to_have_text("1 of 3 done")


def test_leaving_warns_only_where_nothing_can_be_kept(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error(); }; }")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    go_offline(page, item)
    part(page, item).get_by_label("Resolution").fill("Lang getippt")
    expect(status(page, item)).to_contain_text("please stay on this page")

    with page.expect_event("close"):
        page.close(run_before_unload=True)

    assert asked == ["beforeunload"]


def test_who_was_signed_out_goes_on_after_signing_in(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    page.context.clear_cookies(name="sessionid")
    part(page, item).get_by_label("Resolution").fill("Lang getippt")
    expect(status(page, item)).to_contain_text("you have been signed out")

    part(page, item).get_by_role("link", name="Sign in again").click()
    page.get_by_label("Username").fill(chair.username)
    page.get_by_label("Password").fill(chair.username)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(status(page, item)).to_contain_text(SAVED)
    expect(part(page, item).get_by_label("Resolution")).to_have_value("Lang getippt")
    assert AgendaItem.objects.get(pk=item.pk).resolution_text == "Lang getippt"


def test_arrows_lead_through_the_agenda_and_leave_fields_alone(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    heading = page.get_by_role("heading", level=2)
    part(page, item).get_by_label("Reason").press("ArrowRight")
    expect(heading).to_have_text("Zebrastreifen")

    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text("Einwohnerfragestunde")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    # Titles that are not public appear when somebody opens the item, and go again.
    expect(heading).to_have_text("Not public")
    page.get_by_role("link", name="Open the item").click()
    expect(heading).to_have_text("Kauf des Grundstücks")
    page.keyboard.press("ArrowLeft")
    page.go_back()
    expect(heading).to_have_text("Not public")


def test_without_scripts(open_page: OpenPage, item: AgendaItem, chair: User):
    page = open_page(url(item), user=chair, scripts=False)
    part(page, item).get_by_label("Endorsed", exact=True).check()
    vote(page, item, 9, 4, 2)

    part(page, item).get_by_role("button", name="Save").click()

    expect(page.locator(".messages")).to_contain_text(SAVED)
    assert outcome_of(item) == "endorsed"
    page.get_by_role("link", name="Next item").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Not public")


def test_on_a_tablet_everything_is_large_enough_for_a_thumb(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    page.set_viewport_size({"width": 820, "height": 1180})

    small = page.locator("main").evaluate(
        """(main) => [...main.querySelectorAll("button, .kern-btn, summary, .kern-form-check, .live-vote input")]
            .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
            .filter(([, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
            .filter(([text]) => text && !text.includes("©"))
            .map(([text, box]) => `${text} ${box.width}×${box.height}`)"""
    )

    assert small == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_the_way_to_the_end_saves_first_what_was_typed_last(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    part(page, item).get_by_label("Resolution").fill("Eben noch getippt")
    page.get_by_role("link", name="Close the sitting").click()

    expect(page.get_by_role("main")).to_contain_text("Eben noch getippt")
    assert "/close" in page.url


def test_a_second_press_on_the_way_to_the_end_waits_as_well(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    saving = hold(page, "**/result")
    part(page, item).get_by_label("Resolution").fill("Eben noch getippt")
    page.get_by_role("link", name="Close the sitting").dblclick()

    saving().continue_()

    expect(page.get_by_role("main")).to_contain_text("Eben noch getippt")
    assert "/close" in page.url


def test_what_is_refused_holds_somebody_back_once(
    open_page: OpenPage, item: AgendaItem, chair: User
):
    page = open_page(url(item), user=chair)
    part(page, item).get_by_role("textbox", name="For", exact=True).fill("7")
    close = page.get_by_role("link", name="Close the sitting")
    # What is said on leaving the field must not push the link away from under a finger.
    close.click(delay=300)
    expect(part(page, item)).to_contain_text("Please give all three numbers")
    expect(status(page, item).get_by_role("button", name="Show")).to_be_visible()
    assert "/live" in page.url

    close.click()
    page.wait_for_url("**/close")
