"""The demo's sittings: contributions on their way through the bodies, as it is lawful."""

import datetime
import json
from itertools import pairwise

import pytest
from django.db.models import F
from django.utils import timezone

from councils.matters import unheard_bodies
from councils.models import AgendaItem, Consultation, Sitting
from districts.models import Body, District
from mapapp import demo
from pins.models import Pin
from pins.workflow import STATUS_MOVES, Role, Status, find_move
from tests.factories import make_body, make_district, make_theme
from tests.geometries import point_in

WAY = ["in_review", "scheduled", "endorsed", "adopted", "in_progress", "done"]
PATHS = {
    "Der ganze Weg": (16, WAY, 300),
    "Der kurze Weg": (3, WAY, 300),
    "Auf der Tagesordnung": (16, ["in_review", "scheduled"], 20),
    "Verwiesen": (16, ["in_review", "scheduled", "referred"], 200),
    "Nicht unterstützt": (16, ["in_review", "scheduled", "not_endorsed"], 200),
    "Zu neu für eine Sitzung": (16, ["in_review", "scheduled", "endorsed"], 2),
}


@pytest.fixture
def city(db):
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    committee = make_body("Hauptausschuss", kind=Body.Kind.COMMITTEE)
    local = make_body("Ortsbeirat Hohenecken", slug="ortsbeirat-hohenecken")
    Body.objects.filter(pk=committee.pk).update(next_body=council)
    Body.objects.filter(pk=local.pk).update(next_body=committee, seats=16)
    make_district(16, body=local)
    make_district(3, body=committee, kind=District.Kind.CORE)
    make_theme("mobility")


@pytest.fixture
def loaded(city, tmp_path):
    entries = []
    for title, (number, path, days_ago) in PATHS.items():
        place = point_in(number)
        entries.append(
            {
                "kind": "idea",
                "theme": "mobility",
                "title": title,
                "text": "Ein erfundener Beitrag mit genug Worten.",
                "lon": place.x,
                "lat": place.y,
                "days_ago": days_ago,
                "visibility": "published",
                "path": path,
                "answers": {"not_endorsed": "Dafür fehlt der Platz."},
            }
        )
    file = tmp_path / "pins.json"
    file.write_text(json.dumps({"pins": entries}))
    demo.load_users()
    demo.load_pins(file)
    return file


def stages(title):
    rows = Consultation.objects.filter(matter__title=title).order_by("order")
    return list(rows.values_list("body__name", "role", "outcome"))


def test_a_matter_goes_from_the_council_of_its_district_to_the_city_council(loaded):
    assert stages("Der ganze Weg") == [
        ("Ortsbeirat Hohenecken", "hearing", "endorsed"),
        ("Hauptausschuss", "advice", "endorsed"),
        ("Stadtrat", "decision", "endorsed"),
    ]
    assert stages("Der kurze Weg") == [
        ("Hauptausschuss", "advice", "endorsed"),
        ("Stadtrat", "decision", "endorsed"),
    ]
    decided = Consultation.objects.filter(matter__title="Der ganze Weg")
    assert list(decided.order_by("decided_at")) == list(decided.order_by("order"))
    items = AgendaItem.objects.filter(consultation__in=decided)
    assert items.filter(votes_for__gt=F("votes_against")).count() == 3


def test_what_is_on_the_agenda_is_on_one_that_everyone_reads(loaded):
    consultation = Consultation.objects.get(matter__title="Auf der Tagesordnung")
    sitting = Sitting.objects.get(items__consultation=consultation)
    assert (sitting.state, consultation.decided_at) == (Sitting.State.INVITED, None)
    assert consultation.announced_at is not None
    assert sitting.start > timezone.now() > consultation.announced_at


def test_what_was_referred_waits_at_the_next_body(loaded):
    assert stages("Verwiesen") == [
        ("Ortsbeirat Hohenecken", "hearing", "referred"),
        ("Hauptausschuss", "advice", ""),
    ]


def test_a_refusal_has_its_reason_and_more_votes_against(loaded):
    refused = Consultation.objects.get(matter__title="Nicht unterstützt")
    assert refused.reason == "Dafür fehlt der Platz."
    assert AgendaItem.objects.filter(
        consultation=refused, votes_against__gt=F("votes_for")
    ).exists()


def test_without_a_sitting_that_fits_the_desk_answers(loaded):
    assert stages("Zu neu für eine Sitzung") == []
    assert Pin.objects.get(title="Zu neu für eine Sitzung").status == Status.ENDORSED


def test_every_step_is_one_of_the_table_and_follows_the_one_before(loaded):
    for pin in Pin.objects.all():
        steps = list(pin.status_changes.all())
        for step in steps:
            reason = step.public_note
            find_move(STATUS_MOVES, step.from_status, step.to_status, set(Role), reason)
        for before, after in pairwise(steps):
            assert before.to_status == after.from_status
            assert before.created_at < after.created_at <= timezone.now()
        assert steps[-1].to_status == pin.status


def test_nothing_was_decided_without_the_hearing(loaded):
    for decision in Consultation.objects.filter(is_authoritative=True):
        assert unheard_bodies(decision.matter) == []


def test_agendas_begin_with_the_question_time_and_keep_a_secret(loaded):
    for sitting in Sitting.objects.filter(items__isnull=False).distinct():
        items = list(sitting.items.order_by("order"))
        assert [item.order for item in items] == list(range(1, len(items) + 1))
        assert items[0].title == "Einwohnerfragestunde"
        assert not items[-1].is_public


def test_the_calendar_goes_on_and_a_second_loading_adds_nothing(loaded):
    counts = [model.objects.count() for model in (Sitting, AgendaItem, Consultation)]
    for body in Body.objects.all():
        later = timezone.now() + datetime.timedelta(days=40)
        assert Sitting.objects.of_body(body).filter(start__gt=later).exists()
    weekend = {5, 6}
    days = {timezone.localtime(s.start).weekday() for s in Sitting.objects.all()}
    assert not days & weekend
    demo.load_pins(loaded)
    after = [model.objects.count() for model in (Sitting, AgendaItem, Consultation)]
    assert counts == after
