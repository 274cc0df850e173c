"""Filters in CQL2: what they mean, and what they are refused for."""

import json
import subprocess
import sys

import pytest

from exports.ogc.cql2_reading import LENGTH
from pins.workflow import Status
from tests.exports.conftest import in_metres
from tests.exports.ogc.answers import ids_of, titles_of
from tests.factories import make_goal, make_measure, make_pin
from tests.geometries import district_square, point_in

PINS = "/collections/pins/items"
UTM32 = "http://www.opengis.net/def/crs/EPSG/0/25832"
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"


FOUND = [
    ("title='Radweg im Wald'", ["Radweg im Wald"]),
    ("theme='energy' AND kind='idea'", ["Solardach der Schule"]),
    (
        "kind='keep' OR status='adopted'",
        ["Der alte Baum bleibt", "Wärmenetz im Ort"],
    ),
    # AND binds tighter than OR.
    (
        "kind='keep' OR kind='idea' AND theme='energy'",
        ["Der alte Baum bleibt", "Solardach der Schule"],
    ),
    ("NOT theme='mobility'", ["Wärmenetz im Ort", "Solardach der Schule"]),
    ("theme<>'mobility'", ["Wärmenetz im Ort", "Solardach der Schule"]),
    ("title LIKE 'Radweg%'", ["Radweg im Wald", "Radweg am Bahnhof"]),
    ("title LIKE 'Radweg im W_ld'", ["Radweg im Wald"]),
    ("title LIKE 'radweg%'", []),
    ("CASEI(title) LIKE CASEI('RADWEG I%')", ["Radweg im Wald"]),
    ("CASEI(title) = CASEI('WÄRMENETZ IM ORT')", ["Wärmenetz im Ort"]),
    ("CASEI(title) IN (CASEI('RADWEG IM WALD'), 'x')", ["Radweg im Wald"]),
    ("title NOT LIKE '% %m %'", ["Solardach der Schule"]),
    ("status IN ('adopted','in_review')", ["Wärmenetz im Ort", "Radweg im Wald"]),
    ("title < 'E'", ["Der alte Baum bleibt"]),
    ("title BETWEEN 'S' AND 'T'", ["Solardach der Schule"]),
    ("district_number BETWEEN 10 AND 15 AND kind='idea'", ["Solardach der Schule"]),
    ("support_count > 1e300", []),
    ("support_count >= -0.5 AND title LIKE 'D%'", ["Der alte Baum bleibt"]),
    ("goal IS NOT NULL", []),
    ("goal IS NULL AND kind='keep'", ["Der alte Baum bleibt"]),
    # Unknown is not true, negated or not.
    ("goal = 'x' OR NOT goal = 'x'", []),
    ("FALSE", []),
    ("TRUE AND kind='keep'", ["Der alte Baum bleibt"]),
    ("created_at > TIMESTAMP('2999-01-01T00:00:00Z')", []),
    ("created_at > '2999-01-01T00:00:00Z'", []),
    ("title = 'O''Reilly'", []),
    ("geometry IS NULL", []),
]


def test_what_a_filter_finds(ask, five):
    for text, titles in FOUND:
        assert titles_of(ask(PINS, filter=text)) == titles, text


def test_a_filter_and_the_other_parameters_hold_together(ask, five):
    found = ask(
        PINS, filter="title LIKE 'Radweg%'", kind="problem", filter_lang="cql2-text"
    )

    assert titles_of(found) == ["Radweg im Wald"]
    assert "numberMatched" not in found


PATTERNS = [
    (r"50\%", ["50%"]),
    ("50%", ["50%", "50a", r"50\a"]),
    (r"50\_", []),
    (r"50\\a", [r"50\a"]),
    ("%'%", ["it's"]),
    ("50__", [r"50\a"]),
    ("x\ny", ["x\ny"]),
]


def test_wildcards_can_be_meant_literally(ask, city):
    for title in ("50%", "50a", r"50\a", "it's", "x\ny"):
        make_pin(title=f"Titel: {title}")

    for pattern, found in PATTERNS:
        quoted = pattern.replace("'", "''")
        titles = titles_of(ask(PINS, filter=f"title LIKE 'Titel: {quoted}'"))
        assert sorted(titles) == sorted(f"Titel: {title}" for title in found)


