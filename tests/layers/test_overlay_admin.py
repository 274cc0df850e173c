"""Staff publish a map: what is read, what is refused and where it is said, and who may."""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from geo import upload_reader, uploads
from geo.uploads import Limits
from layers import overlay_forms
from layers.models import Overlay
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_overlay,
    make_theme,
    make_user,
)
from tests.geometries import point_in
from tests.pages import text_of

pytestmark = pytest.mark.django_db

RIGHT = {
    "kind": "file",
    "title_de": "Radweg",
    "title_en": "Cycle route",
    "slug": "cycle-route",
    "theme": "",
    "is_published": "on",
    "position": "1",
    "layer": "",
    "epsg": "",
    "label_column": "name",
    "columns": "stand",
    "wms_url": "",
    "wms_layers": "",
    "wms_format": "image/png",
    "wms_version": "1.3.0",
    "legend_de": "",
    "legend_en": "",
    "description_de": "",
    "description_en": "",
    "attribution": "© Stadt Muster",
    "licence_name": "CC0 1.0",
    "licence_url": "",
    "colour": "#1D4ED8",
    "line_width": "2.5",
    "fill_opacity": "0.25",
    "point_radius": "6",
}
SERVER = {
    "kind": "wms",
    "label_column": "",
    "columns": "",
    "wms_url": "https://maps.example.de/wms",
    "wms_layers": "noise",
}


@pytest.fixture(autouse=True)
def read_here(monkeypatch):
    """Read in this process: the one of its own costs a second each time."""

    def read(path, *, wanted):
        with TemporaryDirectory() as folder:
            limits = Limits(unpacked=1_000_000)
            lines = upload_reader.read(path, Path(folder), wanted, limits)
            return uploads.read_answer(json.dumps(line) for line in lines)

    monkeypatch.setattr(overlay_forms, "read_upload", read)


@pytest.fixture
def planner(client):
    """Somebody with the rights on overlays and no other."""
    user = make_user("planung", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="overlay"))
    client.force_login(user)
    return client


def geojson(*places, name="radweg.geojson", **properties):
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"name": f"Ort {n}", "stand": "neu", "geheim": "x"}
            | properties,
        }
        for n, place in enumerate(places or [point_in(16).coords])
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile(name, content.encode())


def address(page, *args):
    return reverse(f"admin:layers_overlay_{page}", args=args)


def add(client, file=None, **fields):
    data = RIGHT | fields | ({"file": file} if file else {})
    return client.post(address("add"), data, follow=True)


def change(client, overlay, file=None, **fields):
    data = RIGHT | fields | ({"file": file} if file else {})
    return client.post(address("change", overlay.pk), data, follow=True)


def errors_of(response):
    assert response.status_code == 200
    form = response.context["adminform"].form
    shown = text_of(response)
    for messages in form.errors.values():
        for message in messages:
            assert " ".join(str(message).split()) in shown
    return {name: str(found[0]) for name, found in form.errors.items()}


# --- A file ------------------------------------------------------------------------------


def test_a_file_is_published_with_the_chosen_columns(planner):
    make_district(16)
    theme = make_theme()

    response = add(planner, geojson(), theme=theme.pk)

    overlay = Overlay.objects.get()
    assert (overlay.slug, overlay.theme, overlay.is_published) == (
        "cycle-route",
        theme,
        True,
    )
    assert overlay.opened_by == User.objects.get(username="planung")
    assert (overlay.file_name, overlay.file_crs) == ("radweg.geojson", "EPSG:4326")
    assert (overlay.feature_count, overlay.shapes) == (1, ["points"])
    feature = overlay.features.get()
    assert (feature.label, feature.properties) == ("Ort 0", {"stand": "neu"})
    said = text_of(response)
    assert "EPSG:4326" in said
    assert [found.slug for found in Overlay.objects.offered()] == ["cycle-route"]


def test_it_is_said_what_lies_outside_and_what_was_mended(planner):
    make_district(16)
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[7, 49], [8, 50], [8, 49], [7, 50], [7, 49]]],
    }
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {"name": text}}
        for geometry, text in [
            (bow_tie, "a"),
            ({"type": "Point", "coordinates": [13.4, 52.5]}, "b" * 90),
            (None, "c"),
        ]
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})

    response = add(planner, SimpleUploadedFile("x", content.encode()), columns="")

    levels = [str(m.level_tag) for m in response.context["messages"]]
    assert levels.count("warning") == 4
    assert Overlay.objects.get().feature_count == 2


def test_a_new_file_replaces_all_features(planner):
    add(planner, geojson())
    overlay = Overlay.objects.get()
    before = overlay.version

    change(planner, overlay, geojson((7.5, 49.4), (7.6, 49.4), name="neu.geojson"))

    overlay.refresh_from_db()
    assert overlay.version > before
    assert (overlay.feature_count, overlay.file_name) == (2, "neu.geojson")
    assert [f.label for f in overlay.features.order_by("label")] == ["Ort 0", "Ort 1"]


