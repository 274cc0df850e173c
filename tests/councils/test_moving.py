"""Moving a contribution on from the desk: the table of moves, and what bodies owe."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from councils.agendas import put_on_agenda
from councils.desk.moving import hand_over_pin, move_pin, next_steps, unheard_on
from councils.matters import MatterRefused, gather, waive_hearing
from councils.models import Consultation
from districts.models import Body
from pins.actions import change_status
from pins.handovers import hand_over
from pins.models import Pin, StatusChange
from pins.workflow import STATUS_MOVES, MoveNotAllowed, Role, Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_pin,
    make_sitting,
    make_user,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction

REASON = "Dafür spricht viel."


@pytest.fixture
def committee(db):
    """A body that need not be heard."""
    body = make_body("Ausschuss", kind=Body.Kind.COMMITTEE)
    make_district(16, body=body)
    return body


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(17, body=body)
    return body


@pytest.fixture
def anna(db):
    return make_user("anna")


def make_pin_in(status, **fields):
    if status == Status.DUPLICATE:
        fields["duplicate_of"] = make_pin(district=fields.get("district", 16))
    return make_pin(status=status, **fields)


def move(pin, to, desk, actor, *roles, note=REASON, into=None):
    return move_pin(
        pin=pin,
        to=to,
        desk=desk,
        actor=actor,
        roles=frozenset(roles),
        body=desk if Role.BODY in roles else None,
        public_note=note,
        duplicate_of=into,
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("source", Status)
def test_just_the_moves_of_the_table(committee, anna, source, role):
    pin, survivor = make_pin_in(source), make_pin()
    allowed = {m.target for m in STATUS_MOVES if m.source == source and role in m.roles}

    reached = set()
    for target in Status:
        into = survivor if target == Status.DUPLICATE else None
        with transaction.atomic():
            try:
                move(pin, target, committee, anna, role, into=into)
                reached.add(target)
            except MoveNotAllowed:
                assert Pin.objects.get(pk=pin.pk).status == source
            transaction.set_rollback(True)

    assert reached == allowed
    offered = next_steps(pin, frozenset({role}))
    assert set(offered.statuses) == allowed - {Status.DUPLICATE}
    assert offered.may_merge == (Status.DUPLICATE in allowed)


@pytest.mark.parametrize("role", [Role.BODY, Role.PLANNER])
def test_nobody_puts_it_on_an_agenda_or_takes_it_off_by_hand(committee, role):
    for status in Status:
        steps = next_steps(make_pin_in(status), frozenset({role})).statuses
        assert Status.SCHEDULED not in steps
        assert status != Status.SCHEDULED or steps == []


def test_the_desk_must_answer_for_it(committee, west, anna):
    pin = make_pin()
    hand_over(
        pin=pin, to_body=west, actor=anna, from_body=committee, reason="Nicht hier."
    )

    with pytest.raises(MoveNotAllowed):
        move(pin, Status.IN_REVIEW, committee, anna, Role.BODY)
    assert not StatusChange.objects.exists()


class TestSentTwice:
    def test_it_is_one_step(self, committee, anna):
        pin = make_pin()
        first = move(pin, Status.IN_REVIEW, committee, anna, Role.BODY)
        second = move(pin, Status.IN_REVIEW, committee, anna, Role.BODY)

        assert first == second
        assert StatusChange.objects.count() == 1

    def test_other_words_are_told(self, committee, anna):
        pin = make_pin()
        move(pin, Status.IN_REVIEW, committee, anna, Role.BODY)

        with pytest.raises(MoveNotAllowed):
            move(pin, Status.IN_REVIEW, committee, anna, Role.BODY, note="Anders.")

    def test_somebody_else_is_told(self, committee, anna):
        pin = make_pin()
        move(pin, Status.IN_REVIEW, committee, anna, Role.BODY)

        with pytest.raises(MoveNotAllowed):
            move(pin, Status.IN_REVIEW, committee, make_user("bert"), Role.BODY)

    def test_a_merging_is_one_too(self, committee, anna):
        survivor, other, pin = make_pin(), make_pin(), make_pin()
        for _ in range(2):
            move(pin, Status.DUPLICATE, committee, anna, Role.BODY, into=survivor)

        assert StatusChange.objects.count() == 1
        with pytest.raises(MoveNotAllowed):
            move(pin, Status.DUPLICATE, committee, anna, Role.BODY, into=other)


class TestHearing:
    """GemO RLP § 75: a district council is heard before anything is adopted."""

    def test_nothing_is_adopted_without(self, west, anna):
        pin = make_pin(district=17, status=Status.REFERRED)

        assert unheard_on(pin) == [west]
        with pytest.raises(MoveNotAllowed, match="Ortsbeirat West"):
            move(pin, Status.ADOPTED, west, anna, Role.PLANNER)
        steps = next_steps(pin, frozenset({Role.PLANNER}))
        assert Status.ADOPTED not in steps.statuses
        assert steps.unheard == [west]

    def test_a_committee_of_the_inner_city_need_not_be(self, committee, anna):
        pin = make_pin(status=Status.REFERRED)

        move(pin, Status.ADOPTED, committee, anna, Role.PLANNER)

        assert Pin.objects.get(pk=pin.pk).status == Status.ADOPTED

    def test_what_the_council_has_said_itself_counts(self, west, anna):
        pin = make_pin(district=17, status=Status.IN_REVIEW)
        move(pin, Status.ENDORSED, west, anna, Role.BODY)

        move(pin, Status.ADOPTED, west, anna, Role.PLANNER)

        assert Pin.objects.get(pk=pin.pk).status == Status.ADOPTED

    def test_what_the_planning_office_has_said_does_not(self, west, anna):
        pin = make_pin(district=17, status=Status.IN_REVIEW)
        move(pin, Status.ENDORSED, west, anna, Role.PLANNER)

        assert unheard_on(pin) == [west]

    def test_what_was_handed_over_is_still_its_districts(self, west, committee, anna):
        pin = make_pin(district=17)
        hand_over(
            pin=pin, to_body=committee, actor=anna, from_body=west, reason="Planung."
        )

        assert unheard_on(pin) == [west]

    def test_of_a_matter_its_hearings_count(self, west, anna):
        pin = make_pin(district=17, status=Status.REFERRED)
        matter = gather(pins=[pin])
        assert unheard_on(pin) == [west]

        waive_hearing(matter=matter, body=west, actor=anna, reason="Es eilt.")

        assert unheard_on(pin) == []
        move(pin, Status.ADOPTED, west, anna, Role.PLANNER)

    def test_nothing_is_asked_where_nothing_is_adopted(
        self, west, django_assert_num_queries
    ):
        pin = make_pin(district=17)
        with django_assert_num_queries(0):
            next_steps(pin, frozenset({Role.BODY, Role.PLANNER}))


class TestOnAnAgenda:
    @pytest.fixture
    def pin(self, committee):
        pin = make_pin(status=Status.IN_REVIEW)
        item = make_item(make_sitting(committee))
        make_consultation(committee, pin, item=item)
        return pin

    def test_it_is_not_handed_over(self, pin, committee, west, anna):
        with pytest.raises(MoveNotAllowed, match="Ausschuss"):
            hand_over_pin(
                pin=pin, to_body=west, actor=anna, from_body=committee, reason=REASON
            )

    def test_it_is_not_merged(self, pin, committee, anna):
        with pytest.raises(MoveNotAllowed, match="Ausschuss"):
            move(pin, Status.DUPLICATE, committee, anna, Role.BODY, into=make_pin())

    def test_nor_while_it_is_proposed(self, pin, committee, anna):
        Consultation.objects.update(item=None)

        with pytest.raises(MoveNotAllowed, match="Ausschuss"):
            move(pin, Status.DUPLICATE, committee, anna, Role.BODY, into=make_pin())

    def test_it_is_once_the_body_has_dealt_with_it(self, pin, committee, west, anna):
        Consultation.objects.update(decided_at=timezone.now(), outcome="noted")

        hand_over_pin(
            pin=pin, to_body=west, actor=anna, from_body=committee, reason=REASON
        )

        assert Pin.objects.get(pk=pin.pk).handed_to == west


@pytest.mark.django_db(transaction=True)
def test_what_is_handed_over_meanwhile_is_not_moved_by_the_former_desk():
    west, east = make_body("Ortsbeirat West"), make_body("Ortsbeirat Ost")
    make_district(16, body=west)
    pin, anna, bert = make_pin(), make_user("anna"), make_user("bert")
    handed, outcome = threading.Event(), list[str]()

    def answer():
        try:
            handed.wait(timeout=60)
            move(Pin.objects.get(), Status.IN_REVIEW, west, bert, Role.BODY)
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    with transaction.atomic():
        hand_over_pin(pin=pin, to_body=east, actor=anna, from_body=west, reason="Dort.")
        handed.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=60)

    assert outcome == ["told"]
    assert not StatusChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_merging_and_answering_at_the_same_moment_one_counts():
    body = make_body("Ausschuss", kind=Body.Kind.COMMITTEE)
    make_district(16, body=body)
    survivor, pin = make_pin(), make_pin(status=Status.IN_REVIEW)
    anna, bert = make_user("anna"), make_user("bert")
    answered, outcome = threading.Event(), list[str]()

    def merge():
        try:
            answered.wait(timeout=60)
            found = Pin.objects.get(pk=pin.pk)
            move(found, Status.DUPLICATE, body, bert, Role.BODY, into=survivor)
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=merge)
    thread.start()
    with transaction.atomic():
        change_status(
            pin=pin, to=Status.ENDORSED, actor=anna, roles={Role.BODY}, body=body
        )
        answered.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=60)

    assert outcome == ["told"]
    assert Pin.objects.get(pk=pin.pk).status == Status.ENDORSED


@pytest.mark.django_db(transaction=True)
def test_what_is_handed_over_meanwhile_is_not_put_on_the_former_bodys_agenda():
    west, east = make_body("Ortsbeirat West"), make_body("Ortsbeirat Ost")
    make_district(16, body=west)
    pin, sitting = make_pin(), make_sitting(west)
    anna, bert = make_user("anna"), make_user("bert")
    handed, outcome = threading.Event(), list[str]()

    def put():
        try:
            handed.wait(timeout=60)
            put_on_agenda(sitting=sitting, pins=[Pin.objects.get()], actor=bert)
        except MatterRefused:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=put)
    thread.start()
    with transaction.atomic():
        hand_over_pin(pin=pin, to_body=east, actor=anna, from_body=west, reason="Dort.")
        handed.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=60)

    assert outcome == ["told"]
    assert not sitting.items.exists()
