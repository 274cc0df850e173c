"""What the INSEK office lays before the bodies, for everyone once it is on an agenda."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from councils.public.trace import way_of
from insek.models import Submission
from trust.sandbox import sandboxed


@require_safe
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Show a draft of a resolution, what it is about and its way through the bodies.

    404 before a body has it on a public item of a published agenda.
    """
    found = _get(submission_id)
    context = {
        "section": "goals",
        "submission": found,
        "goals": found.goals.public(),
        "measures": found.measures.public(),
        "chain": way_of(found.matter),
    }
    return render(request, "insek/submission.html", context)


@require_safe
def document(request: HttpRequest, submission_id: int) -> FileResponse:
    """Answer with the PDF of the draft."""
    return pdf_of(_get(submission_id))


def pdf_of(submission: Submission) -> FileResponse:
    """Answer with the PDF of a submission; raises Http404 where it has none."""
    name = submission.document.name
    if not name:
        raise Http404
    try:
        opened = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=f"beschlussvorlage-{submission.pk}.pdf",
        content_type="application/pdf",
    )
    sandboxed(response)
    return response


def _get(submission_id: int) -> Submission:
    shown = Submission.objects.public().select_related("matter")
    return get_object_or_404(shown, pk=submission_id)
