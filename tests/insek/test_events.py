"""Events as everyone sees them: list, page, files, calendars."""

import datetime
import json
import re

import icalendar
import pytest
from django.contrib.gis.geos import Point
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from insek.events.block import event_block
from insek.events.files import add_document, add_photo
from insek.events.keeping import keep_event
from insek.models import Event, InterestGroup, PinOrigin
from pins.workflow import Visibility
from tests.factories import (
    make_district,
    make_editor,
    make_event,
    make_phase,
    make_pin,
    make_theme,
)
from tests.pages import text_of
from tests.photos import make_picture, upload

PDF = b"%PDF-1.7 test"


def page(event):
    return f"/insek/events/{event.pk}/"


class TestList:
    def test_upcoming_first_and_past_by_year(self, client, db):
        make_event(days=9, title_de="Später")
        make_event(days=2, title_de="Bald")
        make_event(days=-800, title_de="Vor Jahren")
        past = make_event(days=-400, title_de="Voriges")

        text = text_of(client.get("/insek/events/"))

        assert text.index("Bald") < text.index("Später") < text.index("Voriges")
        assert "Vor Jahren" not in text
        year = timezone.localtime(past.starts_at).year
        assert "Voriges" in text_of(client.get(f"/insek/events/?year={year}"))
        assert client.get("/insek/events/?year=1999").status_code == 200

    def test_drafts_are_left_out_and_cancelled_ones_stay(self, client, db):
        make_event(state=Event.State.DRAFT, title_de="Geheim")
        make_event(
            state=Event.State.CANCELLED,
            title_de="Abgesagtes",
            cancelled_because="Der Saal ist gesperrt.",
        )

        text = text_of(client.get("/insek/events/"))

        assert "Geheim" not in text
        assert "Der Saal ist gesperrt." in text

    def test_one_of_several_days_says_until_when(self, client, db):
        event = make_event()
        event.ends_at = event.starts_at + datetime.timedelta(days=20)
        event.save()

        last = date_format(localtime(event.ends_at), "j. F Y")
        for path in ("/insek/events/", page(event)):
            text = text_of(client.get(path))
            assert f"bis {last}" in text
            assert f"{last} Uhr" not in text
            assert "Uhr Uhr" not in text

    def test_filters(self, client, db):
        make_event(title_de="Gesucht", theme=make_theme(), format="online")
        make_event(title_de="Andere", format="workshop")

        for query in ("theme=mobility", "format=online"):
            text = text_of(client.get(f"/insek/events/?{query}"))
            assert "Gesucht" in text
            assert "Andere" not in text

    @pytest.mark.parametrize(
        "query", ["theme=x", "format=x", "year=x", "year=0", "theme=%00", "year=99999"]
    )
    def test_filters_that_do_not_exist(self, client, db, query):
        assert client.get(f"/insek/events/?{query}").status_code == 400

    @pytest.mark.parametrize("number", [1, 15])
    def test_it_costs_the_same_with_many_events(
        self, client, db, number, django_assert_max_num_queries
    ):
        for n in range(number):
            make_event(days=n + 1)
            make_event(days=-n - 1)
        with django_assert_max_num_queries(7):
            client.get("/insek/events/")


