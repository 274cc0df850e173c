"""Sittings for calendars (iCalendar) and feed readers (Atom)."""

import datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar, Timezone

from councils.agendas import SittingData, cancel_sitting, change_sitting
from councils.models import Sitting
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_pin,
    make_sitting,
    make_theme,
    make_user,
)

State = Sitting.State
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat Erzhütten/Wiesenthalerhof")
    make_district(16, body=body)
    make_theme("mobility")
    return body


def events(response):
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def entries(response):
    assert response.status_code == 200
    return ET.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314 -- ours


class TestCalendar:
    def test_one_sitting(self, client, body):
        sitting = make_sitting(
            body,
            start=datetime.datetime(2027, 7, 1, 16, 0, tzinfo=datetime.UTC),
            end=datetime.datetime(2027, 7, 1, 18, 30, tzinfo=datetime.UTC),
            place="Bürgerhaus; Saal 1, hinten",
            state=State.INVITED,
        )
        make_item(sitting, "Einwohnerfragestunde")

        response = client.get(f"/sittings/{sitting.pk}.ics")

        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        [event] = events(response)
        start = event["dtstart"]
        assert start.dt == datetime.datetime(
            2027, 7, 1, 18, 0, tzinfo=ZoneInfo("Europe/Berlin")
        )
        assert start.params["TZID"] == "Europe/Berlin"
        assert event["dtend"].dt - start.dt == datetime.timedelta(hours=2, minutes=30)
        assert event["uid"] == f"sitting-{sitting.pk}@testserver"
        assert event["status"] == "CONFIRMED"
        assert event["location"] == "Bürgerhaus; Saal 1, hinten"
        assert event["url"] == f"http://testserver/sittings/{sitting.pk}/"
        assert "1. Einwohnerfragestunde" in event["description"]
        for name in ("dtstamp", "last-modified", "sequence", "summary"):
            assert name in event

    def test_what_a_strict_reader_asks_for(self, client, body):
        make_sitting(body, place="Grundschule Hohenecken, " * 8)
        sitting = make_sitting(body, days=3, state=State.INVITED)
        make_item(sitting, "Ein Titel mit Umlauten: äöüß – und „Zeichen“ " * 4)

        content = client.get("/sittings/calendar.ics").content

        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert lines[0] == b"BEGIN:VCALENDAR"
        assert lines[-2:] == [b"END:VCALENDAR", b""]
        calendar = Calendar.from_ical(content)
        assert calendar.to_ical() == content
        [zone] = calendar.walk("VTIMEZONE")
        assert zone["tzid"] == "Europe/Berlin"
        assert "prodid" in calendar
        assert calendar["version"] == "2.0"

    def test_the_clocks_are_those_of_berlin(self, client, body):
        make_sitting(body)
        calendar = Calendar.from_ical(client.get("/sittings/calendar.ics").content)
        [zone] = calendar.walk("VTIMEZONE")
        assert isinstance(zone, Timezone)
        ours, theirs = zone.to_tz(), ZoneInfo("Europe/Berlin")

        for month in range(1, 13):
            for day in (1, 28):
                noon = datetime.datetime(2027, month, day, 12)  # noqa: DTZ001 -- as zones are asked
                assert ours.utcoffset(noon) == theirs.utcoffset(noon)

    def test_it_follows_a_sitting_that_is_moved_and_cancelled(self, client, body):
        # Not in the hour that comes twice when the clocks go back.
        noon = timezone.now().replace(hour=12) + datetime.timedelta(days=7)
        sitting = make_sitting(body, start=noon)
        [first] = events(client.get("/sittings/calendar.ics"))

        later = sitting.start + datetime.timedelta(days=2)
        change_sitting(
            sitting=sitting, data=SittingData(later, None, "Im neuen Rathaus")
        )
        [moved] = events(client.get("/sittings/calendar.ics"))
        cancel_sitting(sitting=sitting, reason="Sturm", actor=make_user())
        [cancelled] = events(client.get("/sittings/calendar.ics"))

        assert first["uid"] == moved["uid"] == cancelled["uid"]
        assert first["sequence"] < moved["sequence"] < cancelled["sequence"]
        assert moved["dtstart"].dt == later.replace(microsecond=0)
        assert moved["location"] == "Im neuen Rathaus"
        assert (first["status"], cancelled["status"]) == ("TENTATIVE", "CANCELLED")
        assert "Sturm" in cancelled["description"]

    def test_of_one_body(self, client, body):
        mine, other = make_sitting(body), make_sitting(make_body("Stadtrat"))

        whole = events(client.get("/sittings/calendar.ics"))
        part = events(client.get(f"/sittings/calendar.ics?body={body.slug}"))

        assert len(whole) == 2
        assert [e["uid"] for e in part] == [f"sitting-{mine.pk}@testserver"]
        assert other.pk != mine.pk

    def test_a_year_back_and_no_more(self, client, body):
        make_sitting(body, days=-400, state=State.HELD)
        recent = make_sitting(body, days=-300, state=State.HELD)
        make_sitting(body, days=800)

        [event] = events(client.get("/sittings/calendar.ics"))

        assert event["uid"] == f"sitting-{recent.pk}@testserver"

    def test_control_characters_and_line_ends(self, client, body):
        sitting = make_sitting(body, place="Saal\r\nBEGIN:VALARM\x07", state="invited")
        make_item(sitting, "Titel\x0b\nATTENDEE:mailto:x@example.org")

        response = client.get(f"/sittings/{sitting.pk}.ics")

        [event] = events(response)
        assert event.subcomponents == []
        assert "attendee" not in event
        assert b"\x07" not in response.content

    def test_without_any_sitting(self, client, body):
        assert events(client.get("/sittings/calendar.ics")) == []

    def test_in_the_language_asked_for(self, client, body):
        sitting = make_sitting(body)

        [event] = events(client.get(f"/sittings/{sitting.pk}.ics?lang=en"))

        assert event["summary"] == f"Sitting: {body.name}"
        assert event["url"] == f"http://testserver/en/sittings/{sitting.pk}/"


