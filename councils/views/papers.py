"""Papers of a desk: files made at once, and the page of those that take longer."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_desk_pin, get_desk_sitting, get_seat
from councils.models import Paper, Sitting
from councils.papers import keeping, pdf, sitting_xlsx
from councils.papers.content import count_pins, read_pin, read_sitting
from councils.rights import Right
from layers.problems import problem

logger = logging.getLogger(__name__)

AT_ONCE, JSON = 30, "application/json"


class BadVariant(ValueError):
    """The query asks for a paper that there is not."""


@never_cache
@login_required
@require_safe
def dossier(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponseBase:
    """Answer with the dossier of a sitting; `public=1` leaves out what is internal.

    With more than 30 contributions a job makes it: 202 with its address for programs, a
    page for people.
    """
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.TAKE_PAPERS
    )
    try:
        is_public = _wants_public(request)
    except BadVariant as error:
        return problem(str(error), status=400)
    if count_pins(sitting, is_public=is_public) > AT_ONCE:
        return _as_a_job(request, seat, sitting, is_public=is_public)
    return _file(
        request,
        _name_of(sitting, "pdf", is_public=is_public),
        pdf.MEDIA_TYPE,
        lambda: pdf.make_dossier(read_sitting(sitting, is_public=is_public)),
    )


def _as_a_job(
    request: HttpRequest, seat: Seat, sitting: Sitting, *, is_public: bool
) -> HttpResponse:
    if request.method == "HEAD":
        return HttpResponse(status=202)
    paper = keeping.ask_for_dossier(seat=seat, sitting=sitting, is_public=is_public)
    address = reverse("councils:paper", args=[seat.body.slug, paper.pk])
    if "text/html" in request.headers.get("Accept", ""):
        return redirect(address)
    response = JsonResponse(_told(paper, seat), status=202)
    response["Location"] = address
    return response


@never_cache
@login_required
@require_safe
def pin_dossier(
    request: HttpRequest, body_slug: str, reference: str
) -> HttpResponseBase:
    """Answer with the dossier of one contribution; `public=1` as for a sitting's."""
    seat, shown, _pin = get_desk_pin(
        request.user, body_slug, reference, Right.TAKE_PAPERS
    )
    try:
        is_public = _wants_public(request)
    except BadVariant as error:
        return problem(str(error), status=400)
    return _file(
        request,
        f"{shown.reference}{'-public' if is_public else ''}.pdf",
        pdf.MEDIA_TYPE,
        lambda: pdf.make_dossier(read_pin(seat.body, shown, is_public=is_public)),
    )


@never_cache
@login_required
@require_safe
def spreadsheet(
    request: HttpRequest, body_slug: str, sitting_id: int
) -> HttpResponseBase:
    """Answer with a sitting, its agenda, contributions and votes as XLSX."""
    return _of_sitting(
        request,
        body_slug,
        sitting_id,
        "xlsx",
        sitting_xlsx.MEDIA_TYPE,
        sitting_xlsx.make,
    )


@never_cache
@login_required
@require_safe
def agenda(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponseBase:
    """Answer with the agenda as DOCX, in the styles of the office's own template."""
    # Here and not above: it takes 17 MB, for which every process would pay.
    from councils.papers import agenda_docx

    return _of_sitting(
        request, body_slug, sitting_id, "docx", agenda_docx.MEDIA_TYPE, agenda_docx.make
    )


def _of_sitting(
    request: HttpRequest,
    body_slug: str,
    sitting_id: int,
    extension: str,
    media_type: str,
    make: Callable[..., bytes],
) -> HttpResponseBase:
    _seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.TAKE_PAPERS
    )
    try:
        is_public = _wants_public(request)
    except BadVariant as error:
        return problem(str(error), status=400)
    return _file(
        request,
        _name_of(sitting, extension, is_public=is_public),
        media_type,
        lambda: make(read_sitting(sitting, is_public=is_public)),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, body_slug: str, paper_id: UUID) -> HttpResponse:
    """Show how far a paper is; on POST start it again where it has failed.

    Programs that accept JSON get the same in it. 404 for who did not ask for it.
    """
    seat, found = _get_paper(request, body_slug, paper_id)
    address = reverse("councils:paper", args=[seat.body.slug, found.pk])
    if request.method == "POST":
        keeping.ask_again(paper=found)
        return redirect(address)
    told = _told(found, seat)
    if request.get_preferred_type(["text/html", JSON]) != JSON:
        context = {
            "seat": seat,
            "body": seat.body,
            "section": "sittings",
            "paper": found,
        }
        response = render(request, "councils/paper.html", context | told)
    else:
        response = JsonResponse(told, status=202 if told["is_open"] else 200)
    patch_vary_headers(response, ["Accept"])
    return response


@never_cache
@login_required
@require_safe
def paper_file(
    request: HttpRequest, body_slug: str, paper_id: UUID
) -> HttpResponseBase:
    """Answer with the file of a paper that is ready; 404 before."""
    _seat, found = _get_paper(request, body_slug, paper_id)
    if found.state != Paper.State.READY or found.sitting is None:
        raise Http404
    is_public = found.query == keeping.PUBLIC
    try:
        file = default_storage.open(found.file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=_name_of(found.sitting, "pdf", is_public=is_public),
        content_type=pdf.MEDIA_TYPE,
    )


def _get_paper(
    request: HttpRequest, body_slug: str, paper_id: UUID
) -> tuple[Seat, Paper]:
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    mine = Paper.objects.filter(
        pk=paper_id,
        body=seat.body,
        requested_by=seat.user,
        created_at__gte=timezone.now() - keeping.LIFETIME,
    )
    found = mine.select_related("sitting__body").first()
    if found is None:
        raise Http404
    return seat, found


def _told(found: Paper, seat: Seat) -> dict[str, object]:
    """Return how far a paper is, for the page and for programs."""
    is_ready, failed = found.state == Paper.State.READY, keeping.has_failed(found)
    file = reverse("councils:paper-file", args=[seat.body.slug, found.pk])
    return {
        "state": Paper.State.FAILED.value if failed else found.state,
        "done": found.done,
        "total": found.total,
        "is_open": not (is_ready or failed),
        "file": file if is_ready else None,
    }


def _wants_public(request: HttpRequest) -> bool:
    wanted = request.GET.get("public", "")
    if wanted not in {"", "1"}:
        message = _("“public” can only be 1.")
        raise BadVariant(message)
    return wanted == "1"


def _name_of(sitting: Sitting, extension: str, *, is_public: bool) -> str:
    day = timezone.localtime(sitting.start).date().isoformat()
    variant = "-public" if is_public else ""
    return f"{sitting.body.slug}-{day}{variant}.{extension}"


def _file(
    request: HttpRequest, name: str, media_type: str, make: Callable[[], bytes]
) -> HttpResponse:
    """Answer with a file; who only asks whether it is there has it not made."""
    try:
        content = make() if request.method == "GET" else b""
    except pdf.NotSet:
        logger.exception("A paper could not be made.")
        return problem(_("The paper could not be made. Please try again."), status=503)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
