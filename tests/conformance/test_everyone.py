"""Everyone can use every page: what four strangers find wrong with it, in both languages.

axe and HTML_CodeSniffer (which pa11y runs) look at it 320 px wide, a ruler measures it
there, with letters of twice the size and with the spacing of WCAG 1.4.12, and the Nu HTML
checker reads what the server sent.
"""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import (  # noqa: F401 -- fixtures
    OpenPage,
    chromium,
    city,
    open_page,
    playwright,
)
from tests.browser.test_accessibility import RULES
from tests.conformance.clients import of_the_system, run
from tests.conformance.npm import file_of
from tests.every_page import VISITS, address_in
from tests.scene import Scene, make_scene

pytestmark = pytest.mark.conformance

NARROW = ViewportSize(width=320, height=640)
RULER = Path(__file__).with_name("ruler.js").read_text("utf-8")
# What pa11y takes for an error; warnings and notices want a human eye.
SNIFF = """() => new Promise((resolve) => HTMLCS.process("WCAG2AA", document, () => resolve(
  HTMLCS.getMessages().filter((one) => one.type === HTMLCS.ERROR && one.element.checkVisibility?.()).map(
    (one) => `${one.code}: ${one.element.outerHTML?.slice(0, 200)}`
))))"""
# WCAG 1.4.12, set as a reader's own style would be.
SPACING = """() => {
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest("svg, canvas")) continue;
    one.style.setProperty("line-height", "1.5", "important");
    one.style.setProperty("letter-spacing", "0.12em", "important");
    one.style.setProperty("word-spacing", "0.16em", "important");
    if (one.localName === "p") one.style.setProperty("margin-bottom", "2em", "important");
  }
}"""
USUAL, LARGE = 16, 32


@pytest.fixture
def scene(city: None) -> Scene:  # noqa: F811 -- the fixture
    return make_scene()


@pytest.fixture
def sniffer() -> str:
    return file_of("html_codesniffer", "build/HTMLCS.js").read_text("utf-8")


@pytest.fixture
def checker() -> list[str]:
    """The command of the Nu HTML checker, which needs Java 17."""
    jar = file_of("vnu-jar", "build/dist/vnu.jar")
    return [of_the_system("java"), "-jar", str(jar)]


@pytest.mark.parametrize("part", VISITS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_is_found(
    open_page: OpenPage,  # noqa: F811 -- the fixture
    scene: Scene,
    sniffer: str,
    checker: list[str],
    tmp_path: Path,
    language: str,
    part: str,
) -> None:
    found: dict[str, list[str]] = {}
    for who, paths in VISITS[part]:
        page = open_page("/healthz", user=getattr(scene, who, None))
        page.set_viewport_size(NARROW)
        for path in paths:
            answer = page.goto(address_in(language, path, scene.names))
            assert answer is not None
            file = tmp_path / f"{len(found)}.html"
            file.write_bytes(answer.body())
            found[f"{file.name} {path}"] = complaints(page, sniffer)
    texts = {name: lines for name, lines in found.items() if lines}
    assert texts | invalid(checker, tmp_path) == {}


def complaints(page: Page, sniffer: str) -> list[str]:
    """Return what is wrong with the page that is open, one line each."""
    page.evaluate(sniffer)
    lines = [f"HTML_CodeSniffer: {line}" for line in page.evaluate(SNIFF)]
    for violation in Axe().run(page, options=RULES).response["violations"]:
        lines += [f"axe {violation['id']}: {n['html']}" for n in violation["nodes"]]
    lines += [f"at 320 px: {line}" for line in page.evaluate(RULER)]
    set_letters(page, LARGE)
    lines += [f"with large letters: {line}" for line in page.evaluate(RULER)]
    set_letters(page, USUAL)
    page.evaluate(SPACING)
    lines += [f"with spacing: {line}" for line in page.evaluate(RULER)]
    return lines


def set_letters(page: Page, size: int) -> None:
    """Set the size of letters in px, as a reader does in the settings of the browser."""
    session = page.context.new_cdp_session(page)
    sizes = {"standard": size, "fixed": size}
    session.send("Page.setFontSizes", {"fontSizes": sizes})
    session.detach()


def invalid(checker: list[str], folder: Path) -> dict[str, list[str]]:
    """Return what is no valid HTML in the pages that were sent, by file."""
    options = ["--format", "json", "--stdout", "--exit-zero-always", "--skip-non-html"]
    messages = json.loads(run([*checker, *options, str(folder)]))["messages"]
    found: dict[str, list[str]] = {}
    for one in messages:
        if one.get("subType") == "fatal" or one["type"] == "error":
            where = Path(one["url"]).name
            line = f"Nu HTML checker: {one['message']} {one.get('extract', '')}"
            found.setdefault(where, []).append(line)
    return found
