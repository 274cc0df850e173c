"""The home of the process: where it stands now."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models import Sitting
from insek.models import Event, Phase
from insek.numbers.keys import key_numbers
from insek.pages.models.base import WrittenPage
from insek.pages.models.collections import TextPage
from insek.pages.models.news import NewsPage
from pins.participation import open_acts

EVENTS, SITTINGS, NEWS = 4, 4, 3


class HomePage(WrittenPage):
    """What everyone wants to know first; the application fills in the present state."""

    section = "home"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types: Sequence[str] = [
        "insek_pages.NewsIndexPage",
        "insek_pages.DocumentsPage",
        "insek_pages.PeoplePage",
        "insek_pages.FaqPage",
        "insek_pages.TextPage",
        "insek_pages.LegalPage",
    ]
    template = "insek/pages/home.html"

    class Meta:
        verbose_name = _("home of the process")

    def get_context(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        phases, today = list(Phase.objects.all()), timezone.localdate()
        return context | {
            "phases": phases,
            "current_phases": [phase for phase in phases if phase.is_on(today)],
            "open_acts": open_acts(),
            "events": Event.objects.public().upcoming()[:EVENTS],
            "sittings": Sitting.objects.select_related("body").upcoming()[:SITTINGS],
            "news": NewsPage.objects.published(
                self.locale.language_code
            ).select_related("picture")[:NEWS],
            "numbers": key_numbers(),
            "today": today,
            "subpages": self.get_children().live().public().type(TextPage),
        }
