"""The files of the pages' pictures, in the sizes that pages ask for."""

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from insek.pages.models.files import RENDITIONS, PageRendition

# The styles are those of the browser's own page around a picture.
NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# A picture that is changed gets another name.
KEEP = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str, suffix: str) -> HttpResponseBase:
    """Answer with a picture in some size; its name cannot be guessed."""
    found = PageRendition.objects.filter(file=f"{RENDITIONS}/{name}.{suffix}").first()
    if found is None:
        raise Http404
    try:
        file = found.file.storage.open(found.file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = KEEP
    response["Content-Security-Policy"] = NOTHING_ELSE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
