"""How resources are answered: forms, languages, errors and headers, alike for all."""

import functools
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import QueryCanceled

from exports.ogc.errors import BadParameter, Missing
from exports.ogc.media_types import JSON_TYPE
from exports.ogc.requests import Link, own_links, wants_html
from layers.compression import accepts_gzip
from layers.conditional import answer
from layers.languages import LANGUAGES
from layers.problems import problem

METHODS = ("GET", "HEAD", "OPTIONS")
# There are five links at most.
LINK_LENGTH = 400
# Shorter answers do not shrink enough.
WORTH_PACKING = 1_000
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def resource(view: View[P]) -> View[P]:
    """Let a view answer programs of all sites: errors as problems, open to all.

    The view raises BadParameter, Missing, or what the database says of a query that
    takes too long. Nothing is changed here, so that no form needs a token.
    """

    @csrf_exempt
    @functools.wraps(view)
    def wrapped(
        request: HttpRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        asked = request.GET.get("lang", settings.LANGUAGE_CODE)
        language = asked if asked in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = _respond(view, request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "Content-Crs, ETag, Link"
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept"])
        return response

    return cast("View[P]", wrapped)


def _respond(
    view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    response: HttpResponseBase
    try:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Allow"] = ", ".join(METHODS)
            response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
        elif request.method not in METHODS:
            response = _problem(_("This can only be read."), 405)
            response["Allow"] = ", ".join(METHODS)
        else:
            response = view(request, *args, **kwargs)
    except BadParameter as error:
        errors = {error.name: [str(error)]}
        response = _problem(f"{error.name}: {error}", 400, errors)
    except Missing as error:
        response = _problem(str(error), 404)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        response = _problem(
            _("This takes too long to find. Please ask for less, as by a box."), 503
        )
    return response


TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}


def _problem(
    detail: str, status: int, errors: Mapping[str, list[str]] | None = None
) -> HttpResponse:
    about = {"type": "about:blank", "title": TITLES[status], "status": status}
    return problem(detail, status=status, errors=errors, more=about)


def respond(
    request: HttpRequest,
    *states: object,
    make: Callable[[], tuple[bytes, Iterable[Link]]],
    media_type: str,
) -> HttpResponseBase:
    """Answer with data and its links, or 304 to who has it in these states already."""

    def made() -> HttpResponse:
        content, links = make()
        response = HttpResponse(content, content_type=media_type)
        response["Link"] = header_of(links)
        _pack(request, response)
        return response

    return answer(request, media_type, *states, make=made)


def _pack(request: HttpRequest, response: HttpResponse) -> None:
    accepted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    if accepted and len(response.content) >= WORTH_PACKING:
        # Level 1: a higher one costs more time than the line saves.
        response.content = gzip.compress(response.content, compresslevel=1, mtime=0)
        response["Content-Encoding"] = "gzip"


def document(
    request: HttpRequest,
    content: Mapping[str, Any],
    links: Iterable[Link],
    media_type: str = JSON_TYPE,
) -> HttpResponseBase:
    """Answer with a document of JSON; its state is what it says."""
    written = json.dumps(content, ensure_ascii=False).encode()
    return respond(
        request, written, make=lambda: (written, links), media_type=media_type
    )


def answer_document(
    request: HttpRequest,
    template: str,
    content: Mapping[str, Any],
    links: Iterable[Link] = (),
    *,
    extra: Iterable[Mapping[str, Any]] = (),
    **context: Any,
) -> HttpResponseBase:
    """Answer with a document as data or as a page, with links to itself and the rest.

    `extra` are links that are none yet, since parts of their addresses are open.
    """
    is_html = wants_html(request, JSON_TYPE)
    links = [*own_links(request, JSON_TYPE, is_html=is_html), *links]
    if is_html:
        return page(request, template, links, content=content, extra=extra, **context)
    listed = [*(link.as_json() for link in links), *extra]
    return document(request, {**content, "links": listed}, links)


def page(
    request: HttpRequest, template: str, links: Iterable[Link], **context: Any
) -> HttpResponseBase:
    """Answer with a page in the frame of the site; `links` stand on it, too."""
    links = list(links)
    context = {
        **context,
        "links": links,
        "language_links": _language_links(request),
        "language_query": _language_query(request),
    }
    response = render(request, f"exports/ogc/{template}.html", context)
    response["Link"] = header_of(links)
    return response


def header_of(links: Iterable[Link]) -> str:
    """Return the links as a header, without those that stand in the document alone.

    Addresses repeat the whole query, and a proxy takes only so much (nginx: 4 kB).
    """
    return ", ".join(
        link.as_header() for link in links if len(link.href) <= LINK_LENGTH
    )


def _language_links(request: HttpRequest) -> list[tuple[str, str, str, bool]]:
    """Return the links to the same page in each language: here a parameter chooses."""
    found = []
    for code in LANGUAGES:
        query = request.GET.copy()
        query["lang"] = code
        name = str(translation.get_language_info(code)["name_local"])
        url = f"{request.path}?{query.urlencode()}"
        found.append((code, name, url, code == translation.get_language()))
    return found


def _language_query(request: HttpRequest) -> str:
    """Return what keeps the language in a link to another page."""
    language = request.GET.get("lang")
    return f"?{urlencode({'lang': language})}" if language else ""
