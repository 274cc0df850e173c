"""What stands before every form that people without an account can send.

`check` looks at the hidden fields of `{% guard_fields %}` (trust/templatetags/guard.py), counts,
and says what is strange. Whoever has no script, fills in fast or pastes is never locked
out: what a moderator reads first is marked, everything else is asked about once more.
"""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trust.addresses import client_of
from trust.counting import Answer, Question, ask
from trust.limits import Act, Limit, Whose
from trust.models import BannedPattern, Reason
from trust.proof import BadProof, Proof, read_proof
from trust.salts import digest
from trust.texts import (
    LEAST_WORDS,
    count_links,
    digest_of,
    plain,
    sketch_of,
    words_of,
)

# The fields of the form: nobody sees them, `website` is a trap for programs.
PROOF, TRAP, OPENED = "proof", "website", "opened"
SALT = "trust.form"
LONGEST_STAMP = 200
# Longer than what any form takes; what is beyond it is not compared.
LONGEST_TEXT = 5_000
ASK_AGAIN = gettext_lazy(
    "This looks as if a program had filled it in. Please send it again."
)
REFUSED = gettext_lazy(
    "Your text contains something that we do not accept here. Please change it, or write "
    "to us: see Imprint."
)


class Stopped(Exception):
    """Nothing of the form is kept; it is shown again with the message."""

    status = 422

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = str(message)

    def mark(self, response: HttpResponse) -> HttpResponse:
        """Make the answer one that says so to programs as well."""
        response.status_code = self.status
        return response


class NotTaken(Stopped):
    """Something in it is banned, or a program seems to have sent it."""


class LimitReached(Stopped):
    """So many were sent from there that no more are taken until a moment."""

    status = 429

    def __init__(self, limit: Limit, until: datetime.datetime) -> None:
        self.limit, self.until = limit, until
        moment = timezone.localtime(until)
        super().__init__(
            _(
                "So much was sent from your connection that we cannot take any more "
                "just now. Nothing you typed is lost: please send it again after "
                "%(time)s."
            )
            % {"time": date_format(moment, "TIME_FORMAT")}
        )

    @property
    def seconds(self) -> int:
        """How long to wait, for the header Retry-After."""
        return max(1, round((self.until - timezone.now()).total_seconds()))

    def mark(self, response: HttpResponse) -> HttpResponse:
        """Say to programs when to try again."""
        response["Retry-After"] = str(self.seconds)
        return super().mark(response)


@dataclass(frozen=True)
class Verdict:
    """What was noticed about a form that is taken."""

    reasons: tuple[Reason, ...] = ()


NOTHING_STRANGE = Verdict()


def stamp(moment: datetime.datetime) -> str:
    """Return, signed, when a form was given out."""
    return signing.dumps(int(moment.timestamp()), salt=SALT)


def check(
    request: HttpRequest,
    *acts: Act,
    form: UUID | None = None,
    texts: Iterable[str] = (),
    email: str = "",
    link: str = "",
) -> Verdict:
    """Count what is sent and say what is strange about it. One statement.

    `form` is the key by which a form sent twice counts as one; without it the texts
    decide. `email` is where a mail would go, `link` names the secret link that somebody
    came by, who is as good as signed in then. Raises LimitReached, and NotTaken for what
    is banned, or where nobody reads it first and a program seems to have sent it.
    """
    said = [text[:LONGEST_TEXT] for text in texts if text]
    email = email[:LONGEST_TEXT]
    proof, found = _proof_of(request)
    user = getattr(request, "user", None)
    is_user = user is not None and user.is_authenticated
    is_vouched = is_user or bool(link)
    words = words_of(said)
    is_text = len(words) >= LEAST_WORDS
    who = f"user {user.pk}" if user is not None and is_user else client_of(request)
    limits = [limit for act in acts for limit in act.limits]
    now = timezone.now()
    question = Question(
        form=form or _key([request.get_full_path(), email, *said]),
        proof=proof,
        is_vouched=is_vouched,
        limits=_digests(limits, who, email, link),
        words=plain("\n".join([*said, email])),
        text=digest_of(words) if is_text else None,
        sketch=sketch_of(words) if is_text else None,
    )
    answer = ask(question, now)
    _demand_room(limits, answer, now)
    if BannedPattern.Action.REFUSE in answer.banned:
        raise NotTaken(REFUSED)
    reasons = () if is_vouched else tuple(_reasons(request, found, answer, now, said))
    is_proven = is_vouched or (proof is not None and not answer.is_proof_spent)
    strange = {Reason.TRAP, Reason.TOO_FAST}.intersection(reasons)
    if strange and not is_proven and any(act.asks_again for act in acts):
        request.META[ASKED_AGAIN] = True
        raise NotTaken(ASK_AGAIN)
    return Verdict(reasons)


# Where a request remembers that its form is shown once more.
ASKED_AGAIN = "trust.asked_again"


def _proof_of(request: HttpRequest) -> tuple[Proof | None, Reason | None]:
    try:
        return read_proof(request.POST.get(PROOF, "")), None
    except BadProof as error:
        return None, error.reason


def _key(said: list[str]) -> UUID:
    """Return a key for a form without one: the same for the same content."""
    content = "\0".join(said).encode("utf-8", "replace")
    return UUID(bytes=hashlib.blake2b(content, digest_size=16).digest())


def _digests(
    limits: list[Limit], who: str, email: str, link: str
) -> list[tuple[Limit, bytes]]:
    """Return the limits that are asked for, each with the hash it counts."""
    subjects = {
        Whose.ADDRESS: who,
        Whose.UNPROVEN: who,
        Whose.MAILBOX: f"mail {email.casefold()}" if email else None,
        Whose.EVERYBODY: "everybody",
        Whose.LINK: f"link {link}" if link else None,
    }
    known = {name: digest(name) for name in subjects.values() if name is not None}
    return [
        (limit, known[subject])
        for limit in limits
        if (subject := subjects[limit.whose]) is not None
    ]


def _demand_room(limits: list[Limit], answer: Answer, now: datetime.datetime) -> None:
    """Raise LimitReached for the limit that is over the longest."""
    over = [
        (limit.ends_after(now), limit)
        for limit in limits
        if answer.counts.get(limit.name, 0) > limit.allowed
    ]
    if over:
        until, limit = max(over, key=lambda pair: pair[0])
        raise LimitReached(limit, until)


def _reasons(
    request: HttpRequest,
    found: Reason | None,
    answer: Answer,
    now: datetime.datetime,
    said: list[str],
) -> Iterable[Reason]:
    if answer.is_proof_spent:
        yield Reason.SPENT_PROOF
    elif found is not None:
        yield found
    if request.POST.get(TRAP):
        yield Reason.TRAP
    if _is_too_fast(request.POST.get(OPENED, ""), now):
        yield Reason.TOO_FAST
    if count_links("\n".join(said)) > settings.MOST_LINKS:
        yield Reason.LINKS
    if answer.text_reason is not None:
        yield answer.text_reason
    if answer.banned:
        yield Reason.PATTERN


def _is_too_fast(text: str, now: datetime.datetime) -> bool:
    """Tell whether nobody can have read the form since it was given out.

    So it is with one whose stamp is missing or was not made here: no page gave it out.
    """
    if len(text) > LONGEST_STAMP:
        return True
    try:
        given = int(signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return True
    return given > (now - settings.LEAST_FORM_TIME).timestamp()