class TestPage:
    def test_what_there_is_to_know(self, client, db):
        event = make_event(
            title_de="<script>alert(1)</script>",
            phase=make_phase(title_de="Umsetzung"),
            accessibility_de="Stufenlos",
            location=Point(7.77, 49.44, srid=4326),
            online_url="https://example.org/room",
        )

        response = client.get(page(event))

        text = text_of(response)
        assert "<script>alert(1)</script>" in text
        assert "Umsetzung" in text
        assert "Stufenlos" in text
        assert b"<script>alert" not in response.content
        assert b"example.org/room" not in response.content
        Event.objects.update(online_url_is_public=True)
        assert b"example.org/room" in client.get(page(event)).content

    def test_as_search_engines_read_it(self, client, db):
        event = make_event(title_de="</script><b>")
        content = client.get(page(event)).content.decode()

        (block,) = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', content
        )
        assert json.loads(block)["name"] == "</script><b>"

    @pytest.mark.parametrize(
        ("fields", "mode", "kind", "where"),
        [
            ({"place": "Rathaus"}, "Offline", "Place", "Rathaus"),
            ({"place": ""}, "Offline", "Place", "Kaiserslautern"),
            (
                {"place": "Rathaus", "online_url": "https://example.org/room"},
                "Mixed",
                "Place",
                "Rathaus",
            ),
            ({"place": "", "format": "online"}, "Online", "VirtualLocation", ""),
            (
                {
                    "place": "",
                    "online_url": "https://example.org/room",
                    "online_url_is_public": True,
                },
                "Online",
                "VirtualLocation",
                "https://example.org/room",
            ),
        ],
    )
    def test_where_it_is_as_search_engines_read_it(self, db, fields, mode, kind, where):
        event = make_event(**fields)
        block = json.loads(re.sub(r"</?script[^>]*>", "", event_block(event)))

        assert block["eventAttendanceMode"].endswith(f"/{mode}EventAttendanceMode")
        location = block["location"]
        assert location["@type"] == kind
        if kind == "Place":
            assert location["name"] == where
        else:
            assert location["url"] == (where or f"http://testserver{page(event)}")

    @pytest.mark.parametrize(
        "path", ["/insek/events/0/", "/insek/events/999999999999/"]
    )
    def test_there_is_none(self, client, db, path):
        assert client.get(path).status_code == 404

    def test_a_draft_is_not_there(self, client, db):
        event = make_event(state=Event.State.DRAFT)

        assert client.get(page(event)).status_code == 404
        assert client.get(f"/insek/events/{event.pk}.ics").status_code == 404

    def test_who_is_invited(self, client, db):
        event = make_event(is_by_invitation=True, takes_registrations=True)
        event.groups.add(InterestGroup.objects.create(name_de="Seniorenbeirat"))

        response = client.get(page(event))

        assert "Seniorenbeirat" in text_of(response)
        assert b"/register" not in response.content

    def test_published_pins_that_came_from_it(self, client, db):
        make_district(16)
        event = make_event(days=-3)
        for n in range(23):
            PinOrigin.objects.create(pin=make_pin(title=f"Nummer {n}"), event=event)
        hidden = make_pin(title="Verborgen", visibility=Visibility.HIDDEN)
        PinOrigin.objects.create(pin=hidden, event=event)

        first = client.get(page(event))
        second = client.get(page(event), {"page": "2"})

        assert "23" in text_of(first)
        assert "Verborgen" not in text_of(first) + text_of(second)
        assert first.content.count(b'class="entry"') == 20
        assert second.content.count(b'class="entry"') == 3
        assert client.get(page(event), {"page": "x"}).status_code == 200

    @pytest.mark.parametrize("number", [1, 12])
    def test_it_costs_the_same_with_many_pins(
        self, client, db, number, django_assert_max_num_queries
    ):
        make_district(16)
        event = make_event(takes_registrations=True)
        for _n in range(number):
            PinOrigin.objects.create(pin=make_pin(), event=event)
        with django_assert_max_num_queries(10):
            client.get(page(event))


class TestFiles:
    @pytest.fixture
    def event(self, db):
        return make_event(days=-3)

    def test_a_document(self, client, event):
        document = add_document(
            event=event, file=upload(PDF, "x.pdf"), title_de="Protokoll", title_en=""
        )
        assert re.fullmatch(r"event-documents/[0-9a-f]+\.pdf", document.file.name)

        response = client.get(f"/insek/events/documents/{document.pk}.pdf")

        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Type"] == "application/pdf"
        assert "protokoll.pdf" in response["Content-Disposition"]
        assert "Protokoll" in text_of(client.get(page(event)))

    @pytest.mark.parametrize("suffix", ["", "-small"])
    def test_a_photo(self, client, event, suffix):
        photo = add_photo(
            event=event, picture=make_picture(), alt_de="Ein Saal", alt_en=""
        )

        response = client.get(f"/insek/events/photos/{photo.name}{suffix}.jpg")

        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
        assert b'alt="Ein Saal"' in client.get(page(event)).content

    def test_files_of_a_draft_are_for_the_office_alone(self, client, event):
        Event.objects.update(state=Event.State.DRAFT)
        photo = add_photo(event=event, picture=make_picture(), alt_de="x", alt_en="")
        document = add_document(
            event=event, file=upload(PDF, "x.pdf"), title_de="x", title_en=""
        )
        paths = [
            f"/insek/events/photos/{photo.name}.jpg",
            f"/insek/events/documents/{document.pk}.pdf",
        ]

        def statuses():
            answers = [client.get(path) for path in paths]
            # Read to its end, a file is closed.
            return [(answer.status_code, bool(answer.getvalue())) for answer in answers]

        assert [status for status, _content in statuses()] == [404, 404]
        client.force_login(make_editor())
        assert statuses() == [(200, True), (200, True)]

    def test_a_row_whose_file_is_gone(self, client, event):
        document = add_document(
            event=event, file=upload(PDF, "x.pdf"), title_de="x", title_en=""
        )
        default_storage.delete(document.file.name)

        path = f"/insek/events/documents/{document.pk}.pdf"
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("name", ["documents/1.pdf", f"photos/{'a' * 32}.jpg"])
    def test_there_is_none(self, client, db, name):
        assert client.get(f"/insek/events/{name}").status_code == 404


