"""The demo: users of every role and invented pins, loaded twice without harm."""

import datetime
import json
from collections import Counter
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from councils.matters import unheard_bodies
from councils.models import Membership
from insek.concept.resolving import adoption, resolutions_on
from insek.models import Goal, Submission, Suggestion
from mapapp import demo
from pins.models import Pin, PublicPin, StatusChange, VisibilityChange
from pins.workflow import (
    STATUS_MOVES,
    MoveNotAllowed,
    Role,
    Status,
    Visibility,
    find_move,
)
from tests.factories import make_body, make_district, make_theme
from tests.geometries import point_in


def entry(number, **fields):
    place = point_in(16 + number % 2)
    return {
        "kind": "idea",
        "theme": "mobility",
        "title": f"Erfundener Beitrag {number}",
        "text": "Ein erfundener Beitrag mit genug Worten.",
        "lon": place.x,
        "lat": place.y,
        "days_ago": 40,
        "visibility": "published",
    } | fields


ENTRIES = [
    entry(0),
    entry(
        1,
        path=["in_review", "endorsed", "adopted", "in_progress", "done"],
        answers={"in_review": "Wir sehen es uns an.", "done": "Fertig."},
    ),
    entry(2, path=["in_review", "not_endorsed"], answers={"not_endorsed": "Zu teuer."}),
    entry(3, visibility="submitted", days_ago=1, place_note="Am Brunnen"),
    entry(4, visibility="rejected", reason="Es nennt Namen."),
    entry(5, visibility="hidden", reason="Es nennt Namen.", language="en"),
    entry(6, visibility="withdrawn"),
]


@pytest.fixture
def city(db):
    make_district(16, body=make_body("Ortsbeirat West"))
    make_district(17, body=make_body("Haupt- und Finanzausschuss"))
    make_body("Stadtrat")
    make_theme("mobility")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pins.json"
    path.write_text(json.dumps({"pins": ENTRIES}))
    return path


@pytest.fixture
def loaded(city, file):
    demo.load_users()
    assert demo.load_pins(file) == len(ENTRIES)
    return file


def pin(number):
    return Pin.objects.get(title=f"Erfundener Beitrag {number}")


def test_a_user_for_each_role_and_each_body(city):
    users = demo.load_users()

    assert [user.name for user in users] == [
        "moderation",
        "planung",
        "redaktion",
        "betrieb",
        "haupt-und-finanzausschuss",
        "west",
        "stadtrat",
    ]
    assert Membership.objects.get(user__username="west").body.slug == "ortsbeirat-west"
    assert not User.objects.get(username="betrieb").groups.exists()


def test_every_user_can_sign_in_and_gets_to_work(city, client):
    work = {
        "moderation": "/moderation/",
        "betrieb": "/moderation/",
        "redaktion": "/planning/",
    }
    for user in demo.load_users():
        response = client.post(
            "/accounts/login/", {"username": user.name, "password": demo.PASSWORD}
        )
        assert response.status_code == 302, user.name
        response = client.get("/accounts/start/", follow=True)
        assert response.status_code == 200, user.name
        page = response.request["PATH_INFO"]
        assert page.startswith(work.get(user.name, "/desk/")), user.name
        client.logout()


def test_each_pin_is_what_its_entry_says(loaded):
    now = timezone.now()
    for number, wanted in enumerate(ENTRIES):
        found = pin(number)
        assert found.visibility == wanted["visibility"]
        assert found.status == [Status.RECEIVED, *wanted.get("path", [])][-1]
        assert found.district.number == 16 + number % 2
        assert found.place_note == wanted.get("place_note", "")
        assert found.language == wanted.get("language", "de")
        assert found.created_at <= now - datetime.timedelta(days=wanted["days_ago"])
    assert PublicPin.objects.count() == 3


def test_each_has_a_history_that_leads_to_where_it_is(loaded):
    for found in Pin.objects.all():
        decisions = list(found.visibility_changes.all())
        assert (decisions[-1].to_visibility if decisions else "submitted") == (
            found.visibility
        )
        steps = list(found.status_changes.all())
        assert (steps[-1].to_status if steps else "received") == found.status
        moments = [
            found.created_at,
            *(decision.created_at for decision in decisions),
            *(step.created_at for step in steps),
            timezone.now(),
        ]
        assert moments == sorted(moments)
        for before, after in pairwise(steps):
            assert before.to_status == after.from_status


def test_bodies_speak_for_themselves_and_the_office_for_none(loaded):
    steps = pin(1).status_changes.values_list(
        "to_status", "body__slug", "actor__username", "public_note"
    )
    body = "haupt-und-finanzausschuss"
    assert list(steps) == [
        ("in_review", body, body, "Wir sehen es uns an."),
        ("endorsed", body, body, ""),
        ("adopted", None, "planung", ""),
        ("in_progress", None, "planung", ""),
        ("done", None, "planung", "Fertig."),
    ]
    assert PublicPin.objects.get(pk=pin(1).pk).public_answer == "Fertig."


def test_refusals_have_their_reason(loaded):
    for number in (4, 5):
        assert pin(number).visibility_changes.last().reason == "Es nennt Namen."
    assert pin(6).visibility_changes.get().actor is None


def test_a_second_time_nothing_is_added_or_changed(loaded):
    def everything():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Pin, StatusChange, VisibilityChange, User, Membership)
        ]

    before = everything()

    demo.load_users()
    assert demo.load_pins(loaded) == 0

    assert everything() == before


def test_only_what_is_missing_is_added(loaded):
    loaded.write_text(json.dumps({"pins": [*ENTRIES, entry(7)]}))

    assert demo.load_pins(loaded) == 1
    assert Pin.objects.count() == len(ENTRIES) + 1


def test_a_password_that_somebody_changed_stays(city):
    demo.load_users()
    west = User.objects.get(username="west")
    west.set_password("ein eigenes")
    west.save()

    demo.load_users()

    west.refresh_from_db()
    assert west.check_password("ein eigenes")


def test_a_city_without_a_demo_has_none(db, settings, monkeypatch, tmp_path, capsys):
    settings.DEMO = True
    monkeypatch.setattr(
        "mapapp.management.commands.load_demo.FOLDER", tmp_path / "nothing"
    )

    call_command("load_demo")

    assert "has no demo: nothing was added." in capsys.readouterr().out
    assert not User.objects.exists()


def test_never_outside_the_demo(city, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="MAPAPP_DEMO=true"):
        call_command("load_demo")

    assert not User.objects.exists()
    assert not Pin.objects.exists()


def test_the_command_loads_the_whole_demo_into_the_city(db, settings, tmp_path, capsys):
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    call_command("load_city")

    call_command("load_demo")

    printed = capsys.readouterr().out
    for line in (
        "600 contributions added.",
        "28 events added.",
        "30 measures added.",
        "4 submissions added.",
        "7 typed cards added.",
        "3 reports to bodies added.",
    ):
        assert line in printed
    assert Suggestion.objects.public().exists()
    # The final concept was adopted, and other drafts are on their way.
    goal = Goal.objects.get(number="1.1")
    assert adoption(resolutions_on(goal)) is not None
    assert unheard_bodies(Submission.objects.get(kind="measures").matter)
    # Nobody is written to.
    assert not ProcrastinateJob.objects.exists()
    assert mail.outbox == []
    assert demo.PASSWORD in printed
    for name in ("moderation", "planung", "betrieb", "hohenecken"):
        assert f"  {name} " in printed
    # Each of the 18 districts has something to show.
    assert set(PublicPin.objects.values_list("district_number", flat=True)) == set(
        range(1, 19)
    )


class TestFile:
    """The file of the real demo; the loader takes it at its word."""

    @pytest.fixture(scope="class")
    def entries(self):
        return json.loads(demo.FILE.read_text("utf-8"))["pins"]

    def test_six_hundred_pins_each_with_its_own_title(self, entries):
        assert len(entries) == len({entry["title"] for entry in entries}) == 600

    def test_every_theme_kind_and_visibility(self, entries):
        assert {e["theme"] for e in entries} == {
            "mobility",
            "energy",
            "development",
            "digital",
        }
        assert {e["kind"] for e in entries} == {"idea", "problem", "keep"}
        counts = Counter(e["visibility"] for e in entries)
        assert counts["published"] > 200
        assert counts["submitted"] > 5

    def test_every_district_has_something_on_every_theme(self, entries):
        shown = Counter(
            (e["district"], e["theme"])
            for e in entries
            if e["visibility"] == "published"
        )
        assert len(shown) == 18 * 4
        assert min(shown.values()) >= 2

    def test_lengths_and_days(self, entries):
        for entry in entries:
            assert 5 <= len(entry["title"]) <= 120
            assert 20 <= len(entry["text"]) <= 4000
            assert len(entry.get("place_note", "")) <= 300
            # Nothing is decided in the future.
            assert entry["days_ago"] >= 1

    def test_only_steps_of_the_table_and_reasons_where_they_are_needed(self, entries):
        wrong: list[tuple[str, ...]] = []
        for entry in entries:
            path = [Status.RECEIVED, *entry.get("path", [])]
            for before, after in pairwise(path):
                is_planners = after in demo.PLANNERS_STEPS
                roles = {Role.PLANNER if is_planners else Role.BODY}
                if Status.SCHEDULED in path:
                    roles |= {Role.SITTING, Role.DECISION}
                reason = entry.get("answers", {}).get(after, "")
                try:
                    find_move(STATUS_MOVES, before, after, roles, reason)
                except MoveNotAllowed as error:
                    wrong.append((entry["title"], before, after, str(error)))
            refused = entry["visibility"] in {Visibility.REJECTED, Visibility.HIDDEN}
            if refused and not entry.get("reason"):
                wrong.append((entry["title"], "no reason"))
            if path[1:] and entry["visibility"] not in {"published", "hidden"}:
                wrong.append((entry["title"], "moved on unpublished"))
            if not set(entry.get("answers", {})) <= set(path):
                wrong.append((entry["title"], "an answer to no step"))
        assert wrong == []
