"""One statement for each form that is sent: counts it, spends its proof, knows its text."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from trust.limits import Limit, Whose
from trust.models import Reason
from trust.proof import Proof
from trust.texts import ALIKE

# All rows are taken in one order, so that no two requests wait for each other.
STATEMENT = """
WITH spent AS (
    INSERT INTO trust_spentproof AS known (nonce, form, expires_at)
    SELECT nonce, form, expires_at
    FROM (VALUES (%(nonce)s::bytea, %(form)s::uuid, %(expires_at)s::timestamptz))
        AS proof (nonce, form, expires_at)
    WHERE nonce IS NOT NULL
    ON CONFLICT (nonce) DO UPDATE SET form = known.form
    RETURNING form = %(form)s::uuid AS is_good
), proof AS (
    SELECT coalesce((SELECT is_good FROM spent), %(is_vouched)s) AS is_good
), hits AS (
    INSERT INTO trust_hit AS hit (digest, what, until, count)
    SELECT digest, what, until, 1
    FROM unnest(
        %(digests)s::bytea[], %(names)s::text[], %(ends)s::timestamptz[],
        %(unproven)s::boolean[]
    ) AS asked (digest, what, until, only_unproven), proof
    WHERE NOT (only_unproven AND proof.is_good)
    ORDER BY what, digest, until
    ON CONFLICT (digest, what, until) DO UPDATE SET count = hit.count + 1
    RETURNING what, count
), kept AS (
    INSERT INTO trust_knowntext AS known (digest, sketch, form, seen_at)
    SELECT %(text)s::bytea, %(sketch)s::bigint[], %(form)s::uuid, %(now)s
    WHERE %(text)s::bytea IS NOT NULL
    ON CONFLICT (digest) DO UPDATE SET seen_at = excluded.seen_at
    RETURNING form <> %(form)s::uuid AS is_repeated
), alike AS (
    SELECT EXISTS (
        SELECT FROM trust_knowntext AS other
        WHERE other.sketch && %(sketch)s::bigint[]
            AND other.form <> %(form)s::uuid
            AND cardinality(ARRAY(
                SELECT unnest(other.sketch) INTERSECT SELECT unnest(%(sketch)s::bigint[])
            )) >= %(alike)s
    ) AS is_alike
)
SELECT
    (SELECT is_good FROM spent),
    (SELECT coalesce(array_agg(what), '{}') FROM hits),
    (SELECT coalesce(array_agg(count), '{}') FROM hits),
    coalesce((SELECT is_repeated FROM kept), false),
    %(sketch)s::bigint[] IS NOT NULL AND (SELECT is_alike FROM alike),
    ARRAY(
        SELECT action FROM trust_bannedpattern
        WHERE is_active AND %(words)s::text LIKE trust_bannedpattern.like
    )
"""


@dataclass(frozen=True)
class Question:
    """What is asked about one form; `text` is None where it is too short to compare."""

    form: UUID
    proof: Proof | None
    # Somebody with an account needs no proof.
    is_vouched: bool
    limits: Sequence[tuple[Limit, bytes]]
    words: str
    text: bytes | None
    sketch: Sequence[int] | None


@dataclass(frozen=True)
class Answer:
    """What the database knows of it: counts by limit, and what is noticed."""

    counts: dict[str, int]
    is_proof_spent: bool
    text_reason: Reason | None
    banned: frozenset[str]


def ask(question: Question, now: datetime.datetime | None = None) -> Answer:
    """Count a form and return what is known of it.

    Outside of a transaction: what is counted must stay counted, whatever becomes of the
    form, and must not hold up the next one.
    """
    now = now or timezone.now()
    proof, limits = question.proof, question.limits
    values: dict[str, Any] = {
        "nonce": proof.nonce if proof else None,
        "expires_at": proof.expires_at if proof else None,
        "form": question.form,
        "is_vouched": question.is_vouched,
        "digests": [digest for _limit, digest in limits],
        "names": [limit.name for limit, _digest in limits],
        "ends": [limit.ends_after(now) for limit, _digest in limits],
        "unproven": [limit.whose == Whose.UNPROVEN for limit, _digest in limits],
        "text": question.text,
        "sketch": question.sketch,
        "now": now,
        "alike": ALIKE,
        "words": question.words,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        is_good, names, counts, is_repeated, is_alike, actions = cursor.fetchone()
    reason = None
    if is_repeated:
        reason = Reason.SAME_TEXT
    elif is_alike:
        reason = Reason.ALIKE_TEXT
    return Answer(
        counts=dict(zip(names, counts, strict=True)),
        is_proof_spent=proof is not None and not is_good,
        text_reason=reason,
        banned=frozenset(actions),
    )
