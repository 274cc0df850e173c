"""The public pages of the sittings: calendar, lists, and one sitting."""

import datetime
import json
import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from councils.agendas import SittingData, cancel_sitting, change_sitting
from councils.models import Sitting
from councils.public.calendar import PAGE_SIZE, Month, weeks_of
from pins.workflow import Status
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
from tests.pages import links_of, text_of

State = Sitting.State


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility")
    return body


@pytest.fixture
def other(db):
    return make_body("Stadtrat", kind="council")


def hrefs(response):
    return [link.get("href", "") for link in links_of(response)]


class TestList:
    def test_what_is_ahead_and_what_is_over(self, client, body, other):
        ahead = make_sitting(body, days=3, place="Im Bürgerhaus")
        over = make_sitting(other, days=-3, state=State.HELD)

        response = client.get("/en/sittings/")

        assert response.status_code == 200
        assert response.context["next"] == [ahead]
        assert response.context["past"].sittings == [over]
        assert "Im Bürgerhaus" in text_of(response)

    def test_of_one_body(self, client, body, other):
        mine = make_sitting(body)
        make_sitting(other)
        make_sitting(other, days=-2)

        response = client.get("/sittings/?body=ortsbeirat-hohenecken")

        assert response.context["next"] == [mine]
        assert response.context["past"].sittings == []
        assert "/feeds/bodies/ortsbeirat-hohenecken.atom" in hrefs(response)
        assert (
            "webcal://testserver/sittings/calendar.ics?body=ortsbeirat-hohenecken"
            in (hrefs(response))
        )

    def test_its_files_speak_the_language_of_the_page(self, client, body):
        found = hrefs(client.get("/en/sittings/"))

        assert "/sittings/calendar.ics?lang=en" in found
        assert "/feeds/sittings.atom?lang=en" in found

    def test_what_was_cancelled_or_moved_stays_and_says_so(self, client, body):
        cancelled = make_sitting(body, days=3)
        cancel_sitting(sitting=cancelled, reason="Wasserschaden", actor=make_user())
        moved = make_sitting(body, days=4, start=at(4, hour=19))
        change_sitting(
            sitting=moved, data=SittingData(at(5, hour=18), None, moved.place)
        )

        shown = text_of(client.get("/en/sittings/"))

        for text in ("Cancelled", "Wasserschaden", "Moved", "Before:"):
            assert text in shown

    def test_one_of_today_is_ahead_until_it_has_been_closed(self, client, body):
        today = make_sitting(body, start=start_of_today(), state=State.INVITED)

        response = client.get("/en/sittings/")
        assert response.context["next"] == [today]
        assert "The result will follow" in text_of(response)

        Sitting.objects.update(state=State.HELD)
        response = client.get("/en/sittings/")
        assert response.context["past"].sittings == [today]

    def test_pages_of_the_past(self, client, body):
        for day in range(PAGE_SIZE + 1):
            make_sitting(body, days=-1 - day, state=State.HELD)

        first, second = client.get("/sittings/"), client.get("/sittings/?page=2")

        assert len(first.context["past"].sittings) == PAGE_SIZE
        assert "?page=2#past" in hrefs(first)
        assert len(second.context["past"].sittings) == 1
        assert "?page=1#past" in hrefs(second)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("body=nowhere", 400),
            ("body=%00", 400),
            ("month=2026-13", 400),
            ("month=december", 400),
            ("month=1999-01", 400),
            ("month=%00", 400),
            ("page=0", 400),
            ("page=x", 400),
            ("page=99999999999999999999", 400),
            ("page=2", 404),
        ],
    )
    def test_what_does_not_exist(self, client, body, query, status):
        make_sitting(body)

        response = client.get(f"/en/sittings/?{query}")

        assert response.status_code == status
        assert "This selection does not exist" in text_of(response)

    def test_only_to_be_read(self, client, body):
        assert client.post("/sittings/").status_code == 405

    @pytest.mark.parametrize("number", [1, 25])
    def test_five_queries(self, client, body, other, number, django_assert_num_queries):
        for day in range(number):
            make_sitting(body, days=1 + day)
            make_sitting(other, days=-1 - day, state=State.HELD)

        with django_assert_num_queries(5):
            client.get("/sittings/")


def at(days, *, hour):
    day = timezone.localdate() + datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour=hour)))


