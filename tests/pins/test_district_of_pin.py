"""A pin's district comes from its place, in the database, whoever writes."""

from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pins.models import Pin, PublicPin
from tests.factories import broken_constraint, make_district, make_pin, make_theme
from tests.geometries import point_in


@pytest.fixture(autouse=True)
def districts(db):
    return [make_district(number) for number in (16, 17)]


def unsaved_pin(location, district=None):
    return Pin(
        idempotency_key=uuid4(),
        kind="idea",
        theme=make_theme(uuid4().hex),
        title="Eine Bank",
        text="Eine Bank am Brunnen wäre schön.",
        language="de",
        location=location,
        district=district,
        token_hash=uuid4().hex,
        token_expires_at=timezone.now(),
    )


def test_on_insert(districts):
    pin = make_pin(location=point_in(17))

    # Read back from the INSERT, without another query.
    assert pin.district_id == districts[1].pk
    pin.refresh_from_db()
    assert pin.district == districts[1]


def test_what_the_form_says_does_not_count(districts):
    pin = unsaved_pin(point_in(17), district=districts[0])
    pin.save()

    assert Pin.objects.get().district == districts[1]


def test_in_bulk(districts):
    Pin.objects.bulk_create(unsaved_pin(point_in(n)) for n in (17, 16, 17))

    found = Pin.objects.order_by("pk").values_list("district__number", flat=True)
    assert list(found) == [17, 16, 17]


def test_on_moving(districts):
    pin = make_pin()
    pin.location = point_in(17)
    pin.save()

    pin.refresh_from_db()
    assert pin.district == districts[1]
    assert PublicPin.objects.get().district_number == 17


def test_by_update_and_by_sql(districts):
    pin = make_pin()

    Pin.objects.update(location=point_in(17))
    assert Pin.objects.get().district == districts[1]

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pins_pin SET location = ST_GeomFromEWKB(%s)",
            [bytes(point_in(16).ewkb)],
        )
    pin.refresh_from_db()
    assert pin.district == districts[0]


def test_it_cannot_be_set_to_another(districts):
    make_pin()

    Pin.objects.update(district=districts[1])

    assert Pin.objects.get().district == districts[0]


@pytest.mark.parametrize(
    ("east", "number"), [(1.0, 16), (1.001, 17)], ids=["shared edge", "just beyond"]
)
def test_a_shared_edge_belongs_to_the_lower_number(east, number):
    assert make_pin(location=point_in(16, east)).district.number == number


@pytest.mark.parametrize(
    "place", [point_in(15), point_in(16, 0.5, 1.5), Point(0, 0, srid=4326)]
)
def test_outside_the_city_is_refused(place):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make_pin(location=place)
    assert broken_constraint(refusal.value) == "pin_inside_the_city"

    pin = make_pin()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pin.objects.update(location=place)
    pin.refresh_from_db()
    assert pin.location.equals(point_in(16))
