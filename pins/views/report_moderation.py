"""Moderators see what was reported, and decide on it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pins.access import get_moderator
from pins.models import Complaint, ReportCase
from pins.reporting.complaining import (
    decide_complaint,
    granted_outcome,
    may_decide,
)
from pins.reporting.deciding import decide, digest_of, hide_for_now
from pins.reporting.forms import CaseForm, ComplaintDecisionForm
from pins.reporting.subjects import subject_of
from pins.reporting.waiting import waiting_reports
from pins.views.queue import DECIDED
from pins.workflow import MoveNotAllowed
from trust.suspicions import bring_suspicions

PAGE_SIZE = 25
STATES = ("waiting", "complaints", "decided")


@never_cache
@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List what was reported, what waits longest first; of what is decided the newest.

    400 for a state that does not exist, with what waits below.
    """
    get_moderator(request.user)
    asked = request.GET.get("state", STATES[0])
    state = asked if asked in STATES else STATES[0]
    waiting = waiting_reports()
    cases = _in_state(state).annotate(report_count=Count("reports", distinct=True))
    context = {
        "page": Paginator(
            cases.select_related("pin", "comment", "photo").prefetch_related("reports"),
            PAGE_SIZE,
        ).get_page(request.GET.get("page")),
        "state": state,
        "states": [
            ("waiting", _("To be decided"), waiting.cases),
            ("complaints", _("Complaints"), waiting.complaints),
            ("decided", _("Decided"), ReportCase.objects.decided().count()),
        ],
        # Of the tabs that all moderators' pages share.
        "decided": [(v.value, v.label) for v in DECIDED],
    }
    status = 200 if asked == state else 400
    return render(request, "moderation/reports.html", context, status=status)


def _in_state(state: str) -> QuerySet[ReportCase]:
    match state:
        case "complaints":
            return ReportCase.objects.with_complaints().order_by("opened_at", "pk")
        case "decided":
            return ReportCase.objects.decided().order_by("-decided_at", "-pk")
        case _:
            return ReportCase.objects.waiting().order_by("opened_at", "pk")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case with all its reports; on POST hide it for now, decide, or look again.

    409 where somebody decided meanwhile or the thing changed, 422 for what the forms
    refuse, 403 for whoever may not decide on a complaint about the own decision.
    """
    moderator = get_moderator(request.user)
    case = ReportCase.objects.select_related("decided_by").filter(pk=case_id).first()
    if case is None:
        raise Http404
    if request.method != "POST":
        return _page(request, moderator, case)
    try:
        match request.POST.get("action"):
            case "hide-now":
                hide_for_now(case=case, actor=moderator)
                messages.success(request, _("It is hidden until it is decided."))
                return redirect("moderation:report", case.pk)
            case "decide":
                return _decide(request, moderator, case)
            case "complaint":
                return _decide_complaint(request, moderator, case)
            case _:
                message = _("Please use one of the buttons of this page.")
                return _page(request, moderator, case, message=message, status=400)
    except MoveNotAllowed as error:
        case.refresh_from_db()
        return _page(request, moderator, case, message=str(error), status=409)


def _decide(request: HttpRequest, moderator: User, case: ReportCase) -> HttpResponse:
    form = CaseForm(request.POST, subject=subject_of(case))
    if not form.is_valid():
        return _page(request, moderator, case, form, status=422)
    try:
        decide(
            case=case,
            actor=moderator,
            decision=form.decision(),
            read=form.cleaned_data["read"],
        )
    except MoveNotAllowed as error:
        case.refresh_from_db()
        form.add_error(None, str(error))
        return _page(request, moderator, case, form, status=409)
    return _saved(request)


def _decide_complaint(
    request: HttpRequest, moderator: User, case: ReportCase
) -> HttpResponse:
    asked = request.POST.get("complaint", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    complaint = case.complaints.filter(pk=int(asked) if is_number else 0).first()
    if complaint is None:
        raise Http404
    form = ComplaintDecisionForm(request.POST, complaint=complaint)
    if not may_decide(complaint, moderator):
        form.add_error(None, _("Somebody else has to look at this complaint."))
        return _page(
            request, moderator, case, complaint_form=(complaint, form), status=403
        )
    if not form.is_valid():
        return _page(
            request, moderator, case, complaint_form=(complaint, form), status=422
        )
    try:
        decide_complaint(complaint=complaint, actor=moderator, **form.answer_given())
    except MoveNotAllowed as error:
        case.refresh_from_db()
        form.add_error(None, str(error))
        return _page(
            request, moderator, case, complaint_form=(complaint, form), status=409
        )
    return _saved(request)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(
        request, _("Your decision is saved. Reporters and author are told.")
    )
    return redirect("moderation:reports")


def _page(
    request: HttpRequest,
    moderator: User,
    case: ReportCase,
    form: CaseForm | None = None,
    *,
    complaint_form: tuple[Complaint, ComplaintDecisionForm] | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    # Before what the page shows: what comes in between is refused, not missed.
    subject = subject_of(case)
    read = digest_of(case, subject)
    reports = list(case.reports.all())
    bring_suspicions(reports)
    complaints = case.complaints.select_related("decided_by", "report")
    context: dict[str, Any] = {
        "case": case,
        "subject": subject,
        "read": read,
        "reports": reports,
        "form": form or CaseForm(subject=subject),
        "shown_form": complaint_form[1] if complaint_form else form,
        "complaints": [
            _shown_complaint(complaint, moderator, complaint_form)
            for complaint in complaints
        ],
        "message": message,
    }
    return render(request, "moderation/report.html", context, status=status)


def _shown_complaint(
    complaint: Complaint,
    moderator: User,
    typed: tuple[Complaint, ComplaintDecisionForm] | None,
) -> dict[str, Any]:
    is_typed = typed is not None and typed[0].pk == complaint.pk
    prefix = f"complaint-{complaint.pk}"
    return {
        "complaint": complaint,
        "may_decide": may_decide(complaint, moderator),
        "granted": granted_outcome(complaint).label,
        "form": typed[1]
        if is_typed and typed is not None
        else ComplaintDecisionForm(complaint=complaint, auto_id=f"{prefix}-%s"),
    }