def ring(crs):
    """Return the square of district 16 in a CRS, as text of CQL2 has it."""
    points = district_square(16)[0][0].coords
    if crs == UTM32:
        points = [in_metres(_point(x, y)) for x, y in points]
    if crs == WGS84:
        points = [(y, x) for x, y in points]
    return ", ".join(f"{x!r} {y!r}" for x, y in points)


def _point(x, y):
    place = point_in(16).clone()
    place.x, place.y = x, y
    return place


@pytest.mark.parametrize("crs", [None, UTM32, WGS84])
def test_a_place_is_found_in_the_crs_of_the_filter(ask, city, crs):
    inside = make_pin()
    make_pin(district=15)
    query = {"filter-crs": crs} if crs else {}

    text = f"S_INTERSECTS(geometry, POLYGON(({ring(crs)})))"
    assert ids_of(ask(PINS, filter=text, **query)) == [inside.reference]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("S_INTERSECTS(geometry, {here})", ["point", "square"]),
        ("S_DISJOINT(geometry, {here})", ["away"]),
        ("NOT S_INTERSECTS(geometry, {here})", ["away"]),
        ("S_WITHIN(geometry, {around})", ["point", "square"]),
        ("S_CONTAINS(geometry, {here})", ["point", "square"]),
        ("S_EQUALS(geometry, {here})", ["point"]),
        ("S_TOUCHES(geometry, {corner})", ["square"]),
        ("S_OVERLAPS(geometry, {shifted})", ["square"]),
        ("S_CROSSES(geometry, {line})", ["square"]),
        ("S_INTERSECTS(geometry, {box})", ["point", "square"]),
        (
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION({here}, {line}))",
            ["point", "square"],
        ),
        ("S_INTERSECTS(geometry, MULTIPOINT({points}))", ["away", "point", "square"]),
        ("geometry IS NULL", ["city"]),
        ("geometry IS NOT NULL AND S_DISJOINT(geometry, {here})", ["away"]),
    ],
)
def test_places_relate_as_the_standard_says(ask, db, text, slugs):
    make_measure("point", make_goal(), geometry=point_in(16))
    make_measure("square", geometry=district_square(16))
    make_measure("away", geometry=point_in(10))
    make_measure("city")
    west, south, east, north = district_square(16).extent
    x, y = point_in(16).coords
    shapes = {
        "here": f"POINT({x} {y})",
        "corner": f"POINT({west} {south})",
        "around": f"BBOX({west - 0.01}, {south - 0.01}, {east + 0.01}, {north + 0.01})",
        "shifted": f"BBOX({west - 0.001}, {south - 0.001}, {x}, {y})",
        "line": f"LINESTRING({west - 0.01} {y}, {x} {y})",
        "box": f"BBOX({x}, {y}, {x}, {y})",
        "points": "{0.x} {0.y}, {1.x} {1.y}".format(point_in(10), point_in(16)),
    }

    found = ask("/collections/measures/items", filter=text.format(**shapes))
    assert sorted(ids_of(found)) == slugs


def test_a_filter_may_come_as_json(ask, five):
    tree = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "theme"}, "energy"]},
            {
                "op": "s_intersects",
                "args": [{"property": "geometry"}, {"bbox": [7, 49, 8, 50]}],
            },
            {"op": "in", "args": [{"property": "district_number"}, [15, 16]]},
            {"op": "isNull", "args": [{"property": "goal"}]},
        ],
    }

    found = ask(PINS, filter=json.dumps(tree), filter_lang="cql2-json")
    assert titles_of(found) == ["Wärmenetz im Ort", "Solardach der Schule"]


def test_days_are_compared_with_days(ask, db):
    make_measure("M 1", make_goal(), starts_on="2026-01-01", progress=40)
    make_measure("M 2", starts_on="2026-02-01")

    assert ids_of(
        ask("/collections/measures/items", filter="starts_on < DATE('2026-01-15')")
    ) == ["m-1"]


