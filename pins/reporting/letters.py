"""What reporters and authors are told by mail, where an address of theirs is known.

Residents leave one with contributions and reports, not with comments: they read on the
page of their own link what was decided. Who comments for a body has an account.

No mail holds what a reporter wrote, nor the words of what was reported: a form cannot be
used to send somebody a text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app

from pins.models import Complaint, Contact, Report, ReportCase
from pins.models.report import Outcome
from pins.own_link import make_token


class Letter(StrEnum):
    """Which mail it is. Those to reporters go by the report, the others by the case."""

    RECEIPT = "receipt"
    TO_REPORTER = "to-reporter"
    TO_AUTHOR = "to-author"
    # Of comments and photos: a pin that is hidden is told of by `pins.notifications`.
    HIDDEN = "hidden"


@dataclass(frozen=True)
class _Reader:
    email: str
    language: str


def post(letter: Letter, row_id: int, complaint: Complaint | None = None) -> None:
    """Put a mail into the outbox, in the transaction of what it tells."""
    # By name: the module of the tasks imports this one.
    app.configure_task("pins.tasks.send_report_letter").defer(
        letter=letter.value,
        row_id=row_id,
        complaint_id=None if complaint is None else complaint.pk,
    )


def tell_both(case: ReportCase, complaint: Complaint | None = None) -> None:
    """Tell a decision to whoever reported it, and to the author whom it concerns."""
    for report in case.reports.exclude(email=""):
        post(Letter.TO_REPORTER, report.pk, complaint)
    concerns_author = case.outcome != Outcome.GONE and (
        complaint is not None
        or case.outcome != Outcome.KEPT
        or case.hidden_at is not None
    )
    if concerns_author and _author_of(case) is not None:
        post(Letter.TO_AUTHOR, case.pk, complaint)


def tell_hidden(case: ReportCase) -> None:
    """Tell the author of a comment or a photo that nobody sees it until it is decided."""
    if case.kind != ReportCase.Kind.PIN and _author_of(case) is not None:
        post(Letter.HIDDEN, case.pk)


def own_path(report: Report) -> str:
    """Return the reporter's own link: it follows from the form's key, as with pins."""
    token = make_token(report.idempotency_key)
    return reverse("pins:own-report", args=[report.pk, token])


def write_letter(
    letter: Letter, row_id: int, complaint_id: int | None
) -> EmailMessage | None:
    """Return the mail in its reader's language; None where the address is gone."""
    complaint = None if complaint_id is None else Complaint.objects.get(pk=complaint_id)
    if letter in {Letter.TO_AUTHOR, Letter.HIDDEN}:
        case = ReportCase.objects.select_related("pin").get(pk=row_id)
        author = _author_of(case)
        # What was decided by now is told in a mail of its own.
        is_late = letter == Letter.HIDDEN and case.is_decided
        if author is None or is_late:
            return None
        return _write(letter, case, author, complaint)
    report = Report.objects.select_related("case__pin").get(pk=row_id)
    if not report.email:
        return None
    reader = _Reader(report.email, report.language)
    return _write(letter, report.case, reader, complaint, report)


def _author_of(case: ReportCase) -> _Reader | None:
    """Return where the author of a thing is reached, if that is known."""
    if case.kind == ReportCase.Kind.COMMENT:
        actor = None if case.comment is None else case.comment.actor
        if actor is None or not actor.is_active or not actor.email:
            return None
        return _Reader(actor.email, settings.LANGUAGE_CODE)
    contact = Contact.objects.confirmed().filter(pin=case.pin_id).first()
    return None if contact is None else _Reader(contact.email, contact.language)


def _write(
    letter: Letter,
    case: ReportCase,
    reader: _Reader,
    complaint: Complaint | None,
    report: Report | None = None,
) -> EmailMessage:
    with translation.override(reader.language):
        context: dict[str, Any] = {
            "letter": letter.value,
            "case": case,
            "reference": case.pin.reference if case.pin is not None else "",
            "speaker": "" if case.comment is None else case.comment.speaker,
            "report": report,
            "complaint": complaint,
            "takes_complaint": case.takes_complaint(of_author=report is None),
            "own_url": "" if report is None else settings.BASE_URL + own_path(report),
            "days": settings.REPORT_PERIOD.days,
            "site_name": settings.SITE_NAME,
        }
        subject = render_to_string("pins/mail/report_subject.txt", context)
        body = render_to_string("pins/mail/report.txt", context)
    return EmailMessage(
        " ".join(subject.split()),
        body,
        to=[reader.email],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )
