"""The demo's process: true days where they are known, and a trace that holds."""

import datetime
import json

import pytest
from django.core import mail
from django.utils import timezone

from insek.models import (
    Event,
    FieldOfAction,
    Goal,
    Link,
    Measure,
    MeasureGoal,
    Milestone,
    Phase,
    PinOrigin,
    Registration,
    Stand,
)
from mapapp import demo, demo_concept, demo_process
from pins.models import PublicPin
from pins.participation import open_acts
from pins.workflow import Source, Status
from tests.factories import make_body, make_district, make_phase, make_theme
from tests.geometries import point_in

LOADERS = (
    demo_process.load_phases,
    demo_process.load_events,
    demo_process.load_origins,
    demo_concept.load_goals,
    demo_concept.load_measures,
    demo_concept.load_links,
)


@pytest.fixture(scope="module")
def entries():
    return {e["title"]: e for e in json.loads(demo.FILE.read_text("utf-8"))["pins"]}


@pytest.fixture
def loaded(db, entries, tmp_path):
    """Two contributions of the demo, one of them from a stand, and all of the process."""
    make_district(16, body=make_body("Ortsbeirat West"))
    for slug in ("mobility", "energy", "development", "digital"):
        make_theme(slug)
    for number in range(1, 5):
        FieldOfAction.objects.create(
            number=number, slug=f"feld-{number}", title_de=f"Feld {number}"
        )
    demo.load_users()
    with_measure = demo_concept.read_concept()["measures"][0]["pins"][0]["titles"][0]
    chosen = {with_measure, "Mehr Fahrradbügel rund um den Stiftsplatz"}
    place = point_in(16)
    pins = [
        entry | {"lon": place.x, "lat": place.y, "path": []}
        for title, entry in entries.items()
        if title in chosen
    ]
    file = tmp_path / "pins.json"
    file.write_text(json.dumps({"pins": pins}))
    assert demo.load_pins(file) == 2
    assert all(load() > 0 for load in LOADERS)
    return with_measure


def test_what_is_known_lies_on_its_true_days(loaded):
    assert Phase.objects.order_by("starts_on")[0].starts_on.isoformat() == "2020-08-25"
    for title, day in (
        ("Die Stadt von Übermorgen: Auftakt zum INSEK", "2021-11-03"),
        ("Öffentlicher Auftakt mit Dialog auf der Karte", "2024-03-20"),
        ("Zweite öffentliche Veranstaltung", "2024-11-13"),
        ("Marktplatz der Ideen", "2025-05-14"),
    ):
        event = Event.objects.get(title_de=title)
        assert timezone.localdate(event.starts_at).isoformat() == day
    adoption = Phase.objects.get(title_de="Ausarbeitung und Beschluss")
    assert adoption.ends_on == demo_concept.ADOPTED_ON


def test_everybody_may_take_part_today_and_something_is_coming(loaded):
    acts = open_acts()
    assert acts.pin
    assert acts.comment
    assert acts.support
    assert Phase.objects.coming().exists()
    assert {e.format for e in Event.objects.public()} == set(Event.Format)
    assert Event.objects.public().upcoming().count() >= 5
    assert any(stand.is_open for stand in Stand.objects.all())


def test_a_workshop_is_full_and_some_wait(loaded):
    event = Registration.objects.in_line()[0].event
    assert Registration.objects.filter(event=event).coming().persons() == event.capacity
    assert mail.outbox == []


def test_invented_things_say_so(loaded):
    for thing in [*Goal.objects.all(), *Measure.objects.all()]:
        assert "Beispiel der Demo" in thing.text_de
        assert "Example of the demo" in thing.text_en
    for event in Event.objects.filter(starts_at__year__gte=2026):
        assert "Beispiel der Demo" in event.text_de


def test_goals_are_a_tree_and_measures_serve_them(loaded):
    for goal in Goal.objects.exclude(parent=None):
        assert goal.parent
        assert goal.number.startswith(f"{goal.parent.number}.")
    assert not Measure.objects.filter(goals=None).exists()
    assert MeasureGoal.objects.count() >= Measure.objects.count()
    assert Measure.objects.values("state").distinct().count() == len(Measure.State)
    assert Milestone.objects.overdue().exists()
    assert Milestone.objects.exclude(done_on=None).exists()


def test_a_contribution_says_which_measure_took_it_up_and_where_it_came_from(loaded):
    assert (PublicPin.objects.get(title=loaded).measure or "").startswith("M 1 ")
    origin = PinOrigin.objects.get()
    assert origin.pin.source == Source.STAND
    assert origin.stand == origin.event.stands.first()
    assert origin.event.ends_at < origin.pin.created_at
    from_events = [e for e in demo_concept.read_concept()["links"] if "event" in e]
    assert Link.objects.filter(event__isnull=False).count() == len(from_events)


def test_a_second_time_nothing_is_added(loaded):
    assert [load() for load in LOADERS] == [0] * len(LOADERS)


def test_phases_of_another_hand_stay_alone(db):
    make_phase(title_de="Unsere Phase")

    assert demo_process.load_phases() == 0
    assert Phase.objects.count() == 1


def test_what_is_carried_out_has_a_measure_and_measures_answer_all_districts(entries):
    answered = {
        title
        for measure in demo_concept.read_concept()["measures"]
        for row in measure["pins"]
        for title in row["titles"]
    }
    carried_out = {Status.ADOPTED, Status.IN_PROGRESS, Status.DONE}
    expected = {
        title
        for title, entry in entries.items()
        if entry["visibility"] == "published" and carried_out & {*entry["path"]}
    }
    assert expected <= answered <= set(entries)
    assert len(answered) >= 120
    assert {entries[title]["district"] for title in answered} == set(range(1, 19))
    assert all(entries[title]["visibility"] == "published" for title in answered)


def test_what_a_goal_takes_up_is_public(entries):
    titles = [e["pin"] for e in demo_concept.read_concept()["links"] if "pin" in e]
    assert titles
    assert all(entries[title]["visibility"] == "published" for title in titles)


def test_what_came_from_an_event_came_after_it(entries):
    events = {event["key"]: event for event in demo_process.read_process()["events"]}
    for entry in entries.values():
        assert ("event" in entry) == (entry.get("source", "online") != "online")
        if "event" in entry:
            assert -events[entry["event"]]["on"] > entry["days_ago"]


def test_days_are_true_or_count_from_today():
    assert all(demo_process.weekday(n).weekday() < 5 for n in range(7))
    assert demo_process.on_day("2025-10-06") == datetime.date(2025, 10, 6)
    assert demo_process.on_day(-1) < timezone.localdate()
