"""Two clerks at the same moment: the second sees what the first did, nothing is lost."""

import datetime
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from councils import agenda_order, agendas
from councils.agendas import AgendaChanged, SittingRefused
from councils.matters import (
    MatterRefused,
    propose,
    propose_pin,
    withdraw_proposal,
)
from councils.models import AgendaItem, Consultation, Sitting
from pins.actions import change_status, withdraw_pin
from pins.models import Pin
from pins.workflow import Role, Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (SittingRefused, MatterRefused, AgendaChanged)


@pytest.fixture
def clerk(transactional_db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return make_member(body, "clara", role="clerk")


@pytest.fixture
def body(clerk):
    return clerk.memberships.get().body


@pytest.fixture
def sitting(body):
    return make_sitting(body)


def one_after_the_other(
    first: Callable[[], object], second: Callable[[], object]
) -> type[Exception] | None:
    """Let the second start while the first is not done yet; return how it was refused."""
    first_is_done, outcome = threading.Event(), list[type[Exception] | None]()

    def run():
        try:
            first_is_done.wait(timeout=60)
            second()
            outcome.append(None)
        except REFUSALS as error:
            outcome.append(type(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    with transaction.atomic():
        first()
        first_is_done.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=60)
    assert outcome, "the second one never came to an end, or broke"
    return outcome[0]


def titles(sitting):
    items = list(sitting.items.order_by("order"))
    assert [i.order for i in items] == list(range(1, len(items) + 1))
    return [i.title for i in items]


def test_one_contribution_on_two_agendas(body, sitting, clerk):
    other, pin = make_sitting(body, days=14), make_pin()

    def put(on):
        agendas.put_on_agenda(sitting=on, pins=[pin], actor=clerk)

    refusal = one_after_the_other(lambda: put(sitting), lambda: put(other))

    assert refusal is MatterRefused
    assert AgendaItem.objects.get().sitting == sitting
    assert Consultation.objects.get().item == sitting.items.get()


def test_one_proposal_on_two_agendas(body, sitting, clerk):
    other, proposal = make_sitting(body, days=14), make_consultation(body, make_pin())

    def put(on):
        agendas.put_proposal_on_agenda(sitting=on, consultation=proposal, actor=clerk)

    refusal = one_after_the_other(lambda: put(sitting), lambda: put(other))

    assert refusal is MatterRefused
    assert Consultation.objects.get().item == AgendaItem.objects.get()
    assert AgendaItem.objects.get().sitting == sitting


def test_as_a_contribution_and_as_a_proposal(body, sitting, clerk):
    other, pin = make_sitting(body, days=14), make_pin()
    proposal = make_consultation(body, pin)

    refusal = one_after_the_other(
        lambda: agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=clerk
        ),
        lambda: agendas.put_on_agenda(sitting=other, pins=[pin], actor=clerk),
    )

    assert refusal is MatterRefused
    assert Consultation.objects.get().item == AgendaItem.objects.get()


def test_taken_off_and_put_on_another_agenda(body, sitting, clerk):
    """What one lets go the other may take."""
    other, pin = make_sitting(body, days=14), make_pin()
    item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)

    refusal = one_after_the_other(
        lambda: agendas.take_off(item=item, actor=clerk),
        lambda: agendas.put_on_agenda(sitting=other, pins=[pin], actor=clerk),
    )

    assert refusal is None
    assert Consultation.objects.get().item == other.items.get()


def test_a_proposal_is_held_after_its_contributions(body, sitting, clerk):
    """As a closed sitting does, which then asks for what the other would hold."""
    pin = make_pin()
    proposal = make_consultation(body, pin)
    agendas.publish_agenda(sitting=sitting, actor=clerk)

    first_is_done = threading.Event()

    def put():
        first_is_done.wait(timeout=60)
        agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=clerk
        )
        connection.close()

    thread = threading.Thread(target=put)
    thread.start()
    with transaction.atomic():
        Pin.objects.select_for_update().get(pk=pin.pk)
        first_is_done.set()
        wait_until_somebody_waits_for_this_transaction()
        Consultation.objects.select_for_update(nowait=True).get(pk=proposal.pk)
    thread.join(timeout=60)
    assert sitting.items.count() == 1


def test_a_merged_contribution_is_not_proposed(body, clerk):
    """Looked at before it was merged, proposed after."""
    pin, survivor = make_pin(), make_pin()
    council = make_body("Stadtrat", kind="council")

    refusal = one_after_the_other(
        lambda: change_status(
            pin=pin,
            to=Status.DUPLICATE,
            actor=clerk,
            roles={Role.BODY},
            body=body,
            duplicate_of=survivor,
        ),
        lambda: propose_pin(pin=pin, body=council),
    )

    assert refusal is MatterRefused
    assert not Consultation.objects.exists()


