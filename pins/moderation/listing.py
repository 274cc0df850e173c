"""Which part of the queue to show: filters, and pages by key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from districts.models import District
from layers.models import Theme
from pins.filters import UNKNOWN
from pins.models import QueueEntry, QueueKind
from pins.models.queue import QueueEntryQuerySet
from pins.paging import BadCursor

PAGE_SIZE = 25
PHOTOS = "photos"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class QueueFilter(forms.Form):
    """What of the queue to show, read from a query string; an unknown value is an error."""

    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("", _("Everything")),
            (QueueKind.CONTRIBUTION, _("Contributions")),
            (PHOTOS, _("With photos")),
            (QueueKind.COMMENT, _("Comments")),
            (QueueKind.EVENT, _("From events")),
        ],
    )
    district = forms.ChoiceField(
        label=_("District"), required=False, error_messages=UNKNOWN
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False, error_messages=UNKNOWN)

    def __init__(
        self, data: QueryDict, *, districts: Iterable[District], themes: Iterable[Theme]
    ) -> None:
        super().__init__(data)
        self._choose(
            "district",
            [("", _("All districts")), *((d.slug, d.name) for d in districts)],
        )
        self._choose(
            "theme", [("", _("All themes")), *((t.slug, t.title) for t in themes)]
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @classmethod
    def read(cls, data: QueryDict) -> "QueueFilter":
        """Return the filters with the districts and themes that one can choose."""
        districts = District.objects.current().defer("geometry").order_by("number")
        return cls(data, districts=districts, themes=Theme.objects.all())

    def apply(self, entries: QueueEntryQuerySet) -> QueueEntryQuerySet:
        """Keep what the filters let pass; only after `is_valid()`."""
        chosen = self.cleaned_data
        if chosen["kind"] == PHOTOS:
            entries = entries.filter(has_photos=True)
        elif chosen["kind"]:
            entries = entries.filter(kind=chosen["kind"])
        if chosen["district"]:
            # By id, as the index is; older boundaries have the same name.
            named = District.objects.filter(slug=chosen["district"])
            ids = list(named.values_list("pk", flat=True))
            entries = entries.filter(district__in=ids)
        if chosen["theme"]:
            theme = Theme.objects.get(slug=chosen["theme"])
            entries = entries.filter(theme=theme)
        return entries

    @property
    def query(self) -> str:
        """What is chosen, as part of an address."""
        chosen = QueryDict(mutable=True)
        for name in self.fields:
            if value := self.cleaned_data.get(name):
                chosen[name] = value
        return chosen.urlencode()


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the cursors of its neighbours."""

    entries: list[QueueEntry]
    before: str
    after: str


def cursor_of(entry: QueueEntry) -> str:
    """Return the place of an entry in the queue, for an address."""
    return f"{(entry.waiting_since - _EPOCH) // _MICROSECOND}-{entry.pk}"


def read_cursor(text: str) -> tuple[datetime, int]:
    """Return the moment and the id of a place; raises BadCursor."""
    moment, _dash, number = text.rpartition("-")
    try:
        place = _EPOCH + int(moment) * _MICROSECOND, int(number)
    except (ValueError, OverflowError) as error:
        raise BadCursor(text) from error
    if not 0 <= place[1] < 2**63:
        raise BadCursor(text)
    return place


def beyond(
    entries: QueueEntryQuerySet, cursor: str, *, backwards: bool = False
) -> QueueEntryQuerySet:
    """Keep what comes after a place in the queue, or before it; raises BadCursor."""
    moment, number = read_cursor(cursor)
    if backwards:
        return entries.filter(
            Q(waiting_since__lt=moment) | Q(waiting_since=moment, pk__lt=number),
            waiting_since__lte=moment,
        )
    return entries.filter(
        Q(waiting_since__gt=moment) | Q(waiting_since=moment, pk__gt=number),
        waiting_since__gte=moment,
    )


def read_queue(entries: QueueEntryQuerySet, query: QueryDict) -> QueuePage:
    """Return the page of the queue that `after` or `before` ask for; raises BadCursor."""
    after, before = query.get("after", ""), query.get("before", "")
    if after and before:
        raise BadCursor("after and before")
    backwards = bool(before)
    if cursor := before or after:
        entries = beyond(entries, cursor, backwards=backwards)
    order = ("-waiting_since", "-id") if backwards else ("waiting_since", "id")
    found = list(entries.for_list().order_by(*order)[: PAGE_SIZE + 1])
    has_more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_next = bool(found) and (has_more or backwards)
    has_previous = bool(found) and (has_more if backwards else bool(after))
    return QueuePage(
        entries=found,
        before=cursor_of(found[0]) if has_previous else "",
        after=cursor_of(found[-1]) if has_next else "",
    )
