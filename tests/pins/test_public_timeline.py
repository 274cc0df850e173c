"""The public timeline: the steps of a pin with body and answer, and nobody's name."""

import json

from django.utils import timezone, translation

from pins.models import StatusChange
from pins.workflow import Status
from tests.factories import (
    make_body,
    make_pin,
)
from tests.pins.public_rows import move, properties, shown


def test_steps_in_order_with_body_and_answer(anna, body):
    pin = make_pin()
    first = move(pin, Status.IN_REVIEW, anna, body, "Wir sehen es uns an.")
    last = move(pin, Status.ENDORSED, anna, body)

    row = shown()

    assert row.status == Status.ENDORSED
    assert row.status_changed_at == last.created_at
    assert row.public_answer == "Wir sehen es uns an."
    steps = row.steps()
    assert [(s.at, s.status, s.body, s.note) for s in steps] == [
        (
            first.created_at,
            "in_review",
            "Ortsbeirat Hohenecken",
            "Wir sehen es uns an.",
        ),
        (last.created_at, "endorsed", "Ortsbeirat Hohenecken", ""),
    ]
    assert (steps[1].label, steps[1].group) == (str(Status.ENDORSED.label), "positive")


def test_the_latest_answer_counts(anna, body):
    pin = make_pin()
    move(pin, Status.IN_REVIEW, anna, body, "Wir sehen es uns an.")
    move(pin, Status.ENDORSED, anna, body, "Wir sind dafür.")

    assert shown().public_answer == "Wir sind dafür."
    assert properties(shown())["public_answer"] == "Wir sind dafür."


def test_steps_of_the_same_moment_keep_their_order(anna):
    pin, now = make_pin(status=Status.SCHEDULED), timezone.now()
    for before, after in [
        (Status.RECEIVED, Status.IN_REVIEW),
        (Status.IN_REVIEW, Status.SCHEDULED),
    ]:
        StatusChange.objects.create(
            pin=pin,
            from_status=before,
            to_status=after,
            actor=anna,
            public_note=after,
            created_at=now,
        )

    assert [s.status for s in shown().steps()] == ["in_review", "scheduled"]
    assert shown().public_answer == "scheduled"


def test_nobodys_name_is_in_it(anna, body):
    move(make_pin(), Status.IN_REVIEW, anna, body)

    assert set(shown().timeline[0]) == {
        "id",
        "at",
        "status",
        "body",
        "note",
        "handed_to",
    }
    assert "anna" not in json.dumps(shown().timeline)


def test_the_time_to_the_first_answer_is_known_once_there_is_one(anna, body):
    pin = make_pin()
    assert shown().answered_after is None

    move(pin, Status.IN_REVIEW, anna, body)
    assert shown().answered_after is None

    answer = move(pin, Status.REFERRED, anna, body, "Das fragen wir das Straßenamt.")
    move(pin, Status.NOT_ENDORSED, anna, body, "Doch nicht.")
    assert shown().answered_after == answer.created_at - shown().published_at


def test_the_answer_is_that_of_who_gave_it(anna, body):
    pin = make_pin(status=Status.IN_REVIEW)
    move(pin, Status.ENDORSED, anna, body, note="Das soll so kommen.")
    assert shown().answered_by == body.name

    council = make_body("Stadtrat")
    move(pin, Status.ADOPTED, anna, council, note="Die Mittel stehen bereit.")
    assert (shown().answered_by, shown().body_name) == ("Stadtrat", body.name)

    move(pin, Status.IN_PROGRESS, anna, note="Der Bau hat begonnen.")
    with translation.override("en"):
        assert shown().answered_by == "City planning office"
