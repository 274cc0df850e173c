"""Importing districts: what becomes of each, and from which day on."""

import datetime

import pytest
from django.db import connection
from shapely import MultiPolygon, Polygon

from districts.importing import Fields, Missing, Options, import_districts
from districts.models import District, Responsibility, today
from tests.districts.layers import feature, layer, shape_of, stretched
from tests.factories import IN_FORCE, make_body, make_district
from tests.geometries import district_square

pytestmark = pytest.mark.django_db

# It lies ahead: a boundary that is in force already takes the row over.
TURN = datetime.date(2127, 1, 1)
EVE = datetime.date(2126, 12, 31)
LATER = datetime.date(2130, 1, 1)


def run(*features, valid_from=TURN, **options):
    report = import_districts(
        layer(*features), valid_from=valid_from, options=Options(**options)
    )
    # What the commit would check.
    connection.check_constraints()
    return report


def versions(number):
    found = District.objects.filter(number=number).order_by("valid_from")
    return [(row.name, row.valid_from, row.valid_to) for row in found]


def duties(number):
    found = Responsibility.objects.filter(district__number=number)
    return [
        (row.body.slug, row.valid_from, row.valid_to)
        for row in found.order_by("valid_from")
    ]


def test_the_first_import_creates():
    make_body(slug="rat")

    report = run(
        feature(16, "Hohenecken", kind="ortsbezirk", body="rat"),
        feature(17, "Weiler", kind="kernstadt", slug="dorf", body="rat"),
        source="Vermessungsamt 2026",
    )

    assert report.created == [
        "16 Hohenecken (Ortsbeirat Musterdorf)",
        "17 Weiler (Ortsbeirat Musterdorf)",
    ]
    assert (report.updated, report.unchanged, report.closed) == ([], [], [])
    first, second = District.objects.all()
    assert (first.slug, second.slug) == ("hohenecken", "dorf")
    assert (first.kind, second.kind) == ("ortsbezirk", "kernstadt")
    assert first.geometry.equals(district_square(16))
    assert first.geometry.srid == 4326
    assert first.source == "Vermessungsamt 2026"
    assert versions(16) == [("Hohenecken", TURN, None)]
    assert duties(16) == [("rat", TURN, None)]


def test_defaults_are_for_new_districts():
    make_body(slug="rat")
    make_district(17, kind="ortsbezirk")

    report = run(feature(16), feature(17), default_body="rat", default_kind="kernstadt")

    assert report.unchanged == ["17 Stadtteil 17"]
    assert District.objects.get(number=16).kind == "kernstadt"
    assert duties(17) == [("ortsbeirat-17", IN_FORCE, None)]


def test_the_same_again_changes_nothing():
    make_district(16)
    written = District.objects.values_list("pk", "valid_from", "source").get()

    report = run(feature(16), source="other")

    assert report.unchanged == ["16 Stadtteil 16"]
    assert District.objects.values_list("pk", "valid_from", "source").get() == written


def test_the_same_boundary_written_otherwise_changes_nothing():
    make_district(16)
    (square,) = shape_of(district_square(16)).geoms
    a, b, c, d, _ = square.exterior.coords
    halfway = ((a[0] + b[0]) / 2 + 4e-8, (a[1] + b[1]) / 2)
    redrawn = MultiPolygon([Polygon([c, d, a, halfway, b])])

    assert run(feature(16, shape=redrawn)).unchanged == ["16 Stadtteil 16"]


def test_a_new_boundary_is_a_new_version():
    old = make_district(16)

    report = run(feature(16, shape=stretched(16, north=1)), source="new")

    (line,) = report.updated
    assert line.startswith("16 Stadtteil 16: boundary (1,969,732 ")
    assert line.endswith("m² differ); new version from 2127-01-01")
    assert versions(16) == [
        ("Stadtteil 16", IN_FORCE, TURN),
        ("Stadtteil 16", TURN, None),
    ]
    old.refresh_from_db()
    assert old.geometry.equals(district_square(16))
    new = District.objects.current(TURN).get()
    assert shape_of(new.geometry).equals(stretched(16, north=1))
    assert (new.slug, new.kind, new.source) == (old.slug, old.kind, "new")
    # The body stays, on the new version as on the old.
    assert duties(16) == [
        ("ortsbeirat-16", IN_FORCE, TURN),
        ("ortsbeirat-16", TURN, None),
    ]


