"""A city full of pins for the measurements: invented, the same at every run.

Half of them crowd around one place, as pins around a town hall do; the rest lie anywhere
in the city. Kinds, themes and statuses are as uneven as in life.
"""

from collections.abc import Callable

# A statement at a time: the triggers work set by set, and there is progress to show.
BATCH = 50_000
INSERT = """
    INSERT INTO pins_pin (
        reference, idempotency_key, kind, theme_id, title, text, language, location,
        is_approximate, is_rough, place_note, district_id, visibility, status,
        token_hash, token_expires_at, created_at, published_at
    )
    SELECT
        'KL-2026-' || number, gen_random_uuid(),
        (ARRAY['idea', 'idea', 'problem', 'problem', 'problem', 'keep'])[1 + number %% 6],
        (SELECT id FROM layers_theme ORDER BY position OFFSET number %% 7 %% 4 LIMIT 1),
        'Beitrag ' || number || ' über ' || (ARRAY[
            'Radweg', 'Spielplatz', 'Bäume', 'Beleuchtung', 'Bushaltestelle', 'Überweg'
        ])[1 + number %% 6],
        repeat('An dieser Stelle ist etwas zu tun, und zwar bald. ', 4 + number %% 20),
        'de', place, false, false, '', districts_at(place, CURRENT_DATE), 'published',
        (ARRAY[
            'received', 'received', 'received', 'in_review', 'in_review', 'scheduled',
            'endorsed', 'not_endorsed', 'adopted', 'done'
        ])[1 + (number::bigint * 7919) %% 10],
        md5(number::text) || md5('x' || number), now() + interval '1 year',
        moment, moment
    FROM (
        SELECT number, now() - number * interval '13 seconds' AS moment,
            CASE WHEN number %% 2 = 0 THEN ST_SetSRID(ST_MakePoint(
                7.7690 + 0.006 * (random() + random() + random() - 1.5),
                49.4440 + 0.004 * (random() + random() + random() - 1.5)
            ), 4326) ELSE ST_SetSRID(ST_MakePoint(
                7.62 + 0.25 * random(), 49.36 + 0.16 * random()
            ), 4326) END AS place
        FROM generate_series(%s, %s) AS number
    ) invented
    WHERE districts_at(place, CURRENT_DATE) IS NOT NULL
"""


def fill(wanted: int, tell: Callable[[int], object], batch: int = BATCH) -> None:
    """Publish so many pins at least; `tell` hears of the number reached after each batch.

    Themes and districts must be there already.
    """
    from django.db import connection

    batch = min(batch, wanted)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        reached, number = 0, 0
        while reached < wanted:
            cursor.execute(INSERT, (number + 1, number + batch))
            number += batch
            reached += cursor.rowcount
            tell(reached)
        cursor.execute("VACUUM ANALYZE")
