"""Anyone reports what is published, and sees by an own link what came of it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods

from pins.access import OwnLinkExpired, get_own_comment, get_own_pin
from pins.actions import KeyAlreadyUsed
from pins.forms import INCOMPLETE
from pins.models import Comment, Pin, Report, ReportCase
from pins.own_link import token_matches
from pins.reporting.complaining import ComplainedAlready, complain
from pins.reporting.forms import SENT_BEFORE, ComplaintForm, ReportForm
from pins.reporting.receiving import (
    ReportedBefore,
    fingerprint,
    submit_report,
)
from pins.reporting.subjects import (
    Kind,
    NotPublicAnyMore,
    Shown,
    Subject,
    get_public_comment,
    get_public_photo,
    get_public_pin,
    public_pin_of,
    show_comment,
    show_photo_of,
    show_pin,
    subject_of,
)
from pins.workflow import MoveNotAllowed
from trust import suspicions
from trust.guard import Stopped, check
from trust.limits import REPORT


# As with a new comment: whoever goes back finds what they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report_pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the form about a contribution; on POST keep the report and lead on to its page.

    404 for what nobody sees, 410 for a report of what is not public any more, 422 for what the form
    refuses, 409 for a form sent before with other words or a thing reported before, 429
    where a browser reports too much; what was typed is shown again.
    """
    if request.method != "POST":
        return _empty_form(request, show_pin(reference))
    return _report(request, Kind.PIN, lambda: get_public_pin(reference))


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report_comment(
    request: HttpRequest, reference: str, comment_id: int
) -> HttpResponse:
    """Show and take the form about a comment, as `report_pin` does."""
    if request.method != "POST":
        return _empty_form(request, show_comment(reference, comment_id))
    return _report(
        request, Kind.COMMENT, lambda: get_public_comment(reference, comment_id)
    )


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report_photo(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Show and take the form about a photo, as `report_pin` does."""
    if request.method != "POST":
        return _empty_form(request, show_photo_of(reference, name))
    return _report(request, Kind.PHOTO, lambda: get_public_photo(reference, name))


def _empty_form(request: HttpRequest, shown: Shown) -> HttpResponse:
    return _form_page(request, shown, ReportForm(None, kind=shown.kind))


def _report(
    request: HttpRequest, kind: Kind, find: Callable[[], Subject]
) -> HttpResponse:
    form = ReportForm(request.POST, kind=kind)
    try:
        return _take(request, find(), form)
    except NotPublicAnyMore:
        return render(request, "pins/report_gone.html", {"form": form}, status=410)


def _take(request: HttpRequest, subject: Subject, form: ReportForm) -> HttpResponse:
    if form.lacks_its_key:
        return _again(request, subject, str(INCOMPLETE), status=422)
    try:
        return _send(request, subject, form)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_form_page(request, subject, form))
    except KeyAlreadyUsed:
        return _again(request, subject, str(SENT_BEFORE), status=409)
    except ReportedBefore:
        message = _("You have reported this already. We look at it.")
        return _again(request, subject, message, status=409)


def _send(request: HttpRequest, subject: Subject, form: ReportForm) -> HttpResponse:
    """Keep what was sent, or show the form again.

    Raises what `check` and `submit_report` raise.
    """
    verdict = check(
        request,
        REPORT,
        form=form.cleaned_data["idempotency_key"],
        texts=(request.POST.get("explanation", ""), request.POST.get("name", "")),
        email=request.POST.get("email", ""),
    )
    if not form.is_valid():
        return _form_page(request, subject, form, status=422)
    report, token = submit_report(
        subject=subject,
        words=form.words(),
        browser=fingerprint(request.META.get("CSRF_COOKIE", "")),
        idempotency_key=form.cleaned_data["idempotency_key"],
    )
    suspicions.keep(verdict, report)
    own = reverse("pins:own-report", args=[report.pk, token])
    return redirect(f"{own}?new=1")


def _again(
    request: HttpRequest, subject: Subject, message: str, *, status: int
) -> HttpResponse:
    form = ReportForm.again(request.POST, message, kind=subject.kind)
    return _form_page(request, subject, form, status=status)


def _form_page(
    request: HttpRequest, subject: Subject | Shown, form: ReportForm, status: int = 200
) -> HttpResponse:
    pin = subject.pin if isinstance(subject, Shown) else public_pin_of(subject)
    context: dict[str, Any] = {
        "form": form,
        "subject": subject,
        "pin": pin,
        "days": settings.REPORT_PERIOD.days,
    }
    return render(request, "pins/report.html", context, status=status)


def get_own_report(report_id: int, token: str) -> Report:
    """Return the report whose own link this is; raises Http404 for a wrong one."""
    found = Report.objects.select_related("case").filter(pk=report_id).first()
    if found is None or not token_matches(token, found.token_hash):
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_report(request: HttpRequest, report_id: int, token: str) -> HttpResponse:
    """Show what came of one's own report; on POST complain, or erase name and address.

    The page is also the receipt after sending (`?new=1`). 404 for a wrong link, 422 for
    what the form refuses, 409 where nobody can complain any more.
    """
    report = get_own_report(report_id, token)
    if request.method != "POST":
        return _own_page(request, report)
    match request.POST.get("action"):
        case "complain":
            return _complain(
                request,
                report.case,
                report,
                lambda **shown: _own_page(request, report, **shown),
            )
        case "forget":
            Report.objects.filter(pk=report.pk).update(name="", email="")
            return redirect(f"{request.path}?done=forget")
        case _:
            message = _("Please use one of the buttons of this page.")
            return _own_page(request, report, message=message, status=400)


def _complain(
    request: HttpRequest,
    case: ReportCase,
    report: Report | None,
    show: Callable[..., HttpResponse],
) -> HttpResponse:
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return show(form=form, status=422)
    try:
        complain(case=case, report=report, text=form.cleaned_data["text"])
    except ComplainedAlready:
        message = _("Your complaint has arrived before. It is looked at only once.")
        return show(form=form, message=message, status=409)
    except MoveNotAllowed as error:
        return show(form=form, message=str(error), status=409)
    return redirect(f"{request.path}?done=complain")


def _statement(
    request: HttpRequest,
    case: ReportCase,
    report: Report | None,
    form: ComplaintForm | None,
    message: str,
) -> dict[str, Any]:
    """Return what the decision of a case and the complaint about it are shown by."""
    complaint = case.complaints.filter(report=report).first()
    return {
        "case": case,
        "complaint": complaint,
        "other_complaints": case.complaints.exclude(report=report)
        if report is None
        else case.complaints.exclude(report=report.pk),
        "takes_complaint": complaint is None
        and case.takes_complaint(of_author=report is None),
        "form": form or ComplaintForm(),
        "message": message,
        "done": request.GET.get("done", ""),
    }


def _own_page(
    request: HttpRequest,
    report: Report,
    *,
    form: ComplaintForm | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    report.case.refresh_from_db()
    subject = subject_of(report.case)
    context = _statement(request, report.case, report, form, message) | {
        "report": report,
        "subject": subject,
        "pin": None if subject is None else public_pin_of(subject),
        "is_new": "new" in request.GET,
        "own_url": settings.BASE_URL + request.path,
    }
    return render(request, "pins/own_report.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pin_decision(
    request: HttpRequest, reference: str, token: str, case_id: int
) -> HttpResponse:
    """Show the author of a pin what was decided on a report of it or of a photo.

    On POST complain. 404 for a wrong link or a case of something else, 410 for a link
    whose time is over.
    """
    try:
        pin = get_own_pin(reference, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=410)
    back = reverse("pins:own", args=[reference, token])
    return _decision(request, pin, None, case_id, back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_decision(
    request: HttpRequest, reference: str, comment_id: int, token: str, case_id: int
) -> HttpResponse:
    """Show the author of a comment what was decided on a report of it."""
    try:
        comment = get_own_comment(reference, comment_id, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=410)
    back = reverse("pins:own-comment", args=[reference, comment_id, token])
    return _decision(request, comment.pin, comment, case_id, back)


def _decision(
    request: HttpRequest, pin: Pin, comment: Comment | None, case_id: int, back: str
) -> HttpResponse:
    cases = ReportCase.objects.of_author(pin, comment).told_to_author()
    case = cases.filter(pk=case_id).first()
    if case is None:
        raise Http404

    def show(
        form: ComplaintForm | None = None, message: str = "", status: int = 200
    ) -> HttpResponse:
        context = _statement(request, case, None, form, message) | {"back_url": back}
        return render(request, "pins/report_decision.html", context, status=status)

    if request.method != "POST":
        return show()
    return _complain(request, case, None, show)
