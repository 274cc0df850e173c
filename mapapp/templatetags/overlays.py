"""The overlays that the map of a page offers."""

import json

from django import template

from layers.models import Overlay
from mapapp.overlays import describe

register = template.Library()


@register.simple_tag
def offered_overlays() -> list[Overlay]:
    """Return what is published and can be shown, in its order."""
    return list(Overlay.objects.offered().select_related("theme"))


@register.filter
def overlay_json(overlay: Overlay) -> str:
    """Return what the map's script needs; for an attribute, where it is escaped."""
    return json.dumps(describe(overlay, base_url=""))
