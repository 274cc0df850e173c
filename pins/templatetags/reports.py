"""What pages of others show of reports: to authors, and how much waits."""

from typing import Any

from django import template

from pins.models import Comment, Pin, ReportCase
from pins.reporting.waiting import Waiting
from pins.reporting.waiting import waiting_reports as read_waiting

register = template.Library()


@register.inclusion_tag("pins/report_decisions.html", takes_context=True)
def decisions_on_reports(
    context: dict[str, Any], subject: Pin | Comment
) -> dict[str, Any]:
    """Show the author, on the page of the own link, what became of reports."""
    if isinstance(subject, Comment):
        cases = ReportCase.objects.of_author(subject.pin, subject)
    else:
        cases = ReportCase.objects.of_author(subject, None)
    return {"cases": cases.told_to_author(), "own_path": context["request"].path}


@register.simple_tag
def waiting_reports() -> Waiting:
    """Return how much of what was reported waits for moderators."""
    return read_waiting()
