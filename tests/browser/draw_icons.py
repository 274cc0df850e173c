"""Draw the PNG icons of the web app from its mark: `python -m tests.browser.draw_icons`.

Run it after `static/images/mark.svg` has changed. Phones want squares of pixels; a
maskable one fills its square, since the phone cuts a shape of its own out of it.
"""

import os
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

CHROMIUM = os.environ.get("MITMACH_BROWSER", "/usr/bin/chromium")
IMAGES = Path(__file__).resolve().parents[2] / "static" / "images"
GROUND = "#004b88"
# A circle of 80 % of the side is what every phone leaves.
SAFE_PERCENT = 80


def draw(page: Page, name: str, *, side: int, percent: int = 100) -> None:
    """Write one icon: a square of `side` pixels, the mark on `percent` of it."""
    mark = (IMAGES / "mark.svg").read_text("utf-8")
    ground = GROUND if percent < 100 else "transparent"
    page.set_viewport_size(ViewportSize(width=side, height=side))
    page.set_content(
        f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;"
        f"background:{ground}}}svg{{width:{percent}%}}</style>{mark}"
    )
    page.screenshot(path=IMAGES / name, omit_background=True)


def main() -> None:
    """Draw all icons that `mapapp/views/offline.py` names."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = browser.new_page()
        draw(page, "icon-192.png", side=192)
        draw(page, "icon-512.png", side=512)
        draw(page, "icon-maskable-512.png", side=512, percent=SAFE_PERCENT)
        browser.close()


if __name__ == "__main__":
    main()
