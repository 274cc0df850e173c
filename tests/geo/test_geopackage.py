"""Writing points to a GeoPackage, batch by batch."""

import datetime

import pyogrio
import pytest
import shapely

from geo import geopackage
from geo.geopackage import Column, ColumnType, write_points

COLUMNS = [
    Column("name", ColumnType.TEXT),
    Column("count", ColumnType.INTEGER),
    Column("share", ColumnType.NUMBER),
    Column("at", ColumnType.MOMENT),
]
MOMENT = datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.UTC)


def row(name: str | None, x: float) -> list[object]:
    return [name, 7, 0.5, MOMENT, shapely.Point(x, 5_477_000).wkb]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_all_rows_arrive_in_their_order_whatever_the_batches(
    tmp_path, monkeypatch, count
):
    monkeypatch.setattr(geopackage, "BATCH", 2)
    path = tmp_path / "points.gpkg"
    rows = [row(f"Ort {n}", 400_000.0 + n) for n in range(count)]

    write_points(path, layer="places", columns=COLUMNS, rows=iter(rows), srid=25832)

    frame = pyogrio.read_dataframe(path, layer="places")
    assert frame["name"].tolist() == [f"Ort {n}" for n in range(count)]
    assert [point.x for point in frame.geometry] == [
        400_000.0 + n for n in range(count)
    ]


def test_a_text_may_be_missing_in_every_row_of_a_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(geopackage, "BATCH", 1)
    path = tmp_path / "points.gpkg"

    write_points(
        path,
        layer="places",
        columns=COLUMNS,
        rows=[row(None, 1.0), row("Ort", 2.0)],
        srid=25832,
    )

    frame = pyogrio.read_dataframe(path)
    assert frame["name"].isna().tolist() == [True, False]
    assert frame["at"].tolist() == [MOMENT, MOMENT]
    assert frame["count"].tolist() == [7, 7]
