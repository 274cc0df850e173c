"""A city full of pins for the measurements: invented, the same at every run.

Half of them crowd around one place, as pins around a town hall do; the rest lie anywhere
in the city. Kinds, themes and statuses are as uneven as in life.
"""

import os
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any

# A statement at a time: the triggers work set by set, and there is progress to show.
BATCH = 50_000
WRITERS = 2
# What the triggers of all batches would wait for each other to do is done once, at the end.
LATER = ("count_inserted", "words_inserted")
INSERT = """
    INSERT INTO pins_pin (
        id, reference, idempotency_key, kind, theme_id, title, text, language, location,
        is_approximate, is_rough, place_note, district_id, visibility, status,
        token_hash, token_expires_at, created_at, published_at
    )
    SELECT
        number, 'KL-2026-' || number, gen_random_uuid(),
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

    Themes and districts must be there already, and no pins.
    """
    from django.db import connection

    batch = min(batch, wanted)
    url = os.environ["DATABASE_URL"].rpartition("/")[0]
    database = connection.settings_dict["NAME"]
    publish = partial(_publish, url=f"{url}/{database}", size=batch)
    reached, number = 0, 0
    with get_context("spawn").Pool(WRITERS) as pool:
        while reached < wanted:
            reached += sum(pool.map(publish, range(number, number + WRITERS)))
            number += WRITERS
            tell(reached)
    with connection.cursor() as cursor:
        _count(cursor)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('pins_pin', 'id'), max(id)) FROM pins_pin"
        )
        cursor.execute("VACUUM ANALYZE")


def _publish(number: int, *, url: str, size: int) -> int:
    """Publish a batch, and return how many pins of it lie within the city."""
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    import pgtrigger
    from django.db import connection

    waiting = [f"pins.PublicPin:{name}" for name in ("next_version", *LATER)]
    with pgtrigger.ignore(*waiting), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT setseed(%s)", [number / 1000])
        cursor.execute(INSERT, (number * size + 1, (number + 1) * size))
        published: int = cursor.rowcount
        return published


def _count(cursor: Any) -> None:
    """Do for all public pins at once what their triggers were kept from."""
    from pins.models import PublicPin

    cursor.execute("CREATE TEMP VIEW changed AS TABLE pins_publicpin")
    options: Any = PublicPin._meta
    for trigger in options.triggers:
        if trigger.name in LATER:
            body = trigger.func.replace("RETURN NULL;", "")
            cursor.execute(f"DO $$ BEGIN {body} END $$")
    cursor.execute("DROP VIEW changed")
