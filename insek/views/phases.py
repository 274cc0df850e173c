"""The timeline of the process, for everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from insek.models import Phase


@require_safe
def phases(request: HttpRequest) -> HttpResponse:
    """Show all phases in their order: what is over, what is now, and what comes."""
    return render(
        request,
        "insek/phases.html",
        {"phases": Phase.objects.all(), "today": timezone.localdate()},
    )
