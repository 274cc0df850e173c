"""What reports keep about people; `pins.personal` declares it with the rest."""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pins.models import Report
from pins.reporting import erasing
from pins.reporting.letters import own_path
from trust.register import Basis, Fact, Personal, Record, Rule, Source, Whose

MODERATORS = gettext_lazy("the moderation team")
WITH_THE_WORDS = format_lazy(
    gettext_lazy("{days} days after the last decision, when nobody can complain"),
    days=(settings.COMPLAINT_PERIOD + settings.CONTACT_LIFETIME).days,
)

DATA = (
    Personal(
        "pins.Report",
        ("name", "email", "language"),
        Whose.RESIDENTS,
        gettext_lazy("Name and e-mail address of whoever reported something"),
        gettext_lazy("to confirm the report, and to tell what was decided and why"),
        Basis.DUTY,
        MODERATORS,
        format_lazy(
            gettext_lazy(
                "{days} days after the last decision; name and address at any time by "
                "the own link"
            ),
            days=settings.CONTACT_LIFETIME.days,
        ),
        ("contacts-of-reports",),
    ),
    Personal(
        "pins.Report",
        ("explanation", "token_hash"),
        Whose.RESIDENTS,
        gettext_lazy("What somebody reported, and the fingerprint of the own link"),
        gettext_lazy("to decide on it"),
        Basis.DUTY,
        MODERATORS,
        WITH_THE_WORDS,
        ("words-of-reports",),
    ),
    Personal(
        "pins.Report",
        ("browser",),
        Whose.RESIDENTS,
        gettext_lazy("Fingerprint of a random number in your browser, anew each day"),
        gettext_lazy("so that nobody reports the same thing again and again"),
        Basis.TASK,
        gettext_lazy("nobody: it cannot be read back"),
        gettext_lazy("after a day"),
        ("browsers-of-reports",),
    ),
    Personal(
        "pins.Complaint",
        ("text",),
        Whose.RESIDENTS,
        gettext_lazy("Complaint about a decision on a report"),
        gettext_lazy("so that another person looks at it again"),
        Basis.DUTY,
        MODERATORS,
        WITH_THE_WORDS,
        ("words-of-reports",),
    ),
    *(
        Personal(
            model,
            fields,
            Whose.STAFF,
            gettext_lazy("Who decided on a report or complaint, and why"),
            gettext_lazy("so that decisions can be checked"),
            Basis.DUTY,
            gettext_lazy("the moderation team; both sides read the reason"),
            format_lazy(
                gettext_lazy("the reason {words}; who decided stays"),
                words=WITH_THE_WORDS,
            ),
            ("words-of-reports",),
        )
        for model, fields in (
            ("pins.ReportCase", ("decided_by", "reason", "rule")),
            (
                "pins.Complaint",
                ("decided_by", "first_decided_by", "reason", "first_reason"),
            ),
        )
    ),
)
RULES = (
    Rule(
        "contacts-of-reports",
        "the last decision was made",
        lambda: settings.CONTACT_LIFETIME,
        erasing.erase_report_contacts,
    ),
    Rule(
        "words-of-reports",
        "the last decision was made",
        lambda: settings.COMPLAINT_PERIOD + settings.CONTACT_LIFETIME,
        erasing.erase_report_words,
    ),
    Rule(
        "browsers-of-reports",
        "it was reported",
        lambda: datetime.timedelta(days=1),
        erasing.erase_report_browsers,
    ),
)


def report_records(email: str) -> Iterator[Record]:
    """Return the reports of whoever has proven that an address is theirs."""
    for report in Report.objects.filter(email__iexact=email).select_related("case"):
        facts = (
            Fact(_("Number"), report.number),
            Fact(_("Your name"), report.name),
            Fact(_("Your e-mail address"), report.email),
            Fact(_("Language"), report.language),
            Fact(_("What is wrong with it?"), report.get_reason_display()),
            Fact(_("Explanation"), report.explanation),
            Fact(_("Stored since"), report.created_at),
        )
        path = own_path(report) if report.token_hash else ""
        yield Record(f"report-{report.pk}", _("Your report"), facts, path)


def erase_reporter(email: str) -> int:
    """Erase name and address of a reporter; the reports stay. Return how many."""
    found = Report.objects.filter(email__iexact=email)
    return found.update(name="", email="")


SOURCES = (Source(("pins.Report",), report_records, erase_reporter),)
