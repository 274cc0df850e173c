"""The filters of map, list, desk and exports: the same names and rules everywhere."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from districts.models import District
from layers.models import Theme
from pins.models.public import PublicPinQuerySet
from pins.validators import forbid_control_characters
from pins.workflow import Kind, Status

NEWEST, OLDEST = "newest", "oldest"
NAMES = ("theme", "kind", "status", "district", "q")
UNKNOWN = {"invalid_choice": _("“%(value)s” does not exist here.")}


class PinFilter(forms.Form):
    """What of the public pins to show, read from a query string.

    An unknown value is an error and never silently ignored: a planner who mistypes a
    status must not take the whole city for the answer.
    """

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        validators=[forbid_control_characters],
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    theme = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=UNKNOWN,
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, error_messages=UNKNOWN)
    status = forms.ChoiceField(
        label=_("Status"), required=False, error_messages=UNKNOWN
    )
    district = forms.ChoiceField(
        label=_("District"), required=False, error_messages=UNKNOWN
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        error_messages=UNKNOWN,
        choices=[(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))],
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        themes: Sequence[Theme],
        districts: Sequence[District],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self._choose("theme", [(t.slug, t.title) for t in themes])
        self._choose("kind", [("", _("All kinds")), *Kind.choices])
        self._choose("status", [("", _("Any status")), *Status.choices])
        self._choose(
            "district",
            [("", _("All districts")), *((d.slug, d.name) for d in districts)],
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @classmethod
    def from_query(cls, data: QueryDict) -> "PinFilter":
        """Return the filter with all themes and districts of today to choose from."""
        return cls(
            data,
            themes=list(Theme.objects.all()),
            districts=list(District.objects.current().defer("geometry")),
        )

    @property
    def oldest_first(self) -> bool:
        return bool(self.cleaned_data["sort"] == OLDEST)

    def leaves_out(self, *, within_district: bool = False) -> bool:
        """Tell whether anything is left out; on a district's page, of that district."""
        names = [n for n in NAMES if not (within_district and n == "district")]
        return any(self.cleaned_data[name] for name in names)

    def apply(self, pins: PublicPinQuerySet) -> PublicPinQuerySet:
        """Return the pins that pass; only after `is_valid()`."""
        wanted = self.cleaned_data
        if wanted["theme"]:
            pins = pins.filter(theme_slug__in=wanted["theme"])
        if wanted["kind"]:
            pins = pins.filter(kind=wanted["kind"])
        if wanted["status"]:
            pins = pins.filter(status=wanted["status"])
        if wanted["district"]:
            pins = pins.in_district(wanted["district"])
        if wanted["q"]:
            pins = pins.matching(wanted["q"])
        return pins

    def query(self) -> str:
        """Return the active filters as a query string, without paging."""
        query = QueryDict(mutable=True)
        for name in (*NAMES, "sort"):
            value = self.cleaned_data[name]
            if value:
                query.setlist(name, value if isinstance(value, list) else [value])
        return query.urlencode()
