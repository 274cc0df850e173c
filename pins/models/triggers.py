"""The triggers that keep the public read model, one per kind of change.

They run once a statement, so that a bulk change costs one refresh.
"""

from typing import Any

import pgtrigger


def after_statement(
    name: str, operation: Any, func: str, *, old: str = "", new: str = ""
) -> pgtrigger.Trigger:
    """Return a trigger that runs `func` once a statement, on its transition tables."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        level=pgtrigger.Statement,
        # pgtrigger leaves this class without annotations.
        referencing=pgtrigger.Referencing(old=old or None, new=new or None),
        func=func,
    )


def refresh_public(
    name: str, operation: Any, pin_ids: str, *, old: str = "", new: str = ""
) -> pgtrigger.Trigger:
    """Return a trigger that brings the public rows of some pins up to date.

    `pin_ids` is a SELECT of ids from the transition tables named `old` and `new`.
    """
    return after_statement(
        name,
        operation,
        f"PERFORM pins_refresh_public(ARRAY({pin_ids})); RETURN NULL;",
        old=old,
        new=new,
    )


def count_public(
    name: str,
    operation: Any,
    column: str,
    steps: str,
    *,
    old: str = "",
    new: str = "",
) -> pgtrigger.Trigger:
    """Return a trigger that keeps a count of the public rows.

    `steps` is a SELECT of (pin_id, step) from the transition tables. The count moves by
    steps and is not counted anew: two people at once would each count without the other.
    """
    return after_statement(
        name,
        operation,
        f"""
            -- An UPDATE of no row would count as a change of what the public sees.
            IF EXISTS (
                SELECT FROM ({steps}) step GROUP BY pin_id HAVING sum(step) <> 0
            ) THEN
                UPDATE pins_publicpin
                SET {column} = {column} + moved.steps
                FROM (
                    SELECT pin_id, sum(step) AS steps FROM ({steps}) step
                    GROUP BY pin_id HAVING sum(step) <> 0
                ) moved
                WHERE pins_publicpin.id = moved.pin_id;
            END IF;
            RETURN NULL;
        """,  # noqa: S608 -- names from the models only
        old=old,
        new=new,
    )