def test_a_boundary_in_force_takes_the_row_over():
    """What lies in a district stays with it, however often its boundary is drawn anew."""
    begins, turn = datetime.date(2020, 1, 1), datetime.date(2022, 1, 1)
    district = make_district(16, valid_from=begins)
    District.objects.update(population=900, population_on=begins)
    former = make_body("Alter Rat")
    Responsibility.objects.update(valid_from=turn)
    Responsibility.objects.create(
        district=district, body=former, valid_from=begins, valid_to=turn
    )
    day = today()

    report = run(feature(16, shape=stretched(16, north=1)), valid_from=day)

    assert report.updated[0].endswith(f"new version from {day}")
    assert versions(16) == [
        ("Stadtteil 16", begins, day),
        ("Stadtteil 16", day, None),
    ]
    assert duties(16) == [
        ("alter-rat", begins, turn),
        ("ortsbeirat-16", turn, day),
        ("ortsbeirat-16", day, None),
    ]
    now = District.objects.current().get()
    assert now.pk == district.pk
    assert shape_of(now.geometry).equals(stretched(16, north=1))
    past = District.objects.exclude(pk=district.pk).get()
    assert past.geometry.equals(district_square(16))
    # Inhabitants were counted within the boundary of then.
    assert (past.population, past.population_on) == (900, begins)
    assert (now.population, now.population_on) == (None, None)


@pytest.mark.parametrize(
    "change", [{"name": "Neudorf"}, {"slug": "neu"}, {"body": "neuer-rat"}]
)
def test_a_version_that_everybody_hears_of_is_a_row_of_its_own(change):
    """Its contributions are told in small steps, not with the import."""
    district = make_district(16)
    make_body("Neuer Rat")

    run(feature(16, shape=stretched(16, north=1), **change), valid_from=today())

    district.refresh_from_db()
    assert district.valid_to == today()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": "Neudorf"}, "name Stadtteil 16 → Neudorf"),
        ({"kind": "kernstadt"}, "kind ortsbezirk → kernstadt"),
        ({"slug": "neu"}, "slug stadtteil-16 → neu"),
    ],
)
def test_other_changes_are_a_new_version_too(change, line):
    make_district(16)

    report = run(feature(16, **change))

    name = change.get("name", "Stadtteil 16")
    assert report.updated == [f"16 {name}: {line}; new version from 2127-01-01"]
    assert len(versions(16)) == 2


def test_a_new_name_keeps_the_address():
    make_district(16)

    run(feature(16, "Neudorf"))

    assert District.objects.current(TURN).get().slug == "stadtteil-16"


def test_a_new_version_may_come_with_another_body():
    make_district(16)
    make_body("Neuer Rat")

    report = run(feature(16, "Neudorf", body="neuer-rat"))

    assert report.updated == [
        (
            "16 Neudorf: name Stadtteil 16 → Neudorf, body Ortsbeirat 16 → Neuer Rat; "
            "new version from 2127-01-01"
        )
    ]
    assert duties(16) == [
        ("ortsbeirat-16", IN_FORCE, TURN),
        ("neuer-rat", TURN, None),
    ]


def test_a_new_version_inherits_what_is_settled_for_later():
    district = make_district(16)
    Responsibility.objects.update(valid_to=LATER)
    Responsibility.objects.create(
        district=district, body=make_body("Neuer Rat"), valid_from=LATER
    )

    run(feature(16, "Neudorf"))

    assert duties(16) == [
        ("ortsbeirat-16", IN_FORCE, TURN),
        ("ortsbeirat-16", TURN, LATER),
        ("neuer-rat", LATER, None),
    ]


def test_a_body_alone_changes_hands_without_a_new_version():
    make_district(16)
    make_body("Neuer Rat")

    report = run(feature(16, body="neuer-rat"))

    assert report.updated == [
        "16 Stadtteil 16: body Ortsbeirat 16 → Neuer Rat; from 2127-01-01"
    ]
    assert versions(16) == [("Stadtteil 16", IN_FORCE, None)]
    assert duties(16) == [
        ("ortsbeirat-16", IN_FORCE, TURN),
        ("neuer-rat", TURN, None),
    ]


def test_on_its_first_day_a_version_is_corrected_in_place():
    district = make_district(16)
    make_body("Neuer Rat")

    report = run(
        feature(16, "Neudorf", stretched(16, north=1), body="neuer-rat"),
        valid_from=IN_FORCE,
    )

    assert report.updated[0].endswith("Ortsbeirat 16 → Neuer Rat; corrected in place")
    district.refresh_from_db()
    assert district.name == "Neudorf"
    assert shape_of(district.geometry).equals(stretched(16, north=1))
    assert versions(16) == [("Neudorf", IN_FORCE, None)]
    assert duties(16) == [("neuer-rat", IN_FORCE, None)]


