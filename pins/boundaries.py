"""Letting the pins follow the boundaries of the districts and the duties of the bodies."""

import pgtrigger
from django.db import connection, transaction

# Rows are locked no longer than these take, a second or so.
BATCH = 5_000

# Public rows whose district or body is another by now.
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
    WHERE (
        public.district_number, public.district_name, public.district_slug, public.body_id
    ) IS DISTINCT FROM (
        district.number, district.name, district.slug, body.id
    )
"""
# All pins to take up, in batches of neighbours: these change the same counts of the map.
TO_FOLLOW = f"""
    SELECT array_agg(id)
    FROM (
        SELECT pin.id, (row_number() OVER (ORDER BY pin.location) - 1) / %s AS batch
        FROM pins_pin pin LEFT JOIN ({OUTDATED}) outdated ON outdated.id = pin.id
        WHERE outdated.id IS NOT NULL
           OR districts_at(pin.location, CURRENT_DATE) <> pin.district_id
    ) found
    GROUP BY batch
    ORDER BY batch
"""  # noqa: S608 -- of this module only
FIND_DISTRICTS = """
    WITH found AS (
        SELECT id, location, district_id,
            districts_at(location, CURRENT_DATE) AS found_id
        FROM pins_pin
        WHERE id = ANY(%s)
    ), moved AS (
        UPDATE pins_pin pin
        SET district_id = found.found_id
        FROM found
        -- A pin that no current district holds keeps the one it had; one that somebody
        -- is moving has its new one already.
        WHERE pin.id = found.id AND found.found_id <> found.district_id
          AND found.location = pin.location
        RETURNING pin.id, pin.is_rough
    )
    -- The square of a rough place is cut at the border.
    SELECT count(*), array_agg(id) FILTER (WHERE is_rough) FROM moved
"""
OUTDATED_OF_BATCH = f"{OUTDATED} AND public.id = ANY(%s) AND pin.id = ANY(%s)"
# An UPDATE of no row would count as a change of what the public sees.
ANY_OUTDATED = f"SELECT EXISTS ({OUTDATED_OF_BATCH})"
UPDATE_OUTDATED = f"""
    UPDATE pins_publicpin public
    SET district_number = fresh.number, district_name = fresh.name,
        district_slug = fresh.slug, body_id = fresh.body_id,
        body_name = fresh.body_name, body_slug = fresh.body_slug
    FROM ({OUTDATED_OF_BATCH}) fresh
    WHERE public.id = fresh.id
"""  # noqa: S608 -- of this module only


def follow_boundaries() -> int:
    """Derive district and body of all pins anew; return how many changed district.

    In batches, each a transaction of its own unless the caller has one. A pin that no
    current district holds keeps the one it had.
    """
    return sum(_follow(ids) for ids in _batches())


@transaction.atomic
def _batches() -> list[list[int]]:
    """Return the ids of the pins that have another district or body by now.

    Reads all pins, and locks none of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(TO_FOLLOW, [BATCH])
        return [ids for (ids,) in cursor.fetchall()]


# What these do for each pin is done here for all: its district is known already, and
# public rows are not written anew for a version of a district that nobody sees.
@pgtrigger.ignore("pins.Pin:district_from_location", "pins.Pin:show_updated")
@transaction.atomic
def _follow(ids: list[int]) -> int:
    """Take up some pins; return how many changed district."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_DISTRICTS, [ids])
        ((moved, rough),) = cursor.fetchall()
        if rough:
            cursor.execute("SELECT pins_refresh_public(%s)", [rough])
        cursor.execute(ANY_OUTDATED, [ids, ids])
        if cursor.fetchone() == (True,):
            cursor.execute(UPDATE_OUTDATED, [ids, ids])
    count: int = moved
    return count
