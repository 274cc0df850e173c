"""The list of measures names few districts, however many a measure lies in."""

import pytest
from django.contrib.gis.geos import MultiPoint

from tests.factories import make_district, make_measure
from tests.geometries import point_in
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "named", "more"), [(4, 4, None), (6, 3, "+ 3 more")]
)
def test_a_measure_in_many_districts(client, number, named, more):
    places = []
    for n in range(1, number + 1):
        make_district(n, name=f"Quarter {n}")
        places.append(point_in(n))
    make_measure(geometry=MultiPoint(places, srid=4326))

    text = text_of(client.get("/en/insek/measures/"))

    entry = text[text.index("List of measures") :]
    assert [f"Quarter {n}" in entry for n in range(1, number + 1)].count(True) == named
    assert more is None or more in entry
