"""What Lighthouse says of the pages with 500 pins, seen from a phone: `./run bench lighthouse`.

Serves a scratch city as it is served in production, with compressed static files, and lets
Lighthouse (its mobile preset) open the start page, the form, a contribution and a district.
Prints the four scores of each and how many bytes came before the map was asked for.

Lighthouse is no part of the project: `PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix FOLDER
--ignore-scripts lighthouse@12`, then MITMACH_LIGHTHOUSE=FOLDER/node_modules/.bin/lighthouse.
The browser is that of the browser tests (MITMACH_BROWSER).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench._http_load import serving
from bench._scratch import ROOT, scratch_city

PINS = 500
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BROWSER_FLAGS = (
    "--headless=new --no-sandbox --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update "
    "--use-angle=swiftshader --enable-unsafe-swiftshader"
)


def program() -> str:
    found = os.environ.get("MITMACH_LIGHTHOUSE") or shutil.which("lighthouse")
    if not found:
        sys.exit(f"Lighthouse is not installed.\n\n{__doc__}")
    return found


def collect(folder: Path) -> None:
    """Collect and compress the static files for a server of our own."""
    os.environ["MAPAPP_STATIC_ROOT"] = str(folder)
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 -- our own program


def report_on(url: str, folder: Path) -> dict[str, Any]:
    """Return what Lighthouse reports of a page."""
    file = folder / "report.json"
    command = [
        *(program(), url, "--quiet", "--output=json", f"--output-path={file}"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={BROWSER_FLAGS}",
    ]
    browser = os.environ.get("MITMACH_BROWSER", "/usr/bin/chromium")
    environ = os.environ | {"CHROME_PATH": browser}
    subprocess.run(command, env=environ, check=True)  # noqa: S603 -- the operator's own
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def show(path: str, report: dict[str, Any]) -> None:
    scores = [round(100 * report["categories"][name]["score"]) for name in CATEGORIES]
    size = report["audits"]["total-byte-weight"]["numericValue"] / 1000
    named = ", ".join(f"{n} {s}" for n, s in zip(CATEGORIES, scores, strict=True))
    sys.stdout.write(f"{path:28} {named}, {size:.0f} kB\n")
    for audit in report["audits"].values():
        # Hints on speed are many, and say nothing where the score is good.
        if audit["scoreDisplayMode"] == "binary" and audit["score"] == 0:
            sys.stdout.write(f"  {audit['title']}\n")
    sys.stdout.flush()


def main() -> None:
    program()
    with (
        tempfile.TemporaryDirectory() as folder,
        scratch_city(PINS) as database,
    ):
        collect(Path(folder) / "static")
        from django.db import connection

        from pins.models import PublicPin

        pin = PublicPin.objects.order_by("id")[0]
        paths = ["/", "/pins/new", f"/pins/{pin.reference}"]
        paths.append(f"/districts/{pin.district_slug}/")
        connection.close()
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
        with serving(url) as port:
            for path in paths:
                show(path, report_on(f"http://localhost:{port}{path}", Path(folder)))


if __name__ == "__main__":
    main()
