"""Whether the last steps of the desk can still be taken back."""

from django import template
from django.template.context import RequestContext

from councils.desk.undoing import seconds_left, status_offered

register = template.Library()


@register.simple_tag(takes_context=True)
def undo_seconds_left(context: RequestContext) -> int:
    """Return for how many seconds the last steps can be taken back; 0 where none can."""
    return seconds_left(context["request"])


@register.simple_tag(takes_context=True)
def undo_status(context: RequestContext) -> str:
    """Return the status that would be taken back, so that nobody takes it for another."""
    return status_offered(context["request"])
