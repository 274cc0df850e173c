"""The form of a stand, behind the link that its team has got."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from insek.forms.stand import HERE, StandPinForm
from insek.models import Stand
from insek.stands import (
    LATEST,
    StandClosed,
    collected_at,
    get_stand,
    may_be_undone,
    take_down,
    undo,
)
from pins.actions import KeyAlreadyUsed, OutsideTheCity
from pins.sealed_address import opens_address
from pins.workflow import MoveNotAllowed
from trust.guard import Stopped, check
from trust.limits import ADDRESS, STAND

# What the form of the website asks for as well.
CARRIED = (
    *("kind", "theme", "title", "text", "lon", "lat", "address", "district"),
    *("place_note", "is_rough", "email"),
)


def _secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the link of a stand out of search engines, caches and other pages' referrers."""

    @never_cache
    @wraps(view)
    def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        # No path of it at all, not even to pages of this site; the origin is needed for
        # the check of forms.
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return protected


@_secret
@require_http_methods(["GET", "HEAD", "POST"])
@opens_address
def stand(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of a stand and what it has collected; on POST keep one more.

    After that the form is empty, with kind and theme kept. 404 for a wrong link, 403
    before its time and 410 afterwards, always with what was typed; 422 for what the form
    refuses, 409 for one sent before with other words, 429 beyond the limits of a stand.
    """
    try:
        found = get_stand(token)
    except Http404:
        return _closed(request, None)
    if request.method != "POST":
        return _form(request, found) if found.is_open else _closed(request, found)
    if request.POST.get("action") == "undo":
        return _undo(request, found)
    return _take_down(request, found)


@_secret
@require_safe
def stand_token(request: HttpRequest, token: str) -> HttpResponse:
    """Give a token for a form that was kept on the tablet, as `pins.views.token` does."""
    get_stand(token)
    return JsonResponse({"token": get_token(request)})


def show_again(
    request: HttpRequest, token: str, message: str, *, status: int
) -> HttpResponse:
    """Show the form with what was typed, a message above it and a fresh key."""
    try:
        found = get_stand(token)
    except Http404:
        return _closed(request, None)
    data = request.POST.copy()
    data["idempotency_key"] = str(uuid4())
    form = StandPinForm(found, data)
    form.add_error(None, message)
    return _page(request, found, form, status=status)


def _form(request: HttpRequest, found: Stand) -> HttpResponse:
    theme = found.event.theme
    initial = {
        "kind": request.GET.get("kind", ""),
        "theme": request.GET.get("theme", theme.slug if theme else ""),
        "where": HERE,
    }
    return _page(request, found, StandPinForm(found, initial=initial))


def _take_down(request: HttpRequest, found: Stand) -> HttpResponse:
    if not found.takes_what_was_written:
        return _closed(request, found)
    form = StandPinForm(found, request.POST)
    if "idempotency_key" in form.errors:
        message = _(
            "Your form arrived incomplete. Nothing you typed is lost: please send it "
            "again."
        )
        return show_again(request, found.token, message, status=422)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    key = form.cleaned_data["idempotency_key"]
    try:
        check(
            request,
            *(STAND, ADDRESS),
            form=key,
            email=form.cleaned_data["email"],
            link=f"stand {found.pk}",
        )
        pin = take_down(stand=found, draft=form.draft(), idempotency_key=key)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_page(request, found, form))
    except StandClosed:
        return _closed(request, found)
    except OutsideTheCity:
        form.refuse_place()
        return _page(request, found, form, status=422)
    except KeyAlreadyUsed:
        message = _(
            "This form has been sent before. If you want to send what it says now as "
            "another contribution, please send it again."
        )
        return show_again(request, found.token, message, status=409)
    kept = {"saved": pin.reference, "kind": pin.kind, "theme": pin.theme.slug}
    return redirect(f"{_address(found)}?{urlencode(kept)}")


def _undo(request: HttpRequest, found: Stand) -> HttpResponse:
    if found.is_closed:
        return _closed(request, found)
    reference = request.POST.get("reference", "").replace("\0", "")
    try:
        pin = undo(stand=found, reference=reference)
    except MoveNotAllowed as error:
        form = StandPinForm(found, initial={"where": HERE})
        messages.error(request, str(error))
        return _page(request, found, form, status=409)
    messages.success(request, _("{pin} is taken back.").format(pin=pin.reference))
    return redirect(_address(found))


def _address(found: Stand) -> str:
    return reverse("insek:stand", args=[found.token])


def _page(
    request: HttpRequest, found: Stand, form: StandPinForm, status: int = 200
) -> HttpResponse:
    collected = collected_at(found)
    latest = collected.select_related("theme", "district").defer("district__geometry")
    saved = request.GET.get("saved", "").replace("\0", "")
    context = {
        "stand": found,
        "address": _address(found),
        "form": form,
        # Only what really came from here is said to be saved.
        "saved": collected.filter(reference=saved).first() if saved else None,
        "count": collected.count(),
        "latest": [(pin, may_be_undone(pin)) for pin in latest[:LATEST]],
    }
    return render(request, "insek/stand.html", context, status=status)


def _closed(request: HttpRequest, found: Stand | None) -> HttpResponse:
    """Say why the stand takes nothing, with all that was typed and a way to send it."""
    if found is None:
        status = 404
    elif found.is_early and not found.is_closed:
        status = 403
    else:
        status = 410
    carried = {n: v for n in CARRIED if (v := request.POST.get(n, "").strip())}
    context = {
        "stand": found,
        "key": uuid4(),
        "carried": carried,
        "text": carried.get("text", ""),
        "title": carried.get("title", ""),
    }
    return render(request, "insek/stand_closed.html", context, status=status)
