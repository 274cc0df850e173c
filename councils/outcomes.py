"""What an outcome does to the status of a contribution: one table, no database.

The tests are generated from it, together with the moves of `pins.workflow`.
"""

from councils.models.matter import Consultation
from pins.workflow import Role, Status

Outcome = Consultation.Outcome

# Not on an agenda that everyone reads.
WAITING = (Status.RECEIVED, Status.IN_REVIEW)
_HEARD_BY_NOBODY_YET = (Status.IN_REVIEW, Status.SCHEDULED, Status.REFERRED)
_ADVICE = {
    Outcome.ENDORSED: dict.fromkeys(_HEARD_BY_NOBODY_YET, Status.ENDORSED),
    Outcome.NOT_ENDORSED: dict.fromkeys(_HEARD_BY_NOBODY_YET, Status.NOT_ENDORSED),
    Outcome.REFERRED: dict.fromkeys(
        (Status.IN_REVIEW, Status.SCHEDULED), Status.REFERRED
    ),
    Outcome.POSTPONED: {Status.SCHEDULED: Status.IN_REVIEW},
    Outcome.NOTED: {Status.SCHEDULED: Status.IN_REVIEW},
}
_DECISION = _ADVICE | {
    Outcome.ENDORSED: dict.fromkeys(
        (Status.SCHEDULED, Status.ENDORSED, Status.NOT_ENDORSED, Status.REFERRED),
        Status.ADOPTED,
    ),
    Outcome.NOT_ENDORSED: dict.fromkeys(
        (*_HEARD_BY_NOBODY_YET, Status.ENDORSED), Status.NOT_ENDORSED
    ),
}
# Outcomes that end the advice of a body: the next one can be asked.
CONCLUSIVE = frozenset(
    {Outcome.ENDORSED, Outcome.NOT_ENDORSED, Outcome.REFERRED, Outcome.NOTED}
)


def next_status(status: str, outcome: str, *, is_authoritative: bool) -> Status | None:
    """Return where an outcome takes a contribution; None where it stays as it is.

    The advice of a later body changes nothing of what an earlier one said; a decision
    does.
    """
    table = _DECISION if is_authoritative else _ADVICE
    return table[Outcome(outcome)].get(Status(status))


def steps_after(
    status: str, outcome: str, *, is_authoritative: bool
) -> tuple[Status, ...]:
    """Return the steps an outcome takes a contribution; none where it stays.

    One that was hidden while the agenda was published has not been put on it yet: that
    step comes first.
    """
    to = next_status(status, outcome, is_authoritative=is_authoritative)
    if to is not None:
        return (to,)
    if Status(status) not in WAITING:
        return ()
    to = next_status(Status.SCHEDULED, outcome, is_authoritative=is_authoritative)
    return () if to is None or to == status else (Status.SCHEDULED, to)


def acting_roles(*, is_authoritative: bool) -> set[Role]:
    """Return the roles in which a result moves contributions on."""
    return {Role.SITTING, Role.DECISION} if is_authoritative else {Role.SITTING}
