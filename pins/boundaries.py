"""Letting the pins follow the boundaries of the districts and the duties of the bodies."""

import pgtrigger
from django.db import connection, transaction

# Rows are locked no longer than these take, a second or so.
BATCH = 20_000

END_OF_BATCH = """
    SELECT max(id) FROM (
        SELECT id FROM pins_pin WHERE id > %s ORDER BY id LIMIT %s
    ) batch
"""
FIND_DISTRICTS = """
    WITH found AS (
        SELECT id, location, district_id,
            districts_at(location, CURRENT_DATE) AS found_id
        FROM pins_pin
        WHERE id > %s AND id <= %s
    ), moved AS (
        UPDATE pins_pin pin
        SET district_id = found.found_id
        FROM found
        -- A pin that no current district holds keeps the one it had; one that somebody
        -- is moving has its new one already.
        WHERE pin.id = found.id AND pin.id > %s AND pin.id <= %s
          AND found.found_id <> found.district_id AND found.location = pin.location
        RETURNING pin.id, pin.is_rough
    )
    -- The square of a rough place is cut at the border.
    SELECT count(*), array_agg(id) FILTER (WHERE is_rough) FROM moved
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
    WHERE public.id > %s AND public.id <= %s AND pin.id > %s AND pin.id <= %s
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
    total, after = 0, 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(END_OF_BATCH, [after, BATCH])
            ((last,),) = cursor.fetchall()
            if last is None:
                return total
            total += _follow(after, last)
            after = last


# What these do for each pin is done here for all: its district is known already, and
# public rows are not written anew for a version of a district that nobody sees.
@pgtrigger.ignore("pins.Pin:district_from_location", "pins.Pin:show_updated")
@transaction.atomic
def _follow(after: int, last: int) -> int:
    """Take the pins between two ids; return how many changed district."""
    batch = [after, last] * 2
    with connection.cursor() as cursor:
        cursor.execute(FIND_DISTRICTS, batch)
        ((moved, rough),) = cursor.fetchall()
        if rough:
            cursor.execute("SELECT pins_refresh_public(%s)", [rough])
        cursor.execute(ANY_OUTDATED, batch)
        if cursor.fetchone() == (True,):
            cursor.execute(UPDATE_OUTDATED, batch)
    count: int = moved
    return count