REFUSED = [
    " ",
    "a=",
    "title",
    "title = 5",
    "title = NULL",
    "title = title",
    "title = body",
    "5 = support_count",
    "'x' = title",
    "support_count = 'x'",
    "support_count = true",
    "support_count = 1e400",
    "support_count + 1 = 2",
    "title LIKE 5",
    r"title LIKE 'x\'",
    r"title LIKE 'x\\\'",
    "support_count LIKE '1'",
    "CASEI(support_count) = 1",
    "CASEI(CASEI(title)) = 'x'",
    "CASEI('x') = 'x'",
    "ACCENTI(title) = 'x'",
    "title = ACCENTI('x')",
    "title IN ()",
    "title IN (5)",
    "nothing = 1",
    "url = 'x'",
    "nothing IS NULL",
    "theme = 'nothing'",
    "theme IN ('energy', 'nothing')",
    "foo(title) = 1",
    "foo(title)",
    "created_at > 5",
    "created_at > '2026'",
    "created_at > DATE('2026-01-01')",
    "created_at > TIMESTAMP('2026-02-30T00:00:00Z')",
    "created_at > INTERVAL('2026-01-01','..')",
    "T_AFTER(created_at, TIMESTAMP('2026-01-01T00:00:00Z'))",
    "S_INTERSECTS(title, POINT(1 1))",
    "S_INTERSECTS(POINT(1 1), geometry)",
    "S_INTERSECTS(geometry, geometry)",
    "S_INTERSECTS(geometry, 5)",
    "S_INTERSECTS(geometry, POINT(200 1))",
    "S_INTERSECTS(geometry, POINT(1e308 1))",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 0)))",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
    "S_INTERSECTS(geometry, BBOX(1, 2, 3))",
    "S_INTERSECTS(geometry, BBOX(1, 50, 3, 40))",
    "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 1), POINT(2 2)))",
    "geometry = 'x'",
    "S_INTERSECTS(geometry, POINT(1 1)",
    "x" * (LENGTH + 1),
    "title = '\0'",
]


def test_what_cannot_be_asked_for_is_refused(refuse, city):
    for text in REFUSED:
        assert set(refuse(PINS, filter=text)["errors"]) <= {"filter", "theme"}


NO_FILTERS = [
    "",
    "{",
    "[]",
    "5",
    "null",
    '"x"',
    '{"op":"="}',
    '{"op":"=","args":5}',
    '{"op":5,"args":[]}',
    '{"op":"=","args":[{"property":"title"}]}',
    '{"op":"=","args":[{"property":5},"x"]}',
    '{"op":"and","args":[]}',
    '{"op":"and","args":[true]}',
    '{"op":"not","args":[true,false]}',
    '{"op":"=","args":[{"property":"title"},"\\u0000"]}',
    '{"op":"=","args":[{"property":"title"},"\\ud800"]}',
    '{"op":"=","args":[{"property":"title"},{"op":"casei","args":[]}]}',
    '{"op":"=","args":[{"property":"support_count"},NaN]}',
    '{"op":"=","args":[{"property":"support_count"},1e999]}',
    '{"op":"=","args":[{"property":"support_count"},' + "9" * 400 + "]}",
    '{"op":"=","args":[{"property":"is_authoritative"},"x"]}',
    '{"op":"in","args":[{"property":"title"},"x"]}',
    '{"op":"like","args":[{"property":"title"},{"op":"x","args":["y"]}]}',
    *(
        '{"op":"s_intersects","args":[{"property":"geometry"},' + shape + "]}"
        for shape in (
            "{}",
            '{"type":"Nothing"}',
            '{"type":["Point"],"coordinates":[1,2]}',
            '{"type":"Point"}',
            '{"type":"Point","coordinates":[]}',
            '{"type":"Point","coordinates":["a",1]}',
            '{"type":"Point","coordinates":[true,1]}',
            '{"type":"Point","coordinates":[' + "9" * 400 + ",1]}",
            '{"type":"LineString","coordinates":[[1,2]]}',
            '{"type":"LineString","coordinates":5}',
            '{"type":"Polygon","coordinates":[]}',
            '{"type":"Polygon","coordinates":[[[1,1],[2,2]]]}',
            '{"type":"MultiPolygon","coordinates":[[1]]}',
            '{"type":"MultiLineString","coordinates":[[]]}',
            '{"type":"GeometryCollection","geometries":[]}',
            '{"type":"GeometryCollection","geometries":5}',
            '{"type":"GeometryCollection"}',
            '{"bbox":5}',
            '{"bbox":[1,2,3,"x"]}',
            '{"bbox":[1,2,3,4],"type":"Point"}',
        )
    ),
]


