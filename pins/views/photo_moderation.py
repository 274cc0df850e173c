"""Moderators see to a single photo: its words, what it must not show, whether it stays."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import get_pin_for_moderation
from pins.four_eyes import may_be_erased
from pins.models import Photo, Pin
from pins.moderation.claims import claim
from pins.photo_forms import AltForm, BoxFormSet, boxes_of
from pins.photos.files import StorageFailed
from pins.photos.keeping import black_out_photo, describe_photo, remove_photos


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Show one photo of a pin; on POST describe it, black boxes out or remove it.

    422 for what the forms refuse. A photo that somebody else has changed meanwhile has
    another name: the page says so and leads back to the pin.
    """
    moderator, pin = get_pin_for_moderation(request.user, reference)
    if request.method != "HEAD":
        # Who sees to its photos reads the contribution, as far as nobody else does.
        claim(subject=pin, actor=moderator)
    if request.method != "POST":
        return _page(request, pin, get_object_or_404(pin.photos, name=name))
    found = pin.photos.filter(name=name).first()
    try:
        return _gone(request, pin) if found is None else _change(request, pin, found)
    except Photo.DoesNotExist:
        return _gone(request, pin)


def _change(request: HttpRequest, pin: Pin, found: Photo) -> HttpResponse:
    match request.POST.get("action"):
        case "describe":
            return _describe(request, pin, found)
        case "black-out":
            return _black_out(request, pin, found)
        case "remove" if may_be_erased(found):
            # Once published, it takes two people.
            return redirect("moderation:erase-photo", pin.reference, found.name)
        case "remove":
            remove_photos(pin=pin, names=[found.name])
            return _done(request, pin, _("The photo is erased."))
        case _:
            message = _("Please use one of the buttons of this page.")
            return _page(request, pin, found, message=message, status=400)


def _describe(request: HttpRequest, pin: Pin, found: Photo) -> HttpResponse:
    form = AltForm(request.POST)
    if not form.is_valid():
        return _page(request, pin, found, form=form, status=422)
    describe_photo(photo=found, alt=form.cleaned_data["alt"])
    return _done(request, pin, _("The description of the photo is saved."))


def _black_out(request: HttpRequest, pin: Pin, found: Photo) -> HttpResponse:
    boxes = BoxFormSet(request.POST, prefix="box")
    if not boxes.is_valid():
        return _page(request, pin, found, boxes=boxes, status=422)
    try:
        black_out_photo(photo=found, boxes=boxes_of(boxes))
    except StorageFailed:
        message = _("The photo could not be read or written. Please try again later.")
        return _page(request, pin, found, boxes=boxes, message=message, status=503)
    return _done(request, pin, _("The areas are blacked out for good."))


def _done(request: HttpRequest, pin: Pin, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("moderation:pin", pin.reference)


def _gone(request: HttpRequest, pin: Pin) -> HttpResponse:
    messages.error(
        request,
        _("Somebody has changed or erased this photo meanwhile. Nothing was done."),
    )
    return redirect("moderation:pin", pin.reference)


def _page(
    request: HttpRequest,
    pin: Pin,
    found: Photo,
    *,
    form: AltForm | None = None,
    boxes: Any = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "pin": pin,
        "photo": found,
        "takes_two": may_be_erased(found),
        "form": form or AltForm(initial={"alt": found.alt}),
        "boxes": BoxFormSet(prefix="box") if boxes is None else boxes,
        "message": message,
    }
    return render(request, "moderation/photo.html", context, status=status)
