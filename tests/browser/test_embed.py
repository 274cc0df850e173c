"""A district's map inside the page of another site."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage, Watch
from tests.browser.test_accessibility import violations
from tests.factories import make_pin
from tests.geometries import point_in

pytestmark = [pytest.mark.browser]


@contextmanager
def other_site(html: str) -> Iterator[str]:
    """Serve a page from another origin of this machine; yield its address.

    A page that Playwright makes up is none: Chromium takes it for one of the network, and
    lets such a page frame nothing of the device.
    """

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: object) -> None:
            pass

    # A browser opens connections that it may never use: none of them may hold up another.
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("width", "height"), [(320, 400), (800, 600)])
def test_another_site_shows_the_map(
    chromium: Browser, live_server, city: None, width: int, height: int
) -> None:
    pin = make_pin(title="Eine Bank am Brunnen", location=point_in(16))
    context = chromium.new_context(locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    watch = Watch(live_server.url)
    watch.follow(page)
    html = (
        f'<iframe src="{live_server.url}/embed/hohenecken?lang=de" title="Karte" '
        f'width="{width}" height="{height}"></iframe><link rel="icon" href="data:,">'
    )

    with other_site(html) as address:
        page.goto(address)
        frame = page.frame_locator("iframe")
        frame.locator("[data-map='embed'][data-state='pins']").wait_for()

        expect(frame.get_by_role("heading", name="Hohenecken")).to_be_visible()
        link = frame.get_by_role("link", name="Eine Bank am Brunnen")
        assert page.frames[1].evaluate("document.body.scrollWidth") <= width
        assert context.cookies() == []
        with context.expect_page() as opened:
            link.click()
        opened.value.wait_for_url(f"**/pins/{pin.reference}")
        assert page.url == address

    assert [url for url in watch.foreign if url != address] == []
    assert watch.complaints == []
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, city: None, *, dark: bool) -> None:
    make_pin()

    page = open_page("/embed/hohenecken", phone=True, dark=dark)

    assert violations(page) == []


def test_without_scripts_the_list_is_there(open_page: OpenPage, city: None) -> None:
    make_pin(title="Eine Bank am Brunnen")

    page = open_page("/embed/hohenecken", scripts=False)

    expect(page.get_by_role("link", name="Eine Bank am Brunnen")).to_be_visible()


def test_the_code_is_copied(open_page: OpenPage, city: None) -> None:
    page = open_page("/districts/hohenecken/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.locator(".embed-code > summary").click()
    page.locator(".embed-code [data-copy]").click()

    page.wait_for_function(
        """async (code) => (await navigator.clipboard.readText()).startsWith(code)""",
        arg='<iframe src="http://testserver/embed/hohenecken?lang=de"',
    )
