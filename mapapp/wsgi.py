"""The WSGI application for gunicorn.

WSGI on purpose: under ASGI GeoDjango leaks GEOS handles per request (Django #29878).
"""

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

from mapapp import process

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mapapp.settings")

# What would be loaded only because it is installed, a tenth of each process: for rasters, of
# which there are none, for templates of tests, and for pictures that the CMS refuses. What
# makes files loads it when it needs it.
SPARED = ("numpy", "jinja2", "pillow_heif")


def refuse_other_encodings(site: "WSGIApplication") -> "WSGIApplication":
    """Answer 400 to a request that says it is written in anything but UTF-8.

    Django reads query and form in the encoding that is named. Some are no encodings of
    text, and others make halves of characters, which no page and no database can hold;
    it fails over them while it makes the request, before any middleware.
    """

    def application(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if _is_utf_8(environ.get("CONTENT_TYPE", "")):
            return site(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"Please send requests in UTF-8.\n"]

    return application


def _is_utf_8(content_type: str) -> bool:
    try:
        _kind, said = parse_header_parameters(content_type)
        return codecs.lookup(said.get("charset", "utf-8")).name == "utf-8"
    except (ValueError, LookupError):
        return False


@contextmanager
def _not_loading(libraries: tuple[str, ...]) -> Iterator[None]:
    """Let code do without libraries that it would load where they are installed."""
    missing = [name for name in libraries if name not in sys.modules]
    # Python's own mark for what cannot be imported, which the stubs do not know.
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # as said above
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


# Before the settings are read.
process.answers_requests = True
with _not_loading(SPARED):
    application = refuse_other_encodings(get_wsgi_application())
    # Read by each process when it starts, or the first of its visitors would wait for that.
    _ = get_resolver().url_patterns
