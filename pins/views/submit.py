"""A resident writes a new pin."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from pins.actions import KeyAlreadyUsed, OutsideTheCity, submit_pin
from pins.forms import NewPinForm


# Never served from a shared cache, but kept by the browser: whoever goes back finds what
# they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_pin(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST keep the pin and lead on to its author's own page.

    422 for what the form refuses and 409 for a form sent before with other words: both
    show the form again with everything that was typed.
    """
    if request.method != "POST":
        initial = {
            name: request.GET[name] for name in ("kind", "theme") if name in request.GET
        }
        initial["district"] = request.GET.get("district", "")
        return _page(request, NewPinForm(initial=initial))
    form = NewPinForm(request.POST)
    if "idempotency_key" in form.errors:
        message = _(
            "Your form arrived incomplete. Nothing you typed is lost: please send it "
            "again."
        )
        return show_again(request, message, status=422)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        pin, token = submit_pin(
            draft=form.draft(), idempotency_key=form.cleaned_data["idempotency_key"]
        )
    except OutsideTheCity:
        form.refuse_place()
        return _page(request, form, status=422)
    except KeyAlreadyUsed:
        message = _(
            "This form has been sent before. If you want to send what it says now as "
            "another contribution, please send it again."
        )
        return show_again(request, message, status=409)
    return redirect(reverse("pins:own", args=[pin.reference, token]) + "?new=1")


def show_again(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    """Show the form with what was typed, a message above it and a fresh key."""
    data = request.POST.copy()
    data["idempotency_key"] = str(uuid4())
    form = NewPinForm(data)
    form.add_error(None, message)
    return _page(request, form, status=status)


def _page(request: HttpRequest, form: NewPinForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    return render(request, "pins/new.html", context, status=status)
