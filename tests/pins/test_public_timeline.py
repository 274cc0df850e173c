"""The public timeline: the steps of a pin with body and answer, and nobody's name."""

import json

import pytest
from django.utils import timezone

from pins.actions import (
    change_status,
)
from pins.models import PublicPin, StatusChange
from pins.workflow import Role, Status
from tests.factories import (
    make_body,
    make_district,
    make_pin,
    make_user,
)


@pytest.fixture
def body(db):
    return make_body("Ortsbeirat Hohenecken")


@pytest.fixture
def district(body):
    return make_district(16, name="Hohenecken", body=body)


@pytest.fixture
def anna(district):
    return make_user("anna")


def shown() -> PublicPin:
    return PublicPin.objects.get()


def properties(pin):
    """Return the properties of the stored feature, closed as exports close it."""
    return json.loads(f'{pin.feature}"}}}}')["properties"]


def move(pin, to, actor, body=None, note=""):
    return change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles={Role.BODY, Role.PLANNER},
        body=body,
        public_note=note,
    )


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

    assert set(shown().timeline[0]) == {"at", "status", "body", "note"}
    assert "anna" not in json.dumps(shown().timeline)
