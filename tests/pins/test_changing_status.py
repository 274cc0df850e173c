"""A body or the planning office moves a published pin on, with a public answer."""

import threading

import pytest
from django.db import connection, transaction

from pins.actions import change_status
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import MoveNotAllowed, Role, Status, Visibility
from tests.factories import make_body, make_district, make_pin, make_user
from tests.locks import wait_until_somebody_waits_for_this_transaction

ANSWER = "Wir nehmen das Thema in unsere nächste Sitzung."


@pytest.fixture
def body(db):
    body = make_body()
    make_district(16, body=body)
    return body


@pytest.fixture
def anna(db):
    return make_user("anna")


def test_a_body_answers(body, anna):
    pin = make_pin()

    step = change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=anna,
        roles={Role.BODY},
        body=body,
        public_note=f"  {ANSWER}\n",
    )

    pin.refresh_from_db()
    assert pin.status == Status.IN_REVIEW
    step.refresh_from_db()
    assert (step.pin, step.from_status, step.to_status) == (
        pin,
        Status.RECEIVED,
        Status.IN_REVIEW,
    )
    assert (step.body, step.actor, step.public_note) == (body, anna, ANSWER)
    shown = PublicPin.objects.get()
    assert (shown.status, shown.public_answer) == (Status.IN_REVIEW, ANSWER)


def test_the_planning_office_speaks_for_no_body(body, anna):
    pin = make_pin(status=Status.ENDORSED)

    step = change_status(
        pin=pin, to=Status.ADOPTED, actor=anna, roles={Role.PLANNER}, body=None
    )

    assert step.body is None
    assert PublicPin.objects.get().timeline[0]["body"] is None


def test_a_refusal_without_an_answer_changes_nothing(body, anna):
    pin = make_pin(status=Status.IN_REVIEW)

    with pytest.raises(MoveNotAllowed):
        change_status(
            pin=pin,
            to=Status.NOT_ENDORSED,
            actor=anna,
            roles={Role.BODY},
            body=body,
            public_note="   ",
        )

    pin.refresh_from_db()
    assert pin.status == Status.IN_REVIEW
    assert not StatusChange.objects.exists()


def test_a_step_of_the_planning_office_is_not_a_bodys(body, anna):
    pin = make_pin(status=Status.ENDORSED)

    with pytest.raises(MoveNotAllowed):
        change_status(
            pin=pin, to=Status.ADOPTED, actor=anna, roles={Role.BODY}, body=body
        )


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_only_a_published_pin_moves_on(body, anna, visibility):
    pin = make_pin(visibility=visibility)

    with pytest.raises(MoveNotAllowed):
        change_status(
            pin=pin, to=Status.IN_REVIEW, actor=anna, roles={Role.BODY}, body=body
        )

    assert not StatusChange.objects.exists()


def test_the_second_of_two_deciders_is_told(body, anna):
    seen_by_first = make_pin(status=Status.IN_REVIEW)
    seen_by_second = Pin.objects.get()

    change_status(
        pin=seen_by_first, to=Status.ENDORSED, actor=anna, roles={Role.BODY}, body=body
    )
    with pytest.raises(MoveNotAllowed):
        change_status(
            pin=seen_by_second,
            to=Status.NOT_ENDORSED,
            actor=make_user("bert"),
            roles={Role.BODY},
            body=body,
            public_note="Nein.",
        )

    assert Pin.objects.get().status == Status.ENDORSED
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_counts():
    body = make_body()
    make_district(16, body=body)
    pin = make_pin(status=Status.IN_REVIEW)
    first_has_decided, outcome = threading.Event(), list[str]()

    def second():
        try:
            first_has_decided.wait(timeout=10)
            change_status(
                pin=Pin.objects.get(),
                to=Status.REFERRED,
                actor=bert,
                roles={Role.BODY},
                body=body,
            )
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    anna, bert = make_user("anna"), make_user("bert")
    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        change_status(
            pin=pin, to=Status.ENDORSED, actor=anna, roles={Role.BODY}, body=body
        )
        first_has_decided.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["told"]
    assert Pin.objects.get().status == Status.ENDORSED
