"""Everyone can use every page: what four strangers find wrong with it, in both languages.

axe and HTML_CodeSniffer (which pa11y runs) look at it 320 px wide, a ruler measures it
there, with letters of twice the size and with the spacing of WCAG 1.4.12, and the Nu HTML
checker reads what the server sent.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, ViewportSize

from districts.models import Body
from tests.browser.conftest import (  # noqa: F401 -- fixtures
    OpenPage,
    chromium,
    city,
    open_page,
    playwright,
)
from tests.browser.test_accessibility import visit
from tests.conformance.clients import of_the_system
from tests.conformance.npm import file_of
from tests.conformance.sweep import Sweep
from tests.every_page import ANSWERS, VISITS, address_in
from tests.every_state import EMPTY, REFUSING
from tests.scene import Scene, make_people, make_scene
from tests.visitors import browser_of

pytestmark = pytest.mark.conformance

NARROW = ViewportSize(width=320, height=640)
SEND = Path(__file__).with_name("send.js").read_text("utf-8")
SAYS_WHAT_IS_WRONG = "[aria-invalid=true], [role=alert]"


@pytest.fixture
def scene(city: None) -> Scene:  # noqa: F811 -- the fixture
    return make_scene()


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    """What looks at pages; the Nu HTML checker needs Java 17."""
    sniffer = file_of("html_codesniffer", "build/HTMLCS.js").read_text("utf-8")
    jar = file_of("vnu-jar", "build/dist/vnu.jar")
    return Sweep(sniffer, [of_the_system("java"), "-jar", str(jar)], tmp_path)


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def narrow(open_page: OpenPage) -> OpenPage:  # noqa: F811 -- the fixture
    """Open pages on the narrowest screen there is."""

    def open_one(path: str, **more: object) -> Page:
        page = open_page(path, **more)
        page.set_viewport_size(NARROW)
        return page

    return open_one


def send(page: Page, *, filled: bool) -> Response:
    """Send the form of the page that is open, and return the answer."""
    with page.expect_navigation() as arrival:
        page.evaluate(SEND, filled)
    return arrival.value


@pytest.mark.parametrize("part", VISITS)
def test_nothing_is_found(
    narrow: OpenPage, scene: Scene, sweep: Sweep, language: str, part: str
) -> None:
    for who, paths in VISITS[part]:
        page = narrow("/healthz", visitor=browser_of(who, scene))
        for path in paths:
            address = address_in(language, path, scene.names)
            sweep.look(page, visit(page, address, ANSWERS.get(path, 200)), path)
    assert sweep.report() == ""


@pytest.mark.parametrize("part", REFUSING)
def test_nor_on_what_comes_back_to_be_corrected(
    narrow: OpenPage, scene: Scene, sweep: Sweep, language: str, part: str
) -> None:
    """Each form is sent as empty as it can be."""
    for who, paths in REFUSING[part]:
        page = narrow("/healthz", visitor=browser_of(who, scene))
        for path in paths:
            visit(page, address_in(language, path, scene.names), 200)
            answer = send(page, filled=False)
            assert answer.status in {200, 400, 409, 422}, path
            assert page.title().startswith(("Bitte prüfen", "Please check")), path
            assert page.locator(SAYS_WHAT_IS_WRONG).first.is_visible(), path
            sweep.look(page, answer, f"{path}, refused")
    assert sweep.report() == ""


def test_nor_where_there_is_nothing_yet(
    narrow: OpenPage,
    city: None,  # noqa: F811 -- the fixture
    sweep: Sweep,
    language: str,
) -> None:
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    people = make_people(body)
    for who, paths in EMPTY:
        page = narrow("/healthz", visitor=browser_of(who, people))
        for path in paths:
            answer = visit(page, address_in(language, path, {}), 200)
            sweep.look(page, answer, f"{path}, empty")
    assert sweep.report() == ""
