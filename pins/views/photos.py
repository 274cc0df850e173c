"""The files of photos, each to those who may see it."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from pins.access import OwnLinkExpired, get_moderator, get_own_pin
from pins.models import Photo
from pins.models.photo import PhotoQuerySet
from pins.photos.files import path_of
from trust.sandbox import sandboxed

# Asked for each time, so that what was hidden is gone at once.
PUBLIC = "public, no-cache"
PRIVATE = "private, no-cache"


@require_safe
def photo(request: HttpRequest, name: str, *, small: bool = False) -> HttpResponseBase:
    """Answer with a photo of a published pin; 404 for every other."""
    return _file(request, Photo.objects.public(), name, small=small, cached=PUBLIC)


@require_safe
def waiting_photo(
    request: HttpRequest, name: str, *, small: bool = False
) -> HttpResponseBase:
    """Answer with a photo of a form that is not sent yet: who knows its name sent it."""
    return _file(request, Photo.objects.waiting(), name, small=small)


@require_safe
def own_photo(
    request: HttpRequest, reference: str, token: str, name: str, *, small: bool = False
) -> HttpResponseBase:
    """Answer with a photo of one's own pin, whatever the pin's visibility."""
    try:
        pin = get_own_pin(reference, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=410)
    return _file(request, Photo.objects.filter(pin=pin), name, small=small)


@login_required
@require_safe
def moderated_photo(
    request: HttpRequest, name: str, *, small: bool = False
) -> HttpResponseBase:
    """Answer a moderator with any pin's photo."""
    get_moderator(request.user)
    return _file(request, Photo.objects.exclude(pin=None), name, small=small)


def _file(
    request: HttpRequest,
    visible: PhotoQuerySet,
    name: str,
    *,
    small: bool,
    cached: str = PRIVATE,
) -> HttpResponseBase:
    if not visible.filter(name=name).exists():
        raise Http404
    # Whatever changes in a photo, its name does.
    etag = f'"{name}{"-small" if small else ""}"'
    response = get_conditional_response(request, etag=etag) or _open(name, small=small)
    response["ETag"] = etag
    response["Cache-Control"] = cached
    sandboxed(response, is_picture=True)
    return response


def _open(name: str, *, small: bool) -> FileResponse:
    try:
        file = default_storage.open(path_of(name, small=small))
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, content_type="image/jpeg")
