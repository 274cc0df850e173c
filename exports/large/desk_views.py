"""The page of a large file of a desk, and the file: for who asked, while they sit there."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import get_seat
from councils.rights import Right
from exports.large.views import find_kept, give, tell


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, body_slug: str, file_id: UUID) -> HttpResponse:
    """Tell how far a file is; on POST make it again where it has failed."""
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    found = find_kept(pk=file_id, body=seat.body, requested_by=seat.user)
    return tell(request, found, seat=seat, body=seat.body, section="files")


@never_cache
@login_required
@require_safe
def download(
    request: HttpRequest, body_slug: str, file_id: UUID, extension: str
) -> HttpResponseBase:
    """Answer with the file; where it is not ready, with how far it is."""
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    found = find_kept(
        pk=file_id, body=seat.body, requested_by=seat.user, extension=extension
    )
    return give(request, found, seat=seat, body=seat.body, section="files")
