"""The numbers on cards: each is given once."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max

from districts.models import District
from insek.models import CardPrint, Event


@transaction.atomic
def print_cards(
    *,
    event: Event | None,
    district: District | None,
    count: int,
    size: str,
    language: str,
    actor: User,
) -> CardPrint:
    """Give out the next numbers of an event, or of a district without one.

    Two people who print at the same moment get different ones.
    """
    of: dict[str, Any] = {}
    if event is not None:
        # Held until the end: the numbers of one event are given out one after another.
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        of["prefix"] = f"E{event.pk}"
    elif district is not None:
        District.objects.select_for_update(no_key=True).get(pk=district.pk)
        of["prefix"] = f"D{district.number}"
    last = CardPrint.objects.filter(**of).aggregate(
        last=Max(F("first") + F("count") - 1)
    )["last"]
    return CardPrint.objects.create(
        **of,
        event=event,
        district=district,
        first=(last or 0) + 1,
        count=count,
        size=size,
        language=language,
        created_by=actor,
    )
