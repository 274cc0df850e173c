"""Typing results in: checks, versions, corrections, and the end of a sitting."""

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from councils.agendas import SittingRefused
from councils.models import AgendaItem, Consultation, Sitting
from councils.results import (
    Result,
    ResultChanged,
    ResultRefused,
    ResultsMissing,
    close_sitting,
    record_result,
    results_digest,
)
from districts.models import Body
from pins.workflow import Status
from tests.factories import (
    broken_constraint,
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction

Outcome = Consultation.Outcome
State = Sitting.State


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    Body.objects.filter(pk=body.pk).update(seats=15)
    make_district(16, body=body)
    body.refresh_from_db()
    return body


@pytest.fixture
def sitting(west):
    return make_sitting(west, state=State.INVITED, days=-0.05)


@pytest.fixture
def chair(west):
    return make_member(west)


def with_matter(sitting, **fields):
    item = make_item(sitting, "Zebrastreifen")
    pin = make_pin(status=Status.SCHEDULED)
    values = {"announced_at": timezone.now()} | fields
    return item, make_consultation(sitting.body, pin, item=item, **values), pin


def record(item, version=0, **fields):
    return record_result(item=item, version=version, result=replace(Result(), **fields))


def test_it_is_saved_with_a_new_version(sitting):
    item, consultation, pin = with_matter(sitting)

    saved = record(
        item, outcome="endorsed", resolution_text="So sei es.", **votes(9, 4, 2)
    )

    assert saved.version == 1
    item.refresh_from_db()
    consultation.refresh_from_db()
    assert (item.votes_for, item.votes_against, item.votes_abstained) == (9, 4, 2)
    assert item.resolution_text == "So sei es."
    assert (consultation.outcome, consultation.decided_at) == ("endorsed", None)
    pin.refresh_from_db()
    assert pin.status == Status.SCHEDULED


def votes(yes, no, none):
    return {"votes_for": yes, "votes_against": no, "votes_abstained": none}


def test_an_item_without_a_matter_has_a_result_in_words(sitting):
    item = make_item(sitting)

    record(item, result="Kenntnis genommen", outcome="endorsed", reason="Unsinn")

    item.refresh_from_db()
    assert item.result == "Kenntnis genommen"


def test_what_is_incomplete_is_kept(sitting):
    item, consultation, _pin = with_matter(sitting)

    record(item, outcome=Outcome.NOT_ENDORSED)
    record(item, version=1, reason="Zu teuer", outcome="")

    consultation.refresh_from_db()
    assert (consultation.outcome, consultation.reason) == ("", "Zu teuer")


def test_the_second_clerk_is_told_what_the_first_saved(sitting):
    item = make_item(sitting)
    record(item, result="Die Erste")

    with pytest.raises(ResultChanged) as caught:
        record(item, result="Der Zweite")

    assert caught.value.item.result == "Die Erste"
    item.refresh_from_db()
    assert (item.result, item.version) == ("Die Erste", 1)


def test_what_is_saved_already_is_not_saved_again(sitting):
    item, _consultation, _pin = with_matter(sitting)
    record(item, outcome="endorsed")

    again = record(item, outcome="endorsed")

    assert again.version == 1


@pytest.mark.parametrize("state", [State.PLANNED, State.CANCELLED])
def test_only_an_invited_sitting_takes_results(west, state):
    item = make_item(make_sitting(west, state=state))

    with pytest.raises(SittingRefused):
        record(item, result="x")

    item.refresh_from_db()
    assert (item.result, item.version) == ("", 0)


@pytest.mark.parametrize("given", [(9, None, None), (None, 0, 1)])
def test_votes_come_all_three_or_not_at_all(sitting, given):
    with pytest.raises(ResultRefused) as caught:
        record(make_item(sitting), **votes(*given))

    assert set(caught.value.errors) == {"votes"}


@pytest.mark.parametrize(("sum_of", "fits"), [((9, 4, 2), True), ((9, 4, 3), False)])
def test_no_more_votes_than_the_body_has(sitting, sum_of, fits):
    item = make_item(sitting)
    if fits:
        assert record(item, **votes(*sum_of)).has_votes
        return
    with pytest.raises(ResultRefused) as caught:
        record(item, **votes(*sum_of))
    assert "16" in caught.value.errors["votes"]
    assert "15" in caught.value.errors["votes"]


def test_the_database_counts_the_votes_too(sitting):
    item = make_item(sitting)

    with pytest.raises(IntegrityError) as caught:
        AgendaItem.objects.filter(pk=item.pk).update(**votes(10, 5, 1))

    assert broken_constraint(caught.value) == "agendaitem_votes_within_seats"


def test_a_body_of_unknown_size_may_cast_any_number(sitting):
    Body.objects.update(seats=None)

    assert record(make_item(sitting), **votes(40, 12, 0)).votes_for == 40


def test_after_the_end_words_and_votes_are_corrected_and_the_outcome_is_not(
    sitting, chair
):
    item, consultation, _pin = with_matter(sitting)
    record(item, outcome="endorsed", reason="Gut", **votes(9, 4, 2))
    close_sitting(sitting=sitting, actor=chair)

    record(item, 1, outcome="endorsed", reason="Gut", **votes(9, 5, 1))
    with pytest.raises(ResultRefused) as caught:
        record(item, 2, outcome="postponed", reason="Gut", **votes(9, 5, 1))

    assert set(caught.value.errors) == {"outcome"}
    item.refresh_from_db()
    consultation.refresh_from_db()
    assert (item.votes_against, item.version) == (5, 2)
    assert consultation.outcome == "endorsed"


def test_closing_lets_the_results_take_effect(sitting, chair):
    item, consultation, pin = with_matter(sitting)
    record(item, outcome="endorsed", resolution_text="Wird gebaut.", **votes(9, 4, 2))

    held = close_sitting(sitting=sitting, actor=chair)

    assert (held.state, held.sequence) == (State.HELD, 1)
    assert held.end is not None
    pin.refresh_from_db()
    consultation.refresh_from_db()
    assert pin.status == Status.ENDORSED
    assert consultation.decided_at is not None
    step = pin.status_changes.get()
    assert (step.body, step.actor, step.public_note) == (
        sitting.body,
        chair,
        "Wird gebaut.",
    )
    assert consultation.steps.get().change == step


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "verschoben"), ({"outcome": "not_endorsed"}, "Begründung")],
)
def test_closing_says_what_is_missing(sitting, chair, fields, words):
    item, _consultation, pin = with_matter(sitting)
    record(item, **fields)

    with pytest.raises(ResultsMissing) as caught:
        close_sitting(sitting=sitting, actor=chair)

    assert list(caught.value.items) == [item]
    sitting.refresh_from_db()
    pin.refresh_from_db()
    assert (sitting.state, pin.status) == (State.INVITED, Status.SCHEDULED)


