"""What planners lay before the bodies: composing it, and how far it has come."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from councils.matters import unheard_bodies
from councils.models import Consultation, Sitting
from districts.models import Body
from insek.access import for_planners, get_planner
from insek.concept.places import councils_concerned
from insek.concept.submitting import SubmissionRefused, submit
from insek.forms.submissions import ContentForm, SubmissionForm
from insek.models import Submission
from insek.views.submissions import pdf_of
from pins.photos.files import StorageFailed

# Who resolves, and who advises it: as the city resolved to go about the concept.
USUAL_KINDS = {Body.Kind.COMMITTEE, Body.Kind.COUNCIL}
COMPOSE = "insek/planning/submission_form.html"


@dataclass(frozen=True)
class Station:
    """A body on the way, as the office sees it."""

    consultation: Consultation

    @property
    def sitting(self) -> Sitting | None:
        return self.consultation.sitting

    @property
    def state(self) -> str:
        """What stands there today, in words."""
        consultation, sitting = self.consultation, self.sitting
        if consultation.is_decided:
            return str(consultation.get_outcome_display())
        if sitting is None:
            return _("Proposed: not on an agenda yet")
        if sitting.state == Sitting.State.PLANNED:
            return _("On an agenda that is not published yet")
        return _("On the agenda")

    @property
    def is_hidden(self) -> bool:
        """Whether it is dealt with where the public is shut out."""
        item = self.consultation.item
        return item is not None and not item.is_public


@for_planners
@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """List what lies before the bodies, the latest first."""
    found = Submission.objects.select_related("matter").prefetch_related(
        "matter__consultations__body", "matter__consultations__item__sitting"
    )
    rows = [
        (one, [Station(c) for c in one.matter.consultations.all()]) for one in found
    ]
    context = {"section": "submissions", "rows": rows}
    return render(request, "insek/planning/submissions.html", context)


@for_planners
@require_safe
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Show how far a submission has come, body by body."""
    found = _get(submission_id)
    consultations = found.matter.consultations.select_related(
        "body", "item__sitting"
    ).order_by("order")
    waived = found.matter.hearings.filter(waived_at__isnull=False)
    context = {
        "section": "submissions",
        "submission": found,
        "goals": found.goals.all(),
        "measures": found.measures.defer("geometry"),
        "stations": [Station(c) for c in consultations],
        "waived": waived.select_related("body"),
        "unheard": unheard_bodies(found.matter),
        "is_public": Submission.objects.public().filter(pk=found.pk).exists(),
    }
    return render(request, "insek/planning/submission.html", context)


@for_planners
@require_safe
def document(request: HttpRequest, submission_id: int) -> FileResponse:
    """Answer with the PDF of a submission, before everyone can read it too."""
    return pdf_of(_get(submission_id))


def _get(submission_id: int) -> Submission:
    return get_object_or_404(
        Submission.objects.select_related("matter"), pk=submission_id
    )


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose what is to be resolved, then write the draft and choose its way.

    The choice stands in the query; POST lays the draft before the bodies. 400 or 422 for
    what the forms refuse.
    """
    if request.method == "POST":
        return _submit(request)
    if "kind" not in request.GET:
        return _choose(request, ContentForm())
    content = ContentForm(request.GET)
    if not content.is_valid():
        return _choose(request, content, status=400)
    measures = content.cleaned_data["measures"]
    duty = councils_concerned(measures)
    usual = Body.objects.filter(kind__in=USUAL_KINDS)
    form = SubmissionForm(
        initial={
            "kind": content.cleaned_data["kind"],
            "goals": content.cleaned_data["goals"],
            "measures": measures,
            "bodies": [*duty, *usual],
        }
    )
    form.duty = duty
    return _compose(request, form)


def _choose(
    request: HttpRequest, form: ContentForm, *, status: int = 200
) -> HttpResponse:
    context = {"section": "submissions", "form": form}
    return render(
        request, "insek/planning/submission_choose.html", context, status=status
    )


def _compose(
    request: HttpRequest, form: SubmissionForm, *, status: int = 200
) -> HttpResponse:
    chosen = {str(getattr(v, "pk", v)) for v in form["bodies"].value() or []}
    duty = {body.pk for body in form.duty}
    context: dict[str, Any] = {
        "section": "submissions",
        "form": form,
        "bodies": [
            (body, body.pk in duty or str(body.pk) in chosen, body.pk in duty)
            for body in sorted(
                Body.objects.all(), key=lambda b: (b.kind in USUAL_KINDS, b.name)
            )
        ],
        "goals": _chosen(form, "goals"),
        "measures": _chosen(form, "measures"),
    }
    return render(request, COMPOSE, context, status=status)


def _chosen(form: SubmissionForm, name: str) -> list[Any]:
    """Return the goals or measures of the form, whether it is valid or not."""
    if not form.is_bound:
        return list(form.initial[name])
    return list(form.cleaned_data.get(name) or [])


def _submit(request: HttpRequest) -> HttpResponse:
    form = SubmissionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _compose(request, form, status=422)
    try:
        submission = submit(
            draft=form.draft(),
            bodies=form.cleaned_data["bodies"],
            actor=get_planner(request.user),
            key=form.cleaned_data["key"],
        )
    except SubmissionRefused as error:
        form.add_error("bodies", str(error))
        return _compose(request, form, status=422)
    except StorageFailed:
        form.add_error(
            "document", _("The file could not be kept. Please send it again.")
        )
        return _compose(request, form, status=503)
    messages.success(request, _("The bodies have it among their proposals now."))
    return redirect("planning:submission", submission.pk)
