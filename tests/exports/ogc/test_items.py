"""Features: which, how many, where, when, in which coordinates, page by page."""

import datetime
import json
import re

import pytest
from django.contrib.gis.geos import Point
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import QueryCanceled

from exports.ogc import items
from layers.models import Theme
from pins.models import PublicPin
from pins.workflow import Visibility
from tests.exports.conftest import in_metres
from tests.exports.ogc.answers import ids_of, links_of, path_of, titles_of
from tests.factories import make_goal, make_measure, make_pin, make_theme
from tests.geometries import point_in
from tests.open_data import PROPERTIES
from tests.public_rows import multiply_public_rows

CRS = "http://www.opengis.net/def/crs"
CRS84, UTM32, WGS84, WEB = (
    f"{CRS}/{name}"
    for name in ("OGC/1.3/CRS84", "EPSG/0/25832", "EPSG/0/4326", "EPSG/0/3857")
)
PINS = "/collections/pins/items"
WORLD = "-180,-90,180,90"


def test_a_page_of_features_with_the_designs_properties(ask, pin):
    collection = ask(PINS)

    (feature,) = collection["features"]
    assert list(feature["properties"]) == PROPERTIES
    assert feature["id"] == pin.reference
    assert feature["geometry"] == {
        "type": "Point",
        "coordinates": [round(pin.location.x, 6), round(pin.location.y, 6)],
    }
    assert feature["properties"]["url"] == f"http://testserver/pins/{pin.reference}"
    assert (collection["numberMatched"], collection["numberReturned"]) == (1, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", collection["timeStamp"])


def test_nothing_is_a_page_without_features(ask, city):
    collection = ask(PINS)

    assert (collection["features"], collection["numberMatched"]) == ([], 0)
    assert "next" not in links_of(collection)


def test_what_is_not_published_is_not_there(client, ask, city):
    pins = {visibility: make_pin(visibility=visibility) for visibility in Visibility}
    shown = pins.pop(Visibility.PUBLISHED)

    assert ids_of(ask(PINS)) == [shown.reference]
    assert len(pins) >= 4
    for pin in pins.values():
        assert client.get(f"/ogc/v1{PINS}/{pin.reference}").status_code == 404


def test_pages_follow_each_other_without_gap_or_repetition(ask, pin):
    # Of the same moment, so that the id decides.
    multiply_public_rows(25)
    seen, pages, page = [], 0, ask(PINS, limit=7)
    while True:
        pages += 1
        seen += ids_of(page)
        assert page["numberMatched"] == 25
        following = links_of(page).get("next")
        if not following:
            break
        page = ask(path_of(following[0]))

    newest = PublicPin.objects.order_by("-published_at", "-id")
    assert seen == list(newest.values_list("reference", flat=True))
    assert pages == 4


def test_the_link_to_the_next_page_keeps_what_was_asked_for(ask, five):
    page = ask(PINS, limit=1, theme="energy", offset=0)

    following = ask(path_of(links_of(page)["next"][0]))
    assert titles_of(page) + titles_of(following) == [
        "Wärmenetz im Ort",
        "Solardach der Schule",
    ]
    assert "next" not in links_of(following)


def test_an_offset_leaves_out_as_many(ask, five):
    everything = ids_of(ask(PINS))

    assert ids_of(ask(PINS, offset=2, limit=2)) == everything[2:4]


def test_a_limit_beyond_the_greatest_is_cut(ask, pin):
    multiply_public_rows(1_002)

    assert ask(PINS, limit=10**17)["numberReturned"] == 1_000
    assert ask(PINS)["numberReturned"] == 100


def test_a_page_costs_as_many_queries_whatever_is_on_it(
    client, pin, django_assert_num_queries
):
    multiply_public_rows(60)

    # The version, the features, the counts.
    with django_assert_num_queries(3):
        client.get(f"/ogc/v1{PINS}?limit=50")


@pytest.mark.parametrize(
    ("name", "value", "titles"),
    [
        ("theme", "energy", ["Wärmenetz im Ort", "Solardach der Schule"]),
        ("kind", "keep", ["Der alte Baum bleibt"]),
        ("status", "in_review", ["Radweg im Wald"]),
        ("district", "Dansenberg", ["Wärmenetz im Ort", "Solardach der Schule"]),
        ("district_number", "15", ["Wärmenetz im Ort", "Solardach der Schule"]),
        (
            "body_slug",
            "ortsbeirat-dansenberg",
            ["Wärmenetz im Ort", "Solardach der Schule"],
        ),
        ("title", "Radweg im Wald", ["Radweg im Wald"]),
        ("support_count", "3", []),
    ],
)
def test_each_property_is_a_parameter(ask, five, name, value, titles):
    found = ask(PINS, properties={name: value})

    assert titles_of(found) == titles
    if name in {"title", "support_count"}:
        assert "numberMatched" not in found
    else:
        assert found["numberMatched"] == len(titles)


def test_parameters_hold_together(ask, five):
    found = ask(PINS, theme="mobility", kind="idea")

    assert titles_of(found) == ["Radweg am Bahnhof"]
    assert found["numberMatched"] == 1


def test_a_moment_is_found_as_it_is_shown(ask, five):
    (feature, *_others) = ask(PINS)["features"]
    shown = feature["properties"]["published_at"].replace("+00:00", "Z")

    assert feature["id"] in ids_of(ask(PINS, properties={"published_at": shown}))
    assert feature["id"] in ids_of(ask(PINS, datetime=shown))


def at(day, **more):
    moment = datetime.datetime(2026, 3, day, 12, 0, 0, 500_000, tzinfo=datetime.UTC)
    return make_pin(title=f"Tag {day}", published_at=moment, **more)


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("2026-03-02T12:00:00Z", [2]),
        ("2026-03-02T13:00:00+01:00", [2]),
        ("2026-03-02T12:00:00.7Z", []),
        ("2026-03-02T12:00:01Z", []),
        ("2026-03-02T12:00:00Z/2026-03-03T12:00:00Z", [2, 3]),
        ("2026-03-02T12:00:00.123456789Z/..", [3]),
        ("../2026-03-02T11:59:59Z", [1]),
        ("/2026-03-02T12:00:00Z", [1, 2]),
        ("2026-03-03t00:00:00z/", [3]),
        ("../..", [1, 2, 3]),
    ],
)
def test_a_period_keeps_what_was_published_in_it(ask, city, when, days):
    for day in (1, 2, 3):
        at(day)

    found = ask(PINS, datetime=when)
    assert sorted(titles_of(found)) == [f"Tag {day}" for day in days]


