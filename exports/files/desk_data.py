"""The pins of a desk as files have them: what its inbox lists, or a sitting deals with."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict

from councils.access import Seat
from councils.desk.inbox import Inbox, InboxFilter, Tab
from councils.models import MatterPin, Sitting
from exports.selection import BadSelection, OpenData, Selection
from layers.languages import page_language
from layers.models import Theme
from layers.problems import texts_of_errors
from pins.models import PublicCell


@dataclass(frozen=True)
class DeskData:
    """The contributions of a body with the filters of its inbox; without a tab all."""

    seat: Seat
    parameters: Collection[str] = tuple(InboxFilter.base_fields)

    @property
    def language(self) -> str:
        return page_language()

    def select(self, query: QueryDict) -> Selection:
        """Return the pins that pass; raises BadSelection."""
        query = query.copy()
        if not query.get("tab"):
            query["tab"] = Tab.ALL
        body = self.seat.body
        filters = InboxFilter.at_desk(body, query, list(Theme.objects.all()))
        if not filters.is_valid():
            raise BadSelection(texts_of_errors(filters))
        pins = Inbox(body, self.seat.user, filters).pins()
        cells = PublicCell.objects.whole_city().filter(body_slug=body.slug)
        return Selection(
            filters.order.sort(filters.order.prepare(pins)),
            cells=cells.filter(filters.conditions()),
        )


@dataclass(frozen=True)
class SittingData:
    """The published contributions that are on the agenda of a sitting."""

    sitting: Sitting
    parameters: Collection[str] = OpenData.parameters

    @property
    def language(self) -> str:
        return page_language()

    def select(self, query: QueryDict) -> Selection:
        """Return the pins that pass; raises BadSelection."""
        parts = MatterPin.objects.filter(
            matter__consultations__item__sitting=self.sitting
        )
        found = OpenData().select(query)
        # No agenda is so long that anybody would have to wait.
        return Selection(
            found.pins.filter(pk__in=parts.values("pin_id")),
            cells=PublicCell.objects.none(),
        )