def start_of_today():
    return at(0, hour=0)


class TestMonth:
    def test_a_table_with_each_sitting_on_its_day(self, client, body):
        today = timezone.localdate()
        sitting = make_sitting(body, start=at(0, hour=23))

        response = client.get(f"/en/sittings/?month={today:%Y-%m}")

        [cell] = re.findall(
            r'<td[^>]*aria-current="date".*?</td>', response.content.decode(), re.DOTALL
        )
        assert f'datetime="{today}"' in cell
        assert sitting.get_absolute_url() in cell
        assert "23:00" in cell

    def test_the_evening_before_belongs_to_the_city_and_not_to_utc(self, body):
        # 00:30 on 1 July in Kaiserslautern, 22:30 on 30 June in UTC.
        start = datetime.datetime(2026, 6, 30, 22, 30, tzinfo=datetime.UTC)
        make_sitting(body, start=start)
        june, july = Month(2026, 6), Month(2026, 7)

        found = {
            month: list(Sitting.objects.on_days(month.first, month.following.first))
            for month in (june, july)
        }

        assert found[june] == []
        days = [d for week in weeks_of(july, found[july]) for d in week if d.sittings]
        assert [day.date for day in days] == [datetime.date(2026, 7, 1)]

    def test_weeks_begin_on_monday_and_cover_the_month(self):
        weeks = weeks_of(Month(2026, 2), [])

        assert {len(week) for week in weeks} == {7}
        assert all(week[0].date.weekday() == 0 for week in weeks)
        inside = [d.date.day for week in weeks for d in week if d.is_in_month]
        assert inside == list(range(1, 29))

    def test_over_the_turn_of_the_year(self, client, body):
        year = timezone.localdate().year

        found = hrefs(client.get(f"/sittings/?month={year}-12"))

        assert f"?month={year}-11#calendar" in found
        assert f"?month={year + 1}-01#calendar" in found

        found = hrefs(client.get(f"/sittings/?month={year}-01"))

        assert f"?month={year - 1}-12#calendar" in found

    def test_it_ends_somewhere(self, client, body):
        last = timezone.localdate().year + 3

        found = hrefs(client.get(f"/sittings/?month={last}-12"))

        assert f"?month={last}-11#calendar" in found
        assert f"?month={last + 1}-01#calendar" not in found


class TestOne:
    def test_when_where_and_whose(self, client, body):
        sitting = make_sitting(
            body,
            start=datetime.datetime(2027, 7, 1, 16, 0, tzinfo=datetime.UTC),
            place="Grundschule <Hohenecken>",
            ris_url="https://ris.example.org/si0057?ksinr=7",
        )

        response = client.get(f"/en{sitting.get_absolute_url()}")

        shown = text_of(response)
        for text in (
            "Ortsbeirat Hohenecken",
            "1 July 2027, 18:00",
            "Grundschule <Hohenecken>",
            "The agenda follows with the invitation",
        ):
            assert text in shown
        assert "https://ris.example.org/si0057?ksinr=7" in hrefs(response)
        assert "/en/districts/hohenecken/" in hrefs(response)

    def test_the_agenda_with_its_contributions(self, client, body):
        sitting = make_sitting(body, state=State.INVITED)
        make_item(sitting, "Einwohnerfragestunde")
        pin = make_pin(title="Mehr <Schatten>", status=Status.SCHEDULED)
        make_consultation(body, pin, item=make_item(sitting, pin.title))

        response = client.get(f"/en{sitting.get_absolute_url()}")

        shown = text_of(response)
        for text in ("Einwohnerfragestunde", "Mehr <Schatten>", "On the agenda"):
            assert text in shown
        assert f"/en/pins/{pin.reference}" in hrefs(response)
        assert f'data-reference="{pin.reference}"' in response.content.decode()

    def test_a_bundle_that_is_partly_shown_is_not_called_like_what_is_not(
        self, client, body
    ):
        sitting = make_sitting(body, state=State.INVITED)
        unseen = make_pin(title="Wird gelöscht", visibility="hidden")
        seen = make_pin(title="Bleibt stehen")
        make_consultation(body, unseen, seen, item=make_item(sitting, unseen.title))

        shown = text_of(client.get(f"/en{sitting.get_absolute_url()}"))

        assert "Bleibt stehen" in shown
        assert "Wird gelöscht" not in shown
        assert "One more contribution is no longer shown." in shown

    @pytest.mark.parametrize("number", [1, 12])
    def test_seven_queries(self, client, body, number, django_assert_num_queries):
        sitting = make_sitting(body, state=State.HELD, days=-1)
        for _ in range(number):
            make_consultation(body, make_pin(), item=make_item(sitting))

        with django_assert_num_queries(7):
            client.get(sitting.get_absolute_url())

    def test_as_data_for_search_engines(self, client, body):
        sitting = make_sitting(body, place='Saal </script><b>"1"')

        html = client.get(sitting.get_absolute_url()).content.decode()

        [block] = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL
        )
        event = json.loads(block)
        assert event["location"]["name"] == sitting.place
        assert datetime.datetime.fromisoformat(event["startDate"]) == (
            sitting.start.replace(second=0, microsecond=0)
        )
        assert event["eventStatus"] == "https://schema.org/EventScheduled"

    def test_a_moved_one_names_the_day_before_to_search_engines(self, client, body):
        before = at(4, hour=19)
        sitting = make_sitting(body, start=at(5, hour=18), moved_from=before)

        html = client.get(sitting.get_absolute_url()).content.decode()

        assert "https://schema.org/EventRescheduled" in html
        assert f'"previousStartDate": "{timezone.localtime(before).isoformat()}"' in (
            html
        )

    @pytest.mark.parametrize("address", ["0/", "99999999999999999999999/", "x/", "-1/"])
    def test_none_such(self, client, body, address):
        assert client.get(f"/sittings/{address}").status_code == 404

    def test_only_to_be_read(self, client, body):
        sitting = make_sitting(body)

        assert client.post(sitting.get_absolute_url()).status_code == 405


