"""Pages that collect: documents, people, questions; and a page of text."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.search import index

from insek.pages import blocks
from insek.pages.addresses import DOCUMENTS, FAQ, PEOPLE
from insek.pages.models.base import WrittenPage

HOME = "insek_pages.HomePage"


class TextPage(WrittenPage):
    """A page of text, anywhere below the home of the process."""

    parent_page_types = [HOME, "insek_pages.TextPage"]
    subpage_types = ["insek_pages.TextPage"]
    template = "insek/pages/text.html"

    class Meta:
        verbose_name = _("text page")

    def get_context(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"subpages": self.get_children().live().public()}


class DocumentsPage(WrittenPage):
    """Documents to load down, in groups."""

    section = DOCUMENTS
    parent_page_types = [HOME]
    subpage_types: Sequence[str] = []
    template = "insek/pages/documents.html"

    groups = StreamField(
        [("group", blocks.DocumentGroup())], verbose_name=_("documents"), blank=True
    )
    content_panels: Sequence[Panel | str] = [
        *WrittenPage.content_panels,
        FieldPanel("groups"),
    ]
    search_fields = [*WrittenPage.search_fields, index.SearchField("groups")]

    class Meta:
        verbose_name = _("documents")


class PeoplePage(WrittenPage):
    """Who works on the process: steering group, advisory boards, office."""

    section = PEOPLE
    parent_page_types = [HOME]
    subpage_types: Sequence[str] = []
    template = "insek/pages/people.html"

    circles = StreamField(
        [("circle", blocks.Circle())], verbose_name=_("groups of people"), blank=True
    )
    content_panels: Sequence[Panel | str] = [
        *WrittenPage.content_panels,
        FieldPanel("circles"),
    ]
    search_fields = [*WrittenPage.search_fields, index.SearchField("circles")]

    class Meta:
        verbose_name = _("people")


class FaqPage(WrittenPage):
    """Questions and answers; each answer has an address of its own."""

    section = FAQ
    parent_page_types = [HOME]
    subpage_types: Sequence[str] = []
    template = "insek/pages/faq.html"

    groups = StreamField(
        [("group", blocks.QuestionGroup())],
        verbose_name=_("questions and answers"),
        blank=True,
    )
    content_panels: Sequence[Panel | str] = [
        *WrittenPage.content_panels,
        FieldPanel("groups"),
    ]
    search_fields = [*WrittenPage.search_fields, index.SearchField("groups")]

    class Meta:
        verbose_name = _("questions and answers")

    def get_context(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"question_groups": list(self._numbered())}

    def _numbered(self) -> Iterator[dict[str, Any]]:
        """Yield the groups with an anchor for each answer, none of them twice."""
        taken: set[str] = set()
        for block in self.groups:
            questions = []
            for entry in block.value["questions"]:
                anchor = _free(slugify(entry["question"])[:60].strip("-"), taken)
                questions.append({"anchor": anchor, **entry})
            yield {"heading": block.value["heading"], "questions": questions}


def _free(anchor: str, taken: set[str]) -> str:
    wanted, number = anchor or "answer", 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name
