"""The legal texts of the operator, shown at /about/."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel

from insek.pages.models.base import WrittenPage


class LegalPage(WrittenPage):
    """The operator's own words on a legal page; what the application knows stays there.

    The page of this kind shows them: imprint, privacy, accessibility, terms.
    """

    class Kind(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        PRIVACY = "privacy", _("Privacy")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        TERMS = "terms", _("Terms")

    parent_page_types = ["insek_pages.HomePage"]
    subpage_types: Sequence[str] = []
    template = "insek/pages/legal.html"

    kind = models.CharField(_("kind"), max_length=13, choices=Kind)

    content_panels: Sequence[Panel | str] = [
        FieldPanel("kind"),
        *WrittenPage.content_panels,
    ]

    class Meta:
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        parts = super().get_url_parts(request)
        return (*parts[:2], self.about_url) if parts else parts

    @property
    def about_url(self) -> str:
        with translation.override(self.locale.language_code):
            return reverse(self.kind)

    def serve(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseRedirect:
        """Lead to the page that shows the text."""
        return HttpResponseRedirect(self.about_url)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """Show the text as the page will, with nothing of what the application adds."""
        return super().serve(request)


def legal_text(kind: str, language: str) -> LegalPage | None:
    """Return the operator's published words of a kind; None where there are none."""
    pages = LegalPage.objects.live().public().filter(kind=kind)
    return pages.filter(locale__language_code=language).first()