def fetch(client, address):
    """Return the answer and what is in it, which closes its file."""
    response = client.get(address)
    return response, response.getvalue()


class TestPapers:
    @pytest.mark.parametrize(
        ("state", "fields", "status"),
        [
            (State.PLANNED, {}, 404),
            (State.INVITED, {}, 200),
            (State.HELD, {}, 200),
            (State.CANCELLED, {}, 200),
            (State.CANCELLED, {"invited_at": None}, 404),
        ],
    )
    def test_the_invitation_once_it_has_gone_out(
        self, client, body, state, fields, status
    ):
        sitting = make_sitting(body, state=state, **fields)
        sitting.invitation.save("egal.pdf", ContentFile(b"%PDF-1.7 geheim"))

        response, content = fetch(client, f"/sittings/{sitting.pk}/invitation.pdf")

        assert response.status_code == status
        assert (b"geheim" in content) == (status == 200)
        page = client.get(sitting.get_absolute_url())
        is_linked = f"/sittings/{sitting.pk}/invitation.pdf" in hrefs(page)
        assert is_linked == (status == 200)

    @pytest.mark.parametrize("state", State)
    def test_the_minutes_of_what_was_held(self, client, body, state):
        sitting = make_sitting(body, state=state)
        sitting.minutes.save("egal.pdf", ContentFile(b"%PDF-1.7 protokoll"))

        response, _content = fetch(client, f"/sittings/{sitting.pk}/minutes.pdf")

        assert (response.status_code == 200) == (state == State.HELD)

    def test_a_file_that_can_do_nothing_here(self, client, body):
        sitting = make_sitting(body, state=State.INVITED)
        sitting.invitation.save("egal.pdf", ContentFile(b"%PDF-1.7"))

        response, _content = fetch(client, f"/sittings/{sitting.pk}/invitation.pdf")

        day = timezone.localdate(sitting.start)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == (
            f'attachment; filename="einladung-ortsbeirat-hohenecken-{day}.pdf"'
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        again = client.get(
            f"/sittings/{sitting.pk}/invitation.pdf",
            headers={"If-None-Match": response["ETag"]},
        )
        assert again.status_code == 304

    @pytest.mark.parametrize("name", ["invitation", "minutes"])
    def test_none_there(self, client, body, name):
        sitting = make_sitting(body, state=State.HELD)
        address = f"/sittings/{sitting.pk}/{name}.pdf"
        assert client.get(address).status_code == 404

        Sitting.objects.update(**{name: "sittings/verschwunden.pdf"})
        assert client.get(address).status_code == 404
