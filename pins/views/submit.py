"""A resident writes a new pin."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from pins.actions import (
    KeyAlreadyUsed,
    OutsideTheCity,
    demand_open_or_sent,
    submit_pin,
)
from pins.forms import INCOMPLETE, NewPinForm
from pins.participation import ParticipationClosed, open_acts
from pins.photo_forms import PhotoChoice, keep_form_photos, read_form_photos, read_key
from pins.photos.files import StorageFailed
from pins.photos.keeping import FormAlreadySent, NoRoom, move_to_form
from pins.sealed_address import opens_address
from pins.similar import SimilarPin
from trust.guard import LimitReached, Stopped, Verdict, check
from trust.limits import PHOTO, PIN


# Never served from a shared cache, but kept by the browser: whoever goes back finds what
# they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
@opens_address
def new_pin(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST keep the pin and lead on to its author's own page.

    422 for what the form refuses, 409 for a form sent before with other words and 429
    where too much was sent from there: all show the form again with everything that was
    typed. So does the page with similar pins, once, where the page's script has shown none.

    Where nobody may add anything today the page says why and until when; to what is sent
    all the same it answers 409, with the words to be copied, and keeps no photo.
    """
    if request.method != "POST":
        acts = open_acts()
        if not acts.pin:
            return _closed(request)
        initial = {
            name: request.GET[name] for name in ("kind", "theme") if name in request.GET
        }
        initial["district"] = request.GET.get("district", "")
        initial["event"] = request.GET.get("event", "")[:20]
        return _page(request, NewPinForm(initial=initial), participation=acts)
    form = NewPinForm(request.POST)
    if "idempotency_key" in form.errors:
        return show_again(request, str(INCOMPLETE), status=422)
    try:
        return _send(request, form, _verdict_on(request, form))
    except ParticipationClosed:
        return _closed(request, status=409)
    except Stopped as stopped:
        return stopped.mark(_stopped(request, form, stopped))


def _verdict_on(request: HttpRequest, form: NewPinForm) -> Verdict:
    """Say what is strange about a form, before anything costly is done with it.

    Raises Stopped.
    """
    sent = request.POST
    return check(
        request,
        *((PIN, PHOTO) if request.FILES else (PIN,)),
        form=form.cleaned_data["idempotency_key"],
        texts=(sent.get("title", ""), sent.get("text", ""), sent.get("place_note", "")),
        email=sent.get("email", ""),
    )


def _stopped(request: HttpRequest, form: NewPinForm, stopped: Stopped) -> HttpResponse:
    """Show the form again, with a message above it; it stays the same form."""
    is_for_photos = isinstance(stopped, LimitReached) and stopped.limit in PHOTO.limits
    if is_for_photos:
        request.FILES.clear()
    photos = read_form_photos(request, form.cleaned_data["idempotency_key"])
    if is_for_photos:
        photos.say_unkept()
    photos.report(form)
    form.add_error(None, stopped.message)
    return _page(request, form, photos)


def _send(request: HttpRequest, form: NewPinForm, verdict: Verdict) -> HttpResponse:
    """Keep what was sent, or show the form again. Raises ParticipationClosed."""
    key = form.cleaned_data["idempotency_key"]
    photos = read_form_photos(request, key)
    photos.report(form)
    if not form.is_valid():
        # Nobody mends a form that cannot be sent.
        demand_open_or_sent(key)
        return _page(request, form, photos, status=422)
    if not form.cleaned_data["similar_seen"] and (found := form.similar()):
        demand_open_or_sent(key)
        return _show_similar(request, photos, found)
    draft = replace(form.draft(), album=photos.album())
    try:
        pin, token = submit_pin(draft=draft, idempotency_key=key, verdict=verdict)
    except OutsideTheCity:
        form.refuse_place()
        return _page(request, form, photos, status=422)
    except KeyAlreadyUsed:
        return show_again(request, _sent_before(), photos, status=409)
    except StorageFailed:
        form.add_error(
            None, _("We could not store your photos. Please check and send again.")
        )
        return _page(request, form, photos, status=503)
    return redirect(reverse("pins:own", args=[pin.reference, token]) + "?new=1")


def _closed(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """Say why nobody can add anything, with what was typed; the outbox stays at hand."""
    form = NewPinForm()
    typed = [
        (form.fields[name].label, request.POST.get(name, "").strip())
        for name in ("title", "text", "address", "place_note")
    ]
    # The list of what waits on the device borrows its words from the form.
    context = {"form": form, "typed": [pair for pair in typed if pair[1]]}
    return render(request, "pins/closed.html", context, status=status)


def show_again(
    request: HttpRequest,
    message: str,
    photos: PhotoChoice | None = None,
    *,
    status: int,
) -> HttpResponse:
    """Show the form with what was typed, a message above it and a fresh key."""
    data = request.POST.copy()
    old_key, new_key = read_key(data), uuid4()
    if photos is None:
        photos = read_form_photos(request, old_key)
    if old_key is not None:
        move_to_form(old_key=old_key, new_key=new_key, names=photos.album().alts)
    data["idempotency_key"] = str(new_key)
    form = NewPinForm(data)
    form.add_error(None, message)
    photos.report(form)
    return _page(request, form, photos, status=status)


def _show_similar(
    request: HttpRequest, photos: PhotoChoice, found: list[SimilarPin]
) -> HttpResponse:
    """Show what is on the map already, above the form with everything that was typed."""
    data = request.POST.copy()
    data["similar_seen"] = "1"
    form = NewPinForm(data)
    form.full_clean()
    return _page(request, form, photos, similar=found)


def _sent_before() -> str:
    return _(
        "This form has been sent before. If you want to send what it says now as "
        "another contribution, please send it again."
    )


def _page(
    request: HttpRequest,
    form: NewPinForm,
    photos: PhotoChoice | None = None,
    status: int = 200,
    similar: Sequence[SimilarPin] = (),
    **known: Any,
) -> HttpResponse:
    if photos is not None and photos.cards:
        try:
            keep_form_photos(photos, form.cleaned_data["idempotency_key"])
        except FormAlreadySent:
            return show_again(request, _sent_before(), photos, status=409)
        except (NoRoom, StorageFailed):
            photos.say_unkept()
            status = 503
        photos.report(form)
    context: dict[str, Any] = {
        "form": form,
        "photos": photos or PhotoChoice(),
        "similar": similar,
    } | known
    return render(request, "pins/new.html", context, status=status)
