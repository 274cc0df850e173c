"""docs/roles.md, made from the table of roles."""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from staff.roles import table

PATH = Path(settings.ROOT) / "docs" / "roles.md"
HEAD = """# Roles

Made from `staff/roles.py` and `councils/rights.py` by `manage.py write_roles`; a test fails
when it is stale. Reasons in ADR 41.

- Who has no role sees what everybody sees. Rights add up where somebody has several roles.
- Roles in a body are seats with a first and a last day; the rights end on the day of leaving.
- The other roles are groups, which `manage.py migrate` keeps as they stand here, and
  `manage.py check --database default` tells where somebody changed one by hand.
- A superuser has every right of a group, and at desks those of the planning office.
- An account that is switched off has none.
- To erase something that was published takes two people: one asks, another one confirms.
"""


def document() -> str:
    """Return the document, in English."""
    with translation.override("en"):
        parts = [HEAD]
        for role, rows in table():
            lines = [f"\n## {role}\n", "| may | with or where |", "| --- | --- |"]
            lines += [f"| {row.does} | {row.to} |" for row in rows]
            parts.append("\n".join(lines) + "\n")
    return "".join(parts)
