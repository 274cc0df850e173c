"""Letting the pins follow the boundaries of the districts and the duties of the bodies."""

import pgtrigger
from django.db import connection, transaction

# Rows are locked no longer than these take, a second or so.
BATCH = 5_000
# So many parts of the city, one after the other.
AREAS = 8

# What the public row of a pin has to say of its district and body, and that it does not.
_TO_SAY = """
    pins_pin pin
    JOIN districts_district district ON district.id = pin.district_id
    -- The body that answers today; of a district version that has ended, its last one.
    JOIN (
        SELECT DISTINCT ON (district_id) district_id, body_id
        FROM districts_responsibility
        WHERE valid_from <= CURRENT_DATE
        ORDER BY district_id, valid_from DESC
    ) duty ON duty.district_id = district.id
    JOIN districts_body body ON body.id = COALESCE(pin.handed_to_id, duty.body_id)
"""
_OUTDATED = """
    pin.id = public.id AND (
        public.district_number, public.district_name, public.district_slug, public.body_id
    ) IS DISTINCT FROM (
        district.number, district.name, district.slug, body.id
    )
"""
_IN_FORCE = """
    {of}.valid_from <= CURRENT_DATE
    AND ({of}.valid_to IS NULL OR {of}.valid_to > CURRENT_DATE)
"""
# Districts of today into which one of a lower number reaches, which then has the pins there.
OVERLAPS = f"""
    SELECT own.id, lower.id
    FROM districts_district own JOIN districts_district lower
        ON lower.number < own.number AND lower.geometry && own.geometry
    WHERE {_IN_FORCE.format(of="own")} AND {_IN_FORCE.format(of="lower")}
      AND ST_Relate(own.geometry, lower.geometry, 'T********')
"""  # noqa: S608 -- of this module only
# Pins that may be in another district by now: not within their own, or on its edge, or in
# an overlap. Which district holds a pin is asked later, of these alone.
ELSEWHERE = f"""
    SELECT pin.id, pin.location
    FROM pins_pin pin JOIN districts_district own ON own.id = pin.district_id
    WHERE NOT ({_IN_FORCE.format(of="own")} AND ST_Contains(own.geometry, pin.location))
    UNION
    SELECT pin.id, pin.location
    FROM unnest(%s::bigint[], %s::bigint[]) overlap(own_id, lower_id)
    JOIN pins_pin pin ON pin.district_id = overlap.own_id
    JOIN districts_district lower ON lower.id = overlap.lower_id
    WHERE ST_Covers(lower.geometry, pin.location)
"""  # noqa: S608 -- of this module only
# All pins to take up, in batches: of one area of the city after the other, for neighbours
# change the same counts of the map; within it as they were written, for they lie on the
# same pages of the table and of most of its indexes.
TO_FOLLOW = f"""
    SELECT array_agg(id)
    FROM (
        SELECT id, (row_number() OVER (ORDER BY area, id) - 1) / %s AS batch
        FROM (
            SELECT id, ntile({AREAS}) OVER (ORDER BY location) AS area
            FROM (
                {ELSEWHERE}
                UNION
                SELECT pin.id, pin.location
                FROM pins_publicpin public, {_TO_SAY} WHERE {_OUTDATED}
            ) found
        ) placed
    ) numbered
    GROUP BY batch
    ORDER BY batch
"""  # noqa: S608 -- of this module only
# Both tables are read once from end to end; nobody waits for that.
READ_ALL = """
    SET LOCAL statement_timeout = '10min';
    SET LOCAL max_parallel_workers_per_gather = 2;
    SET LOCAL enable_nestloop = off
"""
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
# An UPDATE of no row would count as a change of what the public sees.
ANY_OUTDATED = f"""
    SELECT EXISTS (
        SELECT FROM pins_publicpin public, {_TO_SAY}
        WHERE public.id = ANY(%s) AND {_OUTDATED}
    )
"""  # noqa: S608 -- of this module only
UPDATE_OUTDATED = f"""
    UPDATE pins_publicpin public
    SET district_number = district.number, district_name = district.name,
        district_slug = district.slug, body_id = body.id,
        body_name = body.name, body_slug = body.slug
    FROM {_TO_SAY}
    WHERE public.id = ANY(%s) AND {_OUTDATED}
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
        cursor.execute(READ_ALL)
        cursor.execute(OVERLAPS)
        overlaps = cursor.fetchall()
        own, lower = ([pair[side] for pair in overlaps] for side in (0, 1))
        cursor.execute(TO_FOLLOW, [BATCH, own, lower])
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
        cursor.execute(ANY_OUTDATED, [ids])
        if cursor.fetchone() == (True,):
            cursor.execute(UPDATE_OUTDATED, [ids])
    count: int = moved
    return count
