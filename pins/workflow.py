"""The two workflows of a pin as tables: who may see it, and how far it has come.

No database here. `actions.py` asks these tables before it writes; the tests are
generated from them.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What a pin is, in the words of the mayor's questions of 2021."""

    IDEA = "idea", _("Idea")
    PROBLEM = "problem", _("Problem")
    KEEP = "keep", _("Worth keeping")


class Visibility(models.TextChoices):
    """Whether the public sees the pin."""

    SUBMITTED = "submitted", _("Waiting for review")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Not published")
    HIDDEN = "hidden", _("Hidden")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Source(models.TextChoices):
    """How a contribution came in."""

    ONLINE = "online", _("On this website")
    STAND = "stand", _("Talk at a stand")
    CARD = "card", _("Paper card")
    OPEN311 = "open311", _("Another app (Open311)")


# Nobody of the staff stands between: the phases of the process decide about these.
SELF_SERVICE = frozenset({Source.ONLINE, Source.OPEN311})


class Status(models.TextChoices):
    """How far the matter has come. "Heard, not supported" is never shown as "done"."""

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("In review")
    SCHEDULED = "scheduled", _("On the agenda")
    ENDORSED = "endorsed", _("Endorsed")
    NOT_ENDORSED = "not_endorsed", _("Heard, not supported")
    REFERRED = "referred", _("Referred")
    ADOPTED = "adopted", _("Adopted")
    IN_PROGRESS = "in_progress", _("Being carried out")
    DONE = "done", pgettext_lazy("status of a contribution", "Done")
    DUPLICATE = "duplicate", _("Duplicate")

    @property
    def group(self) -> str:
        """How the status is coloured: open, active, positive, negative or neutral."""
        return STATUS_GROUPS[self]


STATUS_GROUPS = {
    Status.RECEIVED: "open",
    Status.IN_REVIEW: "active",
    Status.SCHEDULED: "active",
    Status.ENDORSED: "positive",
    Status.NOT_ENDORSED: "negative",
    Status.REFERRED: "active",
    Status.ADOPTED: "positive",
    Status.IN_PROGRESS: "active",
    Status.DONE: "positive",
    Status.DUPLICATE: "neutral",
}

# After these nothing more is expected; the retention of contacts counts from them.
FINAL_STATUSES = frozenset({Status.NOT_ENDORSED, Status.DONE, Status.DUPLICATE})


class Role(StrEnum):
    """In which role somebody acts on a pin."""

    AUTHOR = "author"
    MODERATOR = "moderator"
    BODY = "body"
    # What follows from the agenda of a sitting, and from its results.
    SITTING = "sitting"
    # A result that ends the advice: of the city council, of a committee with the power.
    DECISION = "decision"
    PLANNER = "planner"


@dataclass(frozen=True)
class Move:
    """One allowed step from a state to another."""

    source: str
    target: str
    roles: frozenset[Role]
    needs_reason: bool = False


def _moves(
    sources: list[Status] | list[Visibility],
    target: str,
    *roles: Role,
    needs_reason: bool = False,
) -> list[Move]:
    return [Move(s, target, frozenset(roles), needs_reason) for s in sources]


V, S = Visibility, Status
_COUNCIL = (Role.BODY, Role.PLANNER)

VISIBILITY_MOVES = [
    *_moves([V.SUBMITTED, V.REJECTED, V.HIDDEN], V.PUBLISHED, Role.MODERATOR),
    *_moves([V.SUBMITTED], V.REJECTED, Role.MODERATOR, needs_reason=True),
    *_moves([V.PUBLISHED], V.HIDDEN, Role.MODERATOR, needs_reason=True),
    *_moves([V.SUBMITTED, V.PUBLISHED, V.HIDDEN], V.WITHDRAWN, Role.AUTHOR),
]

STATUS_MOVES = [
    *_moves([S.RECEIVED, S.NOT_ENDORSED, S.DUPLICATE], S.IN_REVIEW, *_COUNCIL),
    *_moves([S.RECEIVED, S.IN_REVIEW], S.SCHEDULED, Role.SITTING),
    # Postponed, noted, taken off the agenda, or the sitting was cancelled.
    *_moves([S.SCHEDULED], S.IN_REVIEW, Role.SITTING),
    *_moves([S.IN_REVIEW], S.ENDORSED, *_COUNCIL, Role.SITTING),
    *_moves([S.SCHEDULED, S.REFERRED], S.ENDORSED, Role.SITTING),
    *_moves(
        [S.IN_REVIEW, S.REFERRED],
        S.NOT_ENDORSED,
        *_COUNCIL,
        Role.SITTING,
        needs_reason=True,
    ),
    *_moves([S.SCHEDULED], S.NOT_ENDORSED, Role.SITTING, needs_reason=True),
    *_moves([S.ENDORSED], S.NOT_ENDORSED, Role.DECISION, needs_reason=True),
    *_moves([S.IN_REVIEW], S.REFERRED, *_COUNCIL, Role.SITTING),
    *_moves([S.SCHEDULED], S.REFERRED, Role.SITTING),
    # A council must be heard, and not agree: the resolution stands all the same.
    *_moves([S.SCHEDULED, S.NOT_ENDORSED], S.ADOPTED, Role.DECISION),
    *_moves([S.ENDORSED, S.REFERRED], S.ADOPTED, Role.PLANNER, Role.DECISION),
    *_moves([S.ENDORSED, S.ADOPTED], S.IN_PROGRESS, Role.PLANNER),
    *_moves([S.IN_PROGRESS], S.DONE, Role.PLANNER),
    *_moves([S.RECEIVED, S.IN_REVIEW], S.DUPLICATE, *_COUNCIL),
]


class MoveNotAllowed(Exception):
    """The workflow has no such step, not for this role, or not without a reason."""


def find_move(
    moves: list[Move], source: str, target: str, roles: set[Role], reason: str
) -> Move:
    """Return the step of the table.

    Raises MoveNotAllowed with a message for the person who tried it.
    """
    for move in moves:
        if (move.source, move.target) != (source, target):
            continue
        if not move.roles & roles:
            raise MoveNotAllowed(_("You may not take this step."))
        if move.needs_reason and not reason.strip():
            raise MoveNotAllowed(_("Please give a reason."))
        return move
    raise MoveNotAllowed(_("This step is not possible at the moment."))


def targets(moves: list[Move], source: str, roles: set[Role]) -> list[str]:
    """Return where somebody in these roles can move to from `source`, in table order."""
    return [m.target for m in moves if m.source == source and m.roles & roles]
