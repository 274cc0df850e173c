"""Filters made by chance find what a plain reading of the features finds.

Each tree is asked for as JSON and as text, and evaluated over the features in Python, with
the three truths of SQL: true, false and unknown (None).
"""

import json
import random
import re

import pytest

from tests.factories import make_pin
from tests.public_rows import SCATTERED, multiply_public_rows

PINS = "/ogc/v1/collections/pins/items"
WORDS = [
    "Radweg",
    "radweg im Wald",
    "Ärger",
    "ärger",
    "50%",
    "a_b",
    "a\\b",
    "it's",
    "ZZ",
]
SEED, FILTERS, DEEP = 20261128, 60, 3
SCATTERED_WORDS = {
    "title": "(ARRAY['Radweg','radweg im Wald','Ärger','ärger','50%%','a_b',"
    "'a\\b','it''s','ZZ'])[ceil(random() * 9)]",
    "goal": "(ARRAY['1 Ziel','2 Ziel',NULL])[ceil(random() * 3)]",
    "support_count": "floor(random() * 6)::int",
    "district_number": "floor(random() * 18)::int + 1",
    "published_at": "'2026-01-01T00:00:00Z'::timestamptz + random() * interval '90 days'",
}
THEMES = "(ARRAY['mobility','energy'])[ceil(random() * 2)]"
MOMENTS = ["2026-01-15T00:00:00Z", "2026-02-10T12:30:00Z", "2026-03-30T23:59:59Z"]
CHOICES = {"theme": ["mobility", "energy"], "kind": ["idea", "problem", "keep"]}


def name(one):
    return {"property": one}


def make_predicate(chance):
    """Return a tree without connectives."""
    kind = chance.choice(["text", "number", "moment", "choice", "null", "place"])
    sign = chance.choice(["=", "<>", "<", "<=", ">", ">="])
    if kind == "number":
        one = name(chance.choice(["support_count", "district_number"]))
        low, high = chance.randint(-1, 7), chance.choice([2.5, 3, 18])
        return chance.choice(
            [
                {"op": sign, "args": [one, low]},
                {"op": "between", "args": [one, low, high]},
                {"op": "in", "args": [one, [low, high, 4]]},
            ]
        )
    if kind == "moment":
        moment = {"timestamp": chance.choice(MOMENTS)}
        return {"op": sign, "args": [name("published_at"), moment]}
    if kind == "choice":
        one = chance.choice(list(CHOICES))
        sign = chance.choice(["=", "<>"])
        return {"op": sign, "args": [name(one), chance.choice(CHOICES[one])]}
    if kind == "null":
        return {"op": "isNull", "args": [name(chance.choice(["goal", "title"]))]}
    if kind == "place":
        west, south = 7.6 + chance.random() / 5, 49.37 + chance.random() / 10
        box = {"bbox": [round(n, 4) for n in (west, south, west + 0.1, south + 0.05)]}
        op = chance.choice(["s_intersects", "s_within", "s_disjoint"])
        return {"op": op, "args": [name("geometry"), box]}
    return make_text(chance, sign)


def make_text(chance, sign):
    one = name(chance.choice(["title", "title", "goal"]))
    word = chance.choice([*WORDS, "1 Ziel"])
    pattern = chance.choice(
        ["%r%", "R%", "_adweg%", "50\\%", "a\\_b", "a\\\\b", "%'s", "%ä%"]
    )
    folds = chance.random() < 0.4

    def folded(value):
        return {"op": "casei", "args": [value]} if folds else value

    return chance.choice(
        [
            {"op": sign, "args": [folded(one), folded(word)]},
            {"op": "like", "args": [folded(one), folded(pattern)]},
            {"op": "in", "args": [folded(one), [folded(word), folded("ZZ")]]},
        ]
    )


def make_tree(chance, depth=0):
    if depth == DEEP or chance.random() < 0.3:
        return make_predicate(chance)
    op = chance.choice(["and", "or", "not"])
    count = 1 if op == "not" else chance.randint(2, 3)
    return {"op": op, "args": [make_tree(chance, depth + 1) for _n in range(count)]}


