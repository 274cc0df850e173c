"""One published pin with its way through the bodies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pins.models import PublicPin


@require_safe
def pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pin, its place and its timeline; 404 for whatever is not published."""
    found = get_object_or_404(
        PublicPin.objects.select_related("theme").defer("search", "feature"),
        reference=reference,
    )
    context = {"pin": found, "timeline": found.steps()}
    return render(request, "mapapp/pin.html", context)
