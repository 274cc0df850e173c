"""The monthly reports: at the desk of their body, and all of them for planners."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from councils.access import get_seat
from insek.access import for_planners, get_planner
from insek.forms.reports import MakeForm, MonthForm
from insek.models import BodyReport
from insek.reports.keeping import ask_for, reported_bodies, send_report
from insek.reports.mails import file_name
from insek.reports.months import Month
from trust.clock import was_lately
from trust.sandbox import sandboxed

# A second press of the button is no second mail.
REST = datetime.timedelta(minutes=10)


@never_cache
@login_required
@require_safe
def of_body(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the reports of a body at its desk, the latest first."""
    seat = get_seat(request.user, body_slug)
    reports = BodyReport.objects.filter(body=seat.body).order_by("-month")
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "reports",
        "reports": [(Month(report.month), report) for report in reports],
    }
    return render(request, "insek/reports_of_body.html", context)


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, body_slug: str, month: str) -> HttpResponseBase:
    """Answer with a report as PDF; 404 for another body's, and where there is none."""
    seat = get_seat(request.user, body_slug)
    try:
        first = Month.read(month).first
    except ValueError as error:
        raise Http404 from error
    report = get_object_or_404(BodyReport, body=seat.body, month=first)
    try:
        opened = report.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=file_name(report),
        content_type="application/pdf",
    )
    sandboxed(response)
    return response


@for_planners
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the reports of one month, those too that are missing; 400 for no such month."""
    form = MonthForm(request.GET if "month" in request.GET else None)
    is_valid = form.is_valid() or not form.is_bound
    month = form.cleaned_data["month"] if form.is_valid() else Month.last()
    if not form.is_bound:
        form = MonthForm(initial={"month": month.code})
    made = {
        report.body_id: report
        for report in BodyReport.objects.filter(month=month.first)
    }
    bodies = reported_bodies()
    context = {
        "section": "reports",
        "form": form,
        "month": month,
        "rows": [(body, made.get(body.pk)) for body in bodies],
        "missing": sum(body.pk not in made for body in bodies),
    }
    return render(
        request, "insek/planning/reports.html", context, status=200 if is_valid else 400
    )


@for_planners
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Let one report be made, or all of a month that are missing."""
    form = MakeForm(request.POST)
    if form.is_valid():
        wanted = form.wanted()
        for one in wanted:
            ask_for(one, actor=get_planner(request.user))
        done = ngettext(
            "%(count)d report is being made. Load the page again in a minute.",
            "%(count)d reports are being made. Load the page again in a minute.",
            len(wanted),
        )
        messages.success(request, done % {"count": len(wanted)})
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    month = form.cleaned_data.get("month")
    return redirect(_address(month))


@for_planners
@require_POST
def send(request: HttpRequest, report_id: int) -> HttpResponse:
    """Mail a report to the members of its body, again where it was mailed before."""
    report = get_object_or_404(BodyReport, pk=report_id)
    if report.sent_at and was_lately(report.sent_at, REST):
        messages.warning(request, _("This report has just been sent."))
    else:
        sent = send_report(report=report)
        done = ngettext(
            "The report goes to %(count)d member.",
            "The report goes to %(count)d members.",
            sent.sent_to,
        )
        messages.success(request, done % {"count": sent.sent_to})
    return redirect(_address(Month(report.month)))


def _address(month: Month | None) -> str:
    address = reverse("planning:reports")
    return f"{address}?month={month.code}" if month else address
