"""A district's map inside the page of another site."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage, Watch
from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = [pytest.mark.browser]

OTHER = "http://town.example"


@pytest.mark.parametrize(("width", "height"), [(320, 400), (800, 600)])
def test_another_site_shows_the_map(
    chromium: Browser, live_server, city: None, width: int, height: int
) -> None:
    pin = make_pin(title="Eine Bank am Brunnen", location=point_in(16))
    context = chromium.new_context(locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    watch = Watch(live_server.url)
    watch.follow(page)
    frame_html = (
        f'<iframe src="{live_server.url}/embed/hohenecken?lang=de" title="Karte" '
        f'width="{width}" height="{height}"></iframe>'
    )
    page.route(
        f"{OTHER}/**",
        lambda route: route.fulfill(body=frame_html, content_type="text/html"),
    )
    page.goto(f"{OTHER}/")
    frame = page.frame_locator("iframe")

    frame.locator("[data-map='embed'][data-state='pins']").wait_for()

    expect(frame.get_by_role("heading", name="Hohenecken")).to_be_visible()
    link = frame.get_by_role("link", name="Eine Bank am Brunnen")
    expect(link).to_be_visible()
    inner = page.frames[1]
    assert inner.evaluate("document.documentElement.scrollWidth") <= width
    assert context.cookies() == []
    with context.expect_page() as opened:
        link.click()
    opened.value.wait_for_url(f"**/pins/{pin.reference}")
    assert page.url == f"{OTHER}/"
    assert [url for url in watch.foreign if not url.startswith(OTHER)] == []
    assert watch.complaints == []
    context.close()


def test_without_scripts_the_list_is_there(open_page: OpenPage, city: None) -> None:
    make_pin(title="Eine Bank am Brunnen")

    page = open_page("/embed/hohenecken", scripts=False)

    expect(page.get_by_role("link", name="Eine Bank am Brunnen")).to_be_visible()


def test_the_code_is_copied(open_page: OpenPage, city: None) -> None:
    page = open_page("/districts/hohenecken/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.locator(".embed-code > summary").click()
    page.locator(".embed-code [data-copy]").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('<iframe src="http://testserver/embed/hohenecken?lang=de"')