@pytest.mark.parametrize("state", [State.PLANNED, State.HELD, State.CANCELLED])
def test_only_an_invited_sitting_is_closed(west, chair, state):
    with pytest.raises(SittingRefused):
        close_sitting(sitting=make_sitting(west, days=-1, state=state), actor=chair)


def test_a_sitting_is_not_closed_before_it_has_begun(west, chair):
    with pytest.raises(SittingRefused):
        close_sitting(
            sitting=make_sitting(west, days=0.01, state=State.INVITED), actor=chair
        )


def test_who_closes_has_read_what_is_typed_in(sitting, chair):
    item, _consultation, _pin = with_matter(sitting)
    record(item, outcome="endorsed")
    read = results_digest(sitting.items.all())
    record(item, 1, outcome="postponed")

    with pytest.raises(SittingRefused):
        close_sitting(sitting=sitting, actor=chair, read=read)

    close_sitting(
        sitting=sitting, actor=chair, read=results_digest(sitting.items.all())
    )


@pytest.mark.django_db(transaction=True)
def test_two_people_close_a_sitting_once(sitting, chair):
    item, _consultation, pin = with_matter(sitting)
    record(item, outcome="endorsed")
    refused = []

    def close_too():
        try:
            close_sitting(sitting=sitting, actor=chair)
        except SittingRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=close_too)
    with transaction.atomic():
        close_sitting(sitting=sitting, actor=chair)
        other.start()
        wait_until_somebody_waits_for_this_transaction()
    other.join()

    assert len(refused) == 1
    assert pin.status_changes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_the_same_moment_the_second_is_told(sitting):
    item = make_item(sitting)
    found = []

    def type_too():
        try:
            record(item, result="Der Zweite")
        except ResultChanged as error:
            found.append(error.item.result)
        finally:
            connection.close()

    other = threading.Thread(target=type_too)
    with transaction.atomic():
        record(item, result="Die Erste")
        other.start()
        wait_until_somebody_waits_for_this_transaction()
    other.join()

    assert found == ["Die Erste"]