def test_json_that_is_no_filter_is_refused(refuse, city):
    for tree in NO_FILTERS:
        for name in ("pins", "resolutions"):
            path = f"/collections/{name}/items"
            refuse(path, filter=tree, filter_lang="cql2-json")


DEEP = [
    ("cql2-text", "(" * 1_000 + "kind='idea'" + ")" * 900),
    ("cql2-text", "NOT " * 490 + "kind='idea'"),
    ("cql2-text", "not\t" * 61 + "kind='idea'"),
    ("cql2-text", "NOT " * 50 + "kind='idea'"),
    ("cql2-text", "support_count=" + "1-" * 900 + "1"),
    ("cql2-text", "support_count=" * 140 + "1"),
    ("cql2-json", '{"op":"not","args":[' * 95),
    ("cql2-json", '{"op":"not","args":[' * 60 + "true" + "]}" * 60),
    ("cql2-json", "[" * 2_000),
]


def test_deep_nesting_is_refused(refuse, city):
    for language, text in DEEP:
        refuse(PINS, filter=text, filter_lang=language)


def test_forty_levels_are_deep_enough(ask, five):
    text = "NOT " * 40 + "kind='keep'"

    assert titles_of(ask(PINS, filter=text)) == ["Der alte Baum bleibt"]


def test_long_chains_are_not_deep(ask, five):
    text = " OR ".join(["kind='keep'"] * 120)

    assert titles_of(ask(PINS, filter=text)) == ["Der alte Baum bleibt"]


REPEATED = [
    "(",
    "((",
    "NOT ",
    "NOT(",
    "-",
    "+",
    "1-",
    "2^",
    "a=",
    "'",
    '"',
    "[",
    "{",
    "a ",
]
WITHIN_CAPS = """
import sys
from exports.ogc.cql2_reading import read_filter
from exports.ogc.errors import BadParameter
for token in sys.argv[1:]:
    for text in (token * (2000 // len(token)), "a=" + token * 900, token * 60 + "a=1"):
        try:
            read_filter(text[:2000], "cql2-text")
        except BadParameter:
            pass
print("alive")
"""


def test_nothing_within_the_caps_ends_the_process():
    """In a process of its own: one that ends, or takes ages, would take the tests along."""
    setup = "from django.conf import settings\nsettings.configure(USE_I18N=False)\n"
    done = subprocess.run(  # noqa: S603 -- Python itself
        [sys.executable, "-c", setup + WITHIN_CAPS, *REPEATED],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


TOO_MANY = [
    "(" * 11 + "kind='idea'",
    "(" * 11 + "kind='idea'" + ")" * 11,
    "(kind=')' AND " * 11 + "kind='idea'",
    '"(' * 12 + "kind='idea'",
    "NOT (" * 11 + "kind='idea'",
    "kind IN (" * 11,
    # The parser would take seconds to find out that they are no filters.
    "(" * 10 + "kind+" * 300,
    "(" * 7 + "kind='idea' AND " * 120 + ")" * 7,
]


def test_parentheses_are_ten_deep_at_most(refuse, city):
    for text in TOO_MANY:
        assert "nested too deeply" in refuse(PINS, filter=text, lang="en")["detail"]


def test_long_filters_may_be_nested_as_well(ask, five):
    many = " OR ".join(["kind='idea'"] * 120)

    nested = ask(PINS, filter=f"(((kind='keep' OR (({many})))))")
    assert ids_of(nested) == ids_of(ask(PINS, filter="kind IN ('idea', 'keep')"))


def test_ten_levels_of_parentheses_are_read(ask, five):
    text = "(" * 10 + "title <> '((((((((((('" + ")" * 10 + " AND ((kind='keep'))"

    assert titles_of(ask(PINS, filter=text)) == ["Der alte Baum bleibt"]


def test_the_choices_of_a_property_do_not_bind_patterns(ask, five):
    assert titles_of(ask(PINS, filter="status LIKE 'nothing%'")) == []
    assert titles_of(ask(PINS, filter="CASEI(status) = CASEI('NOTHING')")) == []
    assert titles_of(ask(PINS, filter=f"status > '{Status.IN_REVIEW}z'"))
