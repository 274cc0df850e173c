"""The end of a sitting: closing it, what came of it, and on to the next body."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_desk_sitting
from councils.agendas import SittingRefused
from councils.desk.proceedings import count_told, read_points, read_with_pins
from councils.forms.results import CloseForm, ForwardForm
from councils.matters import MatterRefused, propose
from councils.models import Consultation, Sitting
from councils.outcomes import CONCLUSIVE
from councils.results import (
    ResultsMissing,
    close_sitting,
    require_running,
    results_digest,
)
from councils.rights import Right
from districts.models import Body


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show what closing the sitting will do; on POST close it.

    409 where it has not begun, is over, or something is missing.
    """
    seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id, Right.RECORD)
    if request.method != "POST":
        if sitting.state == Sitting.State.HELD:
            return redirect("councils:sitting-results", body_slug, sitting_id)
        return _close_page(request, seat, sitting, CloseForm())
    form = CloseForm(request.POST)
    try:
        close_sitting(
            sitting=sitting, actor=seat.user, read=request.POST.get("read", "")
        )
    except SittingRefused as error:
        form.add_error(None, str(error))
    except ResultsMissing:
        form.add_error(None, _("Something is still missing. It is listed below."))
    if form.errors:
        seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id)
        return _close_page(request, seat, sitting, form, status=409)
    messages.success(
        request, _("The sitting is closed. Everyone can read the results now.")
    )
    return redirect("councils:sitting-results", body_slug, sitting_id)


def _close_page(
    request: HttpRequest,
    seat: Seat,
    sitting: Sitting,
    form: CloseForm,
    status: int = 200,
) -> HttpResponse:
    points = read_points(sitting, seat.user)
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "sittings",
        "sitting": sitting,
        "points": points,
        "missing": [point for point in points if point.missing],
        "told_count": count_told(points),
        "read": results_digest(point.item for point in points),
        "form": form,
        "obstacle": _obstacle(sitting),
    }
    return render(request, "councils/close.html", context, status=status)


def _obstacle(sitting: Sitting) -> str:
    """Say why the sitting cannot be closed at all at the moment."""
    try:
        require_running(sitting)
    except SittingRefused as error:
        return str(error)
    return ""


@never_cache
@login_required
@require_safe
def results(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show what came of a sitting; before its end lead to where that is typed in."""
    seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id)
    if sitting.state != Sitting.State.HELD:
        return redirect("councils:live", body_slug, sitting_id)
    points = read_points(sitting, seat.user)
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "sittings",
        "sitting": sitting,
        "points": points,
        "may_go_on": any(
            point.consultation
            and point.consultation.outcome in CONCLUSIVE
            # After a resolution nobody is left to advise.
            and not point.consultation.is_authoritative
            for point in points
        ),
    }
    return render(request, "councils/results.html", context)


@dataclass
class Going:
    """A concluded matter, and where it has gone since."""

    consultation: Consultation
    title: str
    later: list[Consultation]
    is_chosen: bool = False


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Propose concluded matters to the next body, or to another one.

    422 for what the form refuses, 409 where none of them can go there.
    """
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.SCHEDULE
    )
    if sitting.state != Sitting.State.HELD:
        messages.warning(request, _("Please close the sitting first."))
        return redirect("councils:live", body_slug, sitting_id)
    form = _forward_form(seat, sitting, request.POST or None)
    if request.method != "POST":
        return _forward_page(request, seat, sitting, form)
    if not form.is_valid():
        return _forward_page(request, seat, sitting, form, status=422)
    body = form.cleaned_data["body"]
    chosen = form.cleaned_data["consultations"]
    refused = _propose_all(
        chosen, body, form.cleaned_data["role"], titles=_titles(sitting)
    )
    gone = len(chosen) - len(refused)
    if not gone:
        for message in refused:
            form.add_error(None, message)
        return _forward_page(request, seat, sitting, form, status=409)
    said = ngettext(
        "%(count)d matter proposed. Now before: %(body)s.",
        "%(count)d matters proposed. Now before: %(body)s.",
        gone,
    )
    messages.success(request, said % {"count": gone, "body": body})
    for message in refused:
        messages.warning(request, message)
    return redirect("councils:forward", body_slug, sitting_id)


def _concluded(sitting: Sitting) -> QuerySet[Consultation]:
    return Consultation.objects.filter(
        item__sitting=sitting, decided_at__isnull=False, outcome__in=CONCLUSIVE
    )


def _forward_form(seat: Seat, sitting: Sitting, data: QueryDict | None) -> ForwardForm:
    form = ForwardForm(data, initial={"body": seat.body.next_body_id})
    form.offer(
        bodies=Body.objects.exclude(pk=seat.body.pk), consultations=_concluded(sitting)
    )
    return form


def _propose_all(
    consultations: Iterable[Consultation],
    body: Body,
    role: str,
    *,
    titles: dict[int, str],
) -> list[str]:
    """Propose one after another; return why some of them could not go."""
    refused = []
    for consultation in consultations:
        try:
            propose(matter=consultation.matter, body=body, role=role)
        except MatterRefused as error:
            refused.append(f"{titles[consultation.pk]}: {error}")
    return refused


def _titles(sitting: Sitting) -> dict[int, str]:
    """Return what the matters on an agenda are called, by their consultations."""
    return {
        point.consultation.pk: point.title
        for point in read_with_pins(sitting)
        if point.consultation
    }


def _goings(sitting: Sitting) -> list[Going]:
    later = Consultation.objects.select_related("body", "item__sitting")
    concluded = (
        _concluded(sitting)
        .select_related("matter", "item")
        .prefetch_related(
            Prefetch("matter__consultations", queryset=later.order_by("order"))
        )
        .order_by("item__order")
    )
    titles = _titles(sitting)
    goings = [
        Going(
            consultation,
            titles[consultation.pk],
            [
                other
                for other in consultation.matter.consultations.all()
                if other.order > consultation.order
            ],
        )
        for consultation in concluded
    ]
    for going in goings:
        going.is_chosen = (
            going.consultation.item is not None
            and going.consultation.item.is_public
            and not going.consultation.is_authoritative
            and not going.later
        )
    return goings


def _forward_page(
    request: HttpRequest,
    seat: Seat,
    sitting: Sitting,
    form: ForwardForm,
    status: int = 200,
) -> HttpResponse:
    goings = _goings(sitting)
    if form.is_bound:
        chosen = set(form["consultations"].value() or [])
        for going in goings:
            going.is_chosen = str(going.consultation.pk) in chosen
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "sittings",
        "sitting": sitting,
        "goings": goings,
        "form": form,
    }
    return render(request, "councils/forward.html", context, status=status)
