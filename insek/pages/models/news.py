"""News of the process."""

from collections.abc import Sequence
from typing import Any, Self

from django.core.paginator import EmptyPage, Paginator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from insek.pages.addresses import NEWS
from insek.pages.models.base import ProcessPage, WrittenPage
from insek.pages.models.files import PagePicture

PAGE_SIZE = 10
LAST_PAGE = 500


class NewsQuerySet(PageQuerySet):
    def published(self, language: str) -> Self:
        """Keep what everyone may read in a language, the latest first."""
        live: Self = self.live().public().filter(locale__language_code=language)
        ordered = live.order_by("-date", "-first_published_at", "-pk")
        return ordered.select_related("locale")


class NewsIndexPage(ProcessPage):
    """All news, the latest first."""

    section = NEWS
    parent_page_types = ["insek_pages.HomePage"]
    subpage_types = ["insek_pages.NewsPage"]
    template = "insek/pages/news_index.html"

    intro = models.TextField(_("introduction"), max_length=400, blank=True)
    content_panels: Sequence[Panel | str] = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("news")

    def get_context(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Add one page of the news; raises Http404 for a page that does not exist."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        news = (
            NewsPage.objects.published(self.locale.language_code)
            .child_of(self)
            .select_related("picture")
        )
        wanted = request.GET.get("page", "1")
        if not (wanted.isascii() and wanted.isdigit() and int(wanted[:6]) <= LAST_PAGE):
            raise Http404
        try:
            page = Paginator(news, PAGE_SIZE).page(int(wanted))
        except EmptyPage as error:
            raise Http404 from error
        return context | {"news": page}


class NewsPage(WrittenPage):
    """A piece of news."""

    section = NEWS
    parent_page_types = ["insek_pages.NewsIndexPage"]
    subpage_types: Sequence[str] = []
    template = "insek/pages/news.html"

    date = models.DateField(_("date"), default=timezone.localdate)
    picture = models.ForeignKey(
        PagePicture,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )

    objects = PageManager.from_queryset(NewsQuerySet)()

    content_panels: Sequence[Panel | str] = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
