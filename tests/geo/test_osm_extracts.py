"""Cutting a city out of an extract: whole shapes, nothing else, and faults by name."""

import osmium
import pytest

from geo.osm.extracts import ExtractError, choose, copy, timestamp_of
from tests.osm import SIZE, SOUTH, WEST, Town

BOUNDS = (WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)


def ignore(done, total):
    pass


def cut(town, tmp_path, report=ignore):
    """Return the ids of what is cut out, by kind."""
    source = town.write(tmp_path / "all.osm")
    target = tmp_path / "city.osm.pbf"
    copy(source, target, choose(source, BOUNDS, report), report)
    ids: dict[str, set[int]] = {"n": set(), "w": set(), "r": set()}
    for found in osmium.FileProcessor(target):
        ids[found.type_str()].add(found.id)
    return ids


def test_ways_that_reach_in_come_whole_and_others_not_at_all(tmp_path):
    town = Town()
    reaching = town.way((0.5, 0.5), (3.0, 0.5), (9.0, 0.5), highway="primary")
    away = town.way((3.0, 3.0), (4.0, 3.0), highway="primary")
    tree = town.node(0.5, 0.5, natural="tree")

    ids = cut(town, tmp_path)

    assert ids["w"] == {reaching}
    assert away not in ids["w"]
    assert len(ids["n"]) == 4
    assert tree in ids["n"]


def test_an_area_that_reaches_in_comes_with_its_ways_outside(tmp_path):
    town = Town()
    outer = town.square(0.5, 0.5, 5)
    hole = town.square(3, 3, 1)
    wood = town.area(outer, hole, natural="wood")
    far = town.square(20, 20, 1)
    town.area(far, landuse="forest")

    ids = cut(town, tmp_path)

    assert ids["r"] == {wood}
    assert ids["w"] == {outer, hole}


def test_relations_that_are_no_areas_bring_nothing(tmp_path):
    town = Town()
    inside, outside = town.square(0.5, 0.5, 0.1), town.square(5, 5, 1)
    town.area(inside, outside, type="boundary")

    ids = cut(town, tmp_path)

    assert (ids["r"], ids["w"]) == (set(), {inside})


def test_where_nothing_lies_nothing_is_chosen(tmp_path):
    town = Town()
    town.way((30, 30), (31, 30), highway="primary")

    chosen = choose(town.write(tmp_path / "all.osm"), BOUNDS, ignore)

    assert (chosen.ways, chosen.nodes, chosen.objects) == (set(), set(), 3)


def test_progress_never_passes_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.osm.extracts.REPORT_EVERY", 2)
    town = Town()
    for number in range(5):
        town.way((0.1, number / 10), (0.9, number / 10), highway="path")
    reports = []

    cut(town, tmp_path, report=lambda *report: reports.append(report))

    assert reports
    assert all(0 < done <= total for done, total in reports)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leer.osm.pbf", b""),
        ("kein.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"\xff" * 40),
        ("seite.osm", b"<html>404</html>"),
        ("abgeschnitten.osm", b'<osm version="0.6"><node id="1" lat="49'),
        ("bild.png", b"\x89PNG"),
        ("ort.osm", b'<osm version="0.6"><node id="1" lat="99999" lon="x"/></osm>'),
    ],
)
def test_what_is_no_extract_is_named(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(ExtractError, match=name):
        choose(file, BOUNDS, ignore)


def test_a_file_that_breaks_off(tmp_path):
    town = Town()
    for number in range(200):
        town.way((0.1, number), (0.9, number / 10), highway="path", name=str(number))
    whole = tmp_path / "whole.osm.pbf"
    source = town.write(tmp_path / "all.osm")
    with osmium.SimpleWriter(str(whole)) as writer:
        for found in osmium.FileProcessor(source):
            writer.add(found)
    half = tmp_path / "half.osm.pbf"
    half.write_bytes(whole.read_bytes()[:-100])

    with pytest.raises(ExtractError, match="half"):
        choose(half, BOUNDS, ignore)


@pytest.mark.parametrize("read", [timestamp_of, lambda f: choose(f, BOUNDS, ignore)])
def test_a_missing_file_and_a_folder(tmp_path, read):
    for place in (tmp_path / "fehlt.osm.pbf", tmp_path):
        with pytest.raises(ExtractError, match="There is no file"):
            read(place)


def test_the_head_says_from_when_the_data_is(tmp_path):
    file = tmp_path / "with.osm.pbf"
    head = osmium.io.Header()
    head.set("osmosis_replication_timestamp", "2026-11-27T21:20:59Z")
    osmium.SimpleWriter(str(file), header=head).close()

    assert timestamp_of(file) == "2026-11-27T21:20:59Z"
    assert timestamp_of(Town().write(tmp_path / "without.osm")) == ""
