"""The forms of an agenda: its items, and what is put on it."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import LineField
from councils.models import AgendaItem, Consultation, Sitting
from districts.models import Body
from pins.models import PublicPin
from pins.validators import LENGTH_MESSAGES, MinVisibleLengthValidator

TITLE_LENGTH = 200
# What nearly every agenda has; the words stand as they are on the agenda.
USUAL_TITLES = ["Einwohnerfragestunde", "Mitteilungen", "Anfragen", "Verschiedenes"]


class ItemTitleField(LineField):
    """The title of an item: one line that can be read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Title on the agenda"),
            error_messages={"required": _("Please enter a title."), **LENGTH_MESSAGES},
            validators=[
                MinVisibleLengthValidator(2),
                MaxLengthValidator(TITLE_LENGTH),
            ],
            **kwargs,
        )


class PublicField(forms.TypedChoiceField):
    """Whether everyone may read an item."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Who may read this item?"),
            choices=[
                ("yes", _("Everyone: the item is public")),
                ("no", _("Only the desk: the item is not public")),
            ],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            initial="yes",
            help_text=_(
                "Contributions on a non-public item are shown to nobody outside the desk "
                "as being on the agenda, and neither is what comes of them."
            ),
            error_messages={"required": _("Please say who may read it.")},
        )


class ItemForm(forms.Form):
    """An item of an agenda."""

    title = ItemTitleField()
    is_public = PublicField()
    # Title and publicity as they were read, so that nobody overwrites another's change.
    read_title = forms.CharField(required=False, widget=forms.HiddenInput)
    read_public = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, item: AgendaItem) -> "ItemForm":
        """Return the form as the item stands."""
        public = "yes" if item.is_public else "no"
        return cls(
            initial={
                "title": item.title,
                "is_public": public,
                "read_title": item.title,
                "read_public": public,
            }
        )

    def as_read(self) -> tuple[str, bool] | None:
        """Return title and publicity as they were read; only after `is_valid()`."""
        public = self.cleaned_data["read_public"]
        if public not in {"yes", "no"}:
            return None
        return self.cleaned_data["read_title"], public == "yes"


class NewItemForm(forms.Form):
    """An item without contributions; two buttons say whether it is public."""

    title = ItemTitleField()
    is_public = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda value: value == "yes"
    )


class PutForm(forms.Form):
    """On which agenda contributions or a proposal are put, and how."""

    sitting = forms.TypedChoiceField(
        label=_("Sitting"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a sitting."),
            "invalid_choice": _("This sitting cannot be chosen any more."),
        },
    )
    each = forms.TypedChoiceField(
        label=_("As how many items?"),
        choices=[
            ("no", _("Together, as one item: they are about the same thing")),
            ("yes", _("Each as an item of its own")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
        error_messages={"required": _("Please choose.")},
    )
    title = ItemTitleField(required=False)
    is_public = PublicField()

    def __init__(
        self,
        *args: Any,
        sittings: Iterable[Sitting],
        pins: Sequence[PublicPin],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(s.pk, _described(s)) for s in sittings]
        field = cast("forms.TypedChoiceField", self.fields["sitting"])
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]
        if len(pins) < 2:
            del self.fields["each"]
        self.fields["title"].help_text = (
            _("Empty: the title of the contribution.")
            if len(pins) == 1
            else _("For one item together. Empty: the title of the first contribution.")
        )

    @property
    def has_sittings(self) -> bool:
        """Whether there is a sitting to choose."""
        return len(self["sitting"]) > 0

    @property
    def is_for_each(self) -> bool:
        """Whether each contribution becomes an item; only after `is_valid()`."""
        return bool(self.cleaned_data.get("each"))


def _described(sitting: Sitting) -> str:
    start = date_format(timezone.localtime(sitting.start), "DATETIME_FORMAT")
    if sitting.has_public_agenda:
        words = gettext("%(start)s, %(place)s – its agenda is public already")
        return words % {"start": start, "place": sitting.place}
    return f"{start}, {sitting.place}"


class ProposeForm(forms.Form):
    """To which body a matter is proposed, and as what."""

    body = forms.ModelChoiceField(
        label=_("Body"),
        queryset=Body.objects.none(),
        to_field_name="slug",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Please choose a body."),
            "invalid_choice": _("Please choose one of the bodies."),
        },
    )
    role = forms.ChoiceField(
        label=_("What is it asked for?"),
        choices=[("", _("What it usually does")), *Consultation.Role.choices],
        required=False,
        widget=forms.Select,
        help_text=_(
            "District councils are heard, committees advise, the city council decides."
        ),
    )

    def __init__(self, *args: Any, besides: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Body]", self.fields["body"])
        field.queryset = Body.objects.exclude(pk=besides.pk)
        field.initial = besides.next_body and besides.next_body.slug
