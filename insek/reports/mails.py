"""The mail that brings a report to a member."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify

from insek.models import BodyReport
from insek.reports.keeping import recipients
from insek.reports.months import Month

# Larger ones stay at the desk, and the mail has the address alone.
MOST_BYTES = 5 * 1024 * 1024


def file_name(report: BodyReport) -> str:
    """Return what a report is called where it is saved."""
    return f"bericht-{slugify(report.body.slug)}-{report.month:%Y-%m}.pdf"


def write_report_mail(report: BodyReport, user_id: int) -> EmailMessage | None:
    """Return the mail to a member, with the report where it is not too large.

    None where they have left the body meanwhile.
    """
    users = [user for user in recipients(report.body) if user.pk == user_id]
    if not users:
        return None
    (user,) = users
    is_attached = report.file.size <= MOST_BYTES
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "report": report,
            "month": Month(report.month),
            "user": user,
            "is_attached": is_attached,
            "url": settings.BASE_URL + reverse("reports:body", args=[report.body.slug]),
            "site_name": settings.SITE_NAME,
        }
        subject = render_to_string("insek/mail/report_subject.txt", context)
        body = render_to_string("insek/mail/report.txt", context)
    mail = EmailMessage(
        " ".join(subject.split()),
        body,
        to=[user.email],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )
    if is_attached:
        with report.file.open() as file:
            mail.attach(file_name(report), file.read(), "application/pdf")
    return mail
