"""What search engines ask for: the list of all pages, and what to stay away from."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from exports import streams
from exports.states import pins_state
from layers.conditional import answer
from layers.languages import LANGUAGES
from layers.problems import not_found, read_only
from mapapp import sitemap

MEDIA_TYPE = "application/xml; charset=utf-8"
# Whoever works here signs in; search and filters show the same pages in other orders.
STAFF = ("desk", "planning", "moderation", "accounts", "admin", "cms")


@read_only
def index(request: HttpRequest) -> HttpResponseBase:
    """Answer with the list of the lists of pages."""
    content = sitemap.index()
    return answer(
        request,
        content,
        make=lambda: HttpResponse(content, content_type=MEDIA_TYPE),
    )


@read_only
def part(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with the pages of a section; 404 where there is none such."""
    content = sitemap.section(name)
    if content is None:
        return not_found(_("There is no list of such pages."))
    return answer(
        request,
        content,
        make=lambda: HttpResponse(content, content_type=MEDIA_TYPE),
    )


@read_only
def pins(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer with one piece of the contributions; 404 where none is in it."""
    document = sitemap.piece(number)
    if document is None:
        return not_found(_("There is no list of such pages."))
    return answer(
        request,
        pins_state(),
        sitemap.FORMAT,
        make=lambda: streams.respond(request, document, MEDIA_TYPE),
    )


@read_only
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines where the list of pages is, and what to leave alone."""
    prefixes = ["", *(f"/{c}" for c in LANGUAGES if c != settings.LANGUAGE_CODE)]
    lines = [
        "User-agent: *",
        *(f"Disallow: {prefix}/{name}/" for name in STAFF for prefix in prefixes),
        *(f"Disallow: {prefix}/search/" for prefix in prefixes),
        "Disallow: /*?",
        # The pages of lists, and what maps are drawn from.
        "Allow: /*?page=",
        "Allow: /tiles/",
        "",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
    ]
    text = "\n".join(lines)
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8")
