"""Reading files from outside: every kind arrives alike, and whatever is wrong is named."""

import json
import resource
import sqlite3
import warnings
import zipfile
from dataclasses import asdict
from io import StringIO

import geopandas
import pytest
import shapely
from shapely import GeometryCollection, LineString, Point, Polygon, box

from geo import upload_reader, uploads
from geo.uploads import Limits, UploadError, Wanted, read_upload

# Near Kaiserslautern, in metres of EPSG:25832.
IN_METRES = box(410_000, 5_475_000, 411_000, 5_476_000)
WEST, SOUTH = 7.75879, 49.42101
PLACE = {"type": "Point", "coordinates": [7.5, 49.25]}


def write(path, *shapes, crs="EPSG:25832", **columns):
    columns = columns or {"name": [f"Nr. {n}" for n in range(len(shapes))]}
    with warnings.catch_warnings():
        # Writing without a CRS is what some tests want.
        warnings.simplefilter("ignore")
        geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path)
    return path


def pack(path, *files, folder=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"{folder}{file.name}")
    return path


def shapefile(tmp_path, *shapes, without=(), folder="", **options):
    source = write(tmp_path / "stand.shp", *shapes, **options)
    parts = [p for p in tmp_path.glob("stand.*") if p.suffix not in without]
    return pack(tmp_path / "upload.bin", *parts, folder=folder), source


def geojson(tmp_path, *features, **members):
    path = tmp_path / "upload.bin"
    collection = {"type": "FeatureCollection", "features": list(features), **members}
    path.write_text(json.dumps(collection))
    return path


def feature(geometry=PLACE, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def read(path, *, limits=None, **wanted):
    """Read in this process: the one of its own costs a second each time."""
    folder = path.parent / "work"
    folder.mkdir(exist_ok=True)
    lines = upload_reader.read(path, folder, Wanted(**wanted), limits or Limits())
    return uploads.read_answer(json.dumps(line) for line in lines)


def refused(path, **options):
    with pytest.raises(UploadError) as caught:
        read(path, **options)
    return caught.value


# --- A process of its own ----------------------------------------------------------------


@pytest.fixture
def patience(monkeypatch):
    """Wait for the process however slow a busy machine starts it."""
    monkeypatch.setattr(uploads, "SECONDS", 600)


@pytest.mark.usefixtures("patience")
def test_a_process_of_its_own_reads_it(tmp_path):
    path = geojson(tmp_path, feature(name="Mölschbach"))

    upload = read_upload(path, wanted=Wanted(columns=("name",), label="name"))

    (found,) = upload.features
    assert shapely.from_wkb(found.wkb) == shapely.MultiPoint([(7.5, 49.25)])
    assert (found.kind, found.label) == ("points", "Mölschbach")
    assert found.properties == {"name": "Mölschbach"}
    assert (upload.crs, upload.bounds) == ("EPSG:4326", (7.5, 49.25, 7.5, 49.25))


@pytest.mark.usefixtures("patience")
def test_it_says_what_is_wrong(tmp_path):
    path = geojson(tmp_path, feature(name="a"))

    with pytest.raises(UploadError) as caught:
        read_upload(path, wanted=Wanted(columns=("title",)))

    assert caught.value.code == "no_column"
    assert caught.value.details == {"name": "title", "found": "name"}


def test_it_knows_no_secret_and_three_drivers(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgis://user:password@host/name")

    environment = uploads.environment()

    assert not any("password" in value for value in environment.values())
    skipped = environment["OGR_SKIP"].split(",")
    assert {"OGR_VRT", "GDALG", "WFS", "CSV", "SQLite"} <= set(skipped)
    assert uploads.DRIVERS.isdisjoint(skipped)


@pytest.mark.usefixtures("patience")
def test_a_process_that_ends_early_is_the_files_fault(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(uploads, "READER", "geo.no_such_module")

    with pytest.raises(UploadError) as caught:
        read_upload(geojson(tmp_path, feature()))

    assert caught.value.code == "broken"
    assert "no_such_module" in caplog.text


def test_a_process_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS", 0)

    with pytest.raises(UploadError) as caught:
        read_upload(geojson(tmp_path, feature()))

    assert caught.value.code == "too_slow"


@pytest.mark.parametrize("content", ["[]", None], ids=["refused", "read"])
def test_the_process_limits_itself_before_it_reads(tmp_path, monkeypatch, content):
    limited = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, how: limited.append(what))
    path = geojson(tmp_path, feature())
    if content:
        path.write_text(content)
    task = {
        "path": str(path),
        "folder": str(tmp_path),
        "wanted": asdict(Wanted()),
        "limits": asdict(Limits()),
    }
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(task)))
    answer = tmp_path / "answer"

    upload_reader.main(answer)

    assert {resource.RLIMIT_CPU, resource.RLIMIT_FSIZE} <= set(limited)
    head = json.loads(answer.read_text().splitlines()[0])
    assert head.get("error") == ("kind" if content else None)


