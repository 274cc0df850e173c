"""The jobs of the process, called as a worker calls them."""

import datetime
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from insek import tasks
from insek.cards import keeping as cards
from insek.cards.reading import Table
from insek.events.letters import Letter
from insek.events.registering import Guest, invite, register, revoke
from insek.models import (
    BodyReport,
    CardSheet,
    Invitation,
    NumbersSnapshot,
    Registration,
    Suggestion,
)
from insek.numbers.snapshots import latest
from insek.pages.models import BarrierNotice
from insek.pages.tasks import erase_barrier_notices
from insek.reports import keeping as reports
from insek.reports.months import Month
from layers.models import Theme
from pins.models import Pin
from tests.factories import (
    make_body,
    make_district,
    make_editor,
    make_event,
    make_member,
    make_pin,
    make_planner,
    make_theme,
)
from tests.geometries import point_in
from tests.jobs import values_of
from trust.register import erase_due

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Let jobs keep the connection of the test: nobody else sees its transaction."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


@pytest.fixture(autouse=True)
def district(db):
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat"))


def work_off(name):
    """Do the waiting jobs of a name, once each; return how many there were."""
    waiting = ProcrastinateJob.objects.filter(task_name=f"insek.tasks.{name}")
    jobs = list(waiting.order_by("pk"))
    for job in jobs:
        app.tasks[job.task_name](**values_of(job))
    return len(jobs)


def test_numbers_are_counted_anew():
    latest()
    make_pin()

    tasks.count_numbers()

    assert NumbersSnapshot.objects.get().data
    assert latest().data == NumbersSnapshot.objects.get().data


