"""What must be right about roles."""

from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, transaction

from staff.groups import foreign_rights


@register(Tags.database)
def groups_are_as_in_the_table(**kwargs: Any) -> list[CheckMessage]:
    """Name the rights that somebody gave to a role's group, or took from it, by hand.

    Only where the database may be asked: `manage.py check --database default`.
    """
    if not kwargs.get("databases"):
        return []
    try:
        with transaction.atomic():
            found = foreign_rights()
    except DatabaseError:
        # Before the first migration there are no groups.
        return []
    return [
        CheckWarning(
            f"The group {role.value!r} differs from the table of roles: "
            f"{', '.join(sorted(rights))}.",
            hint="Rights of roles are changed in staff/roles.py; "
            "manage.py migrate brings the group back to it.",
            id="staff.W001",
        )
        for role, rights in found.items()
    ]