def test_a_file_that_is_refused_leaves_the_old_features(planner):
    add(planner, geojson())
    overlay = Overlay.objects.get()

    response = change(planner, overlay, SimpleUploadedFile("a.geojson", b"{"))

    assert errors_of(response).keys() == {"file"}
    assert overlay.features.get().label == "Ort 0"


def test_other_changes_leave_the_features_and_what_is_fixed(planner):
    add(planner, geojson())
    overlay = Overlay.objects.get()
    feature = overlay.features.get()

    change(planner, overlay, title_de="Neuer Titel", slug="other", kind="wms")

    overlay.refresh_from_db()
    assert (overlay.title_de, overlay.slug, overlay.kind) == (
        "Neuer Titel",
        "cycle-route",
        "file",
    )
    assert overlay.features.get().pk == feature.pk
    assert overlay.opened_by == User.objects.get(username="planung")


@pytest.mark.parametrize(
    "field", [{"columns": "geheim"}, {"label_column": ""}, {"epsg": "25832"}], ids=str
)
def test_other_columns_need_the_file_again(planner, field):
    add(planner, geojson())

    response = change(planner, Overlay.objects.get(), **field)

    assert errors_of(response).keys() == field.keys()


def shapefile_without_crs():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for suffix in (".shp", ".shx"):
            # The 100 bytes of head of a file without rows.
            packed.writestr(f"a{suffix}", b"\x00\x00\x27\x0a" + bytes(20))
    return SimpleUploadedFile("a.zip", archive.getvalue())


def bomb():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", bytes(1_000_001))
    return SimpleUploadedFile("a.zip", archive.getvalue())


@pytest.mark.parametrize(
    ("make_file", "fields", "wrong"),
    [
        (lambda: None, {}, {"file"}),
        (lambda: SimpleUploadedFile("a.geojson", b""), {}, {"file"}),
        (lambda: SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), {}, {"file"}),
        (lambda: SimpleUploadedFile("a.gpkg", b"SQLite format 3\0"), {}, {"file"}),
        (shapefile_without_crs, {}, {"file"}),
        (bomb, {}, {"file"}),
        (geojson, {"columns": "titel"}, {"columns"}),
        (geojson, {"columns": "label"}, {"columns"}),
        (geojson, {"label_column": "titel"}, {"label_column"}),
        (geojson, {"epsg": "3"}, {"epsg"}),
        (geojson, {"epsg": "999999"}, {"epsg"}),
        (geojson, {"epsg": "x"}, {"epsg"}),
        (geojson, {"wms_url": "https://maps.example.de/"}, {"wms_url"}),
        (geojson, {"wms_layers": "noise"}, {"wms_layers"}),
        (lambda: geojson((410_000, 5_475_000)), {}, {"epsg"}),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_place(
    planner, make_file, fields, wrong
):
    file = make_file()

    response = add(planner, file, **fields)

    # Browsers do not keep a file: it is asked for again, whatever else is wrong.
    assert errors_of(response).keys() == wrong | ({"file"} if file else set())
    assert not Overlay.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"title_de": ""},
        {"title_en": "x" * 81},
        {"slug": "with space"},
        {"slug": "taken"},
        {"attribution": ""},
        {"licence_name": ""},
        {"licence_url": "javascript:alert(1)"},
        {"colour": "red"},
        {"colour": "#FFFF00"},
        {"line_width": "0"},
        {"line_width": "nan"},
        {"fill_opacity": "1.1"},
        {"point_radius": "100"},
        {"position": "-1"},
        {"kind": "wfs"},
        {"theme": "77"},
        {"wms_format": "image/tiff"},
    ],
    ids=str,
)
def test_what_else_is_wrong_asks_for_the_file_again(planner, fields):
    make_overlay("taken")

    response = add(planner, geojson(), **fields)

    found = errors_of(response)
    assert fields.keys() <= found.keys() <= {*fields, "file"}
    assert "file" in found
    assert Overlay.objects.count() == 1


def test_too_many_features_are_refused_with_the_limit(planner, monkeypatch):
    def read(path, *, wanted):
        raise uploads.UploadError("too_many", found=20_001, limit=20_000)

    monkeypatch.setattr(overlay_forms, "read_upload", read)

    assert "20001" in errors_of(add(planner, geojson()))["file"]


@pytest.mark.parametrize(
    "code",
    [
        "too_large", "too_slow", "empty", "no_shapes", "too_detailed", "encoding",
        "layers", "no_layer", "no_crs", "unknown_crs",
    ],
)  # fmt: skip
def test_every_refusal_has_its_words(planner, monkeypatch, code):
    def read(path, *, wanted):
        raise uploads.UploadError(code, name="a", found="b", limit=3, crs="c")

    monkeypatch.setattr(overlay_forms, "read_upload", read)

    messages = errors_of(add(planner, geojson())).values()

    assert messages
    assert not any("%(" in message for message in messages)


