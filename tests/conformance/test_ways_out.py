"""Where somebody cannot go on, the page that says so is as good as all others."""

import datetime
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from playwright.sync_api import Page, Response
from pytest_django import Settings

from pins.models import Comment, Contact, Follow, Mailbox, Pin
from staff.models import Invitation
from staff.passwords import send_links
from tests.browser.conftest import (  # noqa: F401 -- fixtures
    OpenPage,
    chromium,
    city,
    open_page,
    playwright,
)
from tests.browser.test_accessibility import visit
from tests.conformance.sweep import Sweep
from tests.conformance.test_everyone import (  # noqa: F401 -- fixtures
    language,
    narrow,
    scene,
    send,
    sweep,
)
from tests.every_page import address_in
from tests.scene import Scene
from tests.staff.accounts import link_in
from trust import limits

pytestmark = pytest.mark.conformance

# Whose time is over in `let_time_pass`.
OVER = {
    "/pins/{own}/edit/{token}": 410,
    "/pins/{own}/edit/{token}/mail": 410,
    "/pins/{own}/edit/{token}/data": 410,
    "/pins/{own}/edit/{token}/decisions/{decision}": 410,
    "/pins/{published}/comments/{comment}/edit/{token}": 410,
    "/pins/updates/{confirm_mail}/confirm": 410,
    "/follow/confirm/{confirm}": 410,
    "/follow/{manage}": 410,
    "/accounts/invitation/{offer}/": 410,
}
# Whose forms are taken only so often.
LIMITED = [
    "/pins/{published}/comment",
    "/pins/{published}/support",
    "/pins/{published}/report",
    "/pins/{own}/edit/{token}/mail",
    "/follow/?pin={published}",
    "/insek/events/{event}/register",
    "/about/my-data/",
    "/about/barrier/",
]
TOO_MUCH = """() => {
  const field = document.createElement("input");
  [field.type, field.name, field.value] = ["hidden", "more", "x".repeat(3e6)];
  document.querySelector("main form[method=post]").append(field);
}"""
NO_TOKEN = """() => {
  for (const one of document.getElementsByName("csrfmiddlewaretoken")) one.value = "";
}"""


def test_what_is_over(
    narrow: OpenPage,  # noqa: F811 -- fixtures
    scene: Scene,  # noqa: F811 -- a fixture
    sweep: Sweep,  # noqa: F811 -- a fixture
    language: str,  # noqa: F811 -- a fixture
) -> None:
    let_time_pass()
    page = narrow("/healthz")
    for path, status in OVER.items():
        address = address_in(language, path, scene.names)
        sweep.look(page, visit(page, address, status), f"{path}, over")
    assert sweep.report() == ""


def let_time_pass() -> None:
    """Let links end, and forget what is kept for a while."""
    past = timezone.now() - datetime.timedelta(days=4_000)
    Pin.objects.update(token_expires_at=past)
    Comment.objects.update(created_at=past)
    Contact.objects.all().delete()
    Follow.objects.all().delete()
    Mailbox.objects.all().delete()
    Invitation.objects.update(expires_at=past)


def test_the_page_of_a_link_to_a_new_password(
    narrow: OpenPage,  # noqa: F811 -- fixtures
    scene: Scene,  # noqa: F811 -- a fixture
    sweep: Sweep,  # noqa: F811 -- a fixture
    language: str,  # noqa: F811 -- a fixture
    mailoutbox: list[EmailMessage],
) -> None:
    scene.chair.email = "chair@example.org"
    scene.chair.save()
    send_links([scene.chair.pk], language)
    page = narrow("/healthz")
    answer = opened(page, link_in(str(mailoutbox[0].body)))
    sweep.look(page, answer, "new password")
    refused = send(page, filled=False)
    assert page.title().startswith(("Bitte prüfen", "Please check"))
    sweep.look(page, refused, "new password, refused")
    assert sweep.report() == ""


def test_what_is_sent_too_often(
    narrow: OpenPage,  # noqa: F811 -- fixtures
    scene: Scene,  # noqa: F811 -- a fixture
    sweep: Sweep,  # noqa: F811 -- a fixture
    language: str,  # noqa: F811 -- a fixture
    settings: Settings,
) -> None:
    settings.LIMITS = {limit.name: 0 for limit in limits.ALL}
    settings.AXES_FAILURE_LIMIT = 1
    page = narrow("/healthz")
    for path in [*LIMITED, "/accounts/login/"]:
        visit(page, address_in(language, path, scene.names), 200)
        answer = send(page, filled=True)
        assert answer.status == 429, path
        sweep.look(page, answer, f"{path}, too often")
    assert sweep.report() == ""


def test_what_goes_wrong(
    narrow: OpenPage,  # noqa: F811 -- fixtures
    scene: Scene,  # noqa: F811 -- a fixture
    sweep: Sweep,  # noqa: F811 -- a fixture
    language: str,  # noqa: F811 -- a fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, status, page, answer in faults(narrow, scene, language, monkeypatch):
        assert answer.status == status, name
        sweep.look(page, answer, name)
    assert sweep.report() == ""


def faults(
    narrow: OpenPage,  # noqa: F811 -- the fixture
    scene: Scene,  # noqa: F811 -- a fixture
    language: str,  # noqa: F811 -- a fixture
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, int, Page, Response]]:
    """Do what cannot be done, and yield each answer with what it should be."""

    def at(path: str) -> str:
        return address_in(language, path, scene.names)

    page, desk = narrow("/healthz"), narrow("/healthz", user=scene.chair)
    yield "forbidden", 403, desk, opened(desk, at("/moderation/"))
    yield "wrong method", 405, page, opened(page, at("/accounts/logout/"))

    page.goto(at("/about/barrier/"))
    page.evaluate(NO_TOKEN)
    yield "no token", 403, page, send(page, filled=True)
    page.goto(at("/about/barrier/"))
    page.evaluate(TOO_MUCH)
    yield "too much", 413, page, send(page, filled=False)

    desk.goto(at("/desk/ortsbeirat-hohenecken/templates/new"))
    desk.context.clear_cookies()
    yield "signed out", 401, desk, send(desk, filled=True)

    monkeypatch.setattr("mapapp.views.legal.legal_text", None)
    yield "fault", 500, page, opened(page, at("/about/imprint/"))


def opened(page: Page, address: str) -> Response:
    answer = page.goto(address)
    assert answer is not None
    return answer
