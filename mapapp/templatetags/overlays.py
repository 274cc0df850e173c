"""The overlays that the map of a page offers."""

import json

from django import template
from django.template import Context

from layers.models import Overlay
from mapapp.overlays import describe

register = template.Library()


@register.simple_tag(takes_context=True)
def offered_overlays(context: Context) -> list[Overlay]:
    """Return what is published and can be shown, in its order.

    One query, unless the page has asked for `overlays` already.
    """
    if "overlays" in context:
        known: list[Overlay] = context["overlays"]
        return known
    return list(Overlay.objects.offered().select_related("theme"))


@register.filter
def overlay_json(overlay: Overlay) -> str:
    """Return what the map's script needs; for an attribute, where it is escaped."""
    return json.dumps(describe(overlay, base_url=""))
