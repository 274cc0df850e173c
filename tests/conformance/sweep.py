"""Looking at a page with what four strangers look for; used by `test_everyone`."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.test_accessibility import RULES
from tests.conformance.clients import run

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


@dataclass
class Sweep:
    """What is found on one page after another; `folder` keeps what the server sent."""

    sniffer: str
    checker: list[str]
    folder: Path
    names: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def look(self, page: Page, answer: Response, name: str) -> None:
        """Look at the page that is open, which came with `answer`."""
        (self.folder / f"{len(self.names)}.html").write_bytes(answer.body())
        self.names.append(name)
        self.found += [f"{name}: {line}" for line in complaints(page, self.sniffer)]

    def report(self) -> str:
        """Return all that was found, a line each; asks the checker of HTML for all pages."""
        assert self.names
        return "\n".join([*self.found, *self._invalid()])

    def _invalid(self) -> list[str]:
        """Return what is no valid HTML in the pages that were sent."""
        options = ("--format", "json", "--stdout", "--exit-zero-always")
        said = run([*self.checker, *options, "--skip-non-html", str(self.folder)])
        return [
            f"{self.names[int(Path(one['url']).stem)]}: Nu HTML checker: "
            f"{one['message']} {one.get('extract', '')}"
            for one in json.loads(said)["messages"]
            if one.get("subType") == "fatal" or one["type"] == "error"
        ]


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
