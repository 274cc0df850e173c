"""In the sitting: one item after another, with results typed in and saved at once."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_desk_item, get_desk_sitting
from councils.agendas import SittingRefused
from councils.desk.proceedings import Point, read_points
from councils.forms.results import ResultForm
from councils.models import AgendaItem, Consultation, Sitting
from councils.results import (
    ResultChanged,
    ResultRefused,
    record_result,
    unheard_before,
    what_is_missing,
)
from councils.rights import Right
from layers.problems import problem, texts_of_errors

RECORDABLE = {Sitting.State.INVITED, Sitting.State.HELD}


@dataclass
class Row:
    """An item on the page; a non-public one is opened only when the room is ready."""

    point: Point
    form: ResultForm | None
    is_current: bool
    is_shut: bool
    previous: Point | None
    next: Point | None

    @property
    def marks(self) -> str:
        """The places of the contributions, for the map."""
        return json.dumps(self.point.marks)


def wants_json(request: HttpRequest) -> bool:
    kinds = ["text/html", "application/json"]
    return request.get_preferred_type(kinds) == "application/json"


def live_url(item: AgendaItem, body_slug: str) -> str:
    """Return where an item is dealt with; a non-public one stands open there."""
    address = reverse("councils:live", args=[body_slug, item.sitting_id])
    shown = "" if item.is_public else "&open=1"
    return f"{address}?item={item.pk}{shown}"


@never_cache
@login_required
@require_safe
def live(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show the agenda for the room: large, item by item, nothing private on it."""
    seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id)
    chosen = request.GET.get("item", "")
    return _live_page(request, seat, sitting, chosen, is_open="open" in request.GET)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def result(
    request: HttpRequest, body_slug: str, sitting_id: int, item_id: int
) -> HttpResponse:
    """Save what was typed in for an item: as a form, or for the script as JSON.

    Asked without a form, the script is told what is saved, anybody else led to the item.
    401 where nobody is signed in any more, 409 where somebody else saved the item
    meanwhile or the sitting takes no results, 422 for what cannot be: always with what
    was typed, or leaving it where it is.
    """
    if wants_json(request):
        return _answer_json(request, body_slug, sitting_id, item_id)
    if request.method != "POST":
        return _to_the_item(request, body_slug, sitting_id, item_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    seat, item = _get_item(request, body_slug, sitting_id, item_id)
    form = ResultForm(request.POST, item=item, consultation=consultation_of(item))
    try:
        save(form)
    except ResultRefused:
        return _show_again(request, seat, form, status=422)
    except ResultChanged as error:
        return _show_changed(request, seat, error.item)
    except AgendaItem.DoesNotExist as error:
        raise Http404 from error
    except SittingRefused as error:
        form.add_error(None, str(error))
        return _show_again(request, seat, form, status=409)
    messages.success(request, _("Saved."))
    return redirect(live_url(item, body_slug))


def show_again(
    request: HttpRequest, message: str, body_slug: str, sitting_id: int, item_id: int
) -> HttpResponse:
    """Answer a form without a valid token of its page (403): unsaved, nothing lost."""
    if wants_json(request):
        return problem(message, status=403)
    seat, item = _get_item(request, body_slug, sitting_id, item_id)
    form = ResultForm(request.POST, item=item, consultation=consultation_of(item))
    form.add_error(None, message)
    return _show_again(request, seat, form, status=403)


def consultation_of(item: AgendaItem) -> Consultation | None:
    found: Consultation | None = getattr(item, "consultation", None)
    return found


def save(form: ResultForm) -> AgendaItem:
    """Record what a form holds; raises as `record_result`, the form then says why.

    Raises AgendaItem.DoesNotExist where somebody has just taken the item off.
    """
    if not form.is_valid():
        raise ResultRefused(
            {name: " ".join(texts) for name, texts in texts_of_errors(form).items()}
        )
    try:
        return record_result(
            item=form.item,
            version=form.cleaned_data["version"],
            result=form.to_result(),
        )
    except ResultRefused as error:
        form.refuse(error.errors)
        raise


def _get_item(
    request: HttpRequest,
    body_slug: str,
    sitting_id: int,
    item_id: int,
    right: Right = Right.RECORD,
) -> tuple[Seat, AgendaItem]:
    seat, item = get_desk_item(request.user, body_slug, item_id, right)
    if item.sitting_id != sitting_id:
        raise Http404
    return seat, item


@login_required
def _to_the_item(
    request: HttpRequest, body_slug: str, sitting_id: int, item_id: int
) -> HttpResponse:
    """Lead on who comes here by the address, such as after signing in."""
    _seat, item = _get_item(request, body_slug, sitting_id, item_id, Right.READ)
    return redirect(live_url(item, body_slug))


def _answer_json(
    request: HttpRequest, body_slug: str, sitting_id: int, item_id: int
) -> JsonResponse:
    if not request.user.is_authenticated:
        return problem(_("You have been signed out."), status=401)
    right = Right.RECORD if request.method == "POST" else Right.READ
    try:
        _seat, item = _get_item(request, body_slug, sitting_id, item_id, right)
        if request.method != "POST":
            return JsonResponse(_state_of(item))
        return _save_json(request, item)
    except (Http404, AgendaItem.DoesNotExist):
        return problem(_("This item is no longer on the agenda."), status=404)
    except PermissionDenied:
        return problem(_("You may not record results here."), status=403)


def _save_json(request: HttpRequest, item: AgendaItem) -> JsonResponse:
    form = ResultForm(request.POST, item=item, consultation=consultation_of(item))
    try:
        saved = save(form)
    except ResultRefused as error:
        errors = texts_of_errors(form)
        return problem(str(error), status=422, errors=errors)
    except ResultChanged as error:
        detail = _("Somebody else has saved this item meanwhile.")
        return problem(detail, status=409, more=_state_of(error.item))
    except SittingRefused as error:
        return problem(str(error), status=409)
    return JsonResponse(_state_of(saved))


def _state_of(item: AgendaItem) -> dict[str, Any]:
    """Return what is saved of an item, as the script needs it."""
    consultation = Consultation.objects.filter(item=item).first()
    form = ResultForm(item=item, consultation=consultation)
    values = form.values_of_saved()
    missing: dict[str, str] = {}
    if consultation is not None and not consultation.is_decided:
        missing = what_is_missing(consultation, unheard_before(consultation))
    return {
        "version": int(values.pop("version")),
        "values": values,
        "missing": missing,
        "is_done": Point(item, consultation).is_done if not missing else False,
        "saved_at": date_format(timezone.localtime(item.modified_at), "TIME_FORMAT"),
    }


def _show_again(
    request: HttpRequest, seat: Seat, form: ResultForm, *, status: int
) -> HttpResponse:
    sitting = form.item.sitting
    chosen = str(form.item.pk)
    return _live_page(
        request, seat, sitting, chosen, is_open=True, form=form, status=status
    )


def _show_changed(request: HttpRequest, seat: Seat, saved: AgendaItem) -> HttpResponse:
    """Show what was typed beside what somebody else saved: both are there to choose."""
    item = AgendaItem.objects.select_related(
        "sitting__body", "consultation__matter"
    ).get(pk=saved.pk)
    form = ResultForm(
        request.POST,
        item=item,
        consultation=consultation_of(item),
        version=item.version,
    )
    form.mark_changes()
    return _show_again(request, seat, form, status=409)


def _live_page(
    request: HttpRequest,
    seat: Seat,
    sitting: Sitting,
    chosen: str,
    *,
    is_open: bool,
    form: ResultForm | None = None,
    status: int = 200,
) -> HttpResponse:
    points = read_points(sitting, seat.user)
    found = [n for n, point in enumerate(points) if str(point.item.pk) == chosen]
    if chosen and not found:
        raise Http404
    rows = _rows(seat, sitting, points, found[0] if found else 0)
    for row in rows:
        if row.is_current:
            row.is_shut = row.is_shut and not is_open
            row.form = form or row.form
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "sittings",
        "sitting": sitting,
        "rows": rows,
        "done_count": sum(point.is_done for point in points),
        "may_record": seat.may(Right.RECORD),
        "is_over": sitting.state == Sitting.State.HELD,
        "form": form,
    }
    return render(request, "councils/live.html", context, status=status)


def _rows(seat: Seat, sitting: Sitting, points: list[Point], current: int) -> list[Row]:
    may_record = seat.may(Right.RECORD) and sitting.state in RECORDABLE
    return [
        Row(
            point=point,
            form=ResultForm(item=point.item, consultation=point.consultation)
            if may_record
            else None,
            is_current=number == current,
            is_shut=not point.item.is_public,
            previous=points[number - 1] if number else None,
            next=points[number + 1] if number + 1 < len(points) else None,
        )
        for number, point in enumerate(points)
    ]
