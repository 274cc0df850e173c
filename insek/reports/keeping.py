"""Reports are made once, mailed once by schedule, and kept."""

import logging
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from councils.models import Membership
from districts.models import Body
from insek.models import BodyReport
from insek.reports.contents import read_contents
from insek.reports.months import Month
from insek.reports.paper import make_pdf

logger = logging.getLogger(__name__)

# Whoever was away for longer does not want to read all that was missed.
MOST_MISSED = 12


@dataclass(frozen=True)
class Wanted:
    """A report that is to be made."""

    body: Body
    month: Month


def reported_bodies() -> list[Body]:
    """Return who gets reports: district councils, committees, the city council."""
    return list(Body.objects.exclude(kind=Body.Kind.ADVISORY_BOARD).order_by("name"))


def due_reports() -> list[Wanted]:
    """Return what the schedule has not made yet, up to the month that is over.

    A body without any begins with the last month; what was missed comes first.
    """
    last = Month.last()
    latest = dict(
        BodyReport.objects.filter(made_by=None)
        .order_by("body", "-month")
        .distinct("body")
        .values_list("body", "month")
    )
    known = set(BodyReport.objects.values_list("body", "month"))
    wanted = []
    for body in reported_bodies():
        months = [last]
        before = latest.get(body.pk)
        while (
            before and months[-1].before > Month(before) and len(months) < MOST_MISSED
        ):
            months.append(months[-1].before)
        wanted += [
            Wanted(body, month)
            for month in reversed(months)
            if (body.pk, month.first) not in known
        ]
    return wanted


def missing_reports(month: Month) -> list[Wanted]:
    """Return whose reports of a month are not there."""
    known = set(
        BodyReport.objects.filter(month=month.first).values_list("body", flat=True)
    )
    return [Wanted(body, month) for body in reported_bodies() if body.pk not in known]


def ask_for(wanted: Wanted, *, actor: User | None = None) -> None:
    """Let a job make a report; a second wish for the same one is none."""
    name = f"report-{wanted.body.pk}-{wanted.month.code}"
    try:
        with transaction.atomic():
            app.configure_task("insek.tasks.make_report", queueing_lock=name).defer(
                body_id=wanted.body.pk,
                month=wanted.month.code,
                user_id=actor.pk if actor else None,
            )
    except AlreadyEnqueued:
        pass


@transaction.atomic
def make_report(*, wanted: Wanted, actor: User | None = None) -> BodyReport | None:
    """Make and keep a report; None where there is one already.

    By schedule, which is without an actor, it is mailed to the members as well. Raises
    ValueError for a month that is not over, and councils.papers.pdf.NotSet.
    """
    if not wanted.month.is_over:
        message = f"{wanted.month.code} is not over."
        raise ValueError(message)
    # Two at once: the second one waits here, and finds the report of the first.
    body = Body.objects.select_for_update(no_key=True).get(pk=wanted.body.pk)
    month = wanted.month
    if BodyReport.objects.filter(body=body, month=month.first).exists():
        return None
    contents = read_contents(body, month)
    content = ContentFile(make_pdf(contents))
    report = BodyReport(
        body=body, month=month.first, figures=asdict(contents.numbers), made_by=actor
    )
    report.file.save("report.pdf", content, save=False)
    try:
        report.save()
        if actor is None:
            report = send_report(report=report)
    except BaseException:
        report.file.delete(save=False)
        raise
    return report


@transaction.atomic
def send_report(*, report: BodyReport) -> BodyReport:
    """Put a mail to each of today's members into the outbox; again where it went before."""
    held = BodyReport.objects.select_for_update().get(pk=report.pk)
    members = recipients(held.body)
    for user in members:
        app.configure_task("insek.tasks.send_report").defer(
            report_id=held.pk, user_id=user.pk
        )
    held.sent_at, held.sent_to = timezone.now(), len(members)
    held.save(update_fields=["sent_at", "sent_to"])
    return held


def recipients(body: Body) -> list[User]:
    """Return today's members of a body who have an address."""
    seats = (
        Membership.objects.current()
        .filter(body=body, user__is_active=True)
        .exclude(user__email="")
        .select_related("user")
        .order_by("user")
    )
    return [seat.user for seat in seats]
