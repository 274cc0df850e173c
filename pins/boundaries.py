"""Letting the pins follow the boundaries of the districts and the duties of the bodies."""

import pgtrigger
from django.db import connection, transaction

# Rows are locked no longer than these take, a second or so.
BATCH = 20_000

FIND_DISTRICTS = """
    WITH batch AS (
        SELECT id, district_id, districts_at(location, CURRENT_DATE) AS found_id
        FROM pins_pin
        WHERE id > %s
        ORDER BY id
        LIMIT %s
    ), moved AS (
        UPDATE pins_pin pin
        SET district_id = batch.found_id
        FROM batch
        -- A pin that no current district holds keeps the one it had.
        WHERE pin.id = batch.id AND batch.found_id <> batch.district_id
        RETURNING pin.id, pin.is_rough
    )
    SELECT
        (SELECT max(id) FROM batch),
        (SELECT count(*) FROM moved),
        -- Their square is cut at the border.
        ARRAY(SELECT id FROM moved WHERE is_rough)
"""
# Public rows of a range of ids whose district or body is another by now.
OUTDATED = """
    SELECT public.id, district.number, district.name, district.slug,
        body.id AS body_id, body.name AS body_name, body.slug AS body_slug
    FROM pins_publicpin public
    JOIN pins_pin pin ON pin.id = public.id
    JOIN districts_district district ON district.id = pin.district_id
    -- The body that answers today; of a district version that has ended, its last one.
    JOIN (
        SELECT DISTINCT ON (district_id) district_id, body_id
        FROM districts_responsibility
        WHERE valid_from <= CURRENT_DATE
        ORDER BY district_id, valid_from DESC
    ) duty ON duty.district_id = district.id
    JOIN districts_body body ON body.id = COALESCE(pin.handed_to_id, duty.body_id)
    WHERE public.id > %s AND public.id <= %s
      AND (
          public.district_number, public.district_name, public.district_slug,
          public.body_id
      ) IS DISTINCT FROM (
          district.number, district.name, district.slug, body.id
      )
"""
# An UPDATE of no row would count as a change of what the public sees.
ANY_OUTDATED = f"SELECT EXISTS ({OUTDATED})"
UPDATE_OUTDATED = f"""
    UPDATE pins_publicpin public
    SET district_number = fresh.number, district_name = fresh.name,
        district_slug = fresh.slug, body_id = fresh.body_id,
        body_name = fresh.body_name, body_slug = fresh.body_slug
    FROM ({OUTDATED}) fresh
    WHERE public.id = fresh.id
"""  # noqa: S608 -- of this module only


def follow_boundaries() -> int:
    """Derive district and body of all pins anew; return how many changed district.

    In batches, each a transaction of its own unless the caller has one. A pin that no
    current district holds keeps the one it had.
    """
    after: int | None = 0
    total = 0
    while after is not None:
        after, moved = _follow(after)
        total += moved
    return total


# Public rows are not written anew for a version of a district that nobody sees.
@pgtrigger.ignore("pins.Pin:show_updated")
@transaction.atomic
def _follow(after: int) -> tuple[int | None, int]:
    """Take the pins after an id; return the last id of them, and how many moved."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_DISTRICTS, [after, BATCH])
        last, moved, rough = cursor.fetchone()
        cursor.execute("SELECT pins_refresh_public(%s::bigint[])", [rough])
        cursor.execute(ANY_OUTDATED, [after, last])
        if cursor.fetchone() == (True,):
            cursor.execute(UPDATE_OUTDATED, [after, last])
    return last, moved
