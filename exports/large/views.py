"""The page of a large file, and the file itself once it is there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from exports.large import answers
from exports.large.asking import LIFETIME, TooManyWait, ask_again, is_lost, is_there
from exports.models import ExportFile
from layers.problems import read_only


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Tell how far a file is; on POST make it again where it has failed."""
    return tell(request, find_kept(pk=file_id, body=None))


@read_only
def download(request: HttpRequest, file_id: UUID, extension: str) -> HttpResponseBase:
    """Answer with the file; where it is not ready, with how far it is."""
    return give(request, find_kept(pk=file_id, body=None, extension=extension))


def find_kept(*, extension: str | None = None, **wanted: object) -> ExportFile | None:
    """Return a file that has not come to its end; with an extension, one that has it."""
    kept = ExportFile.objects.filter(changed_at__gte=timezone.now() - LIFETIME)
    found = kept.select_related("body").filter(**wanted).first()
    # Not a matter of the database, which would not even take some of what may stand there.
    if found is not None and extension not in {None, found.extension}:
        return None
    return found


def tell(
    request: HttpRequest, file: ExportFile | None, **context: object
) -> HttpResponse:
    """Answer with how far a file is; make it anew where it was lost, or on POST failed.

    404 where there is none.
    """
    if file is None:
        return answers.gone(request, **context)
    is_post = request.method == "POST"
    if is_post or is_lost(file):
        try:
            ask_again(file)
        except TooManyWait:
            return answers.too_many(request)
        file.refresh_from_db()
    if is_post:
        return redirect(answers.address_of(file))
    return answers.status(request, file, **context)


def give(
    request: HttpRequest, file: ExportFile | None, **context: object
) -> HttpResponseBase:
    """Answer with the file, or with how far it is; 404 where there is none."""
    if file is not None and is_there(file):
        return answers.file_response(file)
    return tell(request, file, **context)