def test_districts_hold_at_any_time(ask, city):
    assert (
        len(
            ask("/collections/districts/items", datetime="1999-01-01T00:00:00Z")[
                "features"
            ]
        )
        == 2
    )


@pytest.mark.parametrize(
    ("when", "numbers"),
    [
        ("2026-05-01T00:00:00Z", ["M 1", "M 3"]),
        ("2026-06-30T22:30:00Z", ["M 3"]),
        ("2026-12-01T00:00:00Z/..", ["M 2", "M 3"]),
        ("../2025-01-01T00:00:00Z", ["M 3"]),
    ],
)
def test_measures_are_found_while_they_last(ask, db, when, numbers):
    make_measure("M 1", make_goal(), starts_on="2026-01-01", ends_on="2026-06-30")
    make_measure("M 2", starts_on="2026-12-01")
    make_measure("M 3")

    assert [
        f["properties"]["number"]
        for f in ask("/collections/measures/items", datetime=when)["features"]
    ] == numbers


def corners(srid):
    """Return a box of a metre around the middle of district 16, in a CRS."""
    east, north = in_metres(point_in(16), srid)
    return [east - 1, north - 1, east + 1, north + 1]


@pytest.mark.parametrize("crs", [CRS84, WGS84, UTM32, WEB])
def test_a_box_keeps_what_meets_it_in_each_crs(ask, city, crs):
    make_pin(title="drinnen")
    make_pin(title="draußen", location=point_in(16, 0.6, 0.5))
    lon, lat = point_in(16).coords
    box = {
        CRS84: [lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5],
        WGS84: [lat - 1e-5, lon - 1e-5, lat + 1e-5, lon + 1e-5],
        UTM32: corners(25832),
        WEB: corners(3857),
    }[crs]

    query = {"bbox": ",".join(map(repr, box)), "bbox-crs": crs}
    assert titles_of(ask(PINS, **query)) == ["drinnen"]
    flat = [*box[:2], 0, *box[2:], 100]
    query["bbox"] = ",".join(map(repr, flat))
    found = ask(PINS, **query)
    assert titles_of(found) == ["drinnen"]
    assert "numberMatched" not in found