class TestCalendars:
    def entry(self, response):
        calendar = icalendar.Calendar.from_ical(response.content)
        (entry,) = calendar.walk("VEVENT")
        return entry

    def test_one(self, client, db):
        event = make_event(text_de="Zeile eins\r\nZeile\x07 zwei", sequence=3)

        entry = self.entry(client.get(f"/insek/events/{event.pk}.ics"))

        assert entry["UID"] == f"event-{event.pk}@testserver"
        assert entry["SEQUENCE"] == 3
        assert entry["STATUS"] == "CONFIRMED"
        assert entry["DTSTART"].dt == event.starts_at.replace(microsecond=0)
        assert "Zeile  zwei" in entry["DESCRIPTION"]

    def test_where_it_is(self, client, db):
        placed = make_event(location=Point(7.77, 49.44, srid=4326))
        unplaced = make_event(place="")

        known = self.entry(client.get(f"/insek/events/{placed.pk}.ics"))
        unknown = self.entry(client.get(f"/insek/events/{unplaced.pk}.ics"))

        assert (known["GEO"].latitude, known["GEO"].longitude) == (49.44, 7.77)
        assert known["LOCATION"] == placed.place
        assert not {"GEO", "LOCATION"} & set(unknown)

    def test_a_cancelled_one_stays_and_says_why(self, client, db):
        event = make_event(
            state=Event.State.CANCELLED, cancelled_because="Der Saal ist gesperrt."
        )

        entry = self.entry(client.get(f"/insek/events/{event.pk}.ics"))

        assert entry["STATUS"] == "CANCELLED"
        assert "Der Saal ist gesperrt." in entry["DESCRIPTION"]

    def test_all_and_in_english(self, client, db):
        make_event()
        make_event(state=Event.State.DRAFT)

        response = client.get("/insek/events.ics?lang=en")

        assert self.entry(response)["SUMMARY"] == "Workshop on mobility"
        assert response["Content-Language"] == "en"

    def test_it_is_not_sent_again_until_something_changes(self, client, db):
        event = make_event()
        etag = client.get("/insek/events.ics")["ETag"]
        headers = {"If-None-Match": etag}
        assert client.get("/insek/events.ics", headers=headers).status_code == 304

        event.starts_at += datetime.timedelta(hours=1)
        event.ends_at += datetime.timedelta(hours=1)
        keep_event(event=event, groups=[], read="")

        assert client.get("/insek/events.ics", headers=headers).status_code == 200

    def test_unknown(self, client, db):
        assert client.get("/insek/events/1.ics").status_code == 404
        assert client.get("/insek/events.ics?lang=xx").status_code == 400

    def test_the_address_of_the_online_event_only_where_it_is_public(self, client, db):
        event = make_event(online_url="https://example.org/room")
        path = f"/insek/events/{event.pk}.ics"

        def unfolded():
            return client.get(path).content.replace(b"\r\n ", b"")

        assert b"example.org/room" not in unfolded()
        Event.objects.update(online_url_is_public=True, modified_at=timezone.now())
        assert b"example.org/room" in unfolded()
