"""Where a contribution comes from, in the form that takes it."""

from django import template

from insek.models import Event
from insek.origins import find_event

register = template.Library()


@register.inclusion_tag("insek/came_from.html")
def came_from(words: str | None) -> dict[str, Event | None]:
    """Name the event whose code led to the form, where there is such a one."""
    return {"event": find_event(words) if words else None}
