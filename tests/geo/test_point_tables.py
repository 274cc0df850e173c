"""Points from the lines of COPY: whole, in order, whatever the batches."""

import math
import sqlite3
from contextlib import closing

import geopandas
import pyogrio
import pytest
import shapely

from geo import point_files, point_tables
from geo.point_files import write_geopackage, write_geoparquet, write_shapefile
from geo.point_tables import Column, ColumnType, PointTable

COLUMNS = [
    Column("name", ColumnType.TEXT),
    Column("count", ColumnType.INTEGER),
    Column("share", ColumnType.NUMBER),
    Column("at", ColumnType.MOMENT),
]
REST = ",7,0.5,2026-03-01 12:30:00+00,{},5477000.123456789\n"


def table(*names: str) -> PointTable:
    """Return a table with a row for each name, as it stands in CSV."""
    lines = [f"{name}{REST.format(400_000 + n)}" for n, name in enumerate(names)]
    return PointTable(COLUMNS, (line.encode() for line in lines), 25832)


@pytest.mark.parametrize("batch", [1, 150, 4_000_000])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_all_rows_arrive_in_their_order_whatever_the_batches(
    tmp_path, monkeypatch, batch, count
):
    monkeypatch.setattr(point_tables, "BATCH", batch)
    path = tmp_path / "points.gpkg"

    write_geopackage(path, "places", table(*(f"Ort {n}" for n in range(count))))

    frame = pyogrio.read_dataframe(path, layer="places")
    assert frame["name"].tolist() == [f"Ort {n}" for n in range(count)]
    assert [point.x for point in frame.geometry] == [
        400_000.0 + n for n in range(count)
    ]
    assert set(frame["count"]) <= {7}


def test_a_geopackage_is_one_that_older_programs_know(tmp_path):
    path = tmp_path / "points.gpkg"

    write_geopackage(path, "places", table("a"))

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10_200,)
        (moment,) = database.execute("SELECT at FROM places").fetchone()
    assert moment == "2026-03-01T12:30:00.000Z"


@pytest.mark.parametrize("group", [1, 3, 50_000])
def test_groups_of_a_parquet_file_hold_all_rows(tmp_path, monkeypatch, group):
    monkeypatch.setattr(point_tables, "BATCH", 1)
    monkeypatch.setattr(point_files, "ROW_GROUP", group)
    path = tmp_path / "points.parquet"

    write_geoparquet(path, table("a", "b", "c", "d"))

    frame = geopandas.read_parquet(path)
    assert frame["name"].tolist() == ["a", "b", "c", "d"]
    assert frame.total_bounds.tolist()[::2] == [400_000.0, 400_003.0]


def test_missing_is_not_empty_and_quotes_hold_anything():
    said = ["", '""', '"Zeile 1\nZeile 2; ""Zitat"", Komma"', '"\\N"', "NULL"]

    (batch,) = table(*said).batches()

    assert batch.column("name").to_pylist() == [
        None,
        "",
        'Zeile 1\nZeile 2; "Zitat", Komma',
        "\\N",
        "NULL",
    ]


def test_a_point_keeps_all_its_digits():
    (batch,) = table("Ort").batches()

    point = shapely.from_wkb(batch.column("geometry")[0].as_py())
    assert math.isclose(point.y, 5477000.123456789, abs_tol=0)
    assert batch.schema == table().schema()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("x" * 254, "x" * 254),
        ("x" * 255, "x" * 251 + "…"),
        ("ä" * 127, "ä" * 127),
        ("ä" * 128, "ä" * 125 + "…"),
        ("🚲" * 64, "🚲" * 62 + "…"),
    ],
)
def test_a_long_text_of_a_shapefile_is_cut_between_characters(tmp_path, said, kept):
    columns = [Column("name", ColumnType.TEXT), Column("none", ColumnType.TEXT)]
    lines = [f"{said},,1,2\n".encode(), b"kurz,,1,2\n", b",,1,2\n"]
    path = tmp_path / "points.shp"

    write_shapefile(path, PointTable(columns, lines, 25832))

    frame = pyogrio.read_dataframe(path)
    assert frame["name"].tolist()[:2] == [kept, "kurz"]
    assert frame["name"].isna().tolist() == [False, False, True]
    assert frame["none"].isna().all()
