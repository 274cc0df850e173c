"""A body hands a contribution over to another one, for a reason everyone can read."""

import threading

import pytest
from django.db import connection, transaction

from pins.actions import change_status
from pins.handovers import HANDED_OVER_FROM, hand_over
from pins.models import Handover, Pin, PublicPin
from pins.workflow import MoveNotAllowed, Role, Status, Visibility
from tests.factories import make_body, make_district, make_pin, make_user
from tests.locks import wait_until_somebody_waits_for_this_transaction
from tests.pages import text_of

REASON = "Der Weg liegt im Wald der Nachbarn."


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def east(db):
    body = make_body("Ortsbeirat Ost")
    make_district(17, body=body)
    return body


@pytest.fixture
def anna(db):
    return make_user("anna")


def handed(pin, to_body, actor, from_body, reason=REASON):
    return hand_over(
        pin=pin, to_body=to_body, actor=actor, from_body=from_body, reason=reason
    )


@pytest.mark.parametrize("status", sorted(HANDED_OVER_FROM))
def test_another_body_answers(west, east, anna, status):
    pin = make_pin(status=status)

    handover = handed(pin, east, anna, west, f"  {REASON}\n")

    assert (handover.from_body, handover.to_body, handover.actor) == (west, east, anna)
    assert handover.reason == REASON
    shown = PublicPin.objects.get()
    assert shown.body == east
    assert shown.waiting_since == handover.created_at
    (step,) = shown.steps()
    assert (step.body, step.handed_to, step.note) == (west.name, east.name, REASON)


def test_everyone_reads_it_in_its_place(client, west, east, anna):
    pin = make_pin()
    handed(pin, east, anna, west)
    change_status(
        pin=pin, to=Status.IN_REVIEW, actor=anna, roles={Role.BODY}, body=east
    )

    first, second = PublicPin.objects.get().steps()
    response = client.get(f"/en/pins/{pin.reference}")

    assert (first.handed_to, first.group) == (east.name, "neutral")
    assert (second.handed_to, second.status) == ("", Status.IN_REVIEW)
    assert response.status_code == 200
    assert f"Handed over to {east.name}" in text_of(response)


def test_back_to_the_body_of_its_district(west, east, anna):
    pin = make_pin()
    handed(pin, east, anna, west)

    handed(pin, west, anna, east)

    pin.refresh_from_db()
    assert pin.handed_to is None
    assert PublicPin.objects.get().body == west


@pytest.mark.parametrize("status", sorted(set(Status) - HANDED_OVER_FROM))
def test_what_has_come_farther_stays(west, east, anna, status):
    other = make_pin() if status == Status.DUPLICATE else None
    pin = make_pin(status=status, duplicate_of=other)

    with pytest.raises(MoveNotAllowed):
        handed(pin, east, anna, west)


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_only_what_everyone_sees(west, east, anna, visibility):
    with pytest.raises(MoveNotAllowed):
        handed(make_pin(visibility=visibility), east, anna, west)


def test_not_to_itself(west, anna):
    with pytest.raises(MoveNotAllowed, match=r"anderes Gremium|another body"):
        handed(make_pin(), west, anna, west)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_not_without_a_reason(west, east, anna, reason):
    with pytest.raises(MoveNotAllowed):
        handed(make_pin(), east, anna, west, reason)
    assert not Handover.objects.exists()


def test_not_by_a_body_that_does_not_answer_for_it(west, east, anna):
    third = make_body("Ausschuss")
    with pytest.raises(MoveNotAllowed):
        handed(make_pin(), third, anna, east)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_counts():
    west, east = make_body("Ortsbeirat West"), make_body("Ortsbeirat Ost")
    third = make_body("Ausschuss")
    make_district(16, body=west)
    pin, anna, bert = make_pin(), make_user("anna"), make_user("bert")
    first_is_done, outcome = threading.Event(), list[str]()

    def second():
        try:
            first_is_done.wait(timeout=10)
            handed(Pin.objects.get(), third, bert, west)
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        handed(pin, east, anna, west)
        first_is_done.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["told"]
    assert PublicPin.objects.get().body == east