# --- What arrives ------------------------------------------------------------------------


def test_a_geopackage_arrives_in_degrees(tmp_path):
    upload = read(write(tmp_path / "a.gpkg", IN_METRES))

    assert upload.crs == "EPSG:25832"
    assert upload.bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)
    assert [found.kind for found in upload.features] == ["areas"]


@pytest.mark.parametrize("folder", ["", "daten/", "../../"])
def test_a_zipped_shapefile_arrives_and_writes_nowhere_else(tmp_path, folder):
    path, _ = shapefile(tmp_path, IN_METRES, folder=folder)

    upload = read(path, label="name")

    assert upload.features[0].label == "Nr. 0"
    written = {each.name for each in (tmp_path / "work").iterdir()}
    assert written == {
        f"upload{suffix}" for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")
    }


def test_an_old_geojson_that_names_its_crs(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    path = geojson(tmp_path, feature(IN_METRES.__geo_interface__), crs=crs)

    assert read(path).bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)


def test_a_geojson_with_crs84_and_a_mark_of_its_encoding(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    path = geojson(tmp_path, feature(), crs=crs)
    path.write_bytes(b"\xef\xbb\xbf \n" + path.read_bytes())

    assert read(path).crs == "EPSG:4326"


def test_a_single_feature_is_enough(tmp_path):
    path = tmp_path / "upload.bin"
    path.write_text(json.dumps(feature()))

    assert len(read(path).features) == 1


def test_the_given_crs_beats_the_files(tmp_path):
    path = geojson(tmp_path, feature(IN_METRES.__geo_interface__))

    assert read(path, epsg=25832).bounds[:2] == pytest.approx((WEST, SOUTH), abs=1e-4)


def test_heights_go_and_what_is_invalid_is_mended(tmp_path):
    bow_tie = Polygon([(7, 49, 5), (8, 50, 5), (8, 49, 5), (7, 50, 5)])
    path = write(tmp_path / "a.gpkg", bow_tie, box(7, 49, 8, 50), crs="EPSG:4326")

    upload = read(path)

    assert (upload.repaired, upload.dropped) == (1, 0)
    for found in upload.features:
        shape = shapely.from_wkb(found.wkb)
        assert shape.is_valid
        assert not shape.has_z
        assert shape.geom_type == "MultiPolygon"


def test_mixed_shapes_are_parted_and_empty_ones_counted(tmp_path):
    mixed = GeometryCollection([Point(7, 49), LineString([(7, 49), (8, 50)])])
    path = geojson(
        tmp_path, feature(mixed.__geo_interface__, name="beide"), feature(None)
    )

    upload = read(path, label="name")

    assert [(f.kind, f.label) for f in upload.features] == [
        ("points", "beide"),
        ("lines", "beide"),
    ]
    assert upload.dropped == 1


def test_only_chosen_columns_arrive_as_plain_texts(tmp_path):
    path = geojson(
        tmp_path,
        feature(n=3.0, day="2026-01-02", text="a\u0000\n b\u202e", secret="x"),
        feature(n=None, day=None, text="<script>"),
        feature(n=2.5),
    )

    found = read(path, columns=("n", "day", "text")).features

    assert "secret" not in found[0].properties
    assert (found[0].properties["n"], found[0].properties["day"]) == ("3", "2026-01-02")
    assert found[0].properties["text"].isprintable()
    assert found[1].properties == {"text": "<script>"}
    assert found[2].properties == {"n": "2.5"}


def test_long_texts_are_cut_and_counted(tmp_path):
    path = geojson(tmp_path, feature(a="x" * 501), feature(a="x" * 80))

    upload = read(path, columns=("a",), label="a")

    assert upload.shortened == 2
    assert len(upload.features[0].properties["a"]) == 500
    assert upload.features[0].properties["a"].endswith("…")
    assert upload.features[1].label == "x" * 80


# --- What is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "kind"),
        (b"name,lon,lat\n", "kind"),
        (b"<OGRVRTDataSource></OGRVRTDataSource>", "kind"),
        (b'{"type": "gdal_streamed_alg", "command_line": "x"}', "kind"),
        (b'{"type": "FeatureCollection", "features": 3}', "kind"),
        (b'{"type": "FeatureCollection", "features": [3]}', "kind"),
        (b'{"type": "FeatureCollection", "features": []}', "empty"),
        (b'{"type": "FeatureCollection", "features": [{}]}', "no_shapes"),
        (b'{"type": "FeatureCollection", "fea', "broken"),
        (b'{"features": [{"properties": {"a": NaN}}]}', "broken"),
        (b'{"a":' * 100_000, "broken"),
        (b'{"name": "M\xf6lschbach"}', "encoding"),
        (b"PK\x03\x04 and so on", "broken"),
        (b"SQLite format 3\0 and so on", "broken"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_file_of_ours(tmp_path, content, code):
    path = tmp_path / "upload.bin"
    path.write_bytes(content)

    assert refused(path).code == code


@pytest.mark.parametrize(
    "member",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1/"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1/crs"}},
        {"type": "name", "properties": {"name": "/etc/passwd"}},
        {"type": "name", "properties": {"name": "EPSG:999999"}},
        "EPSG:25832",
    ],
    ids=str,
)
def test_a_crs_is_a_number_and_nothing_to_open(tmp_path, member):
    assert refused(geojson(tmp_path, feature(), crs=member)).code == "unknown_crs"


