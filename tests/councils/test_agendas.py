"""Agendas: what is put on them, in which order, and what happens when they change."""

import re

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from councils import agenda_order, agendas
from councils.agendas import AgendaChanged, SittingRefused
from councils.matters import MatterRefused
from councils.models import AgendaItem, Consultation, Sitting
from pins.models import Pin, StatusChange
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)

State = Sitting.State
OPEN = [State.PLANNED, State.INVITED]


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def elsewhere(body):
    other = make_body("Ortsbeirat Ost")
    make_district(17, body=other)
    return other


@pytest.fixture
def clerk(body):
    return make_member(body, "clara", role="clerk")


def titles(sitting):
    items = sitting.items.order_by("order").values_list("order", "title")
    orders = [order for order, _title in items]
    assert orders == list(range(1, len(orders) + 1))
    return [title for _order, title in items]


def status_of(pin):
    return Pin.objects.get(pk=pin.pk).status


class TestPutOnAgenda:
    def test_one_contribution_becomes_an_item(self, body, clerk):
        sitting, pin = make_sitting(body), make_pin(title="Ein Zebrastreifen fehlt")

        item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)

        assert (item.number, item.title, item.is_public) == (
            "1",
            "Ein Zebrastreifen fehlt",
            True,
        )
        assert item.consultation.role == Consultation.Role.HEARING
        assert list(item.consultation.matter.pins.all()) == [pin]
        # A planned agenda is nobody's business yet.
        assert status_of(pin) == Status.RECEIVED

    def test_several_become_one_item(self, body, clerk):
        sitting, pins = make_sitting(body), [make_pin(), make_pin()]

        item = agendas.put_on_agenda(
            sitting=sitting, pins=pins, actor=clerk, title="Schulwege"
        )

        assert titles(sitting) == ["Schulwege"]
        assert set(item.consultation.matter.pins.all()) == set(pins)

    def test_or_each_its_own(self, body, clerk):
        sitting = make_sitting(body)
        pins = [make_pin(title="Der erste Weg"), make_pin(title="Der zweite Weg")]

        agendas.put_each_on_agenda(sitting=sitting, pins=pins[::-1], actor=clerk)

        assert titles(sitting) == ["Der erste Weg", "Der zweite Weg"]

    def test_each_of_them_or_none(self, body, clerk):
        sitting, other = make_sitting(body), make_sitting(body, days=14)
        free, taken = make_pin(), make_pin()
        agendas.put_on_agenda(sitting=other, pins=[taken], actor=clerk)

        with pytest.raises(MatterRefused, match=taken.reference):
            agendas.put_each_on_agenda(sitting=sitting, pins=[free, taken], actor=clerk)

        assert titles(sitting) == []

    def test_on_a_published_agenda_it_is_scheduled_at_once(self, body, clerk):
        sitting, pin = make_sitting(body, state=State.INVITED), make_pin()

        item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)

        assert status_of(pin) == Status.SCHEDULED
        step = StatusChange.objects.get(pin=pin)
        assert (step.body, step.actor) == (body, clerk)
        assert step.consultation_step.consultation == item.consultation

    def test_not_by_a_non_public_item(self, body, clerk):
        sitting, pin = make_sitting(body, state=State.INVITED), make_pin()

        agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk, is_public=False)

        assert status_of(pin) == Status.RECEIVED

    @pytest.mark.parametrize("status", [Status.ENDORSED, Status.REFERRED])
    def test_what_has_been_heard_keeps_its_status(self, body, clerk, status):
        sitting, pin = make_sitting(body, state=State.INVITED), make_pin(status=status)

        agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)

        assert status_of(pin) == status

    @pytest.mark.parametrize("status", sorted(agendas.CLOSED))
    def test_nothing_more_to_advise_on(self, body, clerk, status):
        survivor = make_pin()
        repeats = survivor if status == Status.DUPLICATE else None
        pin = make_pin(status=status, duplicate_of=repeats)

        with pytest.raises(MatterRefused, match=pin.reference):
            agendas.put_on_agenda(sitting=make_sitting(body), pins=[pin], actor=clerk)

    def test_already_on_an_agenda(self, body, clerk):
        first, second = make_sitting(body, days=7), make_sitting(body, days=14)
        pin = make_pin()
        agendas.put_on_agenda(sitting=first, pins=[pin], actor=clerk)
        day = date_format(timezone.localtime(first.start), "DATE_FORMAT")

        with pytest.raises(MatterRefused, match=re.escape(day)):
            agendas.put_on_agenda(sitting=second, pins=[pin], actor=clerk)

        assert titles(second) == []

    def test_again_after_it_was_postponed(self, body, clerk):
        pin, held = make_pin(), make_sitting(body, days=-7, state=State.HELD)
        before = make_consultation(
            body,
            pin,
            item=make_item(held),
            outcome="postponed",
            decided_at=timezone.now(),
        )
        sitting = make_sitting(body)

        item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)

        assert item.consultation.matter == before.matter
        assert item.consultation.order == 2

    def test_a_part_of_a_bundle_brings_the_others_along(self, body, clerk):
        pins = [make_pin(), make_pin()]
        proposal = make_consultation(body, *pins)

        item = agendas.put_on_agenda(
            sitting=make_sitting(body), pins=pins[:1], actor=clerk
        )

        assert item.consultation == proposal

    def test_parts_of_two_matters_do_not_mix(self, body, clerk):
        part, free = make_pin(), make_pin()
        make_consultation(body, part)

        with pytest.raises(MatterRefused, match=part.reference):
            agendas.put_on_agenda(
                sitting=make_sitting(body), pins=[part, free], actor=clerk
            )

    def test_another_bodys_contribution(self, body, elsewhere, clerk):
        pin = make_pin(district=17)

        with pytest.raises(MatterRefused, match=pin.reference):
            agendas.put_on_agenda(
                sitting=make_sitting(body), pins=[make_pin(), pin], actor=clerk
            )

    @pytest.mark.parametrize(
        "visibility",
        [v for v in Visibility if v != Visibility.PUBLISHED],
    )
    def test_what_is_not_published(self, body, clerk, visibility):
        pin = make_pin(visibility=visibility)

        with pytest.raises(MatterRefused, match=pin.reference):
            agendas.put_on_agenda(sitting=make_sitting(body), pins=[pin], actor=clerk)

    def test_nothing_at_all(self, body, clerk):
        with pytest.raises(MatterRefused):
            agendas.put_on_agenda(sitting=make_sitting(body), pins=[], actor=clerk)


