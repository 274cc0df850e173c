"""A planner draws around contributions, links them, and takes them back; axe looks on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from insek.models import Link
from insek.trace.tracing import link_pins
from tests.browser.test_accessibility import violations
from tests.factories import (
    make_comment,
    make_goal,
    make_measure,
    make_milestone,
    make_pin,
    make_planner,
)
from tests.geometries import point_in

OpenPage = Callable[..., Page]

pytestmark = pytest.mark.browser


def test_contributions_are_linked_by_lasso(open_page: OpenPage, city: None):
    inside = [make_pin(location=point_in(16, 0.4 + n / 10, 0.5)) for n in range(3)]
    make_pin(location=point_in(16, 0.95, 0.95))
    measure = make_measure("M 12")
    page = open_page(
        f"/en/planning/trace/measure/{measure.pk}/?district=hohenecken",
        user=make_planner(),
    )
    chart = page.locator("[data-map='trace']")
    expect(chart).to_have_attribute("data-state", "pins")

    page.get_by_role("button", name="Draw around contributions").click()
    box = chart.locator("canvas").bounding_box()
    assert box is not None
    # The district fills the map; its middle is where it is square and small.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reach = min(box["width"], box["height"]) * 0.3
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -0.9)]
    page.mouse.move(x - reach, y - reach)
    page.mouse.down()
    for east, south in corners[1:]:
        page.mouse.move(x + east * reach, y + south * reach, steps=4)
    page.mouse.up()

    expect(page.get_by_text("3 contributions found")).to_be_visible()
    expect(page.get_by_text("Only within the area")).to_be_visible()
    page.get_by_role("button", name="Take all 3 found").click()
    page.get_by_label("Why?").fill("Liegt auf dem Schulweg.")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("3 contributions linked.")).to_be_visible()
    assert {link.pin_id for link in Link.objects.all()} == {pin.pk for pin in inside}

    page.get_by_role("button", name="Take the last links back").click()
    expect(page.get_by_text("3 links taken back.")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "look"),
    [("", {"phone": True}), ("/en", {"dark": True})],
    ids=["de-phone", "en-dark"],
)
def test_axe_finds_nothing(
    open_page: OpenPage, city: None, language: str, look: dict[str, bool]
):
    pins, planner, goal = [make_pin() for _ in range(3)], make_planner(), make_goal()
    measure = make_measure("M 12", goal)
    make_milestone(measure)
    make_comment(pins[0])
    link_pins(pins=pins[:2], target=measure, actor=planner, reason="Schulweg.")
    bench = f"/planning/trace/measure/{measure.pk}/"
    page = open_page("/healthz", user=planner, **look)
    found = []
    for path in (
        "/planning/trace/",
        bench,
        f"{bench}links/",
        f"{bench}sources/",
        f"/pins/{pins[0].reference}",
        f"/insek/measures/{measure.slug}/",
        "/districts/hohenecken/",
    ):
        page.goto(language + path)
        found += violations(page)
    assert found == []