def test_metres_without_a_crs_are_misplaced(tmp_path):
    path = geojson(tmp_path, feature(IN_METRES.__geo_interface__))

    assert refused(path).code == "misplaced"


def test_the_poles_are_beyond_the_map(tmp_path):
    path = geojson(tmp_path, feature({"type": "Point", "coordinates": [7, 89]}))

    assert refused(path).code == "misplaced"


def test_a_shapefile_without_crs_wants_one(tmp_path):
    path, _ = shapefile(tmp_path, IN_METRES, crs=None)

    assert refused(path).code == "no_crs"
    assert read(path, epsg=25832).crs == "EPSG:25832"


def test_a_shapefile_without_its_index_is_broken(tmp_path):
    path, _ = shapefile(tmp_path, IN_METRES, without={".shx"})

    assert refused(path).code == "broken"


def test_letters_of_another_encoding_are_told(tmp_path):
    path, source = shapefile(tmp_path, IN_METRES, name=["Mölschbach"])
    table = source.with_suffix(".dbf")
    latin = "Mölschbach ".encode("latin-1")
    table.write_bytes(table.read_bytes().replace("Mölschbach".encode(), latin))
    pack(path, *tmp_path.glob("stand.*"))

    assert refused(path).code == "encoding"


def test_several_layers_want_one_chosen(tmp_path):
    one = write(tmp_path / "a.shp", IN_METRES)
    pack(tmp_path / "upload.bin", *tmp_path.glob("a.*"))
    write(one.with_name("b.shp"), Point(410_000, 5_475_000))
    path = pack(tmp_path / "upload.bin", *tmp_path.glob("[ab].*"))

    assert refused(path).details == {"found": "a, b"}
    assert refused(path, layer="c").code == "no_layer"
    assert read(path, layer="b").features[0].kind == "points"


def test_an_archive_without_a_shapefile(tmp_path):
    path = pack(tmp_path / "upload.bin", write(tmp_path / "a.gpkg", IN_METRES))

    assert refused(path).code == "kind"


def test_an_archive_that_swells_is_stopped(tmp_path):
    path = tmp_path / "upload.bin"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(5_000_000))

    assert path.stat().st_size < 10_000
    assert refused(path, limits=Limits(unpacked=1_000_000)).code == "too_large"


def test_an_archive_of_very_many_files_is_refused(tmp_path):
    path = tmp_path / "upload.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(501):
            archive.writestr(f"{number}.shp", "")

    assert refused(path).code == "too_large"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW a2 AS SELECT 1",
        "ALTER TABLE a ADD COLUMN b TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL",
    ],
)
def test_a_geopackage_must_not_compute(tmp_path, statement):
    path = write(tmp_path / "a.gpkg", IN_METRES)
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()

    assert refused(path).code == "kind"


def test_a_geopackage_without_shapes(tmp_path):
    path = write(tmp_path / "a.gpkg", IN_METRES)
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM gpkg_contents")
    database.close()

    assert refused(path).code == "empty"


def test_a_geopackage_without_rows(tmp_path):
    path = write(tmp_path / "a.gpkg", IN_METRES)
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER trigger_delete_feature_count_a")
        database.execute("DELETE FROM rtree_a_geom")
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'a'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM a")
    database.close()

    assert refused(path).code == "empty"


def test_areas_without_extent_are_no_shapes(tmp_path):
    flat = Polygon([(7, 49), (8, 49), (7, 49)])
    path = geojson(tmp_path, feature(flat.__geo_interface__))

    assert refused(path).code == "no_shapes"


def test_more_than_the_limits(tmp_path):
    path = write(tmp_path / "a.gpkg", IN_METRES, IN_METRES)
    two = geojson(tmp_path, feature(), feature())

    assert refused(path, limits=Limits(features=1)).details == {"found": 2, "limit": 1}
    assert refused(two, limits=Limits(features=1)).code == "too_many"
    assert refused(path, limits=Limits(vertices=9)).code == "too_detailed"


def test_shapes_that_cannot_be_read_are_none(tmp_path):
    nonsense = {"type": "Polygon", "coordinates": "here"}

    assert refused(geojson(tmp_path, feature(nonsense))).code == "no_shapes"
    kept = read(geojson(tmp_path, feature(nonsense), feature()))
    assert (kept.dropped, len(kept.features)) == (1, 1)
