"""The standalone map, opened from the disk as a planner opens it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hit=1</script> \"'`${window.hit=2}` {{7*7}}"


@pytest.fixture
def open_file(
    chromium: Browser, client: Client, city: None, tmp_path: Path
) -> Iterator[Callable[[str], Page]]:
    """Open a download from the disk, without a network, and watch what it does."""
    context = chromium.new_context(offline=True, locale="de-DE")
    requests: list[str] = []
    complaints: list[str] = []

    def open_one(url: str) -> Page:
        path = tmp_path / "pins.html"
        path.write_bytes(client.get(url).getvalue())
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_one
    context.close()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == 1
    assert complaints == []


def test_it_opens_from_the_disk_without_asking_anyone(open_file):
    make_pin()

    page = open_file("/exports/pins.html")

    expect(page.locator(".leaflet-control-layers")).to_contain_text("Mobilität")
    expect(page.locator(".legend")).to_be_visible()
    expect(page.locator(".leaflet-tooltip.district")).to_have_count(2)
    drawn = page.evaluate(
        """async () => {
          // It is drawn with the next picture.
          for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
          return [...document.querySelectorAll("canvas")].some((canvas) =>
            canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
                .data.some((value) => value > 0));
        }"""
    )
    assert drawn


def test_a_pop_up_shows_hostile_text_as_text(open_file):
    make_pin(title=HOSTILE, text=f"</script>{HOSTILE}")

    page = open_file("/exports/pins.html")
    page.locator("summary").click()
    page.locator(".entries button").click()

    popup = page.locator(".leaflet-popup-content")
    expect(popup.locator("h2")).to_have_text(HOSTILE)
    expect(popup).to_contain_text(f"</script>{HOSTILE}")
    assert page.evaluate("() => window.hit") is None
    page.get_by_role("button", name="Schließen").click()
    expect(popup).to_have_count(0)


def test_a_click_on_the_map_opens_the_pin_beneath(open_file):
    pin = make_pin(location=point_in(16))
    pin.refresh_from_db()

    page = open_file("/districts/hohenecken/pins.html?lang=en")
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    # The pin is in the middle of its district, and the map opens on that.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    link = page.get_by_role("link", name="Open the page of this contribution")
    expect(link).to_have_attribute("href", f"http://testserver/pins/{pin.reference}")


def test_a_layer_can_be_switched_off_and_comes_back_from_the_list(open_file):
    make_pin()
    page = open_file("/exports/pins.html")

    switch = page.get_by_role("checkbox", name="Mobilität")
    switch.uncheck()
    page.locator("summary").click()
    page.locator(".entries button").click()

    expect(switch).to_be_checked()
    expect(page.locator(".leaflet-popup-content")).to_be_visible()
