"""What the ways out keep about people: about those who work here alone."""

import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.large import asking, making
from exports.models import PullToken, PullTokenUse
from exports.pulling import tokens
from trust.register import Basis, Harmless, Personal, Rule, Whose

OPERATORS = _("those who run this site")

DATA = (
    Personal(
        "exports.ExportFile",
        ("requested_by", "query", "file"),
        Whose.STAFF,
        _("Large files that somebody had made, and who"),
        _("to give out the data of a desk"),
        Basis.TASK,
        OPERATORS,
        _("after a day"),
        ("large-files",),
    ),
    Personal(
        "exports.PullToken",
        ("owner", "name", "token_hash"),
        Whose.STAFF,
        _("Tokens for programs, and whose they are"),
        _("so that programs fetch what their owner may see"),
        Basis.TASK,
        _("the owner, and those who run this site"),
        _("a year after they ended"),
        ("ended-tokens",),
    ),
    Personal(
        "exports.PullTokenUse",
        ("what",),
        Whose.STAFF,
        _("What a token fetched, and when"),
        _("so that misuse is noticed"),
        Basis.TASK,
        _("the owner, and those who run this site"),
        _("after a year"),
        ("uses-of-tokens",),
    ),
    *(
        Personal(
            model,
            ("created_by",),
            Whose.STAFF,
            _("Who set up a connection to another system"),
            _("so that decisions can be checked"),
            Basis.TASK,
            OPERATORS,
            _("with the connection"),
        )
        for model in ("exports.ApiClient", "exports.Webhook")
    ),
)
HARMLESS = (
    Harmless("exports.ApiClient", ("name", "key_hash"), "a program, not a person"),
    Harmless(
        "exports.SentPin",
        ("fingerprint",),
        "a hash that the site's secret is needed for, and nothing to read back",
    ),
    Harmless(
        "exports.ExportFile",
        ("key", "extension", "district_slug", "language"),
        "which kind of file",
    ),
    Harmless(
        "exports.OparlObject",
        ("key", "unit", "content", "stamp"),
        "a copy of what OParl gives out in public",
    ),
    Harmless("exports.OparlMark", ("unit",), "which part was looked at"),
    Harmless("exports.Webhook", ("name", "url"), "a server, not a person"),
    Harmless(
        "exports.WebhookEvent",
        ("topic", "subject", "before", "after"),
        "states of what is public, by number",
    ),
)


def _before() -> datetime.datetime:
    return timezone.now() - tokens.LOG_LIFETIME


def erase_large_files(*, dry_run: bool) -> int:
    """Erase the large files that have been ready for a day; return how many."""
    return making.erase_files(timezone.now() - asking.LIFETIME, dry_run=dry_run)


def forget_tokens(*, dry_run: bool) -> int:
    """Erase what programs fetched long ago, and tokens that ended as long ago."""
    if not dry_run:
        return tokens.forget_old(timezone.now())
    uses = PullTokenUse.objects.filter(
        Q(at__lt=_before()) | Q(token__expires_at__lt=_before())
    )
    return uses.count() + PullToken.objects.filter(expires_at__lt=_before()).count()


RULES = (
    Rule("large-files", "it was made", lambda: asking.LIFETIME, erase_large_files),
    Rule("ended-tokens", "it ended", lambda: tokens.LOG_LIFETIME, forget_tokens),
    Rule("uses-of-tokens", "it was used", lambda: tokens.LOG_LIFETIME, forget_tokens),
)