class TestCards:
    @pytest.fixture
    def sheet(self):
        make_theme()
        here = point_in(16)
        cells = {
            "Art": "Idee",
            "Thema": "Thema mobility",
            "Titel": "Eine Bank am Brunnen",
            "Text": "Vom Brunnen aus sieht man die Burg, aber man muss stehen.",
            "Längengrad": str(here.x),
            "Breitengrad": str(here.y),
        }
        return cards.keep_sheet(
            event=make_event(),
            name="karten.xlsx",
            table=Table(list(cells), [(2, list(cells.values()))]),
            actor=make_editor(),
        )

    def test_a_large_sheet_is_imported_later_and_once(
        self, sheet, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(cards, "AT_ONCE", 0)
        with django_capture_on_commit_callbacks(execute=True):
            cards.start_import(sheet=sheet)
        before = Pin.objects.count()

        assert work_off("import_cards") == 1
        assert work_off("import_cards") == 1

        sheet.refresh_from_db()
        assert (before, Pin.objects.count()) == (0, 1)
        assert sheet.state == CardSheet.State.IMPORTED

    def test_a_sheet_that_was_discarded_meanwhile(self, sheet):
        cards.discard_sheet(sheet=sheet)

        tasks.import_cards(str(sheet.pk))

        assert not Pin.objects.exists()

    def test_old_ones_are_forgotten(self, sheet, caplog):
        CardSheet.objects.update(created_at=timezone.now() - cards.LIFETIME - DAY)

        with caplog.at_level("INFO"):
            erase_due(["cards"], dry_run=False)

        assert "cards: 1 erased." in caplog.text
        assert not CardSheet.objects.exists()


class TestMails:
    @pytest.fixture
    def registration(self):
        register(
            event=make_event(takes_registrations=True),
            guest=Guest("kim@example.org", "de"),
        )
        return Registration.objects.get()

    @pytest.fixture
    def invitation(self):
        return invite(
            event=make_event(takes_registrations=True, is_by_invitation=True),
            email="kim@example.org",
            language="de",
            group=None,
            actor_id=make_editor().pk,
        )

    def test_a_letter_is_sent(self, registration):
        assert work_off("send_letter") == 1
        assert [sent.to for sent in mail.outbox] == [["kim@example.org"]]

    def test_what_is_no_longer_true_is_not(self, registration):
        tasks.send_letter(registration.pk, Letter.CONFIRMED.value)

        assert mail.outbox == []

    def test_who_was_erased_gets_none(self, registration):
        Registration.objects.all().delete()

        work_off("send_letter")

        assert mail.outbox == []

    def test_an_invitation_is_sent(self, invitation):
        assert work_off("send_invitation") == 1
        assert [sent.to for sent in mail.outbox] == [["kim@example.org"]]

    @pytest.mark.parametrize("way", ["taken back", "erased"])
    def test_an_invitation_that_holds_no_longer(self, invitation, way):
        if way == "erased":
            Invitation.objects.all().delete()
        else:
            revoke(invitation=invitation)

        work_off("send_invitation")

        assert mail.outbox == []


class TestReports:
    @pytest.fixture
    def member(self, monkeypatch, settings, tmp_path):
        # Setting a file takes seconds, and nobody looks at it here.
        monkeypatch.setattr(reports, "make_pdf", lambda contents: b"%PDF-1.7 report")
        settings.MEDIA_ROOT = tmp_path
        body = make_body("Stadtrat")
        user = make_member(body, "anna")
        user.email = "anna@example.org"
        user.save()
        return user

    def test_from_the_schedule_to_the_mailbox_once(self, member, caplog):
        with caplog.at_level("INFO"):
            tasks.ask_for_reports(0)
            tasks.ask_for_reports(0)

        # Of two bodies; the second time they are asked for already.
        assert work_off("make_report") == 2
        assert work_off("make_report") == 2
        assert work_off("send_report") == 1
        assert "2 reports to bodies to make." in caplog.text
        assert BodyReport.objects.filter(made_by=None).count() == 2
        (sent,) = mail.outbox
        assert sent.to == ["anna@example.org"]
        (attached,) = sent.attachments
        assert attached[1] == b"%PDF-1.7 report"

    def test_a_planner_asks_for_one_and_nobody_gets_a_mail(self, member):
        planner = make_planner()
        body = member.memberships.get().body

        tasks.make_report(body.pk, Month.last().code, planner.pk)

        assert BodyReport.objects.get().made_by == planner
        assert work_off("send_report") == 0

    def test_a_body_that_is_gone(self, member):
        tasks.make_report(0, Month.last().code, None)

        assert not BodyReport.objects.exists()

    def test_who_left_the_body_gets_no_mail(self, member):
        tasks.ask_for_reports(0)
        work_off("make_report")
        member.memberships.all().delete()

        assert work_off("send_report") == 1
        assert mail.outbox == []


class TestSuggestions:
    @pytest.fixture
    def row(self):
        """Five in a row, about 36 m from one to the next."""
        first = point_in(16, 0.05, 0.25)
        return [
            make_pin(
                location=Point(first.x + n * 0.0005, first.y, srid=4326),
                title="Zebrastreifen an der Ecke",
            )
            for n in range(5)
        ]

    def test_every_night(self, row, caplog):
        with caplog.at_level("INFO"):
            tasks.make_suggestions(0)

        made = Suggestion.objects.count()
        assert f"{made} suggestions made." in caplog.text
        spots = Suggestion.objects.filter(kind=Suggestion.Found.HOTSPOT, theme=None)
        assert spots.get().members.count() == 5

    def test_hot_spots_of_what_was_asked_for(self, row):
        theme = Theme.objects.get()
        kind = row[0].kind

        tasks.look_for_hotspots(theme.pk, kind, 50, 3)
        tasks.look_for_hotspots(None, "", 20, 3)

        (spot,) = Suggestion.objects.all()
        assert (spot.theme, spot.pin_kind, spot.metres) == (theme, kind, 50)


def test_numbers_of_reports_of_barriers_are_erased(caplog):
    now = timezone.now()
    BarrierNotice.objects.create(key=uuid4(), sent_at=now - 2 * DAY)
    kept = BarrierNotice.objects.create(key=uuid4(), sent_at=now)

    with caplog.at_level("INFO"):
        erase_barrier_notices(0)

    assert "1 numbers of reports of barriers erased." in caplog.text
    assert list(BarrierNotice.objects.all()) == [kept]