def to_text(node):
    """Return the text of a tree, everything in parentheses."""
    if isinstance(node, str):
        return "'" + node.replace("'", "''") + "'"
    if isinstance(node, list):
        return "(" + ", ".join(map(to_text, node)) + ")"
    if isinstance(node, int | float):
        return str(node)
    if "op" in node:
        return operation_to_text(node["op"], [to_text(arg) for arg in node["args"]])
    ((kind, inner),) = node.items()
    if kind == "property":
        return inner
    return kind.upper() + (to_text(inner) if kind == "bbox" else f"('{inner}')")


def operation_to_text(op, args):
    if op in {"and", "or"}:
        return "(" + f" {op} ".join(args) + ")"
    if op == "isNull":
        return f"{args[0]} IS NULL"
    if op == "between":
        return "{} BETWEEN {} AND {}".format(*args)
    if op.startswith("s_") or op in {"casei", "not"}:
        return f"{op.upper()}({', '.join(args)})"
    return f" {op.upper()} ".join(args)


COMPARED = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def negated(truth):
    return None if truth is None else not truth


def any_of(truths):
    truths = list(truths)
    if True in truths:
        return True
    return None if None in truths else False


def matches(pattern, text):
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = "".join(wild.get(p) or re.escape(p[-1]) for p in parts)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def value(node, feature):
    if not isinstance(node, dict):
        return node
    if "property" in node:
        found = feature["properties"][node["property"]]
        is_moment = node["property"] == "published_at"
        return found.replace("+00:00", "Z") if is_moment else found
    if "timestamp" in node:
        return node["timestamp"]
    inner = value(node["args"][0], feature)
    return None if inner is None else inner.lower()


def is_inside(box, feature):
    west, south, east, north = box
    lon, lat = feature["geometry"]["coordinates"]
    return west <= lon <= east and south <= lat <= north


def holds(node, feature):
    """Return whether a tree is true of a feature; None: unknown."""
    op, args = node["op"], node["args"]
    if op == "not":
        return negated(holds(args[0], feature))
    if op == "or":
        return any_of(holds(arg, feature) for arg in args)
    if op == "and":
        return negated(any_of(negated(holds(arg, feature)) for arg in args))
    if op.startswith("s_"):
        return is_inside(args[1]["bbox"], feature) != (op == "s_disjoint")
    one = value(args[0], feature)
    if op == "isNull":
        return one is None
    return None if one is None else compares(op, one, args[1:], feature)


def compares(op, one, args, feature):
    if op == "like":
        return matches(value(args[0], feature), one)
    if op == "between":
        return args[0] <= one <= args[1]
    if op == "in":
        return one in [value(arg, feature) for arg in args[0]]
    return COMPARED[op](one, value(args[0], feature))


@pytest.fixture
def features(client, city):
    """Two hundred pins that differ in all that the filters ask for."""
    make_pin()
    multiply_public_rows(200, **(SCATTERED | SCATTERED_WORDS | {"theme_slug": THEMES}))
    return client.get(f"{PINS}?limit=1000").json()["features"]


def test_chance_finds_what_reading_finds(client, features):
    found_some = 0
    chance = random.Random(SEED)
    for _n in range(FILTERS):
        tree = make_tree(chance)
        expected = {f["id"] for f in features if holds(tree, f)}
        for language, text in (
            ("cql2-json", json.dumps(tree)),
            ("cql2-text", to_text(tree)),
        ):
            response = client.get(
                PINS, {"filter": text, "filter-lang": language, "limit": 1000}
            )
            assert response.status_code == 200, (text, response.content)
            found = {f["id"] for f in response.json()["features"]}
            assert found == expected, text
        found_some += 0 < len(expected) < len(features)

    # Most of them say yes to some and no to others.
    assert found_some > FILTERS / 2
