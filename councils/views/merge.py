"""A contribution that repeats another one is merged into it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from councils.desk.moving import move_pin, next_steps
from councils.desk.pin_page import DeskPin, nearby
from councils.desk.undoing import offer_undo
from councils.forms.pin import MergeForm, SurvivorForm
from councils.rights import Right
from councils.views.pin import find, too_late
from pins.models import Pin, PublicPin
from pins.workflow import MoveNotAllowed, Status


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Ask which contribution it repeats and show both (`?into=`); on POST merge them.

    422 for what is no survivor, 409 where one of them has moved on meanwhile.
    """
    at = find(request, body_slug, reference, Right.MOVE, typed="public_note")
    if isinstance(at, HttpResponse):
        return at
    if request.method == "POST":
        return _merge(request, at)
    if not next_steps(at.found, at.seat.roles).may_merge:
        return too_late(request, at)
    if "into" not in request.GET:
        return _choose(request, at, SurvivorForm(pin=at.found))
    form = SurvivorForm(request.GET, pin=at.found)
    if not form.is_valid():
        return _choose(request, at, form, status=422)
    survivor = form.cleaned_data["into"]
    return _preview(
        request, at, survivor, MergeForm(initial={"into": survivor}, pin=at.found)
    )


def _merge(request: HttpRequest, at: DeskPin) -> HttpResponse:
    form = MergeForm(request.POST, pin=at.found)
    if not form.is_valid():
        if "into" in form.errors:
            return _choose(request, at, form, status=422)
        return _preview(request, at, form.cleaned_data["into"], form, status=422)
    survivor = form.cleaned_data["into"]
    try:
        step = move_pin(
            pin=at.found,
            to=Status.DUPLICATE,
            desk=at.seat.body,
            actor=at.seat.user,
            roles=at.seat.roles,
            body=at.seat.speaks_for,
            public_note=form.cleaned_data["public_note"],
            duplicate_of=survivor,
        )
    except MoveNotAllowed as error:
        form.add_error(None, str(error))
        return _preview(request, at, survivor, form, status=409)
    offer_undo(request, steps=[step])
    said = _("Merged. Support and comments count for %(reference)s now.")
    messages.success(request, said % {"reference": survivor.reference})
    return redirect(at.address)


def _choose(
    request: HttpRequest, at: DeskPin, form: SurvivorForm, status: int = 200
) -> HttpResponse:
    context = _context(at, form) | {"nearby": nearby(at.seat, at.found)}
    return render(request, "councils/merge_choose.html", context, status=status)


def _preview(
    request: HttpRequest,
    at: DeskPin,
    survivor: Pin,
    form: MergeForm,
    status: int = 200,
) -> HttpResponse:
    other = PublicPin.objects.select_related("theme").filter(pk=survivor.pk).first()
    if other is None:
        # Hidden while it was read; asked for once more, the form says so.
        return redirect(f"{at.address}merge?into={survivor.reference}")
    context = _context(at, form) | {"survivor": other, "both": [at.shown, other]}
    return render(request, "councils/merge.html", context, status=status)


def _context(at: DeskPin, form: SurvivorForm) -> dict[str, Any]:
    return {
        "seat": at.seat,
        "body": at.seat.body,
        "section": "contributions",
        "pin": at.shown,
        "form": form,
    }
