"""References name a pin for ever: unique, never used again, with the city's letters."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories import make_district, make_pin


@pytest.fixture(autouse=True)
def district(db):
    make_district(16)


def number(pin):
    return int(pin.reference.rsplit("-", 1)[1])


def test_the_form_of_a_reference():
    pin = make_pin()
    year = timezone.now().year
    assert re.fullmatch(rf"KL-{year}-\d{{5,}}", pin.reference)


def test_the_citys_letters_come_from_the_settings(settings):
    settings.REFERENCE_PREFIX = "ZW"

    assert make_pin().reference.startswith("ZW-")


def test_numbers_count_on():
    first, second = make_pin(), make_pin()
    assert number(second) == number(first) + 1


def test_a_deleted_pins_number_is_not_used_again():
    gone = make_pin()
    last = number(gone)
    gone.delete()

    assert number(make_pin()) > last


def test_nor_is_one_whose_pin_was_never_kept():
    last = number(make_pin())
    with pytest.raises(IntegrityError), transaction.atomic():
        make_pin(kind="rant")

    assert number(make_pin()) > last + 1


def test_more_than_99999_pins_get_longer_numbers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM pins_reference_number")
        before = cursor.fetchone()[0]
        try:
            cursor.execute("SELECT setval('pins_reference_number', 123455)")
            assert number(make_pin()) == 123456
        finally:
            # A sequence does not roll back with the test.
            cursor.execute("SELECT setval('pins_reference_number', %s)", [before])


def test_no_two_pins_share_one():
    with (
        pytest.raises(IntegrityError, match="reference"),
        transaction.atomic(),
    ):
        make_pin(reference=make_pin().reference)
