"""The filters of map, list, desk and exports: the same names and rules everywhere."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from districts.examples import example_degrees
from districts.models import Body, District
from geo.coordinates import CoordinateError, Position, read_position
from layers.models import Theme
from pins.models.public import PublicPinQuerySet, WebSearchQuery
from pins.orders import NEWEST, OLDEST, SUPPORTED, Order, nearest_to
from pins.validators import forbid_control_characters
from pins.workflow import Kind, Status

NEAREST = "nearest"
ORDERS = {"newest": NEWEST, "oldest": OLDEST, "supported": SUPPORTED}
NAMES = ("theme", "kind", "status", "district", "body", "q")
COLUMNS = {
    "theme": "theme_slug",
    "kind": "kind",
    "status": "status",
    "district": "district_slug",
    "body": "body_slug",
}
UNKNOWN = {"invalid_choice": _("“%(value)s” does not exist here.")}


class SeveralField(forms.MultipleChoiceField):
    """Several of some choices; an empty one is none, as in a field of one choice."""

    def to_python(self, value: Any) -> list[str]:
        return [text for text in super().to_python(value) if text]


class PinFilter(forms.Form):
    """What of the public pins to show, read from a query string.

    An unknown value is an error and never silently ignored: a planner who mistypes a
    status must not take the whole city for the answer. An empty one is no filter, as
    forms send what nobody has filled in.
    """

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        validators=[forbid_control_characters],
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    theme = SeveralField(
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
    # Not among the choices of the public form; the desk's map asks for its own body.
    body = forms.ChoiceField(
        label=_("Body"),
        required=False,
        error_messages=UNKNOWN,
        widget=forms.HiddenInput,
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("supported", _("Most supported first")),
            (NEAREST, _("Nearest first")),
        ],
    )
    # Longitude and latitude, as in GeoJSON: where "nearest" counts from.
    near = forms.CharField(
        required=False, max_length=60, widget=forms.HiddenInput, label=_("Place")
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        themes: Iterable[Theme],
        districts: Iterable[District],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        # Asked for only where one is chosen or all are shown: a tile needs neither.
        self._choose("theme", lambda: [(t.slug, t.title) for t in themes])
        self._choose("kind", lambda: [("", _("All kinds")), *Kind.choices])
        self._choose("status", lambda: [("", _("Any status")), *Status.choices])
        self._choose(
            "district",
            lambda: [("", _("All districts")), *((d.slug, d.name) for d in districts)],
        )
        self._choose(
            "body",
            lambda: [
                ("", _("All bodies")),
                *Body.objects.order_by("name").values_list("slug", "name"),
            ],
        )

    def _choose(self, name: str, choices: Callable[[], list[tuple[str, Any]]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @classmethod
    def from_query(cls, data: QueryDict) -> "PinFilter":
        """Return the filter with all themes and districts of today to choose from."""
        return cls(
            data,
            themes=Theme.objects.all(),
            districts=District.objects.current().defer("geometry"),
        )

    def clean_near(self) -> Position | None:
        text: str = self.cleaned_data["near"]
        if not text:
            return None
        try:
            return read_position(*text.split(","))
        except (CoordinateError, TypeError) as error:
            raise ValidationError(
                _("Please give the place as longitude and latitude: %(lon)s,%(lat)s."),
                params=example_degrees(),
            ) from error

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("sort") == NEAREST and cleaned.get("near", "") is None:
            self.add_error("sort", _("“Nearest first” needs a place to start from."))
        return cleaned

    @property
    def order(self) -> Order:
        """The order that is asked for, the newest first unless it says otherwise."""
        wanted = self.cleaned_data
        if wanted["sort"] == NEAREST:
            return nearest_to(wanted["near"])
        return ORDERS[wanted["sort"] or "newest"]

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"])

    @property
    def has_words(self) -> bool:
        return bool(self.words)

    @cached_property
    def search(self) -> WebSearchQuery:
        """The words as the database reads them; one query, the first time."""
        return WebSearchQuery(self.words)

    def wanted_values(self) -> dict[str, list[str]]:
        """Return per filter the values that pass; an empty list lets all pass."""
        wanted = self.cleaned_data
        single = {
            name: [wanted[name]] if wanted[name] else []
            for name in ("kind", "status", "district", "body")
        }
        return {"theme": wanted["theme"], **single}

    def leaves_out(self, *, within_district: bool = False) -> bool:
        """Tell whether anything is left out; on a district's page, of that district."""
        names = [n for n in NAMES if not (within_district and n == "district")]
        return any(self.cleaned_data[name] for name in names)

    def conditions(self) -> Q:
        """Return what must hold of a public pin, or of the counts of such, but for words."""
        conditions = Q()
        for name, values in self.wanted_values().items():
            if values:
                conditions &= Q(**{f"{COLUMNS[name]}__in": values})
        return conditions

    def apply(self, pins: PublicPinQuerySet) -> PublicPinQuerySet:
        """Return the pins that pass; only after `is_valid()`."""
        pins = pins.filter(self.conditions())
        return pins.matching(self.search) if self.has_words else pins

    def query(self) -> str:
        """Return the active filters as a query string, without paging."""
        query = QueryDict(mutable=True)
        for name in (*NAMES, "sort"):
            value = self.cleaned_data[name]
            if value:
                query.setlist(name, value if isinstance(value, list) else [value])
        near: Position | None = self.cleaned_data["near"]
        if near:
            query["near"] = f"{near.lon},{near.lat}"
        return query.urlencode()
