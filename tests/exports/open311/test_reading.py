"""Open311 GeoReport v2, read: services, requests and errors, in JSON and in XML."""

import datetime
import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from layers.models import Theme
from pins.actions import change_status
from pins.models import Pin
from pins.workflow import FINAL_STATUSES, Role, Status, Visibility
from tests.factories import make_pin, make_theme, make_user
from tests.geometries import point_in
from tests.photos import make_photo

BASE = "/open311/v2"
# The specification's fields, in its order.
FIELDS = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
]


def read(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"{BASE}/{path}.json", query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(response.content)


def read_xml(client: Client, path: str, **query: Any) -> ElementTree.Element:
    response = client.get(f"{BASE}/{path}.xml", query)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 -- our own


def ids(client: Client, **query: Any) -> list[str]:
    return [one["service_request_id"] for one in read(client, "requests", **query)]


def refusal(
    client: Client, path: str, code: int = 400, **query: Any
) -> list[dict[str, Any]]:
    response = client.get(f"{BASE}/{path}.json", query)
    assert response.status_code == code, response.content
    errors: list[dict[str, Any]] = json.loads(response.content)
    assert {error["code"] for error in errors} == {code}
    assert all(error["description"] for error in errors)
    return errors


def days_ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def test_the_discovery_leads_to_the_service(client: Client, settings: Any) -> None:
    settings.DEMO = False
    found = json.loads(client.get("/open311/discovery.json").content)

    (endpoint,) = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == f"{settings.BASE_URL}{BASE}"
    assert endpoint["type"] == "production"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert settings.OPERATOR_EMAIL in found["contact"]
    root = ElementTree.fromstring(  # noqa: S314 -- our own
        client.get("/open311/discovery.xml").content
    )
    assert root.tag == "discovery"
    assert [each.tag for each in root] == [
        *("changeset", "contact", "key_service", "endpoints")
    ]
    assert root.findtext("endpoints/endpoint/formats/format") == "text/xml"


def test_the_demo_says_that_it_is_one(client: Client, settings: Any) -> None:
    settings.DEMO = True

    assert read(client, "discovery")["endpoints"][0]["type"] == "test"


def test_the_base_leads_to_the_discovery(client: Client) -> None:
    response = client.get(f"{BASE}/")

    assert response.status_code == 302
    assert response["Location"] == f"{BASE}/discovery.json"


def test_each_theme_is_a_service(client: Client, city: None) -> None:
    make_theme("old", is_active=False)

    energy, mobility = services = read(client, "services")

    assert [one["service_code"] for one in services] == ["energy", "mobility"]
    assert (energy["service_name"], mobility["service_name"]) == (
        *("Energie", "Mobilität"),
    )
    assert services[0]["metadata"] is True
    assert services[0]["type"] == "realtime"
    root = read_xml(client, "services", lang="en")
    assert root.tag == "services"
    assert [one.tag for one in root] == ["service", "service"]
    assert root.findtext("service/service_name") == "Energy"
    assert root.findtext("service/metadata") == "true"


def test_a_service_is_defined(client: Client, city: None) -> None:
    found = read(client, "services/mobility")

    kind, title = found["attributes"]
    assert [kind["code"], title["code"]] == ["kind", "title"]
    assert [value["key"] for value in kind["values"]] == ["idea", "problem", "keep"]
    root = read_xml(client, "services/mobility")
    assert root.tag == "service_definition"
    assert root.findtext("service_code") == "mobility"
    assert root.findtext("attributes/attribute/values/value/key") == "idea"
    refusal(client, "services/unknown", 404)


def test_a_request_says_what_everyone_may_read(
    client: Client, city: None, settings: Any
) -> None:
    pin = make_pin(place_note="Am Brunnen", location=point_in(16, 0.25, 0.75))
    photo = make_photo(pin)
    body = pin.district.responsibility_set.get().body
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=make_user(),
        roles={Role.BODY},
        body=body,
        public_note="Wir sehen es uns an.",
    )

    (found,) = read(client, f"requests/{pin.reference}")

    assert list(found) == FIELDS
    assert found["service_request_id"] == pin.reference
    assert found["status"] == "open"
    assert found["status_notes"] == "Wir sehen es uns an."
    assert found["service_code"] == "mobility"
    assert found["description"] == f"{pin.title}\n\n{pin.text}"
    assert found["agency_responsible"] == body.name
    assert found["address"] == "Am Brunnen, Hohenecken"
    assert (found["long"], found["lat"]) == (pin.location.x, pin.location.y)
    assert found["media_url"] == f"{settings.BASE_URL}/photos/{photo.name}.jpg"
    sent = datetime.datetime.fromisoformat(found["requested_datetime"])
    assert sent == pin.created_at.replace(microsecond=0)
    root = read_xml(client, f"requests/{pin.reference}")
    assert root.tag == "service_requests"
    assert [one.tag for one in root[0]] == FIELDS
    assert root.findtext("request/description") == found["description"]
    assert root.findtext("request/expected_datetime") == ""


