"""The order of an agenda's items."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from councils.agendas import AgendaChanged, hold_item, hold_open
from councils.models import AgendaItem, Sitting


@transaction.atomic
def reorder(
    *, sitting: Sitting, item_ids: Sequence[int], read: Sequence[int] | None = None
) -> None:
    """Put the agenda into this order.

    `read` is the order the actor has seen. Raises SittingRefused, and AgendaChanged where
    items are missing or somebody else put them into another order meanwhile.
    """
    held = hold_open(sitting)
    items = {item.pk: item for item in held.items.order_by("order")}
    if sorted(item_ids) != sorted(items):
        raise AgendaChanged
    if read is not None and list(read) != list(items):
        raise AgendaChanged
    _number(items, item_ids)


@transaction.atomic
def move_item(*, item: AgendaItem, by: int) -> None:
    """Move an item up (`by` -1) or down (1); at the end of the agenda it stays.

    Raises SittingRefused, and AgendaChanged where it is on the agenda no more.
    """
    sitting, held = hold_item(item)
    items = {i.pk: i for i in sitting.items.order_by("order")}
    ids = list(items)
    place = ids.index(held.pk)
    goal = min(max(place + by, 0), len(ids) - 1)
    ids.insert(goal, ids.pop(place))
    _number(items, ids)


def _number(items: dict[int, AgendaItem], ids: Sequence[int]) -> None:
    now = timezone.now()
    moved = []
    for order, item_id in enumerate(ids, start=1):
        item = items[item_id]
        if item.order != order:
            item.order, item.modified_at = order, now
            moved.append(item)
    AgendaItem.objects.bulk_update(moved, ["order", "modified_at"])
