"""GeoPackage: the planner's file, in metres."""

import math

import pandas as pd
import pyogrio
import pytest

from pins.models import PublicPin
from tests.exports.conftest import PLACES, in_metres
from tests.open_data import PROPERTIES


@pytest.fixture
def saved(download, tmp_path):
    """Return the path of the file that was downloaded."""

    def save(url="/exports/pins.gpkg", **query):
        path = tmp_path / "pins.gpkg"
        path.write_bytes(download(url, **query))
        return path

    return save


def test_one_layer_of_points_in_the_planners_crs(saved, five):
    path = saved()

    assert pyogrio.list_layers(path).tolist() == [["pins", "Point"]]
    assert pyogrio.read_info(path)["crs"] == "EPSG:25832"


def test_the_columns_are_the_designs_and_the_place(saved, five):
    assert pyogrio.read_info(saved())["fields"].tolist() == PROPERTIES + PLACES


def test_the_values_are_those_of_the_rows(saved, five):
    frame = pyogrio.read_dataframe(saved())

    public = list(PublicPin.objects.all())
    assert frame["reference"].tolist() == [pin.reference for pin in public]
    for (_, row), pin in zip(frame.iterrows(), public, strict=True):
        assert (row["title"], row["body"], row["theme"]) == (
            pin.title,
            pin.text,
            pin.theme_slug,
        )
        assert row["district_number"] == pin.district_number
        assert row["public_answer"] is None or pd.isna(row["public_answer"])
        x, y = in_metres(pin.location)
        assert math.isclose(row.geometry.x, x, abs_tol=1e-6)
        assert math.isclose(row.geometry.y, y, abs_tol=1e-6)
        assert row["ostwert"] == round(x, 2)
        assert row["nordwert"] == round(y, 2)
        assert math.isclose(row["lon"], pin.lon, abs_tol=1e-6)
        assert math.isclose(row["lat"], pin.lat, abs_tol=1e-6)


def test_moments_are_moments_and_numbers_are_numbers(saved, five):
    frame = pyogrio.read_dataframe(saved())

    types = dict(zip(*_fields(saved()), strict=True))
    assert types["published_at"].startswith("datetime64")
    assert types["support_count"] == "int32"
    assert types["ostwert"] == "float64"
    newest = PublicPin.objects.all()[0]
    expected = pd.Timestamp(newest.published_at.replace(microsecond=0))
    assert frame["published_at"][0] == expected


def _fields(path):
    info = pyogrio.read_info(path)
    return info["fields"].tolist(), [str(dtype) for dtype in info["dtypes"]]


def test_without_pins_the_layer_still_has_its_columns(saved, city):
    info = pyogrio.read_info(saved())

    assert info["features"] == 0
    assert info["geometry_type"] == "Point"
    assert info["fields"].tolist() == PROPERTIES + PLACES


def test_a_district_has_its_own_file(saved, five):
    frame = pyogrio.read_dataframe(saved("/districts/dansenberg/pins.gpkg"))

    assert set(frame["district"]) == {"Dansenberg"}
    assert len(frame) == 2


def test_nothing_is_left_in_the_temporary_folder(saved, five, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    saved()

    assert list(folder.iterdir()) == []
