"""The WSGI application for gunicorn.

WSGI on purpose: under ASGI GeoDjango leaks GEOS handles per request (Django #29878).
"""

import codecs
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

from mapapp import process

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mapapp.settings")


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


# Before the settings are read.
process.answers_requests = True
application = refuse_other_encodings(get_wsgi_application())
# Read by each process when it starts, or the first of its visitors would wait for that.
_ = get_resolver().url_patterns
