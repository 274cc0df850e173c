"""Taking in what somebody reports."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from pins.actions import KeyAlreadyUsed
from pins.models import Pin, Report, ReportCase
from pins.own_link import hash_token, make_token
from pins.reporting.letters import Letter, post
from pins.reporting.subjects import NotPublicAnyMore, Subject, subject_of
from trust.clock import lately

# Receipts to one address within a day; further reports are kept without one.
RECEIPTS_A_DAY = 5
DAY = datetime.timedelta(days=1)


class ReportedBefore(Exception):
    """This browser has reported the same thing today, and it is not decided yet."""


@dataclass(frozen=True)
class Words:
    """What somebody says about a thing, checked and ready to be kept."""

    reason: str
    explanation: str
    language: str
    name: str = ""
    email: str = ""


def fingerprint(secret: str) -> str:
    """Return by what a browser is known today, and not tomorrow; empty without a secret."""
    if not secret:
        return ""
    value = f"{timezone.localdate()} {secret}"
    return salted_hmac("pins.reporter", value, algorithm="sha256").hexdigest()


def submit_report(
    *, subject: Subject, words: Words, browser: str, idempotency_key: UUID
) -> tuple[Report, str]:
    """Keep a report and return it with the token of its own link.

    The same form sent twice makes one report. Raises NotPublicAnyMore where the thing was
    hidden meanwhile, KeyAlreadyUsed where the key came with other words, and ReportedBefore.
    """
    token = make_token(idempotency_key)
    known = _known(idempotency_key, subject, words)
    if known is not None:
        return known, token
    report = Report(
        idempotency_key=idempotency_key,
        token_hash=hash_token(token),
        browser=browser,
        reason=words.reason,
        explanation=words.explanation,
        language=words.language,
        name=words.name,
        email=words.email,
    )
    try:
        return _insert(subject, report), token
    except IntegrityError:
        # The other one of a double click was faster.
        known = _known(idempotency_key, subject, words)
        if known is None:
            raise
    return known, token


def _known(key: UUID, subject: Subject, words: Words) -> Report | None:
    kept = Report.objects.select_related("case").filter(idempotency_key=key).first()
    if kept is None:
        return None
    said = Words(kept.reason, kept.explanation, kept.language, kept.name, kept.email)
    if said != words or _thing_of(kept.case) != _thing(subject):
        raise KeyAlreadyUsed
    return kept


def _thing(subject: Subject) -> tuple[str, int | None]:
    found = subject.comment or subject.photo or subject.pin
    return subject.kind, found.pk


def _thing_of(case: ReportCase) -> tuple[str, int | None]:
    subject = subject_of(case)
    return (case.kind, None) if subject is None else _thing(subject)


@transaction.atomic
def _insert(subject: Subject, report: Report) -> Report:
    Pin.objects.select_for_update(no_key=True).get(pk=subject.pin.pk)
    case = _open_case(subject)
    if report.browser and case.reports.filter(browser=report.browser).exists():
        raise ReportedBefore
    report.case = case
    report.save(force_insert=True)
    if report.email and _receipts(report) <= RECEIPTS_A_DAY:
        post(Letter.RECEIPT, report.pk)
    return report


def _open_case(subject: Subject) -> ReportCase:
    """Return the case that waits, held until the transaction ends, or a new one."""
    case = ReportCase(
        kind=subject.kind,
        pin=subject.pin,
        comment=subject.comment,
        photo=subject.photo,
    )
    now = subject_of(case)
    if now is None or not now.is_public:
        raise NotPublicAnyMore
    same = {subject.kind.value: subject.comment or subject.photo or subject.pin}
    waiting = ReportCase.objects.waiting().filter(kind=subject.kind, **same)
    found = waiting.select_for_update(no_key=True).first()
    if found is None:
        case.save()
        return case
    return found


def _receipts(report: Report) -> int:
    same = Report.objects.filter(email__iexact=report.email)
    return same.filter(created_at__range=lately(DAY)).count()
