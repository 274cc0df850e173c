"""What people wrote in reports goes after a time; the cases stay for the figures."""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from pins.models import Complaint, Report, ReportCase
from pins.own_link import NO_LINK

# A fingerprint of a browser serves for a day.
BROWSER_LIFETIME = datetime.timedelta(days=1)


def ended_before(moment: datetime.datetime) -> QuerySet[ReportCase]:
    """Return the cases that came to their end before the given moment.

    The end is the last decision, that on a complaint included; none may be waiting.
    """
    alive = Complaint.objects.filter(case=OuterRef("pk"))
    return (
        ReportCase.objects.decided()
        .filter(decided_at__lt=moment)
        .exclude(Exists(alive.filter(decided_at=None)))
        .exclude(Exists(alive.filter(decided_at__gte=moment)))
    )


@transaction.atomic
def erase_report_contacts(*, dry_run: bool) -> int:
    """Erase names and addresses of reporters `CONTACT_LIFETIME` after the end of the case;
    return how many.
    """
    ended = ended_before(timezone.now() - settings.CONTACT_LIFETIME)
    due = Report.objects.with_contact().filter(case__in=ended)
    return due.count() if dry_run else due.update(name="", email="")


@transaction.atomic
def erase_report_browsers(*, dry_run: bool) -> int:
    """Empty the fingerprints of browsers after a day; return how many."""
    old = Report.objects.filter(created_at__lt=timezone.now() - BROWSER_LIFETIME)
    due = old.exclude(browser="")
    return due.count() if dry_run else due.update(browser="")


@transaction.atomic
def erase_report_words(*, dry_run: bool) -> int:
    """Erase what was written in cases about which nobody can complain any more; return how
    many cases there were. Their own links end with it.
    """
    now = timezone.now()
    period = settings.COMPLAINT_PERIOD + settings.CONTACT_LIFETIME
    due = ended_before(now - period).filter(erased_at=None)
    ids = list(due.values_list("pk", flat=True))
    if not dry_run:
        Report.objects.filter(case__in=ids).update(explanation="", token_hash=NO_LINK)
        Complaint.objects.filter(case__in=ids).update(
            text="", reason="", first_reason=""
        )
        ReportCase.objects.filter(pk__in=ids).update(reason="", rule="", erased_at=now)
    return len(ids)
