"""What lets the site open without a network: service worker, offline page, manifest."""

import hashlib
import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from mapapp.look import DEEP
from mapapp.templatetags.site import ICONS, vendor
from pins.participation import ALL_OPEN

JAVASCRIPT = "text/javascript; charset=utf-8"
OWN_FILES = ("css/*.css", "js/*.js", "images/*.svg")
# The worker's own scripts: the browser keeps them with /sw.js.
WORKER, WORKER_OFF = "js/service-worker.js", "js/service-worker-off.js"
VENDORED = (
    ("@fontsource/fira-sans", "fira-sans.css"),
    ("@fontsource/fira-sans", "fira-sans-latin-400-normal.woff2"),
    ("@fontsource/fira-sans", "fira-sans-latin-500-normal.woff2"),
    ("@fontsource/fira-sans", "fira-sans-latin-600-normal.woff2"),
    ("@kern-ux/native", "kern.min.css"),
    (ICONS, "sprite.svg"),
    ("maplibre-gl", "maplibre-gl.mjs"),
    ("maplibre-gl", "maplibre-gl-worker.mjs"),
    ("maplibre-gl", "maplibre-gl.css"),
)
# Pages that the worker does not even look at, in any language.
UNTOUCHED = (
    "accounts/",
    "admin/",
    "cms/",
    "desk/",
    "embed/",
    "moderation/",
    "planning/",
)


@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Answer with the service worker of the whole site.

    Where it is switched off, with one that removes itself and all that was kept:
    browsers that have the other one ask here again with the next page.
    """
    if settings.SERVICE_WORKER:
        scripts = [
            static("js/proof-core.js"),
            static("js/outbox-core.js"),
            static(WORKER),
        ]
        lines = [f"const BUILD = {json.dumps(_build(scripts))};"]
    else:
        scripts, lines = [static(WORKER_OFF)], []
    lines.append(f"importScripts({', '.join(json.dumps(url) for url in scripts)});\n")
    response = HttpResponse("\n".join(lines), content_type=JAVASCRIPT)
    response["Service-Worker-Allowed"] = "/"
    return response


def _build(scripts: list[str]) -> dict[str, object]:
    """Return what the worker has to know; its version changes with any of it."""
    prefixes = {code: _path("home", code) for code, _name in settings.LANGUAGES}
    build: dict[str, object] = {
        "scripts": scripts,
        "assets": [
            *(static(name) for name in _own_files()),
            *(vendor(package, path) for package, path in VENDORED),
        ],
        # The longest prefix first: German, at "/", takes what no other language does.
        "pages": [
            {
                "prefix": prefixes[code],
                "form": _path("pins:new", code),
                "offline": _path("offline", code),
            }
            for code in sorted(prefixes, key=lambda c: -len(prefixes[c]))
        ],
        "data": [reverse("map-districts"), reverse("theme-css")],
        "tiles": "/tiles/base/",
        "untouched": sorted(
            {prefix + start for prefix in prefixes.values() for start in UNTOUCHED}
        ),
    }
    content = json.dumps(build).encode()
    return {"version": hashlib.sha256(content).hexdigest()[:12], **build}


def _path(name: str, language: str) -> str:
    with override(language):
        return reverse(name)


@cache
def _own_files() -> list[str]:
    """Return the site's own scripts, style sheets and drawings, as static() names them."""
    root = settings.ROOT / "static"
    found = {
        file.relative_to(root).as_posix()
        for pattern in OWN_FILES
        for file in root.glob(pattern)
    }
    return sorted(found - {WORKER, WORKER_OFF})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Say what works without a network; the worker shows it in place of other pages."""
    # What is allowed may have changed by the time it is shown: the form says so itself.
    return render(request, "mapapp/offline.html", {"participation": ALL_OPEN})


@cache_control(max_age=3600)
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the site as an app that can be put on a phone's home screen."""
    with override(settings.LANGUAGE_CODE):
        content = {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": _("Participation map"),
            "description": _(
                "Every contribution on this map is read by the body responsible for "
                "its district."
            ),
            "lang": settings.LANGUAGE_CODE,
            "dir": "ltr",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": settings.CITY.look.deep or DEEP,
            "background_color": "#ffffff",
            "icons": [
                _icon("mark.svg", "any", "any"),
                _icon("icon-192.png", "192x192", "any"),
                _icon("icon-512.png", "512x512", "any"),
                _icon("icon-maskable-512.png", "512x512", "maskable"),
            ],
        }
    return JsonResponse(content, content_type="application/manifest+json")


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {
        "src": static(f"images/{name}"),
        "sizes": sizes,
        "type": kind,
        "purpose": purpose,
    }