def test_extensions_add_what_open_data_has(client: Client, city: None) -> None:
    pin = make_pin()
    make_photo(pin)

    (found,) = read(client, f"requests/{pin.reference}", extensions="true")

    more = found["extended_attributes"]
    assert (more["kind"], more["detailed_status"]) == ("problem", "received")
    assert more["title"] == pin.title
    assert len(more["media_urls"]) == 1
    root = read_xml(client, "requests", extensions="true")
    path = "request/extended_attributes/media_urls/media_url"
    assert root.findtext(path) == more["media_urls"][0]


def test_a_title_that_the_text_begins_with_is_not_said_twice(
    client: Client, city: None
) -> None:
    text = "Am Bahnhof fehlt ein Radweg.\nSeit Jahren schon."
    pin = make_pin(title="Am Bahnhof fehlt ein Radweg…", text=text)

    (found,) = read(client, f"requests/{pin.reference}")

    assert found["description"] == text


@pytest.mark.parametrize("status", Status)
def test_closed_is_what_nothing_more_is_expected_of(
    client: Client, city: None, status: Status
) -> None:
    survivor = make_pin(title="Der andere Beitrag")
    repeats: dict[str, Any] = (
        {"duplicate_of": survivor} if status == Status.DUPLICATE else {}
    )
    pin = make_pin(status=status, **repeats)

    (found,) = read(client, f"requests/{pin.reference}")

    assert found["status"] == ("closed" if status in FINAL_STATUSES else "open")
    assert found["status_notes"] == str(status.label)
    assert pin.reference in ids(client, status=found["status"])
    other = {"open": "closed", "closed": "open"}[found["status"]]
    assert pin.reference not in ids(client, status=other)


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_nothing_else_is_there(
    client: Client, city: None, visibility: Visibility
) -> None:
    pin = make_pin(visibility=visibility)

    refusal(client, f"requests/{pin.reference}", 404)
    assert ids(client) == []
    assert ids(client, service_request_id=pin.reference) == []


def test_the_list_has_the_filters_of_the_specification(
    client: Client, city: None
) -> None:
    energy = Theme.objects.get(slug="energy")
    first = make_pin(created_at=days_ago(3))
    second = make_pin(theme=energy, status=Status.DONE, created_at=days_ago(2))
    old = make_pin(created_at=days_ago(100))

    assert ids(client) == [second.reference, first.reference]
    assert ids(client, service_code="energy") == [second.reference]
    assert ids(client, service_code="energy, mobility", status="") == [
        *(second.reference, first.reference)
    ]
    assert ids(client, status="open") == [first.reference]
    assert ids(client, status="OPEN,closed") == [second.reference, first.reference]
    # Numbers override all else, the window too.
    wanted = f"{old.reference},{first.reference}, KL-1999-00001"
    assert ids(client, service_request_id=wanted, status="closed") == [
        *(first.reference, old.reference)
    ]
    assert ids(client, jurisdiction_id="kaiserslautern.de", api_key="x") == [
        *(second.reference, first.reference)
    ]


def test_the_window_is_90_days(client: Client, city: None) -> None:
    old, new = make_pin(created_at=days_ago(120)), make_pin(created_at=days_ago(1))

    def moment(days: float) -> str:
        return days_ago(days).isoformat()

    assert ids(client, start_date=moment(121)) == [old.reference]
    assert ids(client, end_date=moment(119)) == [old.reference]
    assert ids(client, start_date=moment(121), end_date=moment(119)) == [old.reference]
    assert ids(client, start_date=moment(2)) == [new.reference]
    assert ids(client, start_date=days_ago(2).date().isoformat()) == [new.reference]
    refusal(client, "requests", start_date=moment(121), end_date=moment(1))
    refusal(client, "requests", start_date=moment(1), end_date=moment(2))


def test_a_plus_that_nobody_escaped_is_understood(client: Client, city: None) -> None:
    pin = make_pin()
    start = timezone.localtime(days_ago(1)).isoformat(timespec="seconds")

    response = client.get(f"{BASE}/requests.json?start_date={start}")

    assert [one["service_request_id"] for one in json.loads(response.content)] == [
        pin.reference
    ]


