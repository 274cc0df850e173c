"""What protects people keeps as little of them as it can; the log of what was done."""

import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trust.address_links import LIFETIME as LINK_LIFETIME
from trust.address_links import erase_old_links
from trust.models import DailySalt, Hit, KnownText, SpentProof, Suspicion
from trust.register import Basis, Harmless, Personal, Rule, Whose
from trust.salts import today

# The database keeps to it, too: `trust_erase_old_audit` in migration 0003.
AUDIT_LIFETIME = datetime.timedelta(days=1096)

DATA = (
    Personal(
        "trust.AddressLink",
        ("email",),
        Whose.RESIDENTS,
        _("E-mail address to which you had a link sent that shows what is stored"),
        _("so that nobody but you sees it"),
        Basis.DUTY,
        _("nobody; the site sends the link"),
        _("after a day; at once where nothing is stored about it"),
        ("address-links",),
    ),
    Personal(
        "trust.Hit",
        ("digest", "what"),
        Whose.RESIDENTS,
        _(
            "Fingerprint of your connection, with a random number that changes every day"
        ),
        _("to keep away programs that send very much"),
        Basis.TASK,
        _("nobody: it cannot be read back"),
        _("after an hour or a day"),
        ("counts-of-requests",),
    ),
    Personal(
        "trust.DailySalt",
        ("salt",),
        Whose.RESIDENTS,
        _("The random number of the day"),
        _("to keep away programs that send very much"),
        Basis.TASK,
        _("nobody; the site reads it"),
        _("on the next day"),
    ),
    Personal(
        "trust.BannedPattern",
        ("created_by",),
        Whose.STAFF,
        _("Who banned a word or an address"),
        _("so that decisions can be checked"),
        Basis.TASK,
        _("the moderation team"),
        _("with the pattern"),
    ),
    Personal(
        "trust.AuditEntry",
        ("actor", "object_type", "object_id", "before", "after"),
        Whose.STAFF,
        _("Who did what with rights and personal data, and when"),
        _("to show that data are protected, and to notice misuse"),
        Basis.DUTY,
        _("those who run this site, and the data protection officer"),
        _("after three years"),
        ("audit-log",),
    ),
)
HARMLESS = (
    Harmless("trust.AuditEntry", ("action",), "a phrase of the program"),
    Harmless("trust.BannedPattern", ("pattern", "like", "note"), "words of abuse"),
    Harmless("trust.Suspicion", ("object_type",), "a kind of thing"),
)


def erase_old_audit(*, dry_run: bool) -> int:
    """Erase entries older than three years; return how many.

    By the one function of the database that may: no role of the site has the right to
    delete from the log.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT trust_erase_old_audit(%s)", [dry_run])
        count: int = cursor.fetchone()[0]
    return count


def erase_counts(*, dry_run: bool) -> int:
    """Erase salts of past days, and what was counted and noticed too long ago."""
    now = timezone.now()
    due: tuple[models.QuerySet[Any], ...] = (
        DailySalt.objects.filter(day__lt=today()),
        Hit.objects.filter(until__lte=now),
        SpentProof.objects.filter(expires_at__lte=now),
        KnownText.objects.filter(seen_at__lte=now - settings.TEXT_LIFETIME),
        Suspicion.objects.filter(at__lte=now - settings.SUSPICION_LIFETIME),
    )
    if dry_run:
        return sum(rows.count() for rows in due)
    return sum(rows.delete()[0] for rows in due)


RULES = (
    Rule("audit-log", "it was done", lambda: AUDIT_LIFETIME, erase_old_audit),
    Rule("counts-of-requests", "its span ended", datetime.timedelta, erase_counts),
    Rule(
        "suspicions",
        "it was noticed",
        lambda: settings.SUSPICION_LIFETIME,
        erase_counts,
    ),
    Rule(
        "hashes-of-texts", "it was sent", lambda: settings.TEXT_LIFETIME, erase_counts
    ),
    Rule("address-links", "it was asked for", lambda: LINK_LIFETIME, erase_old_links),
)
