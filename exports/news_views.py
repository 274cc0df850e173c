"""The news of the process as a feed, at one address for all languages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports import feeds
from insek.pages.models import NewsIndexPage, NewsPage
from layers.conditional import answer
from layers.problems import problem

LANGUAGES = {code for code, _name in settings.LANGUAGES}
ENTRIES = 50


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """Answer with the latest news of a language (`?lang=`) as Atom; 400 for no language."""
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in LANGUAGES:
        return problem(_("There is no such language."), status=400)
    news = list(NewsPage.objects.published(language).select_related("locale")[:ENTRIES])
    index = NewsIndexPage.objects.live().filter(locale__language_code=language).first()
    with translation.override(language):
        response = answer(
            request,
            [(item.pk, item.url_path, item.last_published_at) for item in news],
            make=lambda: HttpResponse(
                feeds.news_feed(
                    news,
                    address=f"{settings.BASE_URL}{request.get_full_path()}",
                    page=f"{settings.BASE_URL}{index.url if index else '/'}",
                ),
                content_type=feeds.MEDIA_TYPE,
            ),
        )
    response["Content-Language"] = language
    return response
