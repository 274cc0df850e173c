"""Calendars of the events, and the list for the door."""

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from councils.papers import sheets
from councils.papers.sheets import Column
from exports import event_calendars
from exports.calendars import MEDIA_TYPE
from exports.csv_table import BYTE_ORDER_MARK, FORMULA
from insek.access import for_editors
from insek.models import Event, Registration
from layers.conditional import answer
from layers.problems import not_found, problem

LANGUAGES = {code for code, _name in settings.LANGUAGES}
# What the calendar holds: a year back, two ahead, and never more than this.
BACK, AHEAD, AT_MOST = datetime.timedelta(days=366), datetime.timedelta(days=731), 500
CSV_TYPE = "text/csv; charset=utf-8; header=present"


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Answer with the events around today as iCalendar; 400 for an unknown language."""
    now = timezone.now()
    around = Event.objects.public().filter(starts_at__range=(now - BACK, now + AHEAD))
    events = around.order_by("starts_at", "pk")[:AT_MOST]
    state = Event.objects.public().aggregate(n=Count("pk"), last=Max("modified_at"))
    return _file(
        request,
        (timezone.localdate(), state),
        lambda: event_calendars.to_subscribe(list(events)),
        "events.ics",
    )


@require_safe
def one(request: HttpRequest, event_id: int) -> HttpResponseBase:
    """Answer with one event as iCalendar; 404 where there is none, or only a draft."""
    found = Event.objects.public().filter(pk=event_id).first()
    if found is None:
        return not_found(_("There is no such event."))
    return _file(
        request,
        found.modified_at,
        lambda: event_calendars.to_keep(found),
        f"event-{found.pk}.ics",
    )


def _file(
    request: HttpRequest, state: object, make: Callable[[], bytes], name: str
) -> HttpResponseBase:
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in LANGUAGES:
        return problem(_("There is no such language."), status=400)
    with translation.override(language):
        response = answer(
            request,
            state,
            language,
            make=lambda: HttpResponse(make(), content_type=MEDIA_TYPE),
        )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Language"] = language
    return response


@for_editors
@require_safe
def registrations(
    request: HttpRequest, event_id: int, extension: str
) -> HttpResponseBase:
    """Answer with who comes and who waits, for the door, as CSV or XLSX."""
    event = get_object_or_404(Event, pk=event_id)
    day = timezone.localdate(event.starts_at)
    name = f"{day:%Y-%m-%d}-{slugify(event.title_de) or 'event'}.{extension}"
    if extension == "csv":
        response = HttpResponse(_csv(event), content_type=CSV_TYPE)
    else:
        response = HttpResponse(_xlsx(event), content_type=sheets.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _columns() -> list[Column]:
    return [
        Column(_("Name"), 30),
        Column(_("Persons"), 10),
        Column(pgettext("registration", "State"), 22),
        Column(_("E-mail"), 36),
        Column(_("There"), 8),
    ]


def _rows(event: Event) -> Iterator[list[str | int]]:
    wanted = Registration.State.CONFIRMED, Registration.State.WAITING
    for found in event.registrations.filter(state__in=wanted).order_by(
        "state", "name", "confirmed_at", "pk"
    ):
        state = found.get_state_display()
        yield [found.name, found.persons, state, found.email, ""]


def _csv(event: Event) -> str:
    """Return the list as Excel opens it with a double click, harmless to it."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.head for column in _columns()])
    writer.writerows([_harmless(value) for value in row] for row in _rows(event))
    return buffer.getvalue()


def _harmless(value: str | int) -> str | int:
    """Return a text that no spreadsheet can take for a formula."""
    if isinstance(value, str) and re.match(FORMULA, value):
        return f"'{value}"
    return value


def _xlsx(event: Event) -> bytes:
    title = _("Registrations")
    workbook = sheets.new_workbook(title)
    sheets.add_sheet(workbook, title, _columns(), _rows(event))
    return sheets.bytes_of(workbook)
