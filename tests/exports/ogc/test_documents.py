"""The documents around the features: what is there, in which forms, and where."""

import itertools

import pytest

from exports.ogc.catalogue import COLLECTIONS
from tests.exports.ogc.answers import links_of, path_of
from tests.factories import make_goal, make_measure, make_pin
from tests.pages import links_of as links_on_page
from tests.pages import text_of

DOCUMENTS = [
    "",
    "/",
    "/api",
    "/conformance",
    "/collections",
    "/collections/pins/tiles",
    "/collections/pins/tiles/WebMercatorQuad",
    *(
        f"/collections/{name}{part}"
        for name in COLLECTIONS
        for part in ("", "/queryables", "/items")
    ),
]
# A schema and a description have no links of their own.
LINKED = [d for d in DOCUMENTS if "queryables" not in d and d != "/api"]


def addresses_on(page):
    return {link["href"] for link in links_on_page(page)}


def test_each_is_data_and_a_page(client, pin):
    for path in DOCUMENTS:
        data = client.get(f"/ogc/v1{path}")
        page = client.get(f"/ogc/v1{path}", HTTP_ACCEPT="text/html,*/*;q=0.8")

        assert (data.status_code, page.status_code) == (200, 200), path
        assert "json" in data["Content-Type"]
        assert page["Content-Type"] == "text/html; charset=utf-8"
        assert "Accept" in data["Vary"]
        for response in (data, page):
            assert response["Access-Control-Allow-Origin"] == "*"
            assert 'rel="self"' in response["Link"]
            assert 'rel="alternate"' in response["Link"]


def test_all_links_of_the_data_stand_on_the_page(client, pin):
    own = {"self", "alternate", "item"}
    for path in LINKED:
        data = client.get(f"/ogc/v1{path}?f=json").json()
        page = client.get(f"/ogc/v1{path}?f=html")

        wanted = {link["href"] for link in data["links"] if link["rel"] not in own}
        assert wanted <= addresses_on(page), path


def test_a_parameter_chooses_the_form_whatever_is_accepted(client, db):
    page = client.get("/ogc/v1?f=html", HTTP_ACCEPT="application/json")
    data = client.get("/ogc/v1?f=json", HTTP_ACCEPT="text/html")

    assert page["Content-Type"].startswith("text/html")
    assert data["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("application/xml", "application/geo+json"),
        ("text/html;q=0.1,application/geo+json", "application/geo+json"),
        ("text/html,application/geo+json;q=0.1", "text/html; charset=utf-8"),
        ("", "application/geo+json"),
    ],
)
def test_what_is_accepted_most_is_answered(client, pin, accepted, media_type):
    response = client.get("/ogc/v1/collections/pins/items", HTTP_ACCEPT=accepted)

    assert response["Content-Type"] == media_type


def test_the_landing_page_leads_everywhere(ask, city):
    links = links_of(ask())

    assert {"self", "alternate", "conformance", "data", "license"} <= set(links)
    (desc,) = links["service-desc"]
    assert desc["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert ask(path_of(desc))["openapi"] == "3.0.3"
    (doc,) = links["service-doc"]
    assert doc["type"] == "text/html"


def test_both_forms_of_a_document_lead_to_each_other(client, city):
    data = client.get("/ogc/v1/collections?f=json").json()
    (other,) = links_of(data)["alternate"]

    assert other["type"] == "text/html"
    assert client.get(other["href"])["Content-Type"].startswith("text/html")


def test_a_collection_says_what_is_known_of_it(ask, pin):
    collection = ask("/collections/pins")

    (listed, *_others) = ask("/collections")["collections"]
    assert {k: v for k, v in collection.items() if k != "links"} == {
        k: v for k, v in listed.items() if k != "links"
    }
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    assert west <= pin.location.x <= east
    assert south <= pin.location.y <= north
    ((start, end),) = collection["extent"]["temporal"]["interval"]
    assert start == pin.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert end is None
    assert collection["storageCrs"] in collection["crs"]
    links = links_of(collection)
    assert {link["type"] for link in links["items"]} == {
        "application/geo+json",
        "text/html",
    }
    assert links["license"][0]["href"] == "https://www.govdata.de/dl-de/by-2-0"


def test_an_empty_collection_has_no_extent_to_tell(ask, db):
    found = {one["id"]: one for one in ask("/collections")["collections"]}

    assert found["pins"]["extent"] == {"temporal": {"interval": [[None, None]]}}
    assert "extent" not in found["districts"]
    assert found["resolutions"]["extent"] == {"temporal": {"interval": [[None, None]]}}


def test_the_extent_of_measures_holds_their_places_and_times(ask, city, pin):
    make_measure(
        "M 1",
        make_goal(),
        geometry=pin.location,
        starts_on="2026-01-01",
        ends_on="2026-06-30",
    )

    extent = ask("/collections/measures")["extent"]

    assert extent["temporal"]["interval"] == [
        ["2025-12-31T23:00:00Z", "2026-06-30T22:00:00Z"]
    ]
    west, south, east, north = extent["spatial"]["bbox"][0]
    assert west <= pin.location.x <= east
    assert south <= pin.location.y <= north


def test_a_measure_without_an_end_leaves_the_period_open(ask, db):
    make_measure("M 1", make_goal(), starts_on="2026-01-01", ends_on="2026-06-30")
    make_measure("M 2")

    extent = ask("/collections/measures")["extent"]

    assert extent == {"temporal": {"interval": [[None, None]]}}


def test_queryables_are_a_schema_of_what_can_be_asked_for(ask, city):
    schema = ask("/collections/pins/queryables", lang="en")

    assert schema["$id"] == "http://testserver/ogc/v1/collections/pins/queryables"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert sorted(properties["theme"]["enum"]) == ["energy", "mobility"]
    assert properties["created_at"]["type"] == "string"
    assert properties["created_at"]["format"] == "date-time"
    assert properties["geometry"]["format"] == "geometry-point"
    assert "type" not in properties["geometry"]
    assert "url" not in properties


def test_the_description_names_every_parameter_in_full(ask, city):
    paths = ask("/api")["paths"]

    parameters = paths["/collections/pins/items"]["get"]["parameters"]
    named = {p["name"]: p for p in parameters if "name" in p}
    limit = named["limit"]["schema"]
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, 100, 1000)
    # GDAL takes the draft's name as a sign to send filters that it cannot write.
    assert named["filter-lang"]["schema"]["enum"] == ["cql2-text", "cql2-json"]
    assert named["bbox"]["schema"]["type"] == "array"
    assert sorted(named["theme"]["schema"]["enum"]) == ["energy", "mobility"]