def test_a_correction_keeps_the_body():
    make_district(16)

    run(feature(16, "Neudorf"), valid_from=IN_FORCE)

    assert duties(16) == [("ortsbeirat-16", IN_FORCE, None)]


def test_a_missing_district_may_end():
    make_district(16)
    make_district(17)
    make_district(18, valid_to=EVE)

    report = run(
        feature(16, shape=stretched(16, east=1)),
        missing=Missing.CLOSE,
    )

    assert report.closed == ["17 Stadtteil 17"]
    assert versions(17) == [("Stadtteil 17", IN_FORCE, TURN)]
    assert duties(17) == [("ortsbeirat-17", IN_FORCE, TURN)]
    assert report.gaps == report.overlaps == ()


def test_a_missing_district_may_stay():
    make_district(16)
    make_district(17)

    report = run(feature(16, "Neudorf"), missing=Missing.KEEP)

    assert report.kept == ["17 Stadtteil 17"]
    assert versions(17) == [("Stadtteil 17", IN_FORCE, None)]


def test_a_slug_may_pass_to_the_successor_of_a_closed_district():
    make_district(16, slug="dorf")
    make_body(slug="rat")

    report = run(
        feature(19, shape=shape_of(district_square(16)), slug="dorf", body="rat"),
        default_kind="kernstadt",
        missing=Missing.CLOSE,
    )

    assert report.closed == ["16 Stadtteil 16"]
    assert District.objects.current(TURN).get().slug == "dorf"


def test_a_district_may_come_back():
    make_district(16, valid_to=EVE)

    report = run(feature(16))

    assert report.created == ["16 Stadtteil 16 (Ortsbeirat 16)"]
    assert versions(16) == [
        ("Stadtteil 16", IN_FORCE, EVE),
        ("Stadtteil 16", TURN, None),
    ]
    assert duties(16) == [
        ("ortsbeirat-16", IN_FORCE, EVE),
        ("ortsbeirat-16", TURN, None),
    ]


def test_what_ends_on_the_day_is_not_missing():
    make_district(16)
    make_district(17, valid_to=TURN)

    assert run(feature(16)).closed == []


def test_rejected_features_may_be_left_out():
    make_district(16)
    make_district(17)
    shapeless = feature(17, shape=MultiPolygon())

    report = run(feature(16, "Neudorf"), shapeless, feature("x"), skip_rejected=True)

    assert [rejection.number for rejection in report.rejected] == [17, None]
    assert len(versions(16)) == 2
    # Its district is not missing: it stays, and counts for the coverage.
    assert versions(17) == [("Stadtteil 17", IN_FORCE, None)]
    assert report.gaps == ()


def test_repairs_are_reported():
    make_district(16)
    west, south, east, north = district_square(16).extent
    crossing = Polygon(
        [(west, south), (east, south), (west, north), (east, north), (west, south)]
    )

    report = run(feature(16, shape=MultiPolygon([crossing])))

    assert report.repaired[0].startswith("16 Stadtteil 16: Self-intersection[7.75")
    assert District.objects.current(TURN).get().geometry.valid


def test_faults_within_the_tolerance_are_reported():
    make_district(16)
    make_district(17)
    # A hundred-thousandth of a degree over 1.7 km.
    report = run(
        feature(16, shape=stretched(16, east=1e-5 * 64)), feature(17), tolerance=2000
    )

    (overlap,) = report.overlaps
    assert overlap.between == ("16 Stadtteil 16", "17 Stadtteil 17")
    assert overlap.square_metres == pytest.approx(1e-5 * 72_500 * 1738, rel=0.01)


def test_fields_of_other_names():
    make_district(16)

    report = run(
        feature(99, "x", shape_of(district_square(16)), nr="016", t="Stadtteil 16"),
        fields=Fields(number="nr", name="t"),
    )

    assert report.unchanged == ["16 Stadtteil 16"]


def test_the_number_of_queries_does_not_grow_with_what_stays_the_same(
    django_assert_num_queries,
):
    for number in (14, 15, 16, 17):
        make_district(number)
    features = [feature(number) for number in (14, 15, 16, 17)]

    with django_assert_num_queries(10):
        import_districts(layer(*features), valid_from=TURN)
