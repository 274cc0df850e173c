"""Where a contribution comes from, in the form that takes it."""

from django import template

from insek.events.origins import find_event
from insek.models import Event

register = template.Library()


@register.inclusion_tag("insek/came_from.html")
def came_from(words: str | None) -> dict[str, Event | None]:
    """Name the event whose code led to the form, where there is such a one."""
    return {"event": find_event(words) if words else None}
