"""Why something cannot be done today, and from when on it can."""

from typing import Any

from django import template

from insek.models import Phase
from pins.participation import Act

register = template.Library()


@register.inclusion_tag("partials/participation_closed.html")
def participation_closed(act: Act) -> dict[str, Any]:
    """Say that everybody is kept from an act, by which phases, and when that ends.

    Two queries; only to be asked where the act is closed.
    """
    coming = Phase.objects.coming().filter(**{f"may_{act}": True})
    return {
        "act": act,
        "phases": list(Phase.objects.on()),
        "opening": coming.order_by("starts_on", "pk").first(),
    }
