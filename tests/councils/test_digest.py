"""The weekly mail to the members of a body."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from councils import tasks
from councils.desk.digest import Recipient, recipients, write_digest
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_sitting,
)

BERLIN = timezone.get_default_timezone()


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


def make_reader(body, username="anna", **fields):
    user = make_member(body, username, **fields)
    user.email = f"{username}@example.org"
    user.save()
    return user


def waiting(days, status=Status.RECEIVED, **fields):
    # By the clock on the wall: so many days, also where one of them had 23 or 25 hours.
    since = timezone.localtime() - datetime.timedelta(days=days)
    return make_pin(published_at=since, status=status, **fields)


def digest(user, body):
    return write_digest(Recipient(user.pk, body.pk))


def stamp(moment):
    return int(
        datetime.datetime.fromisoformat(moment).replace(tzinfo=BERLIN).timestamp()
    )


class TestMail:
    def test_what_waits(self, west, settings):
        anna = make_reader(west)
        waiting(1, title="Ganz neu")
        oldest = waiting(12, title="Ein Zebrastreifen & mehr")
        waiting(35, Status.IN_REVIEW, title="In Arbeit")
        make_sitting(west, days=5, place="Bürgerhaus")
        make_sitting(west, days=6, place="Abgesagter Saal", state="cancelled")

        message = digest(anna, west)

        assert message.to == ["anna@example.org"]
        assert "Ortsbeirat West" in message.subject
        assert "2" in message.subject
        ((html, kind),) = message.alternatives
        assert kind == "text/html"
        desk = f"{settings.BASE_URL}/desk/ortsbeirat-west/"
        assert f"{desk}{oldest.reference}/" in message.body
        assert "Ein Zebrastreifen & mehr" in message.body
        assert "Ein Zebrastreifen &amp; mehr" in html
        for text in (message.body, html.partition("<body>")[2]):
            numbers = re.findall(r": *(?:<strong>)?(\d+)\b", text)
            assert numbers[:3] == ["2", "1", "2"]
            assert desk in text
            assert "Bürgerhaus" in text
            assert "Abgesagter Saal" not in text
            assert "Ganz neu" not in text
        # Five days over each: the order of the list is that of the days.
        assert message.body.index("Zebra") < message.body.index("In Arbeit")

    def test_the_five_that_are_overdue_for_longest(self, west):
        anna = make_reader(west)
        for days in range(8, 18):
            waiting(days, title=f"Seit {days} Tagen")

        text = digest(anna, west).body

        found = re.findall(r"Seit (\d+) Tagen", text)
        assert found == ["17", "16", "15", "14", "13"]

    def test_in_the_language_of_the_site(self, west, settings):
        anna = make_reader(west)
        waiting(1)

        settings.LANGUAGE_CODE = "en"
        assert digest(anna, west).subject == "Ortsbeirat West: what waits this week"

    @pytest.mark.parametrize("title", ["<b>Fett</b>", "Zeile\n\nBcc: x@example.org"])
    def test_strange_words_stay_words(self, west, title):
        body = make_body("Ortsbeirat <Nord>\r\nBcc: x@example.org", slug="nord")
        make_district(17, body=body)
        nina = make_reader(body, "nina")
        pin = waiting(20, district=17)
        Pin.objects.filter(pk=pin.pk).update(title="<b>Fett</b> und schief")

        message = digest(nina, body)

        assert "\n" not in message.subject
        assert "<b>Fett</b>" in message.body
        assert "<b>Fett" not in message.alternatives[0][0]
        message.message()

    def test_nothing_where_nothing_waits(self, west):
        anna = make_reader(west)
        waiting(90, Status.SCHEDULED)
        waiting(90, Status.DONE)
        waiting(90, visibility=Visibility.SUBMITTED)

        assert recipients() == []
        assert digest(anna, west) is None


class TestRecipients:
    def test_members_of_today_with_an_address(self, west):
        waiting(1)
        today = timezone.localdate()
        anna = make_reader(west)
        mia = make_reader(west, "mia", role="member")
        make_member(west, "without-address")
        make_reader(west, "former", valid_to=today)
        make_reader(west, "future", valid_from=today + datetime.timedelta(days=1))
        gone = make_reader(west, "gone")
        gone.is_active = False
        gone.save()
        make_reader(make_body("Ortsbeirat Ost"), "egon")

        assert recipients() == [
            Recipient(anna.pk, west.pk),
            Recipient(mia.pk, west.pk),
        ]

    def test_who_has_left_meanwhile_is_not_written_to(self, west):
        waiting(1)
        anna = make_reader(west)
        assert digest(anna, west) is not None

        anna.memberships.update(valid_to=timezone.localdate())
        assert digest(anna, west) is None

    def test_the_number_of_queries_does_not_grow(self, west, django_assert_num_queries):
        for number in range(1, 4):
            body = make_body(f"Beirat {number}")
            make_district(number, body=body)
            make_reader(body, f"reader{number}")
            waiting(1, district=number)

        assert Body.objects.count() == 4
        with django_assert_num_queries(1):
            assert len(recipients()) == 3


class TestJob:
    @pytest.fixture
    def jobs(self, west, monkeypatch):
        # The tests have one connection, which must stay open.
        monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
        make_reader(west)
        waiting(9)

    def sent(self, timestamp):
        """Do what stands in the outbox, as the worker would; return to whom."""
        tasks.send_digests(timestamp)
        jobs = ProcrastinateJob.objects.filter(task_name="councils.tasks.send_digest")
        for job in jobs:
            tasks.send_digest(**job.args)
        return [message.to for message in mail.outbox]

    @pytest.mark.parametrize(
        "moment", ["2026-11-30T07:00", "2026-07-06T07:00"], ids=["winter", "summer"]
    )
    def test_on_monday_at_seven_in_the_city(self, jobs, moment):
        assert self.sent(stamp(moment)) == [["anna@example.org"]]

    @pytest.mark.parametrize(
        "moment", ["2026-11-30T06:00", "2026-07-06T08:00"], ids=["winter", "summer"]
    )
    def test_not_at_the_other_hour_of_the_timetable(self, jobs, moment):
        assert self.sent(stamp(moment)) == []

    def test_nothing_waits_any_more(self, jobs, west):
        """Between the list of readers and the mail everything was done."""
        tasks.send_digests(stamp("2026-11-30T07:00"))
        Pin.objects.update(status=Status.DONE)

        job = ProcrastinateJob.objects.get(task_name="councils.tasks.send_digest")
        tasks.send_digest(**job.args)

        assert mail.outbox == []

    def test_the_worker_knows_it(self):
        periodic = app.periodic_registry.periodic_tasks
        crons = {task.task.name: task.cron for task in periodic.values()}
        assert crons["councils.tasks.send_digests"] == "0 5,6 * * 1"
        assert "councils.tasks.send_digest" in app.tasks
