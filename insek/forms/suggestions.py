"""What planners ask of suggestions, and what they call them."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from districts.models import District
from insek.digest import hotspots
from insek.digest.deciding import Seen
from insek.models import Suggestion
from insek.models.suggestion import SuggestionQuerySet
from layers.models import Theme
from pins.filters import UNKNOWN
from pins.validators import forbid_control_characters
from pins.workflow import Kind

MOST = 2**31 - 1


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


class SuggestionFilter(forms.Form):
    """Which suggestions to list; an unknown value is an error, never ignored."""

    state = forms.ChoiceField(
        label=pgettext_lazy("of suggestions", "State"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("", _("To decide")),
            ("confirmed", _("Confirmed")),
            ("dismissed", _("Dismissed")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("Show"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("", _("Topics and hot spots")),
            ("topic", _("Topics")),
            ("hotspot", _("Hot spots")),
        ],
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False, error_messages=UNKNOWN)
    district = forms.ChoiceField(
        label=_("District"), required=False, error_messages=UNKNOWN
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        themes: Iterable[Theme],
        districts: Iterable[District],
    ) -> None:
        super().__init__(data)
        _choose(
            self, "theme", [("", _("All themes")), *((t.slug, t.title) for t in themes)]
        )
        _choose(
            self,
            "district",
            [("", _("Whole city")), *((d.slug, d.name) for d in districts)],
        )

    def apply(self, suggestions: SuggestionQuerySet) -> SuggestionQuerySet:
        """Keep what was chosen; only after `is_valid()`."""
        wanted = self.cleaned_data
        found = suggestions.filter(state=wanted["state"] or Suggestion.State.SUGGESTED)
        if wanted["kind"]:
            found = found.of(wanted["kind"])
        if wanted["theme"]:
            found = found.filter(theme__slug=wanted["theme"])
        if wanted["district"]:
            return found.touching(wanted["district"])
        return found.filter(district_slug="")


class HotspotForm(forms.Form):
    """How close together how many contributions must lie."""

    theme = forms.ModelChoiceField(
        label=_("Theme"),
        queryset=Theme.objects.all(),
        required=False,
        empty_label=_("All themes"),
        to_field_name="slug",
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *Kind.choices],
        error_messages=UNKNOWN,
    )
    metres = forms.IntegerField(
        label=_("Metres to the next contribution"),
        initial=hotspots.METRES,
        min_value=hotspots.LEAST_METRES,
        max_value=hotspots.MOST_METRES,
    )
    fewest = forms.IntegerField(
        label=_("Contributions at least"),
        initial=hotspots.FEWEST,
        min_value=hotspots.LEAST_PINS,
        max_value=hotspots.MOST_PINS,
    )


class SeenForm(forms.Form):
    """The version that a planner saw."""

    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)

    def seen(self, suggestion: Suggestion) -> Seen:
        """Return what was seen; only after `is_valid()`."""
        return Seen(suggestion.pk, self.cleaned_data["version"])


class NameForm(SeenForm):
    """What a topic or a hot spot is called."""

    name_de = forms.CharField(
        label=_("Name (German)"),
        max_length=120,
        validators=[forbid_control_characters],
        help_text=_("Everybody reads it, for example: “Bänke im Park”."),
    )
    name_en = forms.CharField(
        label=_("Name (English)"),
        max_length=120,
        required=False,
        validators=[forbid_control_characters],
        help_text=_("Without it, the German name stands on the English pages, too."),
    )


class MembersForm(SeenForm):
    """Which contributions are meant."""

    pin = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": _("Please choose at least one contribution."),
            "invalid_choice": _(
                "One of these contributions is not part of it any more."
            ),
        },
    )

    def __init__(self, data: QueryDict, *, ids: Iterable[int]) -> None:
        super().__init__(data)
        _choose(self, "pin", [(str(pk), pk) for pk in ids])


class MergeForm(SeenForm):
    """Which other suggestion is of the same matter."""

    into = forms.ModelChoiceField(
        label=_("Put together with"),
        queryset=Suggestion.objects.none(),
        empty_label=_("Please choose"),
    )

    def __init__(self, data: QueryDict | None, *, others: SuggestionQuerySet) -> None:
        super().__init__(data)
        cast(
            "forms.ModelChoiceField[Suggestion]", self.fields["into"]
        ).queryset = others