class TestProposals:
    def test_is_put_on_the_agenda(self, body, elsewhere, clerk):
        proposal = make_consultation(body, make_pin(district=17))
        sitting = make_sitting(body)

        item = agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=clerk
        )

        assert item.consultation == proposal
        assert titles(sitting) == [proposal.matter.title]
        assert not Consultation.objects.proposed_to(body).exists()

    def test_only_by_the_body_it_was_proposed_to(self, body, elsewhere, clerk):
        proposal = make_consultation(elsewhere, make_pin())

        with pytest.raises(MatterRefused):
            agendas.put_proposal_on_agenda(
                sitting=make_sitting(body), consultation=proposal, actor=clerk
            )

    def test_not_twice(self, body, clerk):
        proposal = make_consultation(body, make_pin())
        put = {"consultation": proposal, "actor": clerk}
        agendas.put_proposal_on_agenda(sitting=make_sitting(body), **put)

        with pytest.raises(MatterRefused):
            agendas.put_proposal_on_agenda(sitting=make_sitting(body, days=9), **put)

    def test_withdrawn_meanwhile(self, body, clerk):
        proposal = make_consultation(body, make_pin())
        Consultation.objects.all().delete()

        with pytest.raises(MatterRefused):
            agendas.put_proposal_on_agenda(
                sitting=make_sitting(body), consultation=proposal, actor=clerk
            )

    def test_what_has_been_dealt_with(self, body, clerk):
        held = make_sitting(body, days=-1, state=State.HELD)
        done = make_consultation(
            body,
            make_pin(),
            item=make_item(held),
            outcome="noted",
            decided_at=timezone.now(),
        )

        with pytest.raises(MatterRefused):
            agendas.put_proposal_on_agenda(
                sitting=make_sitting(body), consultation=done, actor=clerk
            )


def verbs(sitting, actor):
    """Everything that changes an agenda, ready to be tried on a sitting."""
    item = sitting.items.first()
    pin = make_pin()
    proposal = make_consultation(sitting.body, make_pin())
    return {
        "add": lambda: agendas.add_item(sitting=sitting, title="Neu"),
        "put": lambda: agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=actor),
        "put a proposal": lambda: agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=actor
        ),
        "change": lambda: agendas.change_item(
            item=item, title="Neu", is_public=True, actor=actor
        ),
        "take off": lambda: agendas.take_off(item=item, actor=actor),
        "reorder": lambda: agenda_order.reorder(sitting=sitting, item_ids=[item.pk]),
        "move": lambda: agenda_order.move_item(item=item, by=1),
        "publish": lambda: agendas.publish_agenda(sitting=sitting, actor=actor),
    }


