"""Which contributions a part of the concept answers already, and which it may."""

from django.db.models import QuerySet

from insek.digest.similar import similar_pins
from insek.models import Link
from insek.trace.tracing import Target, target_field

FOUND = 200


def linked_pins(target: Target) -> QuerySet[Link, int | None]:
    """Return the ids of the contributions linked to this very target."""
    links = Link.objects.filter(**{target_field(target): target}, pin__isnull=False)
    return links.values_list("pin", flat=True)


def likely_to_belong(target: Target) -> list[int]:
    """Return the ids of the 200 public contributions likest to those linked already."""
    linked = [pk for pk in linked_pins(target) if pk is not None]
    return [pk for pk, _score in similar_pins(linked, FOUND)]
