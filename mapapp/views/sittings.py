"""The sittings as everyone sees them: calendar and lists, and one with its agenda."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from councils.models import Sitting
from councils.public.agenda import read_agenda
from councils.public.calendar import (
    Month,
    NoSuchPage,
    SittingFilter,
    read_past,
    weekdays,
    weeks_of,
)
from districts.models import Body, District, valid_on
from districts.models import today as duty_day
from layers.structured_data import SCHEMA, data_block
from mapapp.kept_pages import kept_for_a_moment
from trust.sandbox import sandboxed

# The next ones at once, and more behind a click; the calendar has them all.
NEXT, UPCOMING = 8, 60


@require_safe
@kept_for_a_moment
def sittings(request: HttpRequest) -> HttpResponse:
    """Show a month of sittings, those ahead and those that are over, of all or one body.

    400 with the reason for a body, month or page that is none; 404 for a page after the
    last.
    """
    filters = SittingFilter(request.GET, bodies=list(Body.objects.all()))
    context: dict[str, Any] = {"filters": filters}
    if not filters.is_valid():
        return render(request, "mapapp/sittings.html", context, status=400)
    found = Sitting.objects.select_related("body")
    if filters.chosen is not None:
        found = found.of_body(filters.chosen)
    try:
        past = read_past(found.past(), filters.number)
    except NoSuchPage as error:
        filters.add_error("page", str(error))
        return render(request, "mapapp/sittings.html", context, status=404)
    context |= _subscription(filters.chosen)
    month: Month = filters.cleaned_data["month"]
    upcoming = list(found.ahead()[:UPCOMING])
    in_month = list(found.on_days(month.first, month.following.first))
    context |= {
        "body": filters.chosen,
        "month": month,
        "previous_month": month.preceding if month.preceding.is_offered else None,
        "next_month": month.following if month.following.is_offered else None,
        "weekdays": weekdays(),
        "weeks": weeks_of(month, in_month),
        "in_month": in_month,
        "next": upcoming[:NEXT],
        "later": upcoming[NEXT:],
        "past": past,
    }
    return render(request, "mapapp/sittings.html", context)


def _subscription(body: Body | None) -> dict[str, str]:
    """Return the addresses of calendar and feed, in the language of the page."""
    chosen = {"body": body.slug} if body else {}
    calendar = _with_query(reverse("sittings-calendar"), chosen | _spoken())
    feed = reverse("body-feed", args=[body.slug]) if body else reverse("sittings-feed")
    return {
        "calendar_url": calendar,
        # Opens the reader's own calendar, which then asks for changes by itself.
        "webcal_url": f"webcal://{urlsplit(settings.BASE_URL).netloc}{calendar}",
        "feed_url": _with_query(feed, _spoken()),
    }


def _spoken() -> dict[str, str]:
    """Return the part of a query by which a file speaks the language of the page."""
    language = get_language() or settings.LANGUAGE_CODE
    return {} if language == settings.LANGUAGE_CODE else {"lang": language}


def _with_query(address: str, values: dict[str, str]) -> str:
    return f"{address}?{urlencode(values)}" if values else address


@require_safe
def sitting(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Show a sitting: when and where, and from the invitation on its public agenda.

    Results stand there once it has been held.
    """
    found = _get(sitting_id)
    agenda = read_agenda(found)
    context = {
        "sitting": found,
        "body": found.body,
        "agenda": agenda,
        "pins": [(item, pin) for item in agenda for pin in item.pins],
        "districts": District.objects.current()
        .filter(
            valid_on(duty_day(), "responsibility__"), responsibility__body=found.body
        )
        .defer("geometry"),
        "event": event_block(found),
        "calendar_url": _with_query(
            reverse("sitting-calendar", args=[found.pk]), _spoken()
        ),
        "feed_url": _with_query(
            reverse("body-feed", args=[found.body.slug]), _spoken()
        ),
    }
    return render(request, "mapapp/sitting.html", context)


def _get(sitting_id: int) -> Sitting:
    return get_object_or_404(Sitting.objects.select_related("body"), pk=sitting_id)


@require_safe
def invitation(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """Answer with the invitation as a file; 404 before it has gone out."""
    found = _get(sitting_id)
    if not found.has_public_agenda:
        raise Http404
    return _paper(request, found.invitation, f"einladung-{_file_name(found)}")


@require_safe
def minutes(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """Answer with the minutes as a file; 404 before the sitting has been held."""
    found = _get(sitting_id)
    if found.state != Sitting.State.HELD:
        raise Http404
    return _paper(request, found.minutes, f"niederschrift-{_file_name(found)}")


def _file_name(sitting: Sitting) -> str:
    return f"{sitting.body.slug}-{localtime(sitting.start):%Y-%m-%d}.pdf"


def _paper(request: HttpRequest, file: FieldFile, name: str) -> HttpResponseBase:
    stored = file.name
    if not stored:
        raise Http404
    # Another file has another name.
    etag = f'"{stored.rpartition("/")[2]}"'
    response = get_conditional_response(request, etag=etag) or _open(stored, name)
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    sandboxed(response)
    return response


def _open(stored: str, name: str) -> FileResponse:
    try:
        opened = default_storage.open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        opened, as_attachment=True, filename=name, content_type="application/pdf"
    )


def event_block(sitting: Sitting) -> SafeString:
    """Return the sitting as schema.org's Event, in a block of data for the page."""
    kinds = {True: "EventCancelled", False: "EventScheduled"}
    is_cancelled = sitting.state == Sitting.State.CANCELLED
    data = {
        "@type": "Event",
        "name": sitting.body.name,
        "startDate": localtime(sitting.start).isoformat(timespec="minutes"),
        "eventStatus": f"{SCHEMA}/{kinds[is_cancelled]}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": sitting.place, "address": sitting.place},
        "organizer": {"@type": "GovernmentOrganization", "name": sitting.body.name},
        "url": f"{settings.BASE_URL}{sitting.get_absolute_url()}",
    }
    if sitting.end is not None:
        data["endDate"] = localtime(sitting.end).isoformat(timespec="minutes")
    if sitting.moved_from is not None and not is_cancelled:
        data["eventStatus"] = f"{SCHEMA}/EventRescheduled"
        data["previousStartDate"] = localtime(sitting.moved_from).isoformat()
    return data_block(data)