def test_every_address_of_the_description_is_there(client, pin, ask):
    content = ask("/api")

    for path in content["paths"]:
        wanted = path.replace("{featureId}", pin.reference)
        wanted = wanted.replace("{tileMatrix}/{tileRow}/{tileCol}", "0/0/0")
        response = client.get(f"/ogc/v1{wanted}")
        known = wanted != path and pin.reference in wanted and "/pins/" not in wanted
        assert response.status_code == (404 if known else 200), wanted


def test_conformance_claims_what_the_tests_show(ask, db):
    claimed = ask("/conformance")["conformsTo"]

    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in claimed
    assert "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions" in claimed
    assert len(claimed) == len(set(claimed))


def test_texts_come_in_the_language_that_is_asked_for(client, city):
    english = client.get("/ogc/v1/collections?lang=en")
    german = client.get("/ogc/v1/collections", HTTP_ACCEPT_LANGUAGE="en")

    assert english["Content-Language"] == "en"
    assert german["Content-Language"] == "de"
    assert english.json()["collections"][0]["title"] == "Contributions"
    kept = links_of(english.json()["collections"][0])["items"][0]["href"]
    assert kept.endswith("lang=en")


def test_a_page_leads_to_itself_in_the_other_language(client, city):
    page = client.get("/ogc/v1/collections?f=html&lang=en")

    assert "/ogc/v1/collections?f=html&lang=de" in addresses_on(page)
    assert "/ogc/v1?lang=en" in addresses_on(page)
    assert '<html lang="en">' in page.content.decode()


def test_who_has_a_document_gets_304(client, city):
    first = client.get("/ogc/v1/collections")
    second = client.get("/ogc/v1/collections", HTTP_IF_NONE_MATCH=first["ETag"])

    assert (second.status_code, second.content) == (304, b"")
    assert client.get("/ogc/v1/conformance")["ETag"] != first["ETag"]


def test_there_is_nothing_to_write(client, db):
    paths = [*DOCUMENTS, "/collections/pins/items/x", "/nothing"]
    for path, method in itertools.product(paths, ("post", "put", "patch", "delete")):
        response = getattr(client, method)(f"/ogc/v1{path}")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response.json()["status"] == 405


def test_options_tell_what_other_sites_may_do(client, db):
    response = client.options("/ogc/v1/collections/pins/items")

    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/collections/nothing",
        "/collections/nothing/items",
        "/collections/nothing/queryables",
        "/collections/pins/items/KL-1999-00001",
        "/collections/pins/items/%00",
        "/collections/resolutions/items/x",
        "/collections/resolutions/items/01",
        "/collections/resolutions/items/0",
        "/collections/resolutions/items/99999999999999999999",
        "/collections/districts/items/nowhere",
        "/collections/measures/items/m-1",
        "/collections/",
    ],
)
def test_what_is_not_there_is_a_problem(client, db, path):
    response = client.get(f"/ogc/v1{path}", HTTP_ACCEPT="text/html")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Not Found"


def test_unknown_parameters_are_refused(client, db):
    queries = ("nothing=1", "f=xml", "f=", "lang=fr", "f=json&f=json", "%00=1")
    for path, query in itertools.product(DOCUMENTS, queries):
        response = client.get(f"/ogc/v1{path}?{query}")

        assert response.status_code == 400, (path, query)
        assert response.json()["errors"]


def test_pages_escape_what_people_write(client, city):
    pin = make_pin(title="<script>alert(1)</script>")
    listed = client.get("/ogc/v1/collections/pins/items?f=html")
    alone = client.get(f"/ogc/v1/collections/pins/items/{pin.reference}?f=html")

    for page in (listed, alone):
        assert "<script>alert" not in page.content.decode()
        assert "<script>alert(1)</script>" in text_of(page)


def test_the_page_of_a_feature_shows_all_of_it(client, city):
    make_measure("M 1", make_goal("2.1"), office="Tiefbau")

    page = client.get("/ogc/v1/collections/measures/items/m-1?f=html")

    assert "Tiefbau" in text_of(page)
    assert "null" in text_of(page)
    assert "http://testserver/insek/measures/m-1/" in addresses_on(page)
