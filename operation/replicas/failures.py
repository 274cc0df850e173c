"""What may fail on a replica alone, so that the primary is worth a second try."""

from enum import StrEnum

from django.db import DatabaseError
from django.db.utils import InterfaceError
from django.http import Http404


class Failure(StrEnum):
    """Why the primary is asked after all."""

    # It has gone, or refuses.
    BROKEN = "broken"
    # What the primary has just done there had to end the query.
    CONFLICT = "conflict"
    # It writes, as OParl's answers do where something has changed.
    WRITES = "writes"
    # A table or column of a migration that has not come there yet.
    BEHIND = "behind"
    # What somebody was just told of may not have come there yet.
    MISSING = "missing"


# SQLSTATE, by its beginning: PostgreSQL's manual, appendix A. Nothing of a statement that
# took too long (57014): the primary would take as long.
STATES = {
    "08": Failure.BROKEN,
    "53": Failure.BROKEN,
    "57P": Failure.BROKEN,
    "58": Failure.BROKEN,
    "40": Failure.CONFLICT,
    "25006": Failure.WRITES,
    "42P01": Failure.BEHIND,
    "42703": Failure.BEHIND,
    "42883": Failure.BEHIND,
}


def failure_of(error: Exception) -> Failure | None:
    """Return what failed; None where it would fail on the primary as well."""
    if isinstance(error, Http404):
        return Failure.MISSING
    if not isinstance(error, (DatabaseError, InterfaceError)):
        return None
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        # The connection broke, or none was to be had.
        return Failure.BROKEN
    found = (STATES.get(state[:length]) for length in (2, 3, 5))
    return next((failure for failure in found if failure), None)
