"""Merging duplicates: what people said and supported goes on with the survivor.

See ADR 0016. The reference of a duplicate keeps working everywhere; `Merge` keeps what
moved, so that it can go back.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from pins.models import Comment, Merge, Pin, PublicPin, StatusChange, Support
from pins.workflow import Visibility

_SURVIVORS = """
    WITH RECURSIVE survivors(id) AS (
        SELECT duplicate_of_id FROM pins_pin WHERE id = %s
        UNION
        SELECT p.duplicate_of_id FROM pins_pin p JOIN survivors s ON p.id = s.id
    )
    SELECT id FROM survivors WHERE id IS NOT NULL
"""
# The public table alone: what repeats a hidden one does not lead here.
_MERGED = """
    WITH RECURSIVE merged(id, reference) AS (
        SELECT id, reference FROM pins_publicpin
        WHERE duplicate_of = %s AND duplicate_of <> ''
        UNION
        SELECT p.id, p.reference FROM pins_publicpin p
        JOIN merged m ON p.duplicate_of = m.reference AND p.duplicate_of <> ''
    )
    SELECT id FROM merged
"""
# From contributions (`{ids}`: an array) to where the matter of each goes on, as everyone
# sees it.
PUBLIC_SURVIVORS = """
    WITH RECURSIVE way(start, id, duplicate_of) AS (
        SELECT id, id, duplicate_of FROM pins_publicpin WHERE id = ANY({ids})
        UNION
        SELECT w.start, p.id, p.duplicate_of
        FROM way w JOIN pins_publicpin p ON p.reference = w.duplicate_of
        WHERE w.duplicate_of <> ''
    )
    SELECT start, id FROM way w
    WHERE NOT EXISTS (
        SELECT FROM pins_publicpin p
        WHERE p.reference = w.duplicate_of AND w.duplicate_of <> ''
    )
"""
# What moderation has refused or taken from sight stays with what it was said to.
_MOVING = (Visibility.PUBLISHED, Visibility.SUBMITTED)


def survivors_of(pin_id: int) -> QuerySet[Pin]:
    """Return the pin that this one repeats, the one that that repeats, and so on."""
    return Pin.objects.filter(pk__in=RawSQL(_SURVIVORS, [pin_id]))  # noqa: S611 -- fixed text


def references_of(pin_id: int, reference: str) -> list[str]:
    """Return of which references the keys of a pin's supports are made: of its own, and
    of those of all that was ever merged into it.
    """
    merges = Merge.objects.filter(survivor=pin_id).values_list("references", flat=True)
    return [reference, *{other for merged in merges for other in merged}]


def merge(*, step: StatusChange, duplicate: Pin, survivor: Pin) -> Merge:
    """Move supports and comments to the survivor; both pins are held by the caller."""
    supports = Support.objects.filter(pin=duplicate)
    comments = Comment.objects.filter(pin=duplicate, visibility__in=_MOVING)
    kept = Merge.objects.create(
        step=step,
        survivor=survivor,
        references=references_of(duplicate.pk, duplicate.reference),
        support_ids=list(supports.values_list("pk", flat=True)),
        comment_ids=list(comments.values_list("pk", flat=True)),
    )
    Support.objects.filter(pk__in=kept.support_ids).update(pin=survivor)
    Comment.objects.filter(pk__in=kept.comment_ids).update(pin=survivor)
    return kept


def separate(duplicate: Pin) -> None:
    """Give a duplicate back what went on with its survivors, and is still there.

    It and its survivors are held by the caller, and it still names the first of them.
    """
    kept = last_merge(duplicate)
    if kept is None:
        return
    there = list(survivors_of(duplicate.pk).values_list("pk", flat=True))
    supports = Support.objects.filter(pk__in=kept.support_ids, pin__in=there)
    comments = Comment.objects.filter(pk__in=kept.comment_ids, pin__in=there)
    supports.update(pin=duplicate)
    comments.update(pin=duplicate)


def last_merge(duplicate: Pin) -> Merge | None:
    """Return how the pin was last merged into another one."""
    merges = Merge.objects.filter(step__pin=duplicate).select_related("survivor")
    return merges.order_by("-pk").first()


def was_said_to(comment: Comment, reference: str) -> bool:
    """Tell whether a comment has come from, or gone back from, this contribution."""
    there = Q(step__pin__reference=reference) | Q(survivor__reference=reference)
    return Merge.objects.filter(there, comment_ids__contains=[comment.pk]).exists()


def public_survivor(pin: PublicPin) -> PublicPin:
    """Return where the matter of a contribution goes on: at the end of the chain of
    duplicates that everyone sees; the contribution itself where it repeats none of them.
    """
    seen = {pin.pk}
    while pin.duplicate_of:
        following = PublicPin.objects.filter(reference=pin.duplicate_of).first()
        if following is None or following.pk in seen:
            break
        pin = following
        seen.add(pin.pk)
    return pin


def public_survivors(pin_ids: Iterable[int]) -> dict[int, int]:
    """Return where the matter of each public contribution goes on, by its id.

    As `public_survivor`, in one query; who is not public is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(PUBLIC_SURVIVORS.format(ids="%s"), [list(pin_ids)])
        return dict(cursor.fetchall())


def also_said(pin: PublicPin) -> QuerySet[PublicPin]:
    """Return the public contributions whose matter goes on with this one."""
    merged = RawSQL(_MERGED, [pin.reference])  # noqa: S611 -- fixed text
    found = PublicPin.objects.filter(pk__in=merged)
    return found.for_list().order_by("published_at", "id")
