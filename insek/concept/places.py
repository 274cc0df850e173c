"""Where measures are: in which districts, and which bodies answer for those."""

from collections.abc import Iterable

from django.db import connection

from districts.models import Body, District, today, valid_on
from insek.models import Measure

# An area that only shares a border with a district does not lie in it; a street that runs
# along the border, or a point on it, lies in both.
TOUCHED = """
    SELECT m.id, d.slug
    FROM insek_measure m
    JOIN districts_district d ON ST_Intersects(m.geometry, d.geometry)
        AND NOT (ST_Dimension(m.geometry) = 2 AND ST_Touches(m.geometry, d.geometry))
        AND d.valid_from <= %(day)s AND (d.valid_to IS NULL OR d.valid_to > %(day)s)
    WHERE m.id = ANY(%(measures)s)
    ORDER BY m.id, d.number
"""


def districts_by_measure(measures: Iterable[Measure]) -> dict[int, list[District]]:
    """Return the districts of today that each measure lies in, by its id.

    Without a place, a measure is of the whole city and in none. Two queries.
    """
    ids = [measure.pk for measure in measures]
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, {"measures": ids, "day": today()})
        rows = cursor.fetchall()
    districts = {
        district.slug: district
        for district in District.objects.current().defer("geometry")
    }
    found: dict[int, list[District]] = {}
    for measure_id, slug in rows:
        found.setdefault(measure_id, []).append(districts[slug])
    return found


def councils_concerned(measures: Iterable[Measure]) -> list[Body]:
    """Return the district councils of the districts that measures lie in, by name.

    These must be heard before the city council decides (GemO RLP § 75).
    """
    found = districts_by_measure(measures)
    slugs = {district.slug for districts in found.values() for district in districts}
    answering = District.objects.current().filter(
        valid_on(today(), "responsibility__"), slug__in=slugs
    )
    return list(
        Body.objects.filter(
            kind=Body.Kind.DISTRICT_COUNCIL,
            pk__in=answering.values("responsibility__body"),
        ).order_by("name")
    )