VERBS = [
    "add",
    "put",
    "put a proposal",
    "change",
    "take off",
    "reorder",
    "move",
    "publish",
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("state", "days", "may_change"),
    [
        (State.PLANNED, 7, True),
        (State.PLANNED, 0, True),
        (State.PLANNED, -1, False),
        (State.INVITED, 7, True),
        (State.INVITED, -1, False),
        (State.HELD, 7, False),
        (State.HELD, -1, False),
        (State.CANCELLED, 7, False),
        (State.CANCELLED, -1, False),
    ],
)
def test_an_agenda_changes_until_the_day_is_over(
    body, clerk, verb, state, days, may_change
):
    """From the table above: every verb in every state, before, on and after the day."""
    sitting = make_sitting(body, state=state, days=days)
    make_item(sitting)
    if verb == "publish" and state == State.INVITED:
        may_change = False
    do = verbs(sitting, clerk)[verb]

    if may_change:
        do()
        return
    before = list(AgendaItem.objects.values_list("pk", "title", "order"))
    with pytest.raises(SittingRefused) as refused:
        do()
    assert refused.value.args[0]
    assert list(AgendaItem.objects.values_list("pk", "title", "order")) == before
    sitting.refresh_from_db()
    assert sitting.state == state


class TestItems:
    def test_order_goes_on_without_gaps(self, body, clerk):
        sitting = make_sitting(body)
        items = [agendas.add_item(sitting=sitting, title=t) for t in "abcd"]

        agendas.take_off(item=items[1], actor=clerk)
        agendas.add_item(sitting=sitting, title="e", is_public=False)

        assert titles(sitting) == ["a", "c", "d", "e"]

    def test_the_place_it_has_by_now_counts(self, body, clerk):
        """An item that was read before others changed the order."""
        sitting = make_sitting(body)
        items = [agendas.add_item(sitting=sitting, title=t) for t in "abcd"]
        agenda_order.reorder(sitting=sitting, item_ids=[i.pk for i in items[::-1]])

        agendas.take_off(item=items[3], actor=clerk)

        assert titles(sitting) == ["c", "b", "a"]

    def test_an_agenda_ends_somewhere(self, body, monkeypatch):
        monkeypatch.setattr(agendas, "MOST_ITEMS", 2)
        sitting = make_sitting(body)
        for title in "ab":
            agendas.add_item(sitting=sitting, title=title)

        with pytest.raises(SittingRefused, match="2"):
            agendas.add_item(sitting=sitting, title="c")

    def test_taken_off_its_matter_waits_for_another_agenda(self, body, clerk):
        sitting, pin = make_sitting(body, state=State.INVITED), make_pin()
        item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)
        Consultation.objects.update(outcome="endorsed", reason="Getippt.")

        agendas.take_off(item=item, actor=clerk)

        assert titles(sitting) == []
        assert status_of(pin) == Status.IN_REVIEW
        waiting = Consultation.objects.proposed_to(body).get()
        assert (waiting.outcome, waiting.reason, waiting.announced_at) == ("", "", None)

    def test_taken_off_twice(self, body, clerk):
        item = make_item(make_sitting(body))
        agendas.take_off(item=item, actor=clerk)
        item.pk = item.pk or 1

        with pytest.raises(AgendaChanged):
            agendas.take_off(item=item, actor=clerk)

    @pytest.mark.parametrize("state", OPEN)
    @pytest.mark.parametrize("was", [True, False])
    @pytest.mark.parametrize("becomes", [True, False])
    def test_what_becomes_public_is_announced(self, body, clerk, state, was, becomes):
        pin, sitting = make_pin(), make_sitting(body, state=state)
        item = agendas.put_on_agenda(
            sitting=sitting, pins=[pin], actor=clerk, is_public=was
        )

        agendas.change_item(item=item, title="Neu", is_public=becomes, actor=clerk)

        item.refresh_from_db()
        assert (item.title, item.is_public) == ("Neu", becomes)
        expected = Status.RECEIVED
        if state == State.INVITED and becomes:
            expected = Status.SCHEDULED
        elif state == State.INVITED and was:
            expected = Status.IN_REVIEW
        assert status_of(pin) == expected
        announced = Consultation.objects.get().announced_at
        assert (announced is not None) == (state == State.INVITED and becomes)

    def test_a_change_that_was_not_seen_stands(self, body, clerk):
        item = make_item(make_sitting(body), "Alt")
        agendas.change_item(item=item, title="Eins", is_public=True, actor=clerk)

        with pytest.raises(AgendaChanged):
            agendas.change_item(
                item=item, title="Zwei", is_public=True, actor=clerk, read=("Alt", True)
            )

        item.refresh_from_db()
        assert item.title == "Eins"
