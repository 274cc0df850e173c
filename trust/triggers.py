"""Triggers that tables share in which nothing is ever changed."""

import pgtrigger


def never_emptied() -> pgtrigger.Trigger:
    """Refuse TRUNCATE: triggers on single rows do not see it."""
    return pgtrigger.Trigger(
        name="never_emptied",
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'Cannot truncate table %', TG_TABLE_NAME;",
    )
