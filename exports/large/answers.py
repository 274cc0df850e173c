"""What a request for a large file is answered with: the file, or how far it is."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _

from councils.access import Seat
from exports.files.formats import FORMATS
from exports.files.pin_file import PinFile, is_large, refuse_too_many, respond
from exports.large.asking import (
    LIFETIME,
    State,
    TooManyWait,
    Wanted,
    ask_for,
    files_before,
    find_ready,
    has_failed,
    is_late,
    is_there,
)
from exports.models import ExportFile
from layers.problems import problem

HTML, JSON = "text/html", "application/json"
# Seconds after which it makes sense to ask again.
SOON, LATER = 5, 60


def deliver(
    request: HttpRequest, file: PinFile, seat: Seat | None = None
) -> HttpResponseBase:
    """Answer with the file, or where it is large with 202 and where it will be.

    People are led to a page that tells how far it is. 503 where too many files are
    waiting. Who only asks for the headers has nothing made. `seat` is that of a file of
    a desk. Raises TooManyPins.
    """
    if not is_large(file):
        return respond(request, file)
    refuse_too_many(file)
    wanted = Wanted.of(file, request.GET, seat)
    ready = find_ready(wanted)
    if ready is not None:
        return file_response(ready)
    if request.method == "HEAD":
        return HttpResponse(status=202)
    try:
        return _on_its_way(request, ask_for(wanted))
    except TooManyWait:
        return too_many(request)


def is_file(response: HttpResponseBase) -> bool:
    """Tell whether an answer is the file, or says that the client has it already."""
    return response.status_code in {200, 304}


def _on_its_way(request: HttpRequest, file: ExportFile) -> HttpResponse:
    with translation.override(_language_of(request)):
        address = address_of(file)
    if HTML in request.headers.get("Accept", ""):
        response: HttpResponse = redirect(address)
    else:
        response = JsonResponse(told(file), status=202)
        response["Location"] = address
        response["Retry-After"] = str(SOON)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept"])
    return response


def _language_of(request: HttpRequest) -> str:
    """Return the language of the page: a file's address has one only where it is said."""
    if "lang" in request.GET:
        return translation.get_language() or settings.LANGUAGE_CODE
    return translation.get_language_from_request(request)


def address_of(file: ExportFile) -> str:
    """Return the path of the page that tells how far the file is."""
    if file.body is not None:
        return reverse("desk-file", args=[file.body.slug, file.pk])
    return reverse("exports:file", args=[file.pk])


def download_of(file: ExportFile) -> str:
    """Return the path of the file itself."""
    if file.body is not None:
        names = [file.body.slug, file.pk, file.extension]
        return reverse("desk-file-download", args=names)
    return reverse("export-file", args=[file.pk, file.extension])


def name_of(file: ExportFile) -> str:
    """Return the name under which the file is saved."""
    if file.body is not None:
        return f"{file.body.slug}-pins.{file.extension}"
    place = f"-{file.district_slug}" if file.district_slug else ""
    return f"pins{place}.{file.extension}"


def told(file: ExportFile) -> dict[str, object]:
    """Return how far a file is, for its page and for programs; nothing of who asked."""
    is_ready, failed = is_there(file), has_failed(file)
    content: dict[str, object] = {
        "state": State.FAILED.value if failed else file.state,
        "is_open": not (is_ready or failed),
        "done": file.done,
        "total": file.total,
        "status": f"{settings.BASE_URL}{address_of(file)}",
        "file": None,
    }
    if file.state == State.WAITING and not failed:
        content["before"] = files_before(file)
        content["is_late"] = is_late(file)
    if is_ready:
        content["file"] = f"{settings.BASE_URL}{download_of(file)}"
        content["size"] = file.size
        content["kept_until"] = timezone.localtime(file.changed_at + LIFETIME)
    return content


def status(request: HttpRequest, file: ExportFile, **context: object) -> HttpResponse:
    """Answer with how far a file is: a page, or JSON for programs that prefer it."""
    facts = told(file)
    if request.get_preferred_type([HTML, JSON]) == JSON:
        code = 202 if facts["is_open"] else 200
        response: HttpResponse = JsonResponse(facts, status=code)
        if facts["is_open"]:
            response["Retry-After"] = str(SOON)
    else:
        more = {
            "format": FORMATS[file.extension],
            "download": download_of(file),
            "name": name_of(file),
        }
        response = render(request, "exports/file.html", facts | more | context)
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept"])
    return response


def file_response(file: ExportFile) -> FileResponse:
    """Answer with a file that is ready; raises OSError where it has just been lost."""
    opened = default_storage.open(file.file.name)
    return FileResponse(
        opened,
        as_attachment=True,
        filename=name_of(file),
        content_type=FORMATS[file.extension].variants[0].media_type,
    )


def gone(request: HttpRequest, **context: object) -> HttpResponse:
    """Answer 404: there is no such file, or not any more."""
    detail = _(
        "Files are kept for a day and then erased. Please ask for yours anew: it then "
        "shows the contributions as they are now."
    )
    if HTML in request.headers.get("Accept", ""):
        more = {"detail": detail, **context}
        response: HttpResponse = render(
            request, "exports/file_gone.html", more, status=404
        )
    else:
        response = problem(detail, status=404)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept"])
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 503: enough large files are waiting to be made."""
    detail = _(
        "Many large files are being made at the moment. Please try again in some minutes, "
        "or ask for fewer contributions: of one district, one theme, one status."
    )
    if HTML in request.headers.get("Accept", ""):
        response: HttpResponse = render(
            request, "exports/too_many.html", {"detail": detail}, status=503
        )
    else:
        response = problem(detail, status=503)
    response["Retry-After"] = str(LATER)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept"])
    return response
