"""What stops an import: nothing is written, and every reason is told at once."""

import datetime

import pytest

from districts.importing import (
    Fields,
    ImportRefusedError,
    Missing,
    Options,
    import_districts,
)
from districts.models import District
from geo.shapes import polygons_of
from tests.districts.layers import feature, layer, shape_of, stretched
from tests.factories import make_body, make_district
from tests.geometries import STEP, district_square, square

pytestmark = pytest.mark.django_db

TURN = datetime.date(2027, 1, 1)


def reasons(*features, valid_from=TURN, **options):
    """Return the reasons of a refused import, after a look that nothing is written."""
    before = list(District.objects.values_list())
    with pytest.raises(ImportRefusedError) as refusal:
        import_districts(
            layer(*features), valid_from=valid_from, options=Options(**options)
        )
    assert list(District.objects.values_list()) == before
    assert str(refusal.value) == "\n".join(refusal.value.report.refusals)
    return refusal.value.report.refusals


def test_a_field_that_is_not_there():
    assert reasons(feature(16), fields=Fields(number="nr")) == [
        (
            "The file has no field 'nr' for the number of a district (--number-field). "
            "It has: number, name."
        )
    ]


def test_a_default_body_that_is_not_there():
    assert reasons(feature(16), default_body="rat") == ["There is no body 'rat'."]


def test_rejected_features():
    make_district(16)

    found = reasons(feature(16, "Neudorf"), feature("x"), feature(17, ""))

    assert found == [
        "Feature 2: 'x' is no official number of a district.",
        "Feature 3, number 17: it has no name.",
    ]


def test_a_new_district_without_kind():
    (reason,) = reasons(feature(16))

    assert reason.startswith("Feature 1, number 16: it is new and needs a kind")
    assert "--kind-field" in reason
    assert "--default-kind" in reason


def test_a_new_district_without_body():
    (reason,) = reasons(feature(16), default_kind="kernstadt")

    assert reason.startswith("Feature 1, number 16: it is new and needs a body")
    assert "--body-field" in reason
    assert "--default-body" in reason


def test_a_body_that_is_not_there():
    make_district(16)

    assert reasons(feature(16, body="rat")) == [
        "Feature 1, number 16: there is no body with the slug 'rat'."
    ]


def test_a_name_that_makes_no_slug():
    (reason,) = reasons(feature(16, "–"), default_kind="kernstadt")

    assert reason == "Feature 1, number 16: no slug can be made of the name '–'."


def test_a_boundary_somewhere_else():
    """The wrong field was taken for the number."""
    make_district(16)
    make_district(14)

    found = reasons(
        feature(16, shape=shape_of(district_square(14))),
        feature(14, shape=shape_of(district_square(16))),
    )

    assert len(found) == 2
    assert "does not even touch the present one of 16 Stadtteil 16" in found[0]
    assert "--number-field" in found[0]


def test_a_district_that_the_file_leaves_out():
    make_district(16)
    make_district(17)

    (reason,) = reasons(feature(16, "Neudorf"))

    assert reason.startswith("17 Stadtteil 17 is not in the file.")
    assert "--close-missing" in reason
    assert "--keep-missing" in reason


def test_a_district_that_cannot_end_on_the_day():
    make_district(16)
    make_district(17, valid_from=TURN)
    make_district(18, valid_to=datetime.date(2030, 1, 1))

    found = reasons(feature(16), missing=Missing.CLOSE)

    assert found == [
        (
            "17 Stadtteil 17 is not in the file and cannot end on 2027-01-01: its days are "
            "settled from 2027-01-01 on."
        ),
        (
            "18 Stadtteil 18 is not in the file and cannot end on 2027-01-01: its days are "
            "settled from 2004-07-01 to 2030-01-01."
        ),
    ]


def test_a_day_before_the_present_version():
    make_district(16)

    found = reasons(feature(16, "Neudorf"), valid_from=datetime.date(2004, 6, 30))

    assert found == [
        (
            "16 Neudorf: a change from 2004-06-30 on would cut into the version that is "
            "settled from 2004-07-01 on. Choose a later day."
        )
    ]


def test_a_day_before_a_version_that_is_settled_already():
    make_district(16, valid_to=datetime.date(2030, 1, 1))
    make_district(16, valid_from=datetime.date(2030, 1, 1))

    (reason,) = reasons(feature(16, "Neudorf"))

    assert "settled from 2030-01-01 on. Choose a later day." in reason


def test_a_change_of_a_district_that_is_going_to_end():
    make_district(16, valid_to=datetime.date(2030, 1, 1))

    (reason,) = reasons(feature(16, "Neudorf"))

    assert "settled from 2004-07-01 to 2030-01-01. Choose a later day." in reason


def test_an_overlap_above_the_tolerance():
    make_district(16)
    make_district(17)

    (reason,) = reasons(feature(16, shape=stretched(16, east=0.01)), feature(17))

    assert reason.startswith("16 Stadtteil 16 and 17 Stadtteil 17 overlap by 19,7")
    assert "m² (lon 7.7657" in reason
    assert reason.endswith("more than the tolerance of 50 m² (--tolerance).")


def test_a_gap_above_the_tolerance():
    make_district(16)
    hole = square(7.755, 49.38, STEP / 8)
    holed = polygons_of(shape_of(district_square(16)).difference(shape_of(hole)))

    (reason,) = reasons(feature(16, shape=holed))

    assert reason.startswith("Gap of 30,787.9 m² (lon 7.75")
    assert "at 16 Stadtteil 16, more than the tolerance" in reason


def test_an_overlap_with_a_district_that_stays():
    make_district(16)
    make_district(17)

    found = reasons(feature(16, shape=stretched(16, east=1)), missing=Missing.KEEP)

    assert "16 Stadtteil 16 and 17 Stadtteil 17 overlap by" in found[0]


def test_two_districts_of_one_slug():
    make_body(slug="rat")
    make_district(17)

    found = reasons(
        feature(16, slug="stadtteil-17"),
        feature(17),
        default_body="rat",
        default_kind="kernstadt",
    )

    assert found == [
        "16 Stadtteil 16 and 17 Stadtteil 17 would share the slug 'stadtteil-17'."
    ]


def test_what_only_the_database_sees():
    """Another district is settled to have the slug later."""
    make_body(slug="rat")
    make_district(17, slug="dorf", valid_from=datetime.date(2030, 1, 1))

    (reason,) = reasons(
        feature(16, slug="dorf"), default_body="rat", default_kind="kernstadt"
    )

    assert reason.startswith("The database refuses it: ")
    assert "district_slug_once_a_day" in reason


def test_all_reasons_come_at_once():
    make_district(16)
    make_district(17)
    make_district(18)

    found = reasons(
        feature(16, shape=stretched(16, east=0.01)), feature(17), feature("x")
    )

    assert len(found) == 3


def test_once_put_right_the_import_goes_through():
    make_district(16)
    reasons(feature(16, ""))

    import_districts(layer(feature(16, "Neudorf")), valid_from=TURN)

    assert District.objects.current(TURN).get().name == "Neudorf"