def test_the_list_goes_on_page_after_page(client: Client, city: None) -> None:
    pins = [make_pin(created_at=days_ago(5 - number)) for number in range(3)]
    newest_first = [pin.reference for pin in reversed(pins)]

    assert ids(client, page_size=2) == newest_first[:2]
    assert ids(client, page_size=2, page=2) == newest_first[2:]
    assert ids(client, page_size=2, page=3) == []


def test_around_a_place(client: Client, city: None) -> None:
    near = make_pin(location=point_in(16, 0.5, 0.5))
    make_pin(district=15, location=point_in(15, 0.1, 0.1))
    place = {"lat": near.location.y, "long": near.location.x}

    assert ids(client, **place, radius=50) == [near.reference]
    assert len(ids(client, **place, radius=20_000)) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"unknown": "1"},
        {"status": "done"},
        {"service_code": "unknown"},
        {"service_code": "mobility,un\x00known"},
        {"start_date": "yesterday"},
        {"start_date": "0001-01-01T00:00:00Z"},
        {"end_date": "9999-12-31T23:59:59-12:00"},
        {"start_date": "2026-13-01T00:00:00Z"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "101"},
        {"page": "9" * 30},
        {"page_size": "1001"},
        {"page_size": "1000", "page": "101"},
        {"extensions": "maybe"},
        {"lat": "49.4"},
        {"lat": "49.4", "long": "7.7"},
        {"lat": "nan", "long": "7.7", "radius": "10"},
        {"lat": "49.4", "long": "7.7", "radius": "0"},
        {"lat": "49.4", "long": "7.7", "radius": "inf"},
        {"lat": "49.4", "long": "7.7", "radius": "x"},
        {"lat": "49.4", "long": "7.7", "radius": "1_0"},
        {"service_request_id": ",".join(f"KL-{n}" for n in range(101))},
        {"service_request_id": "K" * 10_000},
        {"lang": "tlh"},
        {"status": "open\x00"},
    ],
)
def test_what_makes_no_sense_is_refused(
    client: Client, city: None, query: dict[str, Any]
) -> None:
    errors = refusal(client, "requests", **query)

    response = client.get(f"{BASE}/requests.xml?{urlencode(query)}")
    assert response.status_code == 400
    root = ElementTree.fromstring(response.content)  # noqa: S314 -- our own
    assert root.tag == "errors"
    assert [[part.tag for part in error] for error in root] == [
        ["code", "description"]
    ] * len(errors)


def test_the_same_twice_is_refused(client: Client, city: None) -> None:
    response = client.get(f"{BASE}/requests.json?status=open&status=closed")

    assert response.status_code == 400
    assert "status" in json.loads(response.content)[0]["description"]


def test_another_place_is_not_here(client: Client, city: None) -> None:
    refusal(client, "services", 404, jurisdiction_id="example.org")
    refusal(client, "tokens/1", 404)
    refusal(client, "requests/KL-1999-00001", 404)
    refusal(client, "requests/KL-1999-00001", 400, extensions="x")


def test_other_formats_and_methods(client: Client, city: None) -> None:
    response = client.get(f"{BASE}/services.yaml")
    assert response.status_code == 404
    assert json.loads(response.content)[0]["code"] == 404

    response = client.post(f"{BASE}/services.xml")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert b"<errors>" in response.content

    response = client.delete(f"{BASE}/requests.json")
    assert response["Allow"] == "GET, HEAD, POST"
    assert client.head(f"{BASE}/requests.json").status_code == 200


def test_other_sites_may_read_and_need_not_load_twice(
    client: Client, city: None
) -> None:
    pin = make_pin()
    for path in ("services", "services/mobility", "requests", "discovery"):
        response = client.get(f"{BASE}/{path}.json")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Language"] == "de"
        known = {"If-None-Match": response["ETag"]}
        again = client.get(f"{BASE}/{path}.json", headers=known)
        assert again.status_code == 304, path

    before = client.get(f"{BASE}/requests.json")["ETag"]
    Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)
    known = {"If-None-Match": before}
    assert client.get(f"{BASE}/requests.json", headers=known).content == b"[]"


def test_the_list_asks_a_fixed_number_of_queries(
    client: Client, city: None, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        make_photo(make_pin())

    # State of the pins, of the themes, and the pins.
    with django_assert_num_queries(3):
        assert len(read(client, "requests", extensions="true")) == 3


def test_markup_stays_text(client: Client, city: None) -> None:
    pin = make_pin(title="<script>alert(1)</script> & mehr")

    root = read_xml(client, f"requests/{pin.reference}")

    description = root.findtext("request/description")
    assert description is not None
    assert description.startswith("<script>alert(1)</script> & mehr")