def test_the_edge_of_a_box_belongs_to_it_and_nothing_beyond(ask, city):
    place = point_in(16)
    make_pin(location=place)
    near = make_pin(location=Point(place.x + 2e-6, place.y, srid=4326))

    found = ask(PINS, bbox=f"{place.x - 1},{place.y},{place.x},{place.y}")

    assert near.reference not in ids_of(found)
    assert len(found["features"]) == 1


def test_a_box_may_cross_the_last_meridian(ask, pin):
    assert ask(PINS, bbox="170,-90,8,90")["features"]
    assert not ask(PINS, bbox="170,-90,-170,90")["features"]


@pytest.mark.parametrize("crs", [CRS84, UTM32])
def test_what_has_no_place_is_in_each_box(ask, city, crs):
    make_measure("M 1", make_goal())
    make_measure("M 2", geometry=point_in(16))
    make_measure("M 3", geometry=point_in(15))
    east, north = in_metres(point_in(16))
    box = {
        CRS84: "{0.x},{0.y},{0.x},{0.y}".format(point_in(16)),
        UTM32: f"{east - 1},{north - 1},{east + 1},{north + 1}",
    }[crs]

    found = ask("/collections/measures/items", bbox=box, bbox_crs=crs)
    assert ids_of(found) == ["m-1", "m-2"]
    assert found["numberMatched"] == 2


@pytest.mark.parametrize(
    ("crs", "srid", "decimals"), [(CRS84, 4326, 6), (UTM32, 25832, 2), (WEB, 3857, 2)]
)
def test_coordinates_come_in_each_crs(client, pin, crs, srid, decimals):
    for path in (PINS, f"{PINS}/{pin.reference}"):
        response = client.get(f"/ogc/v1{path}", {"crs": crs})

        assert response["Content-Crs"] == f"<{crs}>"
        document = json.loads(response.content)
        feature = document.get("features", [document])[0]
        east, north = in_metres(pin.location, srid)
        assert feature["geometry"]["coordinates"] == pytest.approx(
            [east, north], abs=10**-decimals
        )
        assert feature["properties"]["title"] == pin.title
        assert "crs" not in feature["geometry"]


def test_latitude_comes_first_where_the_crs_says_so(ask, pin):
    found = ask(PINS, crs=WGS84)["features"][0]["geometry"]["coordinates"]

    assert found == [round(pin.location.y, 6), round(pin.location.x, 6)]


def test_without_a_crs_the_answer_says_which_it_is(client, pin):
    assert client.get(f"/ogc/v1{PINS}")["Content-Crs"] == f"<{CRS84}>"
    assert client.get(f"/ogc/v1{PINS}?f=html")["Content-Crs"] == f"<{CRS84}>"


def test_one_feature_leads_to_itself_and_its_collection(ask, pin):
    feature = ask(f"{PINS}/{pin.reference}")

    links = links_of(feature)
    assert path_of(links["self"][0]) == f"{PINS}/{pin.reference}"
    assert path_of(links["collection"][0]) == "/collections/pins?f=json"
    assert feature["properties"] == ask(PINS)["features"][0]["properties"]


