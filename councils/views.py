"""The desk: a body works through the pins of its own districts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, bodies_of, get_desk_pin, get_seat
from councils.forms import StatusForm
from pins.actions import change_status
from pins.comment_paging import read_comments
from pins.counts import count_pins, count_statuses
from pins.filters import PinFilter
from pins.models import Comment, Pin, PublicPin
from pins.paging import BadCursor, read_page
from pins.workflow import STATUS_MOVES, MoveNotAllowed, Status, targets


@never_cache
@login_required
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """List the desks the user may enter; straight on where there is only one."""
    mine = list(bodies_of(request.user))
    if not mine:
        raise PermissionDenied
    if len(mine) == 1:
        return redirect("councils:desk", mine[0].slug)
    new = dict(
        PublicPin.objects.filter(status=Status.RECEIVED)
        .order_by()
        .values_list("body_slug")
        .annotate(number=Count("pk"))
    )
    rows = [
        {"name": b.name, "slug": b.slug, "open_count": new.get(b.slug, 0)} for b in mine
    ]
    return render(request, "councils/bodies.html", {"bodies": rows})


@never_cache
@login_required
@require_safe
def desk(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the published pins of the body's districts, filtered and paged."""
    seat = get_seat(request.user, body_slug)
    pins = PublicPin.objects.for_body(seat.body)
    steps = count_statuses(seat.body)
    filters = PinFilter.from_query(request.GET)
    context = {
        "body": seat.body,
        "filters": filters,
        "steps": [(s.value, s.label, steps.get(s.value, 0)) for s in Status],
    }
    if not filters.is_valid():
        return render(request, "councils/desk.html", context, status=400)
    context["has_filters"] = filters.leaves_out()
    counts = count_pins(filters, within=seat.body)
    context["counts"] = counts
    try:
        context["page"] = read_page(
            filters.apply(pins), request.GET, filters.order, total=counts.total
        )
    except BadCursor:
        return render(request, "400.html", status=400)
    return render(request, "councils/desk.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Show one pin; on POST move it on with a public answer.

    404 for another body's pin, 422 for what the form refuses, 409 where the pin has
    moved on meanwhile.
    """
    seat, shown, found = get_desk_pin(request.user, body_slug, reference)
    offered = targets(STATUS_MOVES, found.status, set(seat.roles))
    if request.method != "POST":
        return _pin_page(request, seat, shown, found, StatusForm(offered=offered))
    form = StatusForm(request.POST, offered=offered)
    if not form.is_valid():
        return _pin_page(request, seat, shown, found, form, status=422)
    try:
        change_status(
            pin=found,
            to=Status(form.cleaned_data["to_status"]),
            actor=seat.user,
            roles=set(seat.roles),
            body=seat.speaks_for,
            public_note=form.cleaned_data["public_note"],
            duplicate_of=form.cleaned_data["duplicate_of"],
        )
    except MoveNotAllowed as error:
        form.add_error(None, str(error))
        seat, shown, found = get_desk_pin(request.user, body_slug, reference)
        form.offer(targets(STATUS_MOVES, found.status, set(seat.roles)))
        return _pin_page(request, seat, shown, found, form, status=409)
    messages.success(request, _("Saved. Everyone can read it now."))
    return redirect("councils:pin", seat.body.slug, shown.reference)


def _pin_page(
    request: HttpRequest,
    seat: Seat,
    shown: PublicPin,
    found: Pin,
    form: StatusForm,
    status: int = 200,
) -> HttpResponse:
    try:
        comments = read_comments(Comment.objects.to(shown), request.GET)
    except BadCursor:
        return render(request, "400.html", status=400)
    context = {
        "body": seat.body,
        "pin": shown,
        # Who works on it sees the exact place, also where the public does not.
        "place": found.location,
        "timeline": shown.steps(),
        "comments": comments,
        "form": form if form.is_needed else None,
    }
    return render(request, "councils/pin.html", context, status=status)
