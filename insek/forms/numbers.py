"""Of which time and place the numbers are to be."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from districts.models import District
from insek.numbers.tallies import Period

UNKNOWN = {"invalid_choice": _("“%(value)s” does not exist here.")}


class NumbersForm(forms.Form):
    """A period and a district, read from a query string; what is unknown is an error."""

    period = forms.ChoiceField(
        label=_("Period"), choices=Period, required=False, error_messages=UNKNOWN
    )
    district = forms.ChoiceField(
        label=_("District"), required=False, error_messages=UNKNOWN
    )

    def __init__(self, data: QueryDict, *, districts: Iterable[District]) -> None:
        super().__init__(data)
        field = cast("forms.ChoiceField", self.fields["district"])
        field.choices = [
            ("", _("Whole city")),
            *((district.slug, str(district)) for district in districts),
        ]

    @property
    def period_chosen(self) -> Period:
        """The period, all the time where none or an unknown one was asked for."""
        return Period(self.cleaned_data.get("period") or Period.ALL)

    @property
    def district_chosen(self) -> str:
        """The slug of the district; empty for the whole city."""
        return str(self.cleaned_data.get("district") or "")

    def query(self) -> str:
        """Return the query string of what was chosen."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            if self.cleaned_data.get(name):
                query[name] = self.cleaned_data[name]
        return query.urlencode()
