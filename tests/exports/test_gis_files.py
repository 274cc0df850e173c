"""The files of GIS programs: how they describe themselves."""

import json
import zipfile
from pathlib import Path

import pyarrow.parquet
import pyogrio
import pytest

from exports.files.formats import FORMATS
from exports.files.shapefile import columns
from tests.exports.conftest import PLACES
from tests.open_data import PROPERTIES

GIS = ["gpkg", "fgb", "shp.zip"]


@pytest.fixture
def saved(download, tmp_path: Path):
    """Return the path of the file that was downloaded."""

    def save(extension, **query) -> Path:
        path = tmp_path / f"pins.{extension}"
        path.write_bytes(download(f"/exports/pins.{extension}", **query))
        return path

    return save


@pytest.mark.parametrize("extension", GIS)
@pytest.mark.parametrize(
    ("query", "crs"),
    [
        ({}, "EPSG:25832"),
        ({"crs": "25832"}, "EPSG:25832"),
        ({"crs": "4326"}, "EPSG:4326"),
    ],
)
def test_one_layer_of_points_in_the_crs_asked_for(saved, five, extension, query, crs):
    path = saved(extension, **query)

    assert pyogrio.list_layers(path).tolist() == [["pins", "Point"]]
    info = pyogrio.read_info(path)
    assert info["crs"] == crs
    assert info["encoding"] == "UTF-8"


def test_the_planners_crs_is_a_setting(saved, five, settings):
    settings.PLANNING_SRID = 25833

    assert pyogrio.read_info(saved("gpkg"))["crs"] == "EPSG:25833"
    assert FORMATS["gpkg"].srids == (25833, 4326)


def test_where_planners_use_degrees_there_is_only_one_crs(settings):
    settings.PLANNING_SRID = 4326

    assert FORMATS["gpkg"].srids == (4326,)


@pytest.mark.parametrize("number", [0, 1, 5])
@pytest.mark.parametrize("extension", ["gpkg", "fgb"])
def test_columns_have_the_designs_names_and_types(saved, five, extension, number):
    info = pyogrio.read_info(saved(extension, **EMPTY if number == 0 else {}))

    types = dict(zip(info["fields"].tolist(), map(str, info["dtypes"]), strict=True))
    assert list(types) == PROPERTIES + PLACES
    assert types["published_at"].startswith("datetime64")
    assert types["support_count"] == "int32"
    assert types["ostwert"] == "float64"
    assert types["title"] == "object"


EMPTY = {"q": "nirgends"}


def test_a_flatgeobuf_has_its_index(saved, five):
    assert pyogrio.read_info(saved("fgb"))["capabilities"]["fast_spatial_filter"]


@pytest.mark.parametrize("query", [{}, {"crs": "4326"}, EMPTY])
def test_a_geoparquet_says_what_the_standard_wants(saved, five, query):
    file = pyarrow.parquet.ParquetFile(saved("parquet", **query))

    about = json.loads(file.metadata.metadata[b"geo"])
    assert (about["version"], about["primary_column"]) == ("1.1.0", "geometry")
    (geometry,) = about["columns"].values()
    assert geometry["encoding"] == "WKB"
    assert geometry["geometry_types"] == ["Point"]
    assert geometry["crs"]["id"] == {
        "authority": "EPSG",
        "code": int(query.get("crs", 25832)),
    }
    if query is EMPTY:
        assert "bbox" not in geometry
    else:
        west, south, east, north = geometry["bbox"]
        assert west < east
        assert south <= north
    assert file.schema_arrow.names == [*PROPERTIES, *PLACES, "geometry"]


def test_a_shapefile_is_whole_and_explains_itself(saved, five):
    with zipfile.ZipFile(saved("shp.zip", lang="en")) as archive:
        names = archive.namelist()
        encoding = archive.read("pins.cpg")
        words = archive.read("README.txt").decode("utf-8-sig")

    assert sorted(names) == [
        *("README.txt", "pins.cpg", "pins.dbf", "pins.prj", "pins.shp", "pins.shx")
    ]
    assert encoding == b"UTF-8"
    assert "254 bytes" in words
    assert "EPSG:25832" in words
    assert "http://testserver/exports/pins.shp.zip?lang=en" in words
    for field, fitted in columns():
        assert f"{fitted.name:<10}  {field.name}" in words
    assert words.count("\r\n") == words.count("\n")


def test_names_of_a_shapefile_are_short_and_unlike(saved, five):
    names = pyogrio.read_info(saved("shp.zip"))["fields"].tolist()

    assert names == [fitted.name for _field, fitted in columns()]
    assert len(set(names)) == len(PROPERTIES + PLACES)
    assert max(map(len, names)) <= 10


@pytest.mark.parametrize("extension", [*GIS, "parquet", "xlsx"])
def test_nothing_is_left_in_the_temporary_folder(
    download, five, tmp_path, monkeypatch, extension
):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    download(f"/exports/pins.{extension}")

    assert list(folder.iterdir()) == []
