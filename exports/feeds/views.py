"""The feeds of sittings and news, each at one address for all languages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from councils.models import Sitting
from districts.models import Body
from exports.feeds import news, sittings
from exports.feeds.atom import MEDIA_TYPE
from exports.languages import in_language_asked_for
from exports.states import sittings_state
from insek.pages.models import NewsIndexPage, NewsPage
from layers.conditional import answer
from layers.problems import not_found, read_only, takes

# What a feed holds: what changed last.
ENTRIES = 50


@read_only
@takes("lang")
def sittings_feed(request: HttpRequest, slug: str = "") -> HttpResponseBase:
    """Answer with the sittings that changed last as Atom, of all bodies or of one.

    404 for an unknown body, 400 for an unknown language.
    """
    body = Body.objects.filter(slug=slug).first() if slug else None
    if slug and body is None:
        return not_found(_("There is no such body."))

    def make() -> HttpResponse:
        content = sittings.feed_of(_latest(body), address=_address(request), body=body)
        return HttpResponse(content, content_type=MEDIA_TYPE)

    return in_language_asked_for(
        request, lambda: answer(request, sittings_state(), make=make)
    )


def _latest(body: Body | None) -> list[Sitting]:
    found = Sitting.objects.select_related("body").order_by("-modified_at", "-id")
    return list((found.of_body(body) if body else found)[:ENTRIES])


@read_only
@takes("lang")
def news_feed(request: HttpRequest) -> HttpResponseBase:
    """Answer with the latest news of a language as Atom; 400 for an unknown one."""
    return in_language_asked_for(request, lambda: _news(request))


def _news(request: HttpRequest) -> HttpResponseBase:
    language = get_language()
    found = NewsPage.objects.published(language).select_related("locale")
    latest = list(found[:ENTRIES])
    index = NewsIndexPage.objects.live().filter(locale__language_code=language).first()

    def make() -> HttpResponse:
        page = f"{settings.BASE_URL}{index.url if index else '/'}"
        content = news.feed_of(latest, address=_address(request), page=page)
        return HttpResponse(content, content_type=MEDIA_TYPE)

    state = [(one.pk, one.url_path, one.last_published_at) for one in latest]
    return answer(request, state, make=make)


def _address(request: HttpRequest) -> str:
    return f"{settings.BASE_URL}{request.get_full_path()}"
