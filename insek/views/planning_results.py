"""The office says what came of an event: words, documents, photos."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from insek.access import for_editors
from insek.events.files import (
    TooManyFiles,
    add_document,
    add_photo,
    remove_document,
    remove_photo,
)
from insek.events.keeping import keep_result
from insek.forms.events import DocumentForm, EventPhotoForm, ResultForm
from insek.models import Event
from pins.models import PublicPin
from pins.photos.files import StorageFailed
from pins.photos.reading import PhotoRefused, read_photo


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def results(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show and change what came of an event.

    Three forms on one page; `action` says which was sent. 422 for what a form refuses,
    409 where there is too much already, 503 where a file could not be kept.
    """
    event = get_object_or_404(Event, pk=event_id)
    if request.method != "POST":
        return _page(request, event)
    match request.POST.get("action"):
        case "result":
            return _keep_result(request, event)
        case "document":
            return _add_document(request, event)
        case "photo":
            return _add_photo(request, event)
        case "remove-document":
            return _remove(request, event, event.documents.all(), remove_document)
        case "remove-photo":
            return _remove(request, event, event.photos.all(), remove_photo)
    message = _("Please use one of the buttons of this page.")
    return _page(request, event, message=message, status=400)


def _keep_result(request: HttpRequest, event: Event) -> HttpResponse:
    form = ResultForm(request.POST)
    if not form.is_valid():
        return _page(request, event, result_form=form, status=422)
    keep_result(event=event, **form.cleaned_data)
    return _done(request, event, _("Saved."))


def _add_document(request: HttpRequest, event: Event) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES, prefix="document")
    if not form.is_valid():
        return _page(request, event, document_form=form, status=422)
    try:
        add_document(event=event, **form.cleaned_data)
    except TooManyFiles as error:
        form.add_error(None, str(error))
        return _page(request, event, document_form=form, status=409)
    except StorageFailed:
        form.add_error("file", _("The file could not be kept. Please send it again."))
        return _page(request, event, document_form=form, status=503)
    return _done(request, event, _("The document is there."))


def _add_photo(request: HttpRequest, event: Event) -> HttpResponse:
    form = EventPhotoForm(request.POST, request.FILES, prefix="photo")
    if not form.is_valid():
        return _page(request, event, photo_form=form, status=422)
    words = {name: form.cleaned_data[name] for name in ("alt_de", "alt_en")}
    try:
        picture = read_photo(form.cleaned_data["photo"])
        add_photo(event=event, picture=picture, **words)
    except PhotoRefused as error:
        form.add_error("photo", error)
        return _page(request, event, photo_form=form, status=422)
    except TooManyFiles as error:
        form.add_error(None, str(error))
        return _page(request, event, photo_form=form, status=409)
    except StorageFailed:
        form.add_error("photo", _("The file could not be kept. Please send it again."))
        return _page(request, event, photo_form=form, status=503)
    return _done(request, event, _("The photo is there."))


def _remove(
    request: HttpRequest, event: Event, rows: QuerySet[Any], remove: Any
) -> HttpResponse:
    wanted = request.POST.get("id", "")
    found = rows.filter(pk=int(wanted)).first() if _is_id(wanted) else None
    if found is None:
        return _done(request, event, _("It was gone already."))
    remove(**{"document" if remove is remove_document else "photo": found})
    return _done(request, event, _("Removed."))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _done(request: HttpRequest, event: Event, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("planning:event-results", event.pk)


def _page(
    request: HttpRequest, event: Event, *, status: int = 200, **given: Any
) -> HttpResponse:
    texts = {"result_de": event.result_de, "result_en": event.result_en}
    pins = PublicPin.objects.filter(pk__in=event.origins.values("pin_id"))
    context = {
        "section": "events",
        "event": event,
        "documents": event.documents.all(),
        "photos": event.photos.all(),
        "pin_count": pins.count(),
        "result_form": ResultForm(initial=texts),
        "document_form": DocumentForm(prefix="document"),
        "photo_form": EventPhotoForm(prefix="photo"),
    } | given
    return render(request, "insek/planning/event_results.html", context, status=status)
