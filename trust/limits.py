"""How often one address may do what in which time; docs/operation.md lists them.

They are wide: whole schools and the customers of a mobile network share one address.
Who sends a proof of work has more than who sends none.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


class Whose(StrEnum):
    """Whose requests a limit counts together."""

    ADDRESS = "address"
    # Those without a good proof of work alone.
    UNPROVEN = "unproven"
    # Mails to one address, whoever asks for them.
    MAILBOX = "mailbox"
    EVERYBODY = "everybody"
    # Those who came by one secret link that the office handed out.
    LINK = "link"


@dataclass(frozen=True)
class Limit:
    """At most so many within a span; spans begin at whole minutes, hours or days (UTC)."""

    name: str
    whose: Whose
    most: int
    period: datetime.timedelta

    @property
    def allowed(self) -> int:
        """How many are allowed: as the operator says, or as is said here."""
        tuned: int = settings.LIMITS.get(self.name, self.most)
        return tuned

    def ends_after(self, now: datetime.datetime) -> datetime.datetime:
        """Return when the span ends that `now` lies in."""
        seconds = int(self.period.total_seconds())
        end = (int(now.timestamp()) // seconds + 1) * seconds
        return datetime.datetime.fromtimestamp(end, tz=datetime.UTC)


@dataclass(frozen=True)
class Act:
    """What somebody without an account does, and the limits of it."""

    name: str
    limits: tuple[Limit, ...]
    # Whether what looks strange is shown once more before it is taken. Not where a
    # moderator reads it before anybody else: there it is marked.
    asks_again: bool = False


def _act(
    name: str, proven: int, unproven: int, *more: Limit, asks_again: bool = False
) -> Act:
    """Return an act with limits of an hour for each address, and further ones."""
    hourly = (
        Limit(name, Whose.ADDRESS, proven, HOUR),
        Limit(f"{name}-unproven", Whose.UNPROVEN, unproven, HOUR),
    )
    return Act(name, hourly + more, asks_again)


PIN = _act(
    "pin",
    90,
    20,
    Limit("pin-day", Whose.ADDRESS, 400, DAY),
    Limit("pin-mailbox", Whose.MAILBOX, 20, DAY),
)
PHOTO = Act("photo", (Limit("photo", Whose.ADDRESS, 60, HOUR),))
COMMENT = _act("comment", 90, 20, Limit("comment-day", Whose.ADDRESS, 400, DAY))
REPORT = _act("report", 60, 15)
# One press, without anything to fill in meanwhile: no proof.
SUPPORT = Act("support", (Limit("support", Whose.ADDRESS, 300, HOUR),))
FOLLOW = _act(
    "follow",
    60,
    10,
    Limit("follow-all", Whose.EVERYBODY, 1_000, HOUR),
    asks_again=True,
)
REGISTER = _act(
    "register",
    60,
    10,
    Limit("register-mailbox", Whose.MAILBOX, 20, DAY),
    Limit("register-all", Whose.EVERYBODY, 1_000, HOUR),
    asks_again=True,
)
BARRIER = _act("barrier", 20, 5, asks_again=True)
OWN_DATA = _act(
    "own-data",
    30,
    10,
    Limit("own-data-mailbox", Whose.MAILBOX, 5, DAY),
    Limit("own-data-all", Whose.EVERYBODY, 300, HOUR),
    asks_again=True,
)
# Another address for mails about one's own pin: counted together with those of new pins.
ADDRESS = Act("address", tuple(one for one in PIN.limits if one.whose == Whose.MAILBOX))
# A stand has several tablets, and a school class comes all at once.
STAND = Act(
    "stand",
    (
        Limit("stand", Whose.LINK, 300, HOUR),
        Limit("stand-day", Whose.LINK, 2_000, DAY),
    ),
)
# Mails with a link to a new password, beside the pause of each account.
PASSWORD = Act("password", (Limit("password", Whose.ADDRESS, 20, HOUR),))
ACTS = (
    *(PIN, PHOTO, COMMENT, REPORT, SUPPORT, FOLLOW, REGISTER, BARRIER, OWN_DATA),
    *(STAND, PASSWORD),
)
# Wrong keys and tokens of programs: `trust.tries`.
KEYS = Limit("wrong-keys", Whose.ADDRESS, 30, HOUR)

# Questions that cost something. Counted in each process by itself, without a statement.
PLACES = Limit("places", Whose.ADDRESS, 300, MINUTE)
SIMILAR = Limit("similar", Whose.ADDRESS, 120, MINUTE)
CHALLENGE = Limit("challenge", Whose.ADDRESS, 240, MINUTE)
EXPORT = Limit("export", Whose.ADDRESS, 120, MINUTE)
QUESTIONS = (PLACES, SIMILAR, CHALLENGE, EXPORT)

ALL = (*(limit for act in ACTS for limit in act.limits), KEYS, *QUESTIONS)
