"""From a goal to its milestone: what the city makes of contributions, and who is told."""

import re

import pytest
from playwright.sync_api import Page, expect

from insek.models import Link, Measure
from tests.browser.conftest import OpenPage
from tests.browser.test_chain import (
    Desk,
    bodies,
    hold_sitting,
    put_on_agenda_and_invite,
)
from tests.factories import (
    make_contact,
    make_field,
    make_member,
    make_pin,
    make_planner,
)
from tests.geometries import point_in
from tests.mails import let_a_day_pass, mail_server, parts_of, tell

__all__ = ["bodies"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

GOAL, MEASURE, MILESTONE = (
    "Safe ways to school",
    "Crossings at schools",
    "First one built",
)


def write_goal(page: Page) -> None:
    page.goto("/en/planning/concept/goals/new")
    page.get_by_label("Field of action").select_option(label="4 Field of action 4")
    page.get_by_label("Number").fill("4.1")
    page.get_by_label("Title (German)").fill("Sichere Schulwege")
    page.get_by_label("Title (English)").fill(GOAL)
    page.get_by_label("Everyone can read it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Saved")


def write_measure(page: Page) -> None:
    """Write the measure for the place of the district council, with a milestone."""
    page.goto("/en/planning/concept/measures/new")
    page.get_by_label("Number", exact=True).fill("M 12")
    page.get_by_label("Title (German)").fill("Querungen an Schulen")
    page.get_by_label("Title (English)").fill(MEASURE)
    page.get_by_label("Place as GeoJSON or WKT").fill(point_in(16).wkt)
    page.get_by_label(f"4.1 {GOAL}", exact=True).check()
    page.get_by_label("Everyone can read it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Saved")
    page.get_by_text("New milestone").click()
    milestones = page.get_by_role("region", name="Milestones")
    milestones.get_by_label("Title (German)").fill("Die erste ist gebaut")
    milestones.get_by_label("Title (English)").fill(MILESTONE)
    milestones.get_by_label("Due").fill("2030-06-01")
    milestones.get_by_role("button", name="Add").click()
    expect(milestones).to_contain_text(MILESTONE)


def link_by_lasso(page: Page, measure: Measure) -> None:
    page.goto(f"/en/planning/trace/measure/{measure.pk}/?district=hohenecken")
    chart = page.locator("[data-map='trace']")
    expect(chart).to_have_attribute("data-state", "pins")
    page.get_by_role("button", name="Draw around contributions").click()
    box = chart.locator("canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reach = min(box["width"], box["height"]) * 0.3
    page.mouse.move(x - reach, y - reach)
    page.mouse.down()
    for east, south in [(1, -1), (1, 1), (-1, 1), (-1, -0.9)]:
        page.mouse.move(x + east * reach, y + south * reach, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Take all 12 found").click()
    page.get_by_label("Why?").fill("All of these are ways to school.")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("12 contributions linked.")


def lay_before_the_bodies(page: Page) -> None:
    page.goto("/en/planning/submissions/new")
    page.get_by_label("Kind").select_option(label="Measures")
    page.get_by_label(f"M 12 {MEASURE}").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title (German)").fill("Maßnahme M 12: Querungen")
    page.get_by_label("Draft of the resolution").fill("Der Stadtrat beschließt M 12.")
    expect(page.get_by_label("Ortsbeirat Hohenecken (must be heard)")).to_be_checked()
    expect(page.get_by_label("Stadtrat (Decision)")).to_be_checked()
    page.get_by_role("button", name="Lay it before the bodies").click()
    expect(page.get_by_role("main")).to_contain_text("Haupt- und Finanzausschuss")


def deal_with(desk: Desk, votes: tuple[int, int, int]) -> None:
    """Take the proposal onto an agenda, publish it, hold the sitting, endorse."""
    desk.page.goto(f"{desk.path}proposals/")
    desk.page.get_by_role("link", name="Put on the agenda").click()
    put_on_agenda_and_invite(desk)
    hold_sitting(desk, votes)


def test_from_the_goal_to_the_milestone(
    open_page: OpenPage, bodies, settings, live_server
):
    settings.BASE_URL = live_server.url
    make_field(4)
    pins = [make_pin(location=point_in(16, 0.4 + n / 60, 0.5)) for n in range(12)]
    make_contact(pins[0], email="kim@example.org", language="en")
    make_pin(location=point_in(16, 0.95, 0.95))
    planner = open_page("/en/planning/", user=make_planner())

    with mail_server(settings) as sink:

        def expect_mail(*words: str) -> None:
            """Send what is due: one mail, to the author, with these words in it."""
            let_a_day_pass()
            assert tell() == 1
            (recipients, message) = sink.mails.pop()
            assert (recipients, sink.mails) == (["kim@example.org"], [])
            text = " ".join(parts_of(message)["text/plain"].split())
            assert [word for word in (MEASURE, *words) if word not in text] == []

        write_goal(planner)
        write_measure(planner)
        measure = Measure.objects.get(number="M 12")
        link_by_lasso(planner, measure)
        assert {link.pin_id for link in Link.objects.all()} == {p.pk for p in pins}
        expect_mail("The city takes it up in a measure.")

        lay_before_the_bodies(planner)
        for body, votes in zip(
            bodies, [(9, 4, 2), (12, 0, 1), (40, 8, 3)], strict=True
        ):
            page = open_page("/en/desk/", user=make_member(body))
            deal_with(Desk(body, page), votes)
        expect_mail("Stadtrat: Adopted", "40 for, 8 against, 3 abstained")
        measure.refresh_from_db()
        assert measure.state == Measure.State.PLANNED

        planner.goto(f"/en/planning/concept/measures/{measure.pk}/")
        planner.get_by_role("button", name=re.compile(f"Done ?: {MILESTONE}")).click()
        expect(planner.get_by_role("region", name="Milestones")).to_contain_text(
            "Done on"
        )
        expect_mail(f"Milestone reached: {MILESTONE}")

    everyone = open_page(f"/en/pins/{pins[0].reference}")
    main = everyone.get_by_role("main")
    for words in (MEASURE, GOAL, "All of these are ways to school.", MILESTONE):
        expect(main).to_contain_text(words)
    everyone.get_by_role("link", name=MEASURE).first.click()
    for words in ("Answers 12 contributions", MILESTONE, "Stadtrat", pins[3].title):
        expect(main).to_contain_text(words)
