"""The list of an event's guests for the door, for the office alone."""

import csv
import io
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from councils.papers import sheets
from councils.papers.sheets import Column
from exports.files.csv_table import BYTE_ORDER_MARK, MEDIA_TYPE, harmless
from insek.access import for_editors
from insek.models import Event, Registration


@for_editors
@require_safe
def for_the_door(
    request: HttpRequest, event_id: int, extension: str
) -> HttpResponseBase:
    """Answer with who comes and who waits, for the door, as CSV or XLSX."""
    event = get_object_or_404(Event, pk=event_id)
    day = timezone.localdate(event.starts_at)
    name = f"{day:%Y-%m-%d}-{slugify(event.title_de) or 'event'}.{extension}"
    if extension == "csv":
        response = HttpResponse(_csv(event), content_type=MEDIA_TYPE)
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
    writer.writerows([harmless(value) for value in row] for row in _rows(event))
    return buffer.getvalue()


def _xlsx(event: Event) -> bytes:
    title = _("Registrations")
    workbook = sheets.new_workbook(title)
    sheets.add_sheet(workbook, title, _columns(), _rows(event))
    return sheets.bytes_of(workbook)
