"""The events of the process, for everyone."""

import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from insek.events.block import event_block
from insek.events.registering import places_of
from insek.forms.event_filter import EventFilter
from insek.models import Event, PinOrigin
from layers.models import Theme
from pins.models import PublicPin

AT_MOST = 200
PINS_SHOWN = 20


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """List what comes, and what was in one year; 400 for a filter that does not exist."""
    themes = list(Theme.objects.all())
    filters = EventFilter(request.GET, themes=themes)
    context: dict[str, Any] = {"filters": filters} | _calendar()
    if not filters.is_valid():
        return render(request, "insek/events.html", context, status=400)
    now = timezone.now()
    chosen = filters.apply(Event.objects.public().select_related("theme"))
    years = _years(chosen, now)
    year = filters.cleaned_data["year"] or next(iter(years), None)
    context |= {
        "upcoming": chosen.upcoming(now)[:AT_MOST],
        "years": years,
        "year": year,
        "past": chosen.past(now).filter(starts_at__year=year)[:AT_MOST] if year else [],
        "query": _query_of(filters),
    }
    return render(request, "insek/events.html", context)


def _years(chosen: Any, now: datetime.datetime) -> dict[int, int]:
    """Return how many events there were in each year, the latest year first."""
    counted = (
        chosen.past(now)
        .order_by()
        .values_list(ExtractYear("starts_at"))
        .annotate(n=Count("pk"))
    )
    return dict(sorted(counted, reverse=True))


def _query_of(filters: EventFilter) -> str:
    """Return what keeps the filters in a link, without the year."""
    kept = {name: filters.cleaned_data[name] for name in ("format", "theme")}
    return urlencode({name: value for name, value in kept.items() if value})


def _calendar() -> dict[str, str]:
    """Return the address of the calendar, for pages and for calendar programs."""
    address = f"{reverse('events-calendar')}?lang={get_language()}"
    host = urlsplit(settings.BASE_URL).netloc
    return {"calendar_url": address, "webcal_url": f"webcal://{host}{address}"}


@require_safe
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show an event, how to come, and what came of it; 404 for a draft."""
    found = get_object_or_404(
        Event.objects.public().select_related("theme", "phase"), pk=event_id
    )
    pins = PublicPin.objects.for_list().filter(
        pk__in=PinOrigin.objects.filter(event=found).values("pin_id")
    )
    paginator = Paginator(pins.order_by("-published_at", "-pk"), PINS_SHOWN)
    context = {
        "event": found,
        "groups": found.groups.all() if found.is_by_invitation else [],
        "is_open": found.takes_registrations_at(timezone.now()),
        "places": places_of(found) if found.takes_registrations else None,
        "pins": paginator.get_page(request.GET.get("page")),
        "documents": found.documents.all(),
        "photos": found.photos.all(),
        "calendar_url": f"{reverse('event-calendar', args=[found.pk])}"
        f"?lang={get_language()}",
        "event_data": event_block(found),
    }
    return render(request, "insek/event.html", context)
