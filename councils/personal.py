"""What the desks of bodies keep about people: about those who work there alone."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.papers import keeping
from trust.register import Basis, Harmless, Personal, Rule, Whose

DESK = _("members of the same body, and those who run this site")
TO_WORK = _("to work on contributions and sittings")
RECORDS = _("stays as part of the city's records")

DATA = (
    Personal(
        "councils.Membership",
        ("user",),
        Whose.STAFF,
        _("Seat in a body"),
        _("to give the rights that go with the seat"),
        Basis.TASK,
        DESK,
        _("stays as part of the city's records; the rights end with the seat"),
    ),
    Personal(
        "councils.DeskNote",
        ("author", "text"),
        Whose.STAFF,
        _("Notes at the desk"),
        TO_WORK,
        Basis.TASK,
        DESK,
        RECORDS,
    ),
    Personal(
        "councils.Assignment",
        ("assignee", "assigned_by"),
        Whose.STAFF,
        _("Who takes care of what"),
        TO_WORK,
        Basis.TASK,
        DESK,
        _("when it is assigned to somebody else"),
    ),
    Personal(
        "councils.Hearing",
        ("waived_by", "waived_because"),
        Whose.STAFF,
        _("Who decided that a body need not be heard, and why"),
        TO_WORK,
        Basis.TASK,
        DESK,
        RECORDS,
    ),
    Personal(
        "councils.Paper",
        ("requested_by", "query", "file"),
        Whose.STAFF,
        _("Papers that somebody had made, and who"),
        TO_WORK,
        Basis.TASK,
        DESK,
        _("after a day"),
        ("papers",),
    ),
)
HARMLESS = (
    Harmless(
        "councils.AnswerTemplate",
        ("title", "text"),
        "texts of the office, about nobody",
    ),
    Harmless(
        "councils.Sitting",
        ("place", "cancelled_because", "ris_url", "invitation", "minutes"),
        "public records of a body; who may be named in them, municipal law says (GemO)",
    ),
    Harmless(
        "councils.AgendaItem",
        ("title", "result", "resolution_text"),
        "public records of a body; members may not write names of residents into them",
    ),
    Harmless(
        "councils.Matter",
        ("title", "text", "path"),
        "matters of the city's plans, about nobody",
    ),
    Harmless(
        "councils.Consultation",
        ("reason",),
        "the advice of a body, in public; of no single person",
    ),
    Harmless("councils.Paper", ("format", "language"), "which kind of paper"),
)


def erase_old_papers(*, dry_run: bool) -> int:
    """Erase the papers that were asked for more than a day ago; return how many."""
    return keeping.erase_papers(timezone.now() - keeping.LIFETIME, dry_run=dry_run)


RULES = (
    Rule("papers", "it was asked for", lambda: keeping.LIFETIME, erase_old_papers),
)
