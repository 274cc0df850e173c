"""Contributions that nobody saw when a sitting ended take its steps once they are back."""

from itertools import groupby
from operator import attrgetter

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from councils.consulting import carry_on
from councils.models import Consultation, MatterPin
from pins.models import Pin, StatusChange, VisibilityChange
from pins.workflow import Visibility


def catch_up() -> int:
    """Let contributions published again take the steps they missed; return their number.

    In the name of who published them. Where somebody has moved one on since, that counts.
    """
    late = groupby(_late(), key=attrgetter("pin_id"))
    return sum(_catch_up(pin_id, list(parts)) for pin_id, parts in late)


@transaction.atomic
def _catch_up(pin_id: int, parts: list[MatterPin]) -> bool:
    pin = Pin.objects.select_for_update().get(pk=pin_id)
    missed = [part for part in _late().filter(pin=pin) if part in parts]
    if not missed or not pin.is_published:
        return False
    for part in missed:
        consultation = Consultation.objects.select_related("body").get(
            pk=part.consultation_id  # type: ignore[attr-defined]  # annotated by the query
        )
        actor = User.objects.get(pk=part.publisher_id)  # type: ignore[attr-defined]  # annotated by the query
        pin.refresh_from_db()
        carry_on(consultation=consultation, pin=pin, actor=actor)
    return True


def _late() -> QuerySet[MatterPin]:
    """Return the contributions with what was concluded while they were hidden."""
    changes = VisibilityChange.objects.filter(pin=OuterRef("pin"))
    concluded = F("matter__consultations__decided_at")
    before = changes.filter(created_at__lt=OuterRef("concluded_at"))
    after = changes.filter(
        created_at__gt=OuterRef("concluded_at"), to_visibility=Visibility.PUBLISHED
    )
    moved = StatusChange.objects.filter(
        pin=OuterRef("pin"), created_at__gt=OuterRef("concluded_at")
    )
    return (
        MatterPin.objects.filter(
            pin__visibility=Visibility.PUBLISHED,
            matter__consultations__decided_at__isnull=False,
            matter__consultations__announced_at__isnull=False,
            matter__consultations__item__is_public=True,
        )
        .annotate(
            concluded_at=concluded,
            consultation_id=F("matter__consultations__pk"),
            was=Subquery(before.order_by("-created_at").values("to_visibility")[:1]),
            publisher_id=Subquery(after.order_by("created_at").values("actor")[:1]),
        )
        .filter(~Exists(moved), was=Visibility.HIDDEN, publisher_id__isnull=False)
        .order_by("pin", "matter__consultations__order")
    )
