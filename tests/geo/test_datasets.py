"""Reading areas from files of all kinds, and saying clearly why one gives none."""

import json
import warnings
from pathlib import Path

import geopandas
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo import datasets
from geo.datasets import read_layer

# The same square near Kaiserslautern in degrees and in metres (EPSG:25832).
IN_METRES = box(410_000, 5_475_000, 411_000, 5_476_000)
WEST, SOUTH = 7.75879, 49.42101


def table(*shapes, crs="EPSG:25832", **columns):
    columns = columns or {"number": list(range(10, 10 + len(shapes)))}
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def write(path, shapes, **options):
    with warnings.catch_warnings():
        # Writing without a CRS, or a table beside the areas, is what some tests want.
        warnings.simplefilter("ignore")
        shapes.to_file(path, **options)
    return path


def geojson(path, *geometries, **members):
    features = [
        {"type": "Feature", "properties": {"number": number}, "geometry": geometry}
        for number, geometry in enumerate(geometries, start=1)
    ]
    collection = {"type": "FeatureCollection", "features": features, **members}
    path.write_text(json.dumps(collection))
    return path


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.fgb", "a.gml"])
def test_formats_arrive_alike_in_degrees(tmp_path, name):
    layer = read_layer(write(tmp_path / name, table(IN_METRES)))

    (feature,) = layer.features
    assert isinstance(feature.shape, MultiPolygon)
    assert feature.shape.bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)
    assert feature.properties["number"] == 10
    assert "number" in layer.fields
    assert "geometry" not in layer.fields
    assert feature.position == 1


def test_a_zipped_shapefile_is_read(tmp_path):
    path = write(tmp_path / "a.shz", table(IN_METRES))

    assert len(read_layer(path).features) == 1


@pytest.mark.parametrize("crs", ["EPSG:25832", "EPSG:3857", "EPSG:31466", "EPSG:4258"])
def test_any_crs_becomes_degrees(tmp_path, crs):
    path = write(tmp_path / "a.gpkg", table(IN_METRES).to_crs(crs))

    layer = read_layer(path)

    assert layer.crs == crs
    bounds = layer.features[0].shape.bounds
    # Gauß-Krüger comes within a few metres without the survey's grid.
    assert bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)


def test_geojson_without_crs_is_wgs84(tmp_path):
    ring = [[7.5, 49.0], [7.75, 49.0], [7.75, 49.25], [7.5, 49.0]]
    path = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [ring]})

    layer = read_layer(path)

    assert layer.crs == "EPSG:4326"
    assert layer.features[0].shape.bounds == (7.5, 49.0, 7.75, 49.25)


def test_a_file_without_crs_is_refused(tmp_path):
    path = write(tmp_path / "a.shp", table(IN_METRES, crs=None))

    with pytest.raises(datasets.CrsError, match="does not say in which CRS"):
        read_layer(path)


def test_the_crs_can_be_given(tmp_path):
    path = write(tmp_path / "a.shp", table(IN_METRES, crs=None))

    layer = read_layer(path, crs="EPSG:25832")

    assert layer.crs == "EPSG:25832"
    bounds = layer.features[0].shape.bounds
    assert bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)


def test_the_given_crs_beats_a_wrong_one_of_the_file(tmp_path):
    """A GeoJSON file of metres that names no CRS is a mistake often made."""
    path = geojson(tmp_path / "a.geojson", IN_METRES.__geo_interface__)

    bounds = read_layer(path, crs="EPSG:25832").features[0].shape.bounds

    assert bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)


@pytest.mark.parametrize("crs", ["nonsense", "EPSG:0", ""])
def test_an_unknown_crs_is_refused(tmp_path, crs):
    path = write(tmp_path / "a.gpkg", table(IN_METRES))

    with pytest.raises(datasets.CrsError, match="is not known"):
        read_layer(path, crs=crs)


def test_a_crs_that_is_none_of_the_earth_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", table(IN_METRES))

    with pytest.raises(datasets.CrsError, match="no CRS of the Earth"):
        read_layer(path, crs='LOCAL_CS["site",UNIT["metre",1]]')


def test_heights_are_dropped(tmp_path):
    ring = [(7.5, 49.0, 240.0), (7.75, 49.0, 251.0), (7.75, 49.25, 260.0)]
    path = write(tmp_path / "a.gpkg", table(Polygon(ring), crs="EPSG:4979"))

    (feature,) = read_layer(path).features

    assert not feature.shape.has_z
    assert feature.shape.bounds == (7.5, 49.0, 7.75, 49.25)


