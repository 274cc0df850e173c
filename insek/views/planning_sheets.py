"""Where the office sends tables of typed cards, looks at them, and imports them."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from councils.papers import sheets
from insek.access import for_editors, get_editor
from insek.cards import keeping
from insek.cards.columns import COLUMNS, hints
from insek.cards.keeping import NotPossible
from insek.cards.reading import MAX_BYTES, UnreadableTable, read_table
from insek.forms.cards import SheetForm
from insek.models import CardRow, CardSheet
from pins.workflow import Kind

logger = logging.getLogger(__name__)
PAGE_SIZE, ROWS = 20, 100
JSON = "application/json"
State = CardRow.State


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def card_sheets(request: HttpRequest) -> HttpResponse:
    """List the sheets; on POST read and check one, and lead to what was found.

    422 for a form or a file that cannot be used, 413 for one that is too large.
    """
    if request.method != "POST":
        return _list(
            request, SheetForm(initial={"event": request.GET.get("event", "")})
        )
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    file = form.cleaned_data["file"]
    if (file.size or 0) > MAX_BYTES:
        form.add_error("file", _("The file is larger than 5 MB. Please divide it."))
        return _list(request, form, status=413)
    try:
        sheet = keeping.keep_sheet(
            event=form.cleaned_data["event"],
            name=(file.name or "").replace("\0", ""),
            table=read_table(file.read()),
            actor=get_editor(request.user),
        )
    except UnreadableTable as error:
        form.add_error("file", str(error))
        return _list(request, form, status=422)
    return redirect("planning:sheet", sheet.pk)


def _list(request: HttpRequest, form: SheetForm, status: int = 200) -> HttpResponse:
    found = CardSheet.objects.select_related("event", "created_by")
    context = {
        "section": "input",
        "form": form,
        "hints": hints(),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "insek/input/sheets.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Show what a sheet holds row by row; on POST import it, take it back or forget it.

    While a job imports it, programs that accept JSON are told how far it is. 409 for
    what is not possible any more, 400 for what is no action.
    """
    found = _get(sheet_id)
    if request.method == "POST":
        return _act(request, found)
    if request.get_preferred_type(["text/html", JSON]) == JSON:
        response: HttpResponse = JsonResponse(_told(found))
    else:
        response = _page(request, found)
    patch_vary_headers(response, ["Accept"])
    return response


def _get(sheet_id: UUID) -> CardSheet:
    return get_object_or_404(
        CardSheet.objects.select_related("event", "created_by"), pk=sheet_id
    )


def _act(request: HttpRequest, found: CardSheet) -> HttpResponse:
    try:
        match request.POST.get("action"):
            case "import":
                keeping.start_import(sheet=found)
            case "undo":
                count = keeping.undo_import(sheet=found)
                messages.success(request, _erased(count))
            case "discard":
                keeping.discard_sheet(sheet=found)
                messages.success(request, _("The sheet is discarded."))
                return redirect("planning:sheets")
            case _:
                messages.error(
                    request, _("Please use one of the buttons of this page.")
                )
                return _page(request, found, status=400)
    except NotPossible as error:
        messages.error(request, str(error))
        return _page(request, _get(found.pk), status=409)
    return redirect("planning:sheet", found.pk)


def _erased(count: int) -> str:
    return ngettext(
        "%(count)d contribution of this sheet is erased.",
        "%(count)d contributions of this sheet are erased.",
        count,
    ) % {"count": count}


def _told(found: CardSheet) -> dict[str, Any]:
    """Return how far an import is, for the page and for programs."""
    counts = keeping.count_rows(found)
    failed = keeping.has_failed(found)
    return {
        "state": found.state,
        "done": counts[State.IMPORTED],
        "total": counts[State.IMPORTED] + counts[State.NEW],
        "is_open": found.state == CardSheet.State.WAITING and not failed,
        "has_failed": failed,
    }


def _page(request: HttpRequest, found: CardSheet, status: int = 200) -> HttpResponse:
    wanted = request.GET.get("state", "")
    chosen = wanted if wanted in State.values else ""
    rows = found.rows.select_related("pin")
    shown = rows.in_state(chosen) if chosen else rows
    counts = keeping.count_rows(found)
    context = {
        "section": "input",
        "sheet": found,
        "counts": counts,
        "states": [(s.value, s.label, counts[s]) for s in State if counts[s]],
        "rows": sum(counts.values()),
        "chosen": chosen,
        "page": Paginator(shown, ROWS).get_page(request.GET.get("page")),
        "kinds": dict(Kind.choices),
        "may_undo": counts[State.IMPORTED]
        and found.state in {CardSheet.State.IMPORTED, CardSheet.State.FAILED},
        **_told(found),
    }
    return render(request, "insek/input/sheet.html", context, status=status)


@for_editors
@require_safe
def sheet_places(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Answer with the places of the rows that can be imported, as GeoJSON (EPSG:4326)."""
    rows = _get(sheet_id).rows.in_state(State.NEW, State.DIFFERS, State.IMPORTED)
    found = rows.select_related("pin").order_by("number")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": {"row": row.number},
        }
        for row in found
        if (place := _place(row))
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
    )


def _place(row: CardRow) -> list[float] | None:
    if row.state == State.IMPORTED and row.pin is not None:
        return [row.pin.location.x, row.pin.location.y]
    if "lon" in row.content:
        return [row.content["lon"], row.content["lat"]]
    return None


@for_editors
@require_safe
def sheet_problems(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Answer with all that is wrong in a sheet as XLSX: to be mended beside the table."""
    found = _get(sheet_id)
    workbook = sheets.new_workbook(found.file_name)
    heads = [
        sheets.Column(_("Row"), 8),
        sheets.Column(COLUMNS[0].head, 16),
        sheets.Column(_("Column"), 18),
        sheets.Column(_("Value"), 40),
        sheets.Column(_("Reason"), 70),
    ]
    sheets.add_sheet(workbook, _("Problems"), heads, _problems(found))
    response = HttpResponse(sheets.bytes_of(workbook), content_type=sheets.MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="problems.xlsx"'
    return response


def _problems(found: CardSheet) -> Iterable[list[sheets.Value]]:
    for row in found.rows.in_state(State.WRONG, State.DIFFERS).select_related("pin"):
        if row.state == State.DIFFERS and row.pin is not None:
            reason = _("{pin} says something else.").format(pin=row.pin.reference)
            yield [row.number, row.card_number, "", "", reason]
        for column, value, reason in row.problems:
            yield [row.number, row.card_number, column, value, reason]
