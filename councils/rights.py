"""Who may do what at a desk: one table, from which the tests are generated."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class SeatRole(StrEnum):
    """As what somebody sits at a desk."""

    CHAIR = "chair"
    MEMBER = "member"
    CLERK = "clerk"
    PLANNER = "planner"


class Right(StrEnum):
    """What can be done at a desk."""

    READ = "read"
    WRITE_NOTES = "write notes"
    TAKE_PAPERS = "take papers"
    ASSIGN = "assign"
    # Accept, answer, comment in public, hand over, merge: all that speaks for the body.
    MOVE = "move"
    EDIT_TEMPLATES = "edit templates"
    # Sittings, their agendas, and what is proposed to other bodies.
    SCHEDULE = "schedule"
    # The invitation: from here on everyone reads the agenda.
    INVITE = "invite"
    RECORD = "record results"
    WAIVE_HEARING = "waive hearing"


_EVERYONE = frozenset(SeatRole)
_LEADERS = frozenset({SeatRole.CHAIR, SeatRole.CLERK})

RIGHTS: dict[Right, frozenset[SeatRole]] = {
    Right.READ: _EVERYONE,
    Right.WRITE_NOTES: _EVERYONE,
    Right.TAKE_PAPERS: _EVERYONE,
    Right.ASSIGN: _LEADERS | {SeatRole.PLANNER},
    Right.MOVE: _LEADERS | {SeatRole.PLANNER},
    Right.EDIT_TEMPLATES: _LEADERS,
    Right.SCHEDULE: _LEADERS | {SeatRole.PLANNER},
    Right.INVITE: _LEADERS,
    Right.RECORD: _LEADERS,
    Right.WAIVE_HEARING: frozenset({SeatRole.CHAIR}),
}

LABELS: dict[Right, str | Promise] = {
    Right.READ: _("read contributions, sittings, deadlines and files"),
    Right.WRITE_NOTES: _("write notes for colleagues"),
    Right.TAKE_PAPERS: _("have dossiers and papers made"),
    Right.ASSIGN: _("say who looks after a contribution"),
    Right.MOVE: _("accept, answer, comment, hand over and merge contributions"),
    Right.EDIT_TEMPLATES: _("write templates of answers"),
    Right.SCHEDULE: _("plan sittings and their agendas, propose to other bodies"),
    Right.INVITE: _("send the invitation, which publishes the agenda"),
    Right.RECORD: _("record results, which publishes them"),
    Right.WAIVE_HEARING: _("waive the hearing of the district council"),
}


def allows(roles: frozenset[SeatRole], right: Right) -> bool:
    """Tell whether one of the roles has the right."""
    return bool(RIGHTS[right] & roles)
