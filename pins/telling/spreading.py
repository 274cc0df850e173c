"""From news to people: who is to be told, in one statement."""

import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from trust.clock import lately

# Whoever takes a step back in the last moment still has to commit.
COMMITTED = datetime.timedelta(seconds=10)
# So many pieces of news are spread at once, so often in a run; the next run goes on.
AT_ONCE = 50
ROUNDS = 20
# Nobody can follow from farther away (`pins.models.following.RADIUS`): the index serves.
FARTHEST = 3_000

# Pieces that may be told now: the minute for taking back is over, and they still hold.
_TOLD = """
    told AS (
        SELECT n.id AS news_id, p.id AS pin_id, p.district_slug, p.theme_id,
            p.location::geography AS place,
            -- What residents say to one another is for those who follow this very pin.
            NOT EXISTS (
                SELECT FROM pins_comment c
                WHERE c.id = n.comment_id AND c.actor_id IS NULL
            ) AS is_step
        FROM fresh n
        JOIN pins_publicpin p ON p.id = n.pin_id
        WHERE NOT EXISTS (SELECT FROM pins_statuschange u WHERE u.undoes_id = n.step_id)
            AND NOT EXISTS (SELECT FROM pins_handover u WHERE u.undoes_id = n.handover_id)
            AND NOT EXISTS (
                SELECT FROM pins_comment c
                WHERE c.id = n.comment_id AND c.visibility <> 'published'
            )
    ),
    -- The pin, and what was merged into it, and into that.
    family AS (
        SELECT news_id, pin_id FROM told
        UNION
        SELECT f.news_id, d.id
        FROM family f
        JOIN pins_pin d ON d.duplicate_of_id = f.pin_id AND d.visibility = 'published'
    )
"""
_FRESH = """
    fresh AS (
        SELECT id, pin_id, step_id, handover_id, comment_id
        FROM pins_news WHERE id = ANY(%(ids)s)
    )
"""
_MAILBOXES = f"""
    WITH RECURSIVE {_FRESH}, {_TOLD}
    INSERT INTO pins_mailbox (email, not_before, refusals)
    SELECT DISTINCT ON (lower(c.email)) c.email, now(), 0
    FROM family f JOIN pins_contact c ON c.pin_id = f.pin_id
    WHERE c.confirmed_at IS NOT NULL
    ORDER BY lower(c.email), c.id
    ON CONFLICT (lower(email)) DO NOTHING
"""  # noqa: S608 -- parts of this module only
# The author comes before the follower, what is closer before what is wider: the first is
# the reason that the mail gives.
_NOTICES = f"""
    WITH RECURSIVE {_FRESH}, {_TOLD},
    people AS (
        SELECT f.news_id, m.id AS mailbox_id, c.id AS contact_id,
            NULL::bigint AS follow_id, 1 AS rank
        FROM family f
        JOIN pins_contact c ON c.pin_id = f.pin_id
            AND c.confirmed_at IS NOT NULL
        JOIN pins_mailbox m ON lower(m.email) = lower(c.email)
        UNION ALL
        SELECT f.news_id, w.mailbox_id, NULL, w.id, 2
        FROM family f
        JOIN pins_follow w ON w.pin_id = f.pin_id
        WHERE w.confirmed_at IS NOT NULL
        UNION ALL
        SELECT t.news_id, w.mailbox_id, NULL, w.id, 3
        FROM told t
        JOIN pins_follow w ON w.place IS NOT NULL
            AND ST_DWithin(w.place, t.place, {FARTHEST})
            AND ST_DWithin(w.place, t.place, w.radius)
        WHERE t.is_step AND w.confirmed_at IS NOT NULL
        UNION ALL
        SELECT t.news_id, w.mailbox_id, NULL, w.id, 4
        FROM told t
        JOIN pins_follow w ON w.district_slug = t.district_slug
        WHERE t.is_step AND w.district_slug <> '' AND w.confirmed_at IS NOT NULL
        UNION ALL
        SELECT t.news_id, w.mailbox_id, NULL, w.id, 5
        FROM told t
        JOIN pins_follow w ON w.theme_id = t.theme_id
        WHERE t.is_step AND w.confirmed_at IS NOT NULL
    )
    INSERT INTO pins_notice (news_id, mailbox_id, contact_id, follow_id)
    SELECT DISTINCT ON (news_id, mailbox_id) news_id, mailbox_id, contact_id, follow_id
    FROM people
    ORDER BY news_id, mailbox_id, rank, contact_id, follow_id
    ON CONFLICT (news_id, mailbox_id) DO NOTHING
"""  # noqa: S608 -- parts of this module only
_TAKE = """
    SELECT id FROM pins_news
    WHERE spread_at IS NULL AND created_at NOT BETWEEN %s AND %s
    ORDER BY created_at, id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""


def spread_news() -> int:
    """Put what can no longer be taken back into everybody's outbox; return how many.

    Each piece once, for each person once. Nothing of pins that are not published (any
    more), of steps taken back, of comments hidden.
    """
    count = 0
    for _round in range(ROUNDS):
        spread = _spread_some()
        count += spread
        if spread < AT_ONCE:
            break
    return count


@transaction.atomic
def _spread_some() -> int:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [*lately(settings.UNDO_PERIOD + COMMITTED, now), AT_ONCE])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(_MAILBOXES, {"ids": ids})
        cursor.execute(_NOTICES, {"ids": ids})
        cursor.execute(
            "UPDATE pins_news SET spread_at = %s WHERE id = ANY(%s)", [now, ids]
        )
    return len(ids)
