"""A real Chromium against a live server, watched for what must never happen.

Every page a test opens is watched: a request to another origin, a violation of the
Content Security Policy or a script error fails the test, whatever else it looks at.
"""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.factories import make_body, make_district, make_theme

# Playwright's event loop runs in the test's thread; Django would refuse to query there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = Path(os.environ.get("MITMACH_BROWSER", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@dataclass
class Watch:
    """What went wrong behind a page's back."""

    origin: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        inside = (self.origin, "data:", "blob:")
        if not request.url.startswith(inside):
            self.foreign.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx is logged as an error too; tests look at those themselves.
        is_answer = "Failed to load resource" in message.text
        if message.type == "error" and not is_answer:
            self.complaints.append(message.text)

    def on_error(self, error: Exception) -> None:
        self.complaints.append(str(error))

    def follow(self, page: Page) -> None:
        page.on("request", self.on_request)
        page.on("console", self.on_console)
        page.on("pageerror", self.on_error)


# Not per session: while Playwright's loop runs in this thread, no test of another package
# could start one of its own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    # A machine with much to do shall not fail what is merely slow.
    expect.set_options(timeout=20_000)
    with sync_playwright() as running:
        yield running
        # While its event loop runs, this thread has database connections of its own;
        # afterwards nobody could close them, and the test database could not be dropped.
        connections.close_all()


@pytest.fixture(autouse=True)
def _patient(settings) -> None:
    """Let programs fill in forms as fast as they do; nobody else is so quick."""
    settings.LEAST_FORM_TIME *= 0


class Asked:
    """What the live server is answering at the moment."""

    def __init__(self) -> None:
        self._test = threading.get_ident()
        self._number = 0
        self._changed = threading.Condition()

    def begin(self, **_signal: object) -> None:
        self._add(1)

    def end(self, **_signal: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        # Django's own client asks in the thread of the test.
        if threading.get_ident() == self._test:
            return
        with self._changed:
            self._number += number
            self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: not self._number, timeout=60)


@pytest.fixture(autouse=True)
def _answered(transactional_db: None) -> Iterator[None]:
    """Let the server finish what pages have asked for that are closed meanwhile.

    What it still wrote or kept in a cache, the next test would find.
    """
    asked = Asked()
    request_started.connect(asked.begin)
    request_finished.connect(asked.end)
    yield
    asked.wait()
    request_started.disconnect(asked.begin)
    request_finished.disconnect(asked.end)


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(
    chromium: Browser, live_server, transactional_db: None
) -> Iterator[OpenPage]:
    """Open a page of the live server in a context of its own: a new visitor.

    `open_page("/", phone=True)`; `user` signs somebody in, `visitor` has done so already;
    `scripts=False` switches JavaScript off, `dark=True` asks for the dark scheme. `worker=True` lets the service
    worker in, without which every page comes from the server.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(live_server.url)

    def open_one(
        path: str,
        *,
        phone: bool = False,
        user: User | None = None,
        visitor: Client | None = None,
        scripts: bool = True,
        dark: bool = False,
        worker: bool = False,
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="de-DE",
            timezone_id="Europe/Berlin",
            service_workers="allow" if worker else "block",
        )
        contexts.append(context)
        if user is not None:
            visitor = Client()
            visitor.force_login(user)
        if visitor is not None:
            take_cookies(context, visitor, live_server.url)
        page = context.new_page()
        watch.follow(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert watch.foreign == [], "requests to another origin"
    assert watch.complaints == [], "script errors or CSP violations"


def take_cookies(context: BrowserContext, visitor: Client, origin: str) -> None:
    """Let a browser go on as somebody else's, who has signed in, say."""
    cookies = visitor.cookies.values()
    context.add_cookies(
        [{"name": one.key, "value": one.value, "url": origin} for one in cookies]
    )


def sign_in(page: Page, user: User) -> None:
    """Sign in through the form; in tests the password is the user's name."""
    page.goto("/en/accounts/login/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(user.username)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


@pytest.fixture
def city(transactional_db: None) -> None:
    """Two neighbouring districts with a council each, and the four themes."""
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("energy", title_de="Energie", title_en="Energy", colour="#B9541A")