def test_rings_left_open_are_closed_and_remarked_on(tmp_path):
    ring = [[7.5, 49.0], [7.75, 49.0], [7.75, 49.25]]
    path = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [ring]})

    layer = read_layer(path)

    assert layer.features[0].shape.bounds == (7.5, 49.0, 7.75, 49.25)
    assert "Non closed ring" in layer.notes[0]


def test_what_has_no_area_comes_with_its_kind(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        box(7, 49, 8, 50).__geo_interface__,
        {"type": "Point", "coordinates": [7.5, 49.5]},
        None,
        {
            "type": "GeometryCollection",
            "geometries": [
                Point(7, 49).__geo_interface__,
                box(7, 49, 8, 50).__geo_interface__,
                MultiPolygon([box(1, 1, 2, 2)]).__geo_interface__,
            ],
        },
    )

    areas, point, nothing, collection = read_layer(path).features

    assert not areas.shape.is_empty
    assert point.shape.is_empty
    assert point.geometry_type == "Point"
    assert nothing.shape.is_empty
    assert nothing.geometry_type == "no geometry"
    assert len(collection.shape.geoms) == 2


def test_missing_values_are_none_and_the_rest_is_plain(tmp_path):
    frame = table(
        IN_METRES, IN_METRES, number=[16, None], name=["Mölschbach", None], x=[1.5, 2]
    )
    frame["day"] = geopandas.pd.to_datetime(["2026-01-01", None])

    first, second = read_layer(write(tmp_path / "a.gpkg", frame)).features

    assert first.properties == {
        "number": 16,
        "name": "Mölschbach",
        "x": 1.5,
        "day": "2026-01-01 00:00:00",
    }
    assert second.properties == {"number": None, "name": None, "x": 2, "day": None}


def test_a_file_of_several_layers_wants_one_named(tmp_path):
    path = write(tmp_path / "a.gpkg", table(IN_METRES), layer="districts")
    write(path, table(Point(1, 1)), layer="labels")

    with pytest.raises(datasets.LayerError, match="name one of: districts, labels"):
        read_layer(path)
    with pytest.raises(datasets.LayerError, match=r"no layer 'x'\. It has: districts"):
        read_layer(path, layer="x")
    assert read_layer(path, layer="districts").features[0].properties == {"number": 10}


def test_a_missing_file_is_named():
    with pytest.raises(datasets.FileMissingError, match=r"no file nowhere\.gpkg"):
        read_layer(Path("nowhere.gpkg"))


@pytest.mark.parametrize("content", ["", "hello", '{"type": "FeatureCollection", "fea'])
def test_what_is_no_geodata_is_refused(tmp_path, content):
    path = tmp_path / "a.geojson"
    path.write_text(content)

    with pytest.raises(datasets.NotGeodataError, match="no geodata file"):
        read_layer(path)


def test_text_in_an_unknown_encoding_is_refused_until_it_is_named(tmp_path):
    path = write(tmp_path / "a.shp", table(IN_METRES, name=["Mölschbach"]))
    attributes = tmp_path / "a.dbf"
    latin = "Mölschbach ".encode("latin-1")
    attributes.write_bytes(
        attributes.read_bytes().replace("Mölschbach".encode(), latin)
    )

    with pytest.raises(datasets.NotGeodataError, match=r"not utf-8.*\.cpg"):
        read_layer(path)

    (tmp_path / "a.cpg").write_text("ISO-8859-1")
    assert read_layer(path).features[0].properties == {"name": "Mölschbach"}


def test_a_folder_is_no_geodata(tmp_path):
    with pytest.raises(datasets.NotGeodataError):
        read_layer(tmp_path)


def test_an_empty_layer_is_refused(tmp_path):
    with pytest.raises(datasets.NoFeaturesError, match="holds no features"):
        read_layer(geojson(tmp_path / "a.geojson"))


def test_a_layer_without_polygons_is_refused(tmp_path):
    path = write(
        tmp_path / "a.geojson",
        table(Point(7, 49), LineString([(7, 49), (8, 50)]), crs="EPSG:4326"),
    )

    with pytest.raises(datasets.NoPolygonsError, match="only: LineString, Point"):
        read_layer(path)


def test_a_table_without_geometry_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("number,name\n16,Hohenecken\n")

    with pytest.raises(datasets.NoPolygonsError, match="without geometry"):
        read_layer(path)


def test_a_file_cut_off_is_refused(tmp_path):
    path = write(tmp_path / "a.fgb", table(*[IN_METRES] * 9))
    content = path.read_bytes()
    path.write_bytes(content[:-20])

    with pytest.raises(datasets.NotGeodataError, match="cannot be read"):
        read_layer(path)
