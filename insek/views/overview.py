"""The first page of the office: where the process stands, and what waits."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from insek.access import for_everyone_at_work
from insek.models import Event, Milestone, Phase, Submission
from pins.participation import open_acts

SHOWN = 6
SOON = datetime.timedelta(days=30)


@for_everyone_at_work
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show today's phases, the next events, due milestones and what is with the bodies."""
    today = timezone.localdate()
    milestones = Milestone.objects.filter(done_on=None).select_related("measure")
    context = {
        "section": "overview",
        "phases": Phase.objects.on(today),
        "next_phase": Phase.objects.coming(today).first(),
        "open_acts": open_acts(),
        "events": Event.objects.upcoming()[:SHOWN],
        "overdue": milestones.overdue(today)[:SHOWN],
        "due": milestones.filter(due_on__range=(today, today + SOON))[:SHOWN],
        "submissions": Submission.objects.select_related("matter")[:SHOWN],
    }
    return render(request, "insek/overview.html", context)
