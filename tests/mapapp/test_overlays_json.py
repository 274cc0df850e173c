"""What the map offers besides the contributions, for pages and programs."""

import pytest

from layers.models import Overlay
from tests.factories import make_overlay, make_theme

pytestmark = pytest.mark.django_db


def offered(client, **query):
    response = client.get("/overlays.json", query)
    assert response.status_code == 200
    return response.json()["overlays"]


def test_a_file_with_all_that_a_map_needs(client):
    make_overlay(
        "route",
        theme=make_theme("mobility"),
        title_de="Radweg",
        legend_de="Geplant",
        colour="#1D4ED8",
        line_width=4,
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    )

    assert offered(client) == [
        {
            "slug": "route",
            "title": "Radweg",
            "theme": "mobility",
            "kind": "file",
            "tiles": "http://testserver/tiles/overlays/route/{z}/{x}/{y}.pbf",
            "maxzoom": 16,
            "wms": None,
            "shapes": ["lines"],
            "bounds": None,
            "style": {
                "colour": "#1D4ED8",
                "line_width": 4,
                "fill_opacity": 0.25,
                "point_radius": 6,
            },
            "description": "",
            "legend": "Geplant",
            "attribution": "© Stadt Muster",
            "licence": {
                "name": "CC0 1.0",
                "url": "https://creativecommons.org/publicdomain/zero/1.0/",
            },
        }
    ]


def test_a_map_server_with_the_address_of_its_pictures(client, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay("server", kind="wms")

    (found,) = offered(client)

    assert (found["tiles"], found["theme"]) == (None, None)
    assert found["wms"] == (
        "https://maps.example.de/wms?service=WMS&version=1.3.0&request=GetMap"
        "&layers=noise&styles=&crs=EPSG:3857&width=512&height=512&format=image/png"
        "&transparent=TRUE&bbox={bbox-epsg-3857}"
    )


def test_an_older_map_server_and_one_with_a_query(client, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay(
        "old",
        kind="wms",
        wms_url="https://maps.example.de/cgi?map=a%2Fb",
        wms_layers="lärm & mehr",
        wms_version="1.1.1",
        wms_format="image/jpeg",
    )

    (found,) = offered(client)

    assert found["wms"] == (
        "https://maps.example.de/cgi?map=a%2Fb&service=WMS&version=1.1.1&request=GetMap"
        "&layers=l%C3%A4rm+%26+mehr&styles=&srs=EPSG:3857&width=512&height=512"
        "&format=image/jpeg&transparent=FALSE&bbox={bbox-epsg-3857}"
    )


def test_only_what_is_published_and_allowed_in_its_order(client, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay("second", position=2)
    make_overlay("first", kind="wms", position=1)
    make_overlay("draft", is_published=False)
    make_overlay("elsewhere", kind="wms", wms_url="https://maps.example.org/wms")

    assert [found["slug"] for found in offered(client)] == ["first", "second"]


def test_an_operator_who_takes_a_host_back(client, settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay("server", kind="wms")
    etag = client.get("/overlays.json")["ETag"]

    settings.WMS_HOSTS = []
    response = client.get("/overlays.json", headers={"If-None-Match": etag})

    assert response.json() == {"overlays": []}


def test_the_language_is_asked_for(client):
    make_overlay(title_de="Radweg", title_en="Cycle route")

    titles = {lang: offered(client, lang=lang)[0]["title"] for lang in ("de", "en")}

    assert titles == {"de": "Radweg", "en": "Cycle route"}


@pytest.mark.parametrize("lang", ["", "fr", "de-de", "EN", "\0", "🚲"])
def test_an_unknown_language_is_refused(client, lang):
    response = client.get("/overlays.json", {"lang": lang})

    assert response.status_code == 400
    assert "de, en" in response.json()["detail"]


def test_who_has_them_already_gets_none(client):
    make_overlay()
    etag = client.get("/overlays.json")["ETag"]

    assert (
        client.get("/overlays.json", headers={"If-None-Match": etag}).status_code == 304
    )

    Overlay.objects.update(colour="#123456")
    again = client.get("/overlays.json", headers={"If-None-Match": etag})
    assert again.json()["overlays"][0]["style"]["colour"] == "#123456"


def test_it_is_only_read(client):
    assert client.post("/overlays.json").status_code == 405


def test_the_privacy_page_names_the_map_servers(client, settings):
    plain = client.get("/about/privacy/").content.decode()
    settings.WMS_HOSTS = ["https://maps.example.de", "https://geo.example.org:8443"]

    named = client.get("/about/privacy/").content.decode()

    assert "maps.example.de, geo.example.org:8443" in named
    assert "maps.example.de" not in plain
