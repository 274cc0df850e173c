"""Who may do what: the roles, each with its rights. The groups, docs/roles.md, the page
of the operator and the tests are made from it.

Roles in a body are seats (`councils.models.Membership`), from one day to another; their
rights stand in `councils.rights` and end at the border of the body. The other roles are
groups, which `staff.groups` keeps as they stand here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from councils.rights import LABELS, SeatRole
from councils.rights import RIGHTS as SEAT_RIGHTS
from exports.rights import OPERATE, READ_LOG
from insek.rights import EDIT, OFFICE, PLAN_CONCEPT, WRITE_PAGES
from layers.rights import PUBLISH_OVERLAYS
from pins.rights import ERASE, MODERATE, PLAN
from staff.rights import MANAGE_ACCOUNTS, SEE_ROLES, VIEW_AS
from trust.rights import Right

Words = str | Promise


class Role(StrEnum):
    """The roles that are groups; the values are the names of the groups."""

    MODERATOR = "moderator"
    EDITOR = OFFICE
    PLANNER = "planner"
    OPERATOR = "operator"
    PROTECTION = "data protection"


ROLES: dict[Role, tuple[Right, ...]] = {
    Role.MODERATOR: (MODERATE, ERASE),
    Role.EDITOR: (EDIT, WRITE_PAGES),
    Role.PLANNER: (PLAN, PLAN_CONCEPT, EDIT, PUBLISH_OVERLAYS),
    Role.OPERATOR: (OPERATE, MANAGE_ACCOUNTS, VIEW_AS, SEE_ROLES, READ_LOG),
    Role.PROTECTION: (READ_LOG,),
}
LABELS_OF_ROLES: dict[Role, Words] = {
    Role.MODERATOR: _("Moderation team"),
    Role.EDITOR: _("INSEK office"),
    Role.PLANNER: _("Planning office"),
    Role.OPERATOR: _("Operator"),
    Role.PROTECTION: _("Data protection officer"),
}
LABELS_OF_SEATS: dict[SeatRole, Words] = {
    SeatRole.CHAIR: _("Chair of a body"),
    SeatRole.MEMBER: _("Member of a body"),
    SeatRole.CLERK: _("Clerk of a body"),
    SeatRole.PLANNER: _("Planning office"),
}
OF_THEIR_BODY = _("at the desk of their own body, until the day they leave it")
OF_EVERY_BODY = _("at the desk of every body")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    does: Words
    to: Words


def permissions_of(role: Role) -> frozenset[str]:
    """Return the permissions of Django that make a role."""
    return frozenset(p for right in ROLES[role] for p in right.permissions)


def table() -> Iterator[tuple[Words, list[Row]]]:
    """Yield each role with what it may do, those of bodies first."""
    for seat in (SeatRole.CHAIR, SeatRole.CLERK, SeatRole.MEMBER):
        yield LABELS_OF_SEATS[seat], _of_seat(seat, OF_THEIR_BODY)
    for role, rights in ROLES.items():
        rows = [Row(right.does, right.to) for right in rights]
        if role == Role.PLANNER:
            rows += _of_seat(SeatRole.PLANNER, OF_EVERY_BODY)
        yield LABELS_OF_ROLES[role], rows


def _of_seat(seat: SeatRole, where: Words) -> list[Row]:
    return [
        Row(LABELS[right], where)
        for right, seats in SEAT_RIGHTS.items()
        if seat in seats
    ]
