"""What all pages of the process have in common."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from insek.pages.blocks import Body
from insek.pages.forms import HOME_DEPTH, ProcessPageForm, check_address

INTRO_LENGTH = 400


class ProcessPage(Page):
    """A page below /insek/, in the site's own frame.

    `section` is the entry of the navigation that it belongs to.
    """

    section = ""
    base_form_class = ProcessPageForm
    # Nothing but what search engines show: the site has its own menus.
    promote_panels: Sequence[Panel] = [
        FieldPanel("slug"),
        FieldPanel("search_description"),
    ]
    show_in_menus_default = False

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        self._check_address()

    def minimal_clean(self) -> None:
        super().minimal_clean()
        self._check_address()

    def _check_address(self) -> None:
        if self.depth == HOME_DEPTH + 1:
            check_address(self.slug)

    def get_context(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        translations = self.live_translations()
        return context | {
            "section": self.section,
            "language_links": self.links_to_languages(translations),
            "alternates": [
                (code, page.get_url(request)) for code, page in translations.items()
            ]
            if len(translations) > 1
            else [],
            "breadcrumbs": self.get_ancestors()
            .live()
            .filter(depth__gte=HOME_DEPTH)
            .select_related("locale"),
            "address": self.get_url(request),
        }

    def live_translations(self) -> dict[str, Page]:
        """Return the published pages that say the same, by language; this one too."""
        pages = self.get_translations(inclusive=True).live().select_related("locale")
        pages = pages.filter(locale__language_code__in=dict(settings.LANGUAGES))
        return {page.locale.language_code: page for page in pages}

    def links_to_languages(
        self, translations: dict[str, Page]
    ) -> list[tuple[str, str, str, bool]]:
        """Return code, name and address of each language, and whether it is this one.

        Where the page is not translated, the home of the process in that language.
        """
        links = []
        for code, _name in settings.LANGUAGES:
            page = translations.get(code) or self._home_in(code)
            url = page.url if page else "/"
            name = get_language_info(code)["name_local"]
            links.append((code, name, url, code == self.locale.language_code))
        return links

    def _home_in(self, code: str) -> Page | None:
        homes = Page.objects.filter(depth=HOME_DEPTH, locale__language_code=code)
        return homes.live().select_related("locale").first()


class WrittenPage(ProcessPage):
    """A page with an introduction and a body of parts."""

    intro = models.TextField(
        _("introduction"),
        max_length=INTRO_LENGTH,
        blank=True,
        help_text=_("Two or three sentences; lists show them below the title."),
    )
    body = StreamField(Body(), verbose_name=_("body"), blank=True)

    content_panels: Sequence[Panel | str] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True