def test_a_file_beyond_the_limit(planner, settings):
    settings.OVERLAY_UPLOAD_BYTES = 100

    assert errors_of(add(planner, geojson())).keys() == {"file"}


def test_scripts_in_titles_and_texts_stay_text(planner, client):
    script = "<script>alert(1)</script>"

    response = add(
        planner, geojson(name=f"{script}.geojson", stand=script), title_de=script
    )

    assert script not in response.content.decode()
    overlay = Overlay.objects.get()
    assert overlay.features.get().properties == {"stand": script}
    for page in ("/", "/overlays.json", address("change", overlay.pk)):
        shown = client.get(page)
        assert script not in shown.content.decode() or "json" in shown["Content-Type"]


# --- A map server ------------------------------------------------------------------------


def test_a_map_server_is_published_where_its_host_is_allowed(planner, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    url = "HTTPS://Maps.Example.de:443?SERVICE=WMS&map=a&request=GetCapabilities"

    add(planner, **SERVER | {"wms_url": url})

    overlay = Overlay.objects.get()
    assert overlay.wms_url == "https://maps.example.de/?map=a"
    assert [found.slug for found in Overlay.objects.offered()] == ["cycle-route"]


def test_a_host_that_is_not_allowed_cannot_be_published(planner, settings):
    settings.WMS_HOSTS = ["https://maps.example.org"]

    message = errors_of(add(planner, **SERVER))["is_published"]

    assert "https://maps.example.de" in message
    add(planner, **SERVER | {"is_published": ""})
    assert not Overlay.objects.get().is_published


def test_the_list_says_when_a_host_is_allowed_no_longer(planner, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay(kind="wms")

    assert "icon-no" not in planner.get(address("changelist")).content.decode()
    settings.WMS_HOSTS = []
    assert "icon-no" in planner.get(address("changelist")).content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "http://maps.example.de/wms",
        "ftp://maps.example.de/",
        "maps.example.de",
        "https://user:password@maps.example.de/",
        "https://maps.example.de:443@evil.example.org/",
        "https://maps example.de/",
        "https://[maps.example.de/",
        "https://mäps.example.de/",
        "https://",
        "javascript:alert(1)",
        "https://maps.example.de/" + "x" * 300,
    ],
    ids=lambda url: url[:40],
)
def test_only_a_plain_https_address_is_one(planner, settings, url):
    settings.WMS_HOSTS = ["https://maps.example.de"]

    assert errors_of(add(planner, **SERVER | {"wms_url": url})).keys() == {"wms_url"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"wms_url": ""}, {"wms_url"}),
        ({"wms_layers": ""}, {"wms_layers"}),
        ({"columns": "a"}, {"columns"}),
        ({"label_column": "a"}, {"label_column"}),
        ({"epsg": "25832"}, {"epsg"}),
        ({"wms_version": "2"}, {"wms_version"}),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_map_server(planner, settings, fields, wrong):
    settings.WMS_HOSTS = ["https://maps.example.de"]

    assert errors_of(add(planner, **SERVER | fields)).keys() == wrong


def test_a_map_server_has_no_file(planner, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]

    assert errors_of(add(planner, geojson(), **SERVER)).keys() == {"file"}


# --- Who may -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        lambda: None,
        lambda: make_user("resident"),
        lambda: make_member(make_body()),
        lambda: make_user("other-staff", is_staff=True),
    ],
    ids=["visitor", "resident", "council member", "other staff"],
)
def test_nobody_else_publishes(client, who):
    user = who()
    if user:
        client.force_login(user)
    overlay = make_overlay()

    for url in (address("add"), address("change", overlay.pk)):
        response = client.post(url, RIGHT | {"file": geojson()})
        assert response.status_code in ({302, 403} if user else {401})
        assert client.get(url).status_code in {302, 403}
    assert Overlay.objects.get().title_de == "Karte cycle-route"


def test_pages_open(planner):
    make_theme()
    overlay = make_overlay(theme=make_theme("energy"))
    make_overlay("draft", kind="wms", is_published=False)

    for url in (
        address("changelist"),
        address("changelist") + "?q=radweg&kind__exact=wms",
        address("add"),
        address("change", overlay.pk),
        address("history", overlay.pk),
        address("delete", overlay.pk),
    ):
        assert planner.get(url).status_code == 200, url


def test_deleting_an_overlay_takes_its_features(planner):
    overlay = make_overlay()

    planner.post(address("delete", overlay.pk), {"post": "yes"})

    assert not Overlay.objects.exists()


def test_a_superuser_may(client):
    client.force_login(User.objects.create_superuser("admin"))

    add(client, geojson())

    assert Overlay.objects.get().feature_count == 1


def test_the_real_process_reads_it(planner, monkeypatch):
    monkeypatch.setattr(overlay_forms, "read_upload", uploads.read_upload)
    # However slow a busy machine starts it.
    monkeypatch.setattr(uploads, "SECONDS", 600)

    add(planner, geojson())

    assert Overlay.objects.get().feature_count == 1