class TestFeed:
    def test_an_entry_for_each_sitting(self, client, body):
        make_sitting(body, days=3)
        make_sitting(body, days=4, state=State.INVITED)
        make_sitting(body, days=5, state=State.CANCELLED, cancelled_because="Sturm")
        make_sitting(body, days=-5, state=State.HELD)
        make_sitting(body, days=6, moved_from=timezone.now())

        found = entries(client.get("/feeds/sittings.atom?lang=en"))

        titles = " ".join(e.findtext(f"{ATOM}title") for e in found)
        for word in ("announced", "agenda", "cancelled", "results"):
            assert word in titles
        summaries = " ".join(e.findtext(f"{ATOM}summary") for e in found)
        assert "Sturm" in summaries
        assert "Before:" in summaries

    def test_what_rfc_4287_demands(self, client, body):
        sitting = make_sitting(body)

        response = client.get(f"/feeds/bodies/{body.slug}.atom")

        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ET.fromstring(response.content)  # noqa: S314 -- ours
        assert feed.tag == f"{ATOM}feed"
        assert feed.findtext(f"{ATOM}id") == f"tag:testserver,2026:sittings/{body.slug}"
        assert feed.findtext(f"{ATOM}author/{ATOM}name")
        links = {x.get("rel"): x.get("href") for x in feed.findall(f"{ATOM}link")}
        assert links == {
            "self": f"http://testserver/feeds/bodies/{body.slug}.atom",
            "alternate": f"http://testserver/sittings/?body={body.slug}",
        }
        [entry] = feed.findall(f"{ATOM}entry")
        assert (
            entry.findtext(f"{ATOM}id") == f"tag:testserver,2026:sitting/{sitting.pk}"
        )
        for parent in (feed, entry):
            updated = parent.findtext(f"{ATOM}updated", "")
            assert datetime.datetime.fromisoformat(updated) == sitting.modified_at

    def test_the_latest_change_first_under_the_same_id(self, client, body):
        first, second = make_sitting(body, days=3), make_sitting(body, days=4)
        ids = [
            e.findtext(f"{ATOM}id") for e in entries(client.get("/feeds/sittings.atom"))
        ]

        cancel_sitting(sitting=first, reason="Sturm", actor=make_user())
        after = [
            e.findtext(f"{ATOM}id") for e in entries(client.get("/feeds/sittings.atom"))
        ]

        assert ids == [f"tag:testserver,2026:sitting/{s.pk}" for s in (second, first)]
        assert after == ids[::-1]

    def test_no_markup_of_others(self, client, body):
        sitting = make_sitting(body, state=State.INVITED, place="<img src=x>\x0b")
        make_item(sitting, "<script>alert(1)</script>")

        [entry] = entries(client.get("/feeds/sittings.atom"))

        summary = entry.findtext(f"{ATOM}summary")
        assert "&lt;script&gt;" in summary
        assert "<script>" not in summary
        assert "<img" not in summary

    def test_without_any_sitting(self, client, body):
        assert entries(client.get("/feeds/sittings.atom")) == []


FILES = [
    "/sittings/calendar.ics",
    "/feeds/sittings.atom",
    "/feeds/bodies/ortsbeirat-erzhuttenwiesenthalerhof.atom",
]


class TestEach:
    @pytest.mark.parametrize("address", FILES)
    def test_who_has_it_gets_no_second_copy(self, client, body, address):
        sitting = make_sitting(body, state=State.INVITED)
        item = make_item(sitting)
        etag = client.get(address)["ETag"]
        again = {"If-None-Match": etag}
        assert client.get(address, headers=again).status_code == 304
        assert client.get(f"{address}?lang=en", headers=again).status_code == 200

        item.modified_at = timezone.now()
        item.save()
        assert client.get(address, headers=again).status_code == 200

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/sittings/calendar.ics?body=nowhere", 404),
            ("/sittings/calendar.ics?body=%00", 404),
            ("/sittings/calendar.ics?lang=fr", 400),
            ("/feeds/sittings.atom?lang=%00", 400),
            ("/feeds/bodies/nowhere.atom", 404),
            ("/sittings/0.ics", 404),
            ("/sittings/99999999999999999999999.ics", 404),
        ],
    )
    def test_what_does_not_exist(self, client, body, address, status):
        response = client.get(address)

        assert response.status_code == status
        assert response.json()["detail"]

    @pytest.mark.parametrize("address", FILES)
    def test_only_to_be_read(self, client, body, address):
        assert client.post(address).status_code == 405

    @pytest.mark.parametrize("address", FILES)
    @pytest.mark.parametrize("number", [1, 15])
    def test_as_many_queries_for_many(
        self, client, body, address, number, django_assert_max_num_queries
    ):
        for day in range(number):
            sitting = make_sitting(body, days=1 + day, state=State.INVITED)
            make_consultation(body, make_pin(), item=make_item(sitting))

        # Of a body the body, then the state (4), the sittings, and the agendas.
        with django_assert_max_num_queries(9):
            client.get(address)
