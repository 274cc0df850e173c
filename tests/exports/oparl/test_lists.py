"""The lists of OParl: pages, filters, refusals, and what all answers have in common."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from councils.models import Sitting
from exports.models import OparlObject
from exports.oparl.keeping import bring_up_to_date
from tests.exports.oparl.schema import check_page
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_pin,
    make_sitting,
)

State = Sitting.State
API = "http://testserver/oparl/v1"
MEETINGS = "/oparl/v1/meetings"
LISTS = (
    *("bodies", "organizations", "persons", "meetings", "agendaitems"),
    *("papers", "consultations", "files", "locations"),
)
Content = dict[str, Any]


def page(client: Client, address: str, **query: Any) -> Content:
    response = client.get(address, query)
    assert response.status_code == 200
    content: Content = response.json()
    check_page(content)
    return content


def ids(content: Content) -> list[str]:
    return [one["id"].rpartition("/")[2] for one in content["data"]]


def of_link(content: Content, name: str) -> str:
    address: str = content["links"][name]
    return address.removeprefix("http://testserver")


@pytest.fixture
def five(db: None) -> list[Sitting]:
    body = make_body("Ortsbeirat Hohenecken")
    return [make_sitting(body, days=day) for day in range(1, 6)]


class TestPages:
    def test_one_page_of_all(self, client, five):
        content = page(client, MEETINGS)

        assert len(content["data"]) == 5
        assert content["pagination"] == {
            "totalElements": 5,
            "elementsPerPage": 100,
            "currentPage": 1,
            "totalPages": 1,
        }
        assert content["links"] == {
            "first": f"{API}/meetings",
            "self": f"{API}/meetings",
            "last": f"{API}/meetings",
        }

    def test_an_empty_list_is_one_page_of_nothing(self, client, db):
        content = page(client, "/oparl/v1/papers")

        assert content["data"] == []
        assert content["pagination"]["totalElements"] == 0
        assert content["pagination"]["totalPages"] == 1

    def test_forward_and_back(self, client, five):
        pages = [page(client, MEETINGS, elementsPerPage=2)]
        while "next" in pages[-1]["links"]:
            pages.append(page(client, of_link(pages[-1], "next")))

        assert [len(p["data"]) for p in pages] == [2, 2, 1]
        assert len({one for p in pages for one in ids(p)}) == 5
        assert [p["pagination"]["currentPage"] for p in pages] == [1, 2, 3]
        assert {p["pagination"]["totalPages"] for p in pages} == {3}
        first, second, third = pages
        assert "prev" not in first["links"]
        assert second["links"]["prev"] == first["links"]["self"]
        assert third["links"]["prev"] == second["links"]["self"]
        for one in pages:
            assert one["links"]["first"] == first["links"]["self"]
            assert one["links"]["last"] == third["links"]["self"]
            assert page(client, of_link(one, "self")) == one

    def test_the_filters_stay_in_the_links(self, client, five):
        asked = {
            "modified_since": "2026-01-01T00:00:00+01:00",
            "elementsPerPage": "2",
            "omit_internal": "true",
        }

        links = page(client, MEETINGS, **asked)["links"]

        for name in ("first", "self", "next", "last"):
            assert "modified_since=2026-01-01T00%3A00%3A00%2B01%3A00" in links[name]
            assert "elementsPerPage=2" in links[name]
            assert "omit_internal=true" in links[name]

    def test_nothing_is_left_out_when_something_is_taken_away_meanwhile(
        self, client, five
    ):
        first = page(client, MEETINGS, elementsPerPage=2)
        Sitting.objects.get(pk=ids(first)[0]).delete()

        second = page(client, of_link(first, "next"))
        third = page(client, of_link(second, "next"))

        assert len({*ids(first), *ids(second), *ids(third)}) == 5
        # Of four objects, the fourth page would begin in the middle of one.
        assert third["pagination"]["currentPage"] == 2

    def test_after_the_last_object_there_is_nothing(self, client, five):
        content = page(client, MEETINGS, after=2**63 - 1)

        assert content["data"] == []
        assert content["links"]["prev"] == f"{API}/meetings"

    def test_the_server_decides_how_many_at_most(self, client, five):
        content = page(client, MEETINGS, elementsPerPage=100_000)

        assert content["pagination"]["elementsPerPage"] == 500

    @pytest.mark.parametrize("name", ["meetings", "consultations"])
    def test_the_lists_of_a_body(self, client, db, name):
        for number in (15, 16):
            body = make_body(f"Ortsbeirat {number}")
            make_district(number, body=body)
            item = make_item(make_sitting(body, state=State.INVITED))
            make_consultation(body, make_pin(district=number), item=item)

        content = page(client, f"/oparl/v1/organization/{body.pk}/{name}")

        assert len(content["data"]) == 1
        assert content["data"][0]["organization"] == [f"{API}/organization/{body.pk}"]
        assert content["links"]["self"] == f"{API}/organization/{body.pk}/{name}"

    def test_without_what_other_lists_have(self, client, db):
        body = make_body()
        make_district(16, body=body)
        item = make_item(make_sitting(body, state=State.INVITED))
        make_consultation(body, make_pin(), item=item)

        (meeting,) = page(client, MEETINGS, omit_internal="true")["data"]
        (paper,) = page(client, "/oparl/v1/papers", omit_internal="true")["data"]

        assert not {"agendaItem", "location"} & set(meeting)
        assert not {"consultation", "location"} & set(paper)
        (consultation,) = page(client, "/oparl/v1/consultations", omit_internal="true")[
            "data"
        ]
        # Here it is an address, and stays.
        assert consultation["agendaItem"] == f"{API}/agendaitem/{item.pk}"
        (whole,) = page(client, MEETINGS, omit_internal="false")["data"]
        assert {"agendaItem", "location"} <= set(whole)


class TestFilters:
    @pytest.fixture
    def spread(self, five: list[Sitting]) -> list[str]:
        """One meeting a day from 1 December 2026, changed in the year after."""
        bring_up_to_date()
        rows = list(OparlObject.objects.of_kind("Meeting"))
        for day, row in enumerate(rows, start=1):
            row.created = datetime.datetime(2026, 12, day, 12, tzinfo=datetime.UTC)
            row.modified = datetime.datetime(2027, 12, day, 12, tzinfo=datetime.UTC)
            row.save()
        return [row.key for row in rows]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"created_since": "2026-12-03T12:00:00Z"}, "345"),
            ({"created_until": "2026-12-03T13:00:00+01:00"}, "123"),
            ({"modified_since": "2027-12-05T12:00:00+00:00"}, "5"),
            ({"modified_since": "2027-12-05T12:00:01+00:00"}, ""),
            ({"modified_until": "2027-12-01T12:00:00+00:00"}, "1"),
            (
                {
                    "created_since": "2026-12-02T00:00:00+01:00",
                    "created_until": "2026-12-04T23:59:59+01:00",
                    "modified_since": "2027-12-03T00:00:00+01:00",
                    "modified_until": "2027-12-05T00:00:00+01:00",
                },
                "34",
            ),
            ({"created_since": "0001-01-01T00:00:00Z"}, "12345"),
            ({"created_until": "9999-12-31T23:59:59Z"}, "12345"),
        ],
    )
    def test_times_bound_the_list(self, client, spread, query, expected):
        wanted = [spread[int(day) - 1] for day in expected]

        assert ids(page(client, MEETINGS, **query)) == wanted

    def test_a_plus_that_nobody_escaped(self, client, spread):
        response = client.get(f"{MEETINGS}?created_since=2026-12-05T13:00:00+01:00")

        assert len(response.json()["data"]) == 1

    @pytest.mark.parametrize("name", ["modified_since", "created_since", ""])
    def test_what_was_taken_away_is_told_to_who_asks_for_changes(
        self, client, five, name
    ):
        page(client, MEETINGS)
        five[0].delete()

        found = page(
            client, MEETINGS, **({name: "2020-01-01T00:00:00Z"} if name else {})
        )

        gone = [one for one in found["data"] if one.get("deleted")]
        assert len(gone) == (1 if name == "modified_since" else 0)
        assert len(found["data"]) == 4 + len(gone)


class TestRefusals:
    @pytest.mark.parametrize(
        "query",
        [
            "page=2",
            "modified_since=",
            "modified_since=2026-12-01",
            "modified_since=2026-12-01T18:00:00",
            "modified_since=2026-13-41T18:00:00Z",
            "modified_since=yesterday",
            "created_since=0001-01-01T00:00:00%2B23:59",
            "created_until=9999-12-31T23:59:59-23:59",
            "modified_since=%00",
            "modified_since=2026-12-01T18:00:00Z%00",
            f"created_until={'9' * 5000}",
            "created_since=2026-12-01T18:00:00Z&created_since=2026-12-02T18:00:00Z",
            "elementsPerPage=",
            "elementsPerPage=0",
            "elementsPerPage=-1",
            "elementsPerPage=1.5",
            "elementsPerPage=%D9%A3",
            "after=x",
            "after=0",
            f"after={2**63}",
            f"after={'9' * 400}",
            "omit_internal=",
            "omit_internal=yes",
            "%00=1",
            "<script>=1",
        ],
    )
    def test_a_query_without_sense(self, client, db, query):
        response = client.get(f"{MEETINGS}?{query}")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        error = response.json()
        assert error["type"] == "https://schema.oparl.org/1.1/Error"
        assert error["message"] == error["detail"]
        assert error["debug"].startswith(MEETINGS)

    @pytest.mark.parametrize("path", ["", "body/1"])
    def test_an_object_takes_no_parameters(self, client, db, path):
        assert client.get(f"/oparl/v1/{path}?x=1").status_code == 400

    @pytest.mark.parametrize(
        "path",
        [
            "nothing",
            "meeting/1",
            "meeting/x",
            "meeting/-1",
            "meeting/%00",
            f"meeting/{'9' * 400}",
            "meetings/1",
            "system/1",
            "system/",
            "Meeting/1",
            "person/1",
            "body/2",
            "body/1/meetings",
            "organization/1/meetings",
            "organization/x/meetings",
            f"organization/{'9' * 400}/meetings",
            "organization/1/papers",
            "a/b/c/d",
            "meetings/",
        ],
    )
    def test_what_is_not_there(self, client, db, path):
        response = client.get(f"/oparl/v1/{path}")

        assert response.status_code == 404
        assert response.json()["type"] == "https://schema.oparl.org/1.1/Error"
        assert response.json()["message"]
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_a_body_has_no_list_of_papers(self, client, db):
        body = make_body()

        response = client.get(f"/oparl/v1/organization/{body.pk}/papers")

        assert response.status_code == 404

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    @pytest.mark.parametrize("path", ["", "meetings", "body/1", "x/y/z"])
    def test_it_is_only_read(self, client, db, method, path):
        assert getattr(client, method)(f"/oparl/v1/{path}").status_code == 405


class TestAnswers:
    @pytest.mark.parametrize("path", ["", "meetings", "body/1", "bodies"])
    def test_everyone_may_read_it_and_keep_it(self, client, five, path):
        address = f"/oparl/v1/{path}"
        response = client.get(address)

        assert response["Content-Type"] == "application/json"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Language"] == "de"
        again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
        assert again["Access-Control-Allow-Origin"] == "*"
        head = client.head(address)
        assert head.status_code == 200
        assert head["ETag"] == response["ETag"]
        assert head.content == b""

    def test_a_change_is_another_state(self, client, five):
        (sitting, *_others) = five
        addresses = [MEETINGS, f"/oparl/v1/meeting/{sitting.pk}"]
        before = [client.get(address)["ETag"] for address in addresses]
        sitting.place = "Turnhalle"
        sitting.save()

        for address, etag in zip(addresses, before, strict=True):
            response = client.get(address, headers={"If-None-Match": etag})
            assert response.status_code == 200

    def test_it_is_german_in_any_language(self, client, five):
        path = f"/oparl/v1/meeting/{five[0].pk}"

        response = client.get(path, headers={"Accept-Language": "en"})

        assert response.json()["name"] == "Sitzung: Ortsbeirat Hohenecken"
        assert client.get(f"/en{path}").status_code == 404

    def test_it_is_utf8_without_escapes(self, client, db):
        make_body("Ortsbeirat Mölschbach")

        content = client.get("/oparl/v1/organizations").content

        assert "Mölschbach".encode() in content


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_the_same_queries_whatever_its_length(
    client, db, name, django_assert_max_num_queries
):
    body = make_body()
    make_district(16, body=body)

    def add() -> None:
        sitting = make_sitting(
            body, days=Sitting.objects.count() + 1, state=State.INVITED
        )
        for _number in range(3):
            make_consultation(body, make_pin(), item=make_item(sitting))

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, f"/oparl/v1/{name}", elementsPerPage=1000)
        return len(asked)

    add()
    bring_up_to_date()
    client.get("/oparl/v1/bodies")
    few = count()
    for _number in range(3):
        add()
    bring_up_to_date()

    assert count() == few <= 6


def test_what_changed_takes_the_same_queries_however_much_it_is(db):
    body = make_body()
    make_district(16, body=body)

    def count(sittings: int) -> int:
        for _number in range(sittings):
            days = Sitting.objects.count() + 1
            sitting = make_sitting(body, days=days, state=State.INVITED)
            make_consultation(body, make_pin(), item=make_item(sitting))
        with CaptureQueriesContext(connection) as asked:
            bring_up_to_date()
        return len(asked)

    count(1)
    assert count(2) == count(8)
