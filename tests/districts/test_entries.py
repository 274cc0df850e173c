"""What a boundary file says of districts, and why a feature says nothing."""

import pytest
from shapely import MultiPolygon, Point, Polygon, box

from districts.entries import FieldMissingError, Fields, read_entries
from geo.datasets import Feature
from tests.districts.layers import feature, layer

ZONE = (6.0, 38.76, 12.0, 84.33)
BOW_TIE = MultiPolygon([Polygon([(7, 49), (8, 50), (8, 49), (7, 50)])])
FLAT = MultiPolygon([Polygon([(7, 49), (7.5, 49.5), (8, 50)])])


def read(*features, **fields):
    return read_entries(layer(*features), Fields(**fields), within=ZONE)


def only_entry(*features, **fields):
    (entry,), rejections = read(*features, **fields)
    assert rejections == []
    return entry


def only_reason(*features, **fields):
    entries, (rejection,) = read(*features, **fields)
    assert entries == []
    return str(rejection)


def test_the_least_a_feature_says():
    entry = only_entry(feature(16, "Hohenecken"))

    assert (entry.number, entry.name, entry.label) == (
        16,
        "Hohenecken",
        "16 Hohenecken",
    )
    assert (entry.kind, entry.slug, entry.body, entry.problem) == ("", "", "", "")
    assert entry.shape.is_valid


def test_the_usual_fields_are_read_where_they_exist():
    entry = only_entry(
        feature(16, kind="ortsbezirk", slug="hohenecken", body="ortsbeirat-hohenecken")
    )

    assert entry.kind == "ortsbezirk"
    assert entry.slug == "hohenecken"
    assert entry.body == "ortsbeirat-hohenecken"


def test_other_fields_can_be_named():
    entry = only_entry(
        feature(1, "x", nr=16, text="Hohenecken", art="ortsbezirk", k="k", rat="rat"),
        number="nr",
        name="text",
        kind="art",
        slug="k",
        body="rat",
    )

    assert (entry.number, entry.name) == (16, "Hohenecken")
    assert (entry.kind, entry.slug, entry.body) == ("ortsbezirk", "k", "rat")


@pytest.mark.parametrize("role", ["number", "name", "kind", "slug", "body"])
def test_a_field_that_is_asked_for_must_exist(role):
    with pytest.raises(
        FieldMissingError,
        match=rf"no field 'x' .*{role}.*--{role}-field.*It has: number, name\.",
    ):
        read(feature(16), **{role: "x"})


@pytest.mark.parametrize("number", [16, 16.0, "16", "016", " 16 ", "16.0"])
def test_numbers_come_in_many_ways(number):
    assert only_entry(numbered(number)).number == 16


def numbered(number):
    return feature(number, shape=MultiPolygon([box(7, 49, 8, 50)]))


@pytest.mark.parametrize(
    "number", [None, "", 0, -3, 1.5, "1e3", "XVI", 32_768, "9" * 40, True, "٣"]
)
def test_what_is_no_number(number):
    reason = only_reason(numbered(number))

    assert reason == f"Feature 1: {number!r} is no official number of a district."


def test_a_number_that_occurs_twice_is_neither():
    entries, rejections = read(feature(16), feature(17), feature(16))

    assert [entry.number for entry in entries] == [17]
    assert [str(rejection) for rejection in rejections] == [
        "Feature 1, number 16: the number occurs 2 times in the file.",
        "Feature 3, number 16: the number occurs 2 times in the file.",
    ]


def test_one_bad_feature_does_not_stop_the_others():
    entries, rejections = read(feature(17), feature(None, shape=BOW_TIE), feature(16))

    assert [entry.number for entry in entries] == [16, 17]
    assert [rejection.position for rejection in rejections] == [2]


def test_space_in_names_is_made_single():
    assert only_entry(feature(16, "  Hohen\n ecken ")).name == "Hohen ecken"


@pytest.mark.parametrize("name", [" ", "x" * 81, "a\x00b", "a\u202eb"])
def test_what_is_no_name(name):
    assert "name" in only_reason(feature(16, name))


def test_a_missing_name():
    nameless = feature(16)
    nameless.properties["name"] = None

    assert only_reason(nameless) == "Feature 1, number 16: it has no name."


def test_an_unknown_kind_lists_the_known():
    reason = only_reason(feature(16, kind="Dorf"))

    assert "'Dorf' is unknown, known are: ortsbezirk, kernstadt" in reason


@pytest.mark.parametrize(
    "slug", ["Hohenecken", "hohen ecken", "a--b", "-a", "ä", "a/b"]
)
def test_what_is_no_slug(slug):
    assert "a–z, 0–9 and hyphens" in only_reason(feature(16, slug=slug))


def test_a_broken_ring_is_repaired_and_reported():
    entry = only_entry(feature(16, shape=BOW_TIE))

    assert entry.shape.is_valid
    assert "Self-intersection[7.5 49.5]" in entry.problem


def test_an_area_of_nothing():
    assert "nothing is left of it after repair" in only_reason(feature(16, shape=FLAT))


def test_what_is_no_area():
    label = Feature(1, feature(16).properties, MultiPolygon(), Point().geom_type)

    assert only_reason(label) == "Feature 1, number 16: it has no area but Point."


@pytest.mark.parametrize(
    "shape", [box(410_000, 5_475_000, 411_000, 5_476_000), box(49, 7, 50, 8)]
)
def test_an_area_elsewhere_on_the_globe(shape):
    reason = only_reason(feature(16, shape=MultiPolygon([shape])))

    assert "--crs" in reason
    assert "swapped" in reason
