"""The order of an agenda: by keys alone, by buttons, with mouse and finger, by two people."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from councils.agenda_order import reorder
from councils.models import Sitting
from districts.models import Body
from tests.browser.conftest import OpenPage
from tests.browser.holding import hold
from tests.factories import (
    make_consultation,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)

pytestmark = [pytest.mark.browser]


@pytest.fixture
def chair(city: None) -> User:
    return make_member(Body.objects.get(slug="ortsbeirat-hohenecken"))


@pytest.fixture
def sitting(chair: User) -> Sitting:
    sitting = make_sitting(Body.objects.get(slug="ortsbeirat-hohenecken"))
    for title in ("Eins", "Zwei", "Drei"):
        make_item(sitting, title)
    make_consultation(sitting.body, make_pin(), item=make_item(sitting, "Vier"))
    return sitting


@pytest.fixture
def url(sitting: Sitting) -> str:
    return f"/desk/ortsbeirat-hohenecken/sittings/{sitting.pk}/"


def saved(page: Page) -> list[str]:
    """Return the order that the site answers with after the page is opened anew."""
    page.goto(page.url.split("#", maxsplit=1)[0])
    return page.locator(".agenda__title").all_inner_texts()


def told_of_saving(page: Page, title: str, place: int) -> None:
    """Wait until the page says that the order is saved: what was only moved is not yet."""
    words = f"{title}: gespeichert auf Platz {place} von 4."
    expect(page.locator("[data-said]")).to_have_text(words)


def test_with_keys_alone(open_page: OpenPage, chair: User, url: str) -> None:
    page = open_page(url, user=chair)
    grip = page.get_by_role("button", name="Drei").first
    grip.focus()

    page.keyboard.press("Space")
    expect(grip).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(grip).to_be_focused()
    page.keyboard.press("Space")
    told_of_saving(page, "Drei", 1)
    expect(grip).to_have_attribute("aria-pressed", "false")
    # Lifted, moved, and put back where it was.
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(grip).to_be_focused()
    expect(page.locator("[data-said]")).to_contain_text("zurück auf Platz 1")

    assert saved(page) == ["Drei", "Eins", "Zwei", "Vier"]


def test_with_the_buttons(open_page: OpenPage, chair: User, url: str) -> None:
    page = open_page(url, user=chair)
    item = page.locator(".agenda__item", has_text="Zwei")

    up = item.locator("[data-move='-1']")
    up.focus()
    page.keyboard.press("Enter")
    # At the end the button leads nowhere; the other one has the focus.
    expect(item.locator("[data-move='1']")).to_be_focused()
    expect(up).to_be_disabled()
    told_of_saving(page, "Zwei", 1)

    assert saved(page) == ["Zwei", "Eins", "Drei", "Vier"]


def test_without_a_script(open_page: OpenPage, chair: User, url: str) -> None:
    page = open_page(url, user=chair, scripts=False)
    assert page.locator("[data-grip]:visible").count() == 0

    page.locator(".agenda__item", has_text="Zwei").locator("[data-move='1']").click()
    page.wait_for_url("**#item-*")

    assert saved(page) == ["Eins", "Drei", "Zwei", "Vier"]


def way_down(page: Page) -> tuple[float, list[float]]:
    """Return where to take the handle of “Eins”, and the heights it passes to “Drei”."""
    # All of them are in sight: at the edge of the window the page would scroll along.
    page.locator("#agenda").evaluate("heading => heading.scrollIntoView()")
    item = page.locator(".agenda__item", has_text="Eins")
    start = item.locator("[data-grip]").bounding_box()
    goal = page.locator(".agenda__item", has_text="Drei").bounding_box()
    assert start
    assert goal
    x, top, bottom = start["x"] + 10, start["y"] + 10, goal["y"] + goal["height"] - 5
    return x, [top + (bottom - top) * step / 8 for step in range(9)]


def test_dragged_with_the_mouse(open_page: OpenPage, chair: User, url: str) -> None:
    page = open_page(url, user=chair)
    x, heights = way_down(page)

    page.mouse.move(x, heights[0])
    page.mouse.down()
    for y in heights:
        page.mouse.move(x, y)
    page.mouse.up()
    told_of_saving(page, "Eins", 3)

    assert saved(page) == ["Zwei", "Drei", "Eins", "Vier"]


def test_dragged_with_a_finger(open_page: OpenPage, chair: User, url: str) -> None:
    page = open_page(url, user=chair, phone=True)
    x, heights = way_down(page)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)}
        )

    touch("touchStart", {"x": x, "y": heights[0]})
    for y in heights:
        touch("touchMove", {"x": x, "y": y})
    touch("touchEnd")
    told_of_saving(page, "Eins", 3)

    assert saved(page) == ["Zwei", "Drei", "Eins", "Vier"]


def test_somebody_else_was_faster(
    open_page: OpenPage, chair: User, sitting: Sitting, url: str
) -> None:
    page = open_page(url, user=chair)
    ids = list(sitting.items.order_by("order").values_list("pk", flat=True))
    reorder(sitting=sitting, item_ids=ids[::-1])

    page.locator(".agenda__item", has_text="Eins").locator("[data-move='1']").click()

    expect(page.locator(".notice--warning")).to_be_visible()
    assert page.locator(".agenda__title").all_inner_texts() == [
        "Vier",
        "Drei",
        "Zwei",
        "Eins",
    ]


def test_put_back_while_an_earlier_move_gets_lost(
    open_page: OpenPage, chair: User, url: str
) -> None:
    page = open_page(url, user=chair)
    grip = page.get_by_role("button", name="Drei").first
    # The site does not answer before the item is lifted once more.
    asked = hold(page, "**/order")
    grip.focus()
    for key in ("Space", "ArrowUp", "Space", "Space", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("[data-said]")).to_have_text("Drei: Platz 1 von 4.")
    asked().abort()
    expect(page.locator("[data-problem]")).to_be_visible()
    page.unroute("**/order")

    page.keyboard.press("Escape")
    told_of_saving(page, "Drei", 2)

    assert saved(page) == ["Eins", "Drei", "Zwei", "Vier"]


def test_a_lost_connection_puts_it_back(
    open_page: OpenPage, chair: User, url: str
) -> None:
    page = open_page(url, user=chair)
    page.context.set_offline(True)

    page.locator(".agenda__item", has_text="Eins").locator("[data-move='1']").click()

    expect(page.locator("[data-problem]")).to_be_visible()
    assert page.locator(".agenda__title").all_inner_texts()[0] == "Eins"
    page.context.set_offline(False)
    assert saved(page) == ["Eins", "Zwei", "Drei", "Vier"]