def test_who_has_a_page_gets_304_until_something_changes(client, pin):
    first = client.get(f"/ogc/v1{PINS}")
    etag = first["ETag"]

    again = client.get(f"/ogc/v1{PINS}", HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    make_pin()
    changed = client.get(f"/ogc/v1{PINS}", HTTP_IF_NONE_MATCH=etag)
    assert (changed.status_code, changed["ETag"] != etag) == (200, True)


def test_an_unchanged_page_asks_for_no_feature(client, pin, django_assert_num_queries):
    etag = client.get(f"/ogc/v1{PINS}")["ETag"]

    with django_assert_num_queries(1):
        client.get(f"/ogc/v1{PINS}", HTTP_IF_NONE_MATCH=etag)


def test_pages_of_few_features_have_an_etag_too(client, db):
    make_measure("M 1", make_goal())
    etag = client.get("/ogc/v1/collections/measures/items")["ETag"]

    same = client.get("/ogc/v1/collections/measures/items", HTTP_IF_NONE_MATCH=etag)
    assert same.status_code == 304
    make_measure("M 2")
    other = client.get("/ogc/v1/collections/measures/items", HTTP_IF_NONE_MATCH=etag)
    assert other.status_code == 200


def test_head_has_the_headers_and_no_body(client, pin):
    whole, head = client.get(f"/ogc/v1{PINS}"), client.head(f"/ogc/v1{PINS}")

    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Crs", "ETag", "Content-Length", "Link"):
        # The moment it was made may have another second.
        assert head[name] == whole[name]


def test_a_long_query_makes_no_header_that_proxies_refuse(client, pin):
    multiply_public_rows(2)
    query = {"limit": "1", "filter": " OR ".join(["title LIKE '%'"] * 80)}
    for form in ("json", "html"):
        response = client.get(f"/ogc/v1{PINS}", {**query, "f": form})

        assert response.status_code == 200
        assert len(response["Link"]) < 1_000
        assert 'rel="collection"' in response["Link"]

    document = client.get(f"/ogc/v1{PINS}", query).json()
    assert "LIKE" in links_of(document)["next"][0]["href"]


def test_large_answers_are_compressed_where_that_is_accepted(client, pin):
    multiply_public_rows(20)
    plain = client.get(f"/ogc/v1{PINS}")
    packed = client.get(f"/ogc/v1{PINS}", HTTP_ACCEPT_ENCODING="gzip")

    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 3


def test_the_page_of_features_counts_and_leads_on(client, pin):
    multiply_public_rows(3)
    page = client.get(f"/ogc/v1{PINS}?f=html&limit=2&lang=en").content.decode()
    boxed = client.get(f"/ogc/v1{PINS}?f=html&lang=en&bbox={WORLD}").content.decode()

    assert "2 features on this page, 3 in all" in page
    assert 'rel="next"' in page
    assert "3 features on this page<" in boxed


REFUSED = [
    ("limit=0", "limit"),
    ("limit=-1", "limit"),
    ("limit=x", "limit"),
    ("limit=1.5", "limit"),
    ("limit=" + "9" * 500, "limit"),
    ("offset=-1", "offset"),
    ("offset=10001", "offset"),
    ("offset=1&cursor=1-1", "offset"),
    ("cursor=x", "cursor"),
    ("cursor=1-99999999999999999999", "cursor"),
    (f"cursor={'9' * 400}-1", "cursor"),
    ("cursor=%00-1", "cursor"),
    ("bbox=", "bbox"),
    ("bbox=1,2,3", "bbox"),
    ("bbox=1,2,3,4,5", "bbox"),
    ("bbox=a,b,c,d", "bbox"),
    ("bbox=7,49,8,5_0", "bbox"),
    ("bbox=7,49,8,%D9%A5%D9%A0", "bbox"),
    ("bbox=nan,1,2,3", "bbox"),
    ("bbox=1,2,inf,3", "bbox"),
    ("bbox=1,50,2,40", "bbox"),
    ("bbox=-181,0,1,1", "bbox"),
    ("bbox=0,0,1,91", "bbox"),
    ("bbox=1e308,0,1e309,1", "bbox"),
    (f"bbox=410000,5473000,405000,5479000&bbox-crs={UTM32}", "bbox"),
    (f"bbox=0,0,9e9,1&bbox-crs={UTM32}", "bbox"),
    (f"bbox=100,0,101,1&bbox-crs={WGS84}", "bbox"),
    ("bbox-crs=x", "bbox-crs"),
    ("crs=EPSG:25832", "crs"),
    (f"crs={CRS}/EPSG/0/31466", "crs"),
    ("datetime=2026", "datetime"),
    ("datetime=2026-01-01", "datetime"),
    ("datetime=2026-02-30T00:00:00Z", "datetime"),
    ("datetime=0000-01-01T00:00:00Z", "datetime"),
    ("datetime=0001-01-01T00:00:00%2B23:59", "datetime"),
    ("datetime=9999-12-31T23:59:59.9Z", "datetime"),
    ("datetime=2026-01-01T00:00:00", "datetime"),
    ("datetime=a/b/c", "datetime"),
    ("datetime=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", "datetime"),
    ("theme=nothing", "theme"),
    ("theme=%00", "theme"),
    ("theme=mobility&theme=energy", "theme"),
    ("title=%00", "title"),
    ("title=" + "x" * 2001, "title"),
    ("district_number=x", "district_number"),
    ("district_number=" + "9" * 30, "district_number"),
    ("created_at=yesterday", "created_at"),
    ("url=x", "url"),
    ("geometry=x", "geometry"),
    ("filter-lang=sql", "filter-lang"),
    ("filter-crs=x", "filter-crs"),
]


def test_what_makes_no_sense_is_refused(client, city):
    for query, name in REFUSED:
        response = client.get(f"/ogc/v1{PINS}?{query}")

        assert response.status_code == 400, query
        assert response["Content-Type"] == "application/problem+json"
        assert list(response.json()["errors"]) == [name]


@pytest.mark.parametrize(
    "query", ["starts_on=2026-02-30", "starts_on=x", "starts_on=2026-01-01T00:00:00Z"]
)
def test_a_day_is_a_day(client, db, query):
    response = client.get(f"/ogc/v1/collections/measures/items?{query}")

    assert response.status_code == 400


def test_one_feature_takes_a_crs_and_nothing_else(client, pin):
    path = f"/ogc/v1{PINS}/{pin.reference}"

    assert client.get(f"{path}?crs={UTM32}").status_code == 200
    for query in ("crs=x", "crs=", "limit=1", "bbox=1,2,3,4"):
        assert client.get(f"{path}?{query}").status_code == 400


def test_what_takes_too_long_is_given_up(client, pin, monkeypatch):
    def too_long(*_args):
        raise OperationalError("canceled") from QueryCanceled("canceled")

    monkeypatch.setattr(items, "_read_page", too_long)

    response = client.get(f"/ogc/v1{PINS}?filter=support_count>1")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"


def test_a_filter_is_given_up_after_its_time(client, pin, monkeypatch):
    # Hundreds of times longer than that, on any machine.
    PublicPin.objects.update(text="a" * 4_000)
    multiply_public_rows(2_000)
    monkeypatch.setattr(items, "FILTER_TIMEOUT", "1ms")
    pattern = f"%{'a' * 50}b%"

    response = client.get(f"/ogc/v1{PINS}", {"filter": f"body LIKE '{pattern}'"})
    assert response.status_code == 503


def test_a_database_that_is_away_is_no_matter_of_the_filter(client, pin, monkeypatch):
    def away(*_args):
        raise OperationalError("connection refused")

    monkeypatch.setattr(items, "_read_page", away)
    client.raise_request_exception = False

    response = client.get(f"/ogc/v1{PINS}")

    assert response.status_code == 503
    assert "database" in response.json()["detail"]


def test_a_renamed_theme_can_be_asked_for_at_once(ask, pin):
    make_theme("water")
    make_pin(theme=Theme.objects.get(slug="water"), published_at=timezone.now())

    assert ask(PINS, theme="water")["numberMatched"] == 1
