"""The site in Easy Language (Leichte Sprache): what it is, and how to take part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def easy(request: HttpRequest) -> HttpResponse:
    """Explain the site in short sentences and easy words (BITV RP; EN 301 549, 12)."""
    return render(request, "mapapp/legal/easy.html")
