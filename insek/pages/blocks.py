"""The parts that a page is put together from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from insek.models import Event, Measure
from pins.examples import EXAMPLE_REFERENCE
from pins.models import PublicPin

# No headings of the first level, no pictures without a description, nothing embedded.
FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]
PLAIN_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
LEVELS = [("h2", _("Heading")), ("h3", _("Heading below"))]


class Heading(blocks.StructBlock):
    """A heading that somebody can link to."""

    text = blocks.CharBlock(label=_("Text"), max_length=160)
    level = blocks.ChoiceBlock(label=_("Level"), choices=LEVELS, default="h2")

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "insek/pages/blocks/heading.html"


class Figure(blocks.StructBlock):
    """A picture with its description, and a caption where there is something to say."""

    picture = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=300, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "insek/pages/blocks/figure.html"


class Quote(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quote"), max_length=1_000)
    who = blocks.CharBlock(label=_("Who said it"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "insek/pages/blocks/quote.html"


class RowBlock(blocks.ChooserBlock):
    """One of the application's own rows, chosen from a list of those that are public."""

    widget = forms.Select

    def public(self) -> QuerySet[Any]:
        """Return the rows that everyone may read."""
        rows: QuerySet[Any] = self.target_model.objects.public()
        return rows

    @cached_property
    def field(self) -> "forms.ModelChoiceField[Any]":
        return forms.ModelChoiceField(
            queryset=self.public(),
            widget=self.widget,
            required=self._required,
            validators=self._validators,
            help_text=self._help_text,
        )

    def get_form_state(self, value: Any) -> Any:
        return self.value_from_form(value).pk if value else None

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        # What has been taken off the public pages is not shown on this one either.
        is_shown = value is not None and self.public().filter(pk=value.pk).exists()
        return context | {"row": value if is_shown else None}


class EventBlock(RowBlock):
    target_model = Event

    def public(self) -> QuerySet[Any]:
        return super().public().order_by("-starts_at")

    class Meta:
        icon = "date"
        label = _("Event")
        template = "insek/pages/blocks/event.html"


class MeasureBlock(RowBlock):
    target_model = Measure

    class Meta:
        icon = "tick"
        label = _("Measure")
        template = "insek/pages/blocks/measure.html"


class PinBlock(blocks.CharBlock):
    """A contribution by its reference; shown for as long as it is public."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "max_length": 30,
                "help_text": format_lazy(
                    _("The reference of a contribution, such as {reference}."),
                    reference=EXAMPLE_REFERENCE,
                ),
            }
            | kwargs
        )

    def clean(self, value: str) -> str:
        reference: str = super().clean(value).strip().upper()
        if reference and not PublicPin.objects.filter(reference=reference).exists():
            raise ValidationError(_("No published contribution has this reference."))
        return reference

    def get_context(
        self, value: str, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        return context | {"pin": PublicPin.objects.filter(reference=value).first()}

    class Meta:
        icon = "location"
        label = _("Contribution")
        template = "insek/pages/blocks/pin.html"


class Document(DocumentChooserBlock):
    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "insek/pages/blocks/document.html"


class Body(blocks.StreamBlock):
    """What stands on a page, part by part."""

    heading = Heading()
    text = blocks.RichTextBlock(
        label=_("Text"), features=FEATURES, template="insek/pages/blocks/text.html"
    )
    picture = Figure()
    document = Document()
    quote = Quote()
    event = EventBlock()
    measure = MeasureBlock()
    pin = PinBlock()

    class Meta:
        required = False


class DocumentGroup(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=160)
    documents = blocks.ListBlock(DocumentChooserBlock(), label=_("Documents"))

    class Meta:
        icon = "folder"
        label = _("Group of documents")


class Member(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=160)
    role = blocks.CharBlock(label=_("Role"), max_length=200, required=False)
    organisation = blocks.CharBlock(
        label=_("Organisation"), max_length=200, required=False
    )


class Decision(blocks.StructBlock):
    date = blocks.DateBlock(label=_("Date"))
    text = blocks.TextBlock(label=_("What was decided"), max_length=1_000)
    document = DocumentChooserBlock(label=_("Document"), required=False)


class Circle(blocks.StructBlock):
    """People who work on the process together."""

    name = blocks.CharBlock(label=_("Name"), max_length=160)
    mandate = blocks.RichTextBlock(
        label=_("Mandate"), features=PLAIN_FEATURES, required=False
    )
    members = blocks.ListBlock(Member(), label=_("Members"), default=[])
    decisions = blocks.ListBlock(Decision(), label=_("Decisions"), default=[])
    contact = blocks.RichTextBlock(
        label=_("Contact"), features=PLAIN_FEATURES, required=False
    )

    class Meta:
        icon = "group"
        label = _("Group of people")


class Question(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=PLAIN_FEATURES)


class QuestionGroup(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=160)
    questions = blocks.ListBlock(Question(), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Group of questions")
