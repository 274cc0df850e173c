"""The trace on pages: what a part of the concept answers, and what something led to."""

from typing import Any

from django import template

from councils.models import Sitting
from insek.models import Event
from insek.trace import answers as reading
from insek.trace import led_to as outcomes
from insek.trace.tracing import Target
from pins.models import PublicPin

register = template.Library()


@register.inclusion_tag("insek/answers.html", takes_context=True)
def answers(context: dict[str, Any], target: Target) -> dict[str, Any]:
    """Show what led to a goal, a measure or a milestone; `?page=` turns the pages."""
    request = context["request"]
    return {
        "request": request,
        "answers": reading.read_answers(target, request.GET.get("page")),
    }


@register.inclusion_tag("insek/led_to.html")
def led_to(source: PublicPin | Event | Sitting) -> dict[str, Any]:
    """Show what a contribution, an event or a sitting led to; nothing without."""
    if isinstance(source, PublicPin):
        return {"outcomes": outcomes.of_pin(source), "is_pin": True}
    if isinstance(source, Event):
        return {"outcomes": outcomes.of_event(source)}
    return {"outcomes": outcomes.of_sitting(source)}


@register.inclusion_tag("insek/district_measures.html")
def district_measures(slug: str) -> dict[str, Any]:
    """Show the measures that take up contributions of a district."""
    return {"outcomes": outcomes.of_district(slug)}