def test_declined_while_put_on_an_agenda(body, sitting, clerk):
    proposal = make_consultation(body, make_pin())

    refusal = one_after_the_other(
        lambda: withdraw_proposal(consultation=proposal),
        lambda: agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=clerk
        ),
    )

    assert refusal is MatterRefused
    assert not AgendaItem.objects.exists()


def test_put_on_an_agenda_while_declined(body, sitting, clerk):
    proposal = make_consultation(body, make_pin())

    refusal = one_after_the_other(
        lambda: agendas.put_proposal_on_agenda(
            sitting=sitting, consultation=proposal, actor=clerk
        ),
        lambda: withdraw_proposal(consultation=proposal),
    )

    assert refusal is MatterRefused
    assert Consultation.objects.get().item == AgendaItem.objects.get()


def test_proposed_twice(body):
    matter = make_consultation(body, make_pin()).matter
    council = make_body("Stadtrat", kind="council")

    def do():
        propose(matter=matter, body=council)

    assert one_after_the_other(do, do) is MatterRefused
    assert Consultation.objects.proposed_to(council).count() == 1


def test_ordered_while_something_is_added(sitting):
    ids = [make_item(sitting, title).pk for title in "abc"]

    refusal = one_after_the_other(
        lambda: agendas.add_item(sitting=sitting, title="d"),
        lambda: agenda_order.reorder(sitting=sitting, item_ids=ids[::-1], read=ids),
    )

    assert refusal is AgendaChanged
    assert titles(sitting) == ["a", "b", "c", "d"]


def test_added_while_it_is_ordered(sitting):
    ids = [make_item(sitting, title).pk for title in "abc"]

    refusal = one_after_the_other(
        lambda: agenda_order.reorder(sitting=sitting, item_ids=ids[::-1], read=ids),
        lambda: agendas.add_item(sitting=sitting, title="d"),
    )

    assert refusal is None
    assert titles(sitting) == ["c", "b", "a", "d"]


def test_two_added_at_once(sitting):
    refusal = one_after_the_other(
        lambda: agendas.add_item(sitting=sitting, title="a"),
        lambda: agendas.add_item(sitting=sitting, title="b"),
    )

    assert refusal is None
    assert titles(sitting) == ["a", "b"]


def test_changed_while_taken_off(sitting, clerk):
    item = make_item(sitting, "a")

    refusal = one_after_the_other(
        lambda: agendas.take_off(item=AgendaItem.objects.get(), actor=clerk),
        lambda: agendas.change_item(item=item, title="b", is_public=True, actor=clerk),
    )

    assert refusal is AgendaChanged
    assert titles(sitting) == []


def test_published_twice(sitting, clerk):
    agendas.put_on_agenda(sitting=sitting, pins=[make_pin()], actor=clerk)

    def publish():
        agendas.publish_agenda(sitting=sitting, actor=clerk)

    assert one_after_the_other(publish, publish) is SittingRefused
    sitting.refresh_from_db()
    assert sitting.sequence == 1
    assert Pin.objects.get().status_changes.count() == 1


def test_cancelled_while_something_is_put_on_it(sitting, clerk):
    pin = make_pin()

    refusal = one_after_the_other(
        lambda: agendas.cancel_sitting(sitting=sitting, reason="Sturm", actor=clerk),
        lambda: agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk),
    )

    assert refusal is SittingRefused
    assert not Consultation.objects.exists()


def test_put_on_it_while_it_is_cancelled(body, sitting, clerk):
    """What came last is postponed with the rest, and proposed anew."""
    pin = make_pin()

    refusal = one_after_the_other(
        lambda: agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk),
        lambda: agendas.cancel_sitting(sitting=sitting, reason="Sturm", actor=clerk),
    )

    assert refusal is None
    assert Consultation.objects.proposed_to(body).count() == 1


def test_withdrawn_by_its_author_while_the_agenda_is_published(sitting, clerk):
    """Many contributions move on while somebody takes one of them back."""
    pins = [make_pin(), make_pin()]
    agendas.put_on_agenda(sitting=sitting, pins=pins, actor=clerk)

    refusal = one_after_the_other(
        lambda: agendas.publish_agenda(sitting=sitting, actor=clerk),
        lambda: withdraw_pin(pin=pins[1]),
    )

    assert refusal is None
    statuses = Pin.objects.order_by("pk").values_list("status", "visibility")
    assert list(statuses) == [
        (Status.SCHEDULED, "published"),
        (Status.SCHEDULED, "withdrawn"),
    ]


def test_two_sittings_at_the_same_time(body):
    start = timezone.now() + datetime.timedelta(days=30)
    data = agendas.SittingData(start, None, "Bürgerhaus")
    later = agendas.SittingData(start + datetime.timedelta(hours=1), None, "Schule")

    refusal = one_after_the_other(
        lambda: agendas.plan_sitting(body=body, data=data),
        lambda: agendas.plan_sitting(body=body, data=later),
    )

    assert refusal is SittingRefused
    assert Sitting.objects.get().place == "Bürgerhaus"
