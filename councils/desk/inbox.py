"""The inbox of a desk: its tabs and filters, and what is listed in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.desk.deadlines import overdue_parts
from councils.models import Assignment
from districts.models import Body, District
from layers.models import Theme
from pins.counts import COUNT_LIMIT, Counts, count_pins
from pins.filters import UNKNOWN, PinFilter
from pins.models import PublicCell, PublicPin
from pins.models.public import PublicPinQuerySet
from pins.orders import NEWEST, WAITING, Order
from pins.workflow import FINAL_STATUSES, Status

LONGEST_WAITING = "waiting"


class Tab(StrEnum):
    """What of the body's contributions is listed."""

    NEW = "new"
    WAITING = "waiting"
    OVERDUE = "overdue"
    MINE = "mine"
    ALL = "all"


STATUS_OF_TAB = {Tab.NEW: Status.RECEIVED, Tab.WAITING: Status.IN_REVIEW}


class InboxFilter(PinFilter):
    """The filters of the inbox: those of the lists, with its tabs and its own order."""

    tab = forms.ChoiceField(
        label=gettext_lazy("List"),
        required=False,
        choices=[(tab.value, tab.value) for tab in Tab],
        error_messages=UNKNOWN,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sort = cast("forms.ChoiceField", self.fields["sort"])
        longest = (LONGEST_WAITING, gettext_lazy("Longest waiting first"))
        sort.choices = [longest, *cast("list[Any]", sort.choices)]

    @classmethod
    def at_desk(
        cls, body: Body, data: QueryDict, themes: Iterable[Theme]
    ) -> "InboxFilter":
        """Return the filter with the districts whose contributions the body has, or had."""
        query = data.copy()
        query.pop("body", None)
        here = PublicCell.objects.whole_city().filter(body_slug=body.slug)
        districts = District.objects.current().filter(
            Q(slug__in=here.values("district_slug"))
            | Q(pk__in=body.responsibility_set.current().values("district"))
            | Q(slug__in=_speakable(data.getlist("district")))
        )
        return cls(query, themes=themes, districts=districts.defer("geometry"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        fixed = STATUS_OF_TAB.get(self.chosen_tab)
        if fixed and cleaned.get("status") not in {None, "", fixed}:
            self.add_error(
                "status",
                _("This list only holds what has the status “%s”.") % fixed.label,
            )
        return cleaned

    @property
    def chosen_tab(self) -> Tab:
        """The tab that is asked for. Who asks for a status alone means all."""
        default = Tab.ALL if self.data.get("status") else Tab.NEW
        return Tab(self.cleaned_data.get("tab") or default)

    @property
    def only_district(self) -> str:
        """The slug of the district where there is just one to choose."""
        choices = cast("forms.ChoiceField", self.fields["district"]).choices
        _all, *districts = list(cast("Any", choices))
        return str(districts[0][0]) if len(districts) == 1 else ""

    @property
    def order(self) -> Order:
        """The longest waiting first unless it is asked for otherwise; of all, the newest."""
        sort = self.cleaned_data["sort"]
        if sort == LONGEST_WAITING:
            return WAITING
        if not sort:
            return NEWEST if self.chosen_tab == Tab.ALL else WAITING
        return super().order

    def wanted_values(self) -> dict[str, list[str]]:
        """Return what passes, as the lists do: of a tab of one status, that status."""
        fixed = STATUS_OF_TAB.get(self.chosen_tab)
        wanted = super().wanted_values()
        return wanted | {"status": [fixed]} if fixed else wanted

    def map_query(self, body: Body) -> str:
        """Return the filters as the map's tiles of a body know them."""
        query = QueryDict(mutable=True)
        for name, values in self.wanted_values().items():
            query.setlist(name, values)
        query["body"] = body.slug
        if self.has_words:
            query["q"] = self.words
        return query.urlencode()


def _speakable(words: Iterable[str]) -> list[str]:
    """Leave out what no database takes."""
    return [word for word in words if "\x00" not in word]


@dataclass(frozen=True)
class Inbox:
    """What is asked for at a desk by somebody; only after `filters.is_valid()`."""

    body: Body
    user: User
    filters: InboxFilter

    @property
    def tab(self) -> Tab:
        return self.filters.chosen_tab

    @property
    def is_listed_only(self) -> bool:
        """Whether it cannot be told by filters of the public what is in the tab."""
        return self.tab in {Tab.OVERDUE, Tab.MINE}

    def pins(self) -> PublicPinQuerySet:
        """Return the contributions of the tab that pass the filters."""
        pins = self.filters.apply(PublicPin.objects.for_body(self.body))
        if self.tab == Tab.OVERDUE:
            return pins.filter(_any(overdue_parts()))
        if self.tab == Tab.MINE:
            return pins.filter(_worked_on_by(self.user, self.body))
        return pins

    def parts(self) -> Sequence[Q]:
        """Return the parts in which the longest waiting are found without sorting.

        The index leads to those of one status only. What words find is sorted anyway.
        """
        if self.filters.order is not WAITING or self.filters.has_words:
            return ()
        if self.tab == Tab.OVERDUE:
            return overdue_parts()
        if self.tab == Tab.ALL and not self.filters.cleaned_data["status"]:
            return [Q(status=status) for status in Status]
        return ()

    def count(self) -> Counts:
        """Count what is listed; for each choice in a filter only where that is known."""
        if not self.is_listed_only:
            return count_pins(self.filters, within=self.body)
        total = self.pins().order_by()[: COUNT_LIMIT + 1].count()
        return Counts(min(total, COUNT_LIMIT), is_capped=total > COUNT_LIMIT)


def _any(conditions: Iterable[Q]) -> Q:
    either = Q()
    for condition in conditions:
        either |= condition
    return either


def _worked_on_by(user: User, body: Body) -> Q:
    """Return the condition that somebody still has work with a contribution."""
    mine = Assignment.objects.filter(assignee=user, body=body)
    return Q(pk__in=mine.values("pin")) & ~Q(status__in=FINAL_STATUSES)
