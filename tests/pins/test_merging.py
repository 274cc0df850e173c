"""Merging a duplicate: support and comments go on with the survivor, and count once."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from pins.actions import change_status, hide_pin
from pins.comments import publish_comment, submit_comment
from pins.merging import also_said, public_survivor, survivors_of
from pins.models import Comment, Merge, Pin, PublicPin
from pins.models.support import support_key
from pins.supports import is_supported, make_secret, support_pin, withdraw_support
from pins.workflow import MoveNotAllowed, Role, Status, Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction


@pytest.fixture
def anna(db):
    make_district(16)
    return make_user("anna")


def merge(pin, survivor, actor):
    return change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )


def take_up(pin, actor):
    return change_status(
        pin=pin, to=Status.IN_REVIEW, actor=actor, roles={Role.BODY}, body=None
    )


def supported(pin, *secrets):
    for secret in secrets:
        support_pin(reference=pin.reference, secret=secret)
    return pin


def counts(*pins):
    rows = PublicPin.objects.in_bulk([pin.pk for pin in pins])
    return [(rows[p.pk].support_count, rows[p.pk].comment_count) for p in pins]


class TestSupports:
    def test_they_count_for_the_survivor(self, anna):
        survivor = supported(make_pin(), make_secret())
        pin = supported(make_pin(), make_secret(), make_secret())

        step = merge(pin, survivor, anna)

        assert counts(survivor, pin) == [(3, 0), (0, 0)]
        kept = Merge.objects.get()
        assert (kept.step, kept.survivor, len(kept.support_ids)) == (step, survivor, 2)

    def test_whoever_supported_the_duplicate_supports_the_survivor(self, anna):
        survivor, pin = make_pin(), make_pin()
        mine, others = make_secret(), make_secret()
        supported(pin, mine)
        merge(pin, survivor, anna)

        shown = PublicPin.objects.get(pk=survivor.pk)
        assert is_supported(pin=shown, secret=mine)
        assert not is_supported(pin=shown, secret=others)
        assert support_pin(reference=survivor.reference, secret=mine) == 1
        assert withdraw_support(reference=survivor.reference, secret=mine) == 0
        assert not is_supported(pin=shown, secret=mine)

    def test_whoever_supported_both_takes_both_back(self, anna):
        survivor, pin, mine = make_pin(), make_pin(), make_secret()
        supported(pin, mine)
        supported(survivor, mine, make_secret())
        merge(pin, survivor, anna)

        # Nobody can tell that two of the three are one browser, but that browser.
        assert counts(survivor) == [(3, 0)]
        assert withdraw_support(reference=survivor.reference, secret=mine) == 1

    def test_the_key_still_says_nothing_of_other_pins(self, anna):
        survivor, pin, mine = make_pin(), make_pin(), make_secret()
        supported(pin, mine)
        merge(pin, survivor, anna)

        assert survivor.supports.get().key == support_key(mine, pin.reference)

    def test_through_a_chain(self, anna):
        last, middle, first = make_pin(), make_pin(), make_pin()
        mine = make_secret()
        supported(first, mine)
        merge(first, middle, anna)
        merge(middle, last, anna)

        assert counts(last, middle, first) == [(1, 0), (0, 0), (0, 0)]
        assert is_supported(pin=PublicPin.objects.get(pk=last.pk), secret=mine)
        assert support_pin(reference=last.reference, secret=mine) == 1

    def test_through_a_hidden_duplicate(self, anna):
        survivor, pin, mine = make_pin(), make_pin(), make_secret()
        supported(pin, mine)
        merge(pin, survivor, anna)
        hide_pin(pin=pin, actor=make_moderator(), reason="Es nennt Namen.")

        assert is_supported(pin=PublicPin.objects.get(), secret=mine)


class TestComments:
    @pytest.mark.parametrize("visibility", Visibility)
    def test_what_is_read_or_waits_moves(self, anna, visibility):
        survivor, pin = make_pin(), make_pin()
        comment = make_comment(pin, visibility=visibility)

        merge(pin, survivor, anna)

        comment.refresh_from_db()
        moves = visibility in {Visibility.PUBLISHED, Visibility.SUBMITTED}
        assert comment.pin == (survivor if moves else pin)
        expected = 1 if visibility == Visibility.PUBLISHED else 0
        assert counts(survivor, pin) == [(0, expected), (0, 0)]

    def test_one_that_waited_is_published_where_it_went(self, anna):
        survivor, pin = make_pin(), make_pin()
        comment = make_comment(pin, visibility=Visibility.SUBMITTED)
        merge(pin, survivor, anna)

        # As the moderator's page had it before.
        publish_comment(
            comment=comment, actor=make_moderator(), read=comment.words_digest
        )

        assert counts(survivor, pin) == [(0, 1), (0, 0)]

    def test_its_own_link_stays_what_it_was(self, client, anna):
        survivor, pin, other = make_pin(), make_pin(), make_pin()
        comment, token = submit_comment(
            reference=pin.reference,
            text="Bitte bald.",
            language="de",
            idempotency_key=UUID("00000000-0000-4000-8000-000000000001"),
        )
        merge(pin, survivor, anna)

        def answer(of):
            url = f"/pins/{of.reference}/comments/{comment.pk}/edit/{token}"
            return client.get(url).status_code

        assert [answer(p) for p in (pin, survivor, other)] == [200, 200, 404]
        take_up(pin, anna)
        assert [answer(p) for p in (pin, survivor, other)] == [200, 200, 404]


class TestGoingBack:
    def test_what_was_said_and_supported_since_stays(self, anna):
        survivor, pin = make_pin(), supported(make_pin(), make_secret())
        made_before = make_comment(pin)
        merge(pin, survivor, anna)
        supported(survivor, make_secret())
        made_since = make_comment(survivor)

        take_up(pin, anna)

        assert counts(survivor, pin) == [(1, 1), (1, 1)]
        assert list(pin.comments.all()) == [made_before]
        assert list(survivor.comments.all()) == [made_since]

    def test_what_was_taken_back_since_does_not_come_again(self, anna):
        mine = make_secret()
        survivor, pin = make_pin(), supported(make_pin(), mine)
        merge(pin, survivor, anna)
        withdraw_support(reference=survivor.reference, secret=mine)

        take_up(pin, anna)

        assert counts(survivor, pin) == [(0, 0), (0, 0)]

    def test_out_of_a_chain_each_gets_its_own(self, anna):
        last, middle, first = (supported(make_pin(), make_secret()) for _ in range(3))
        merge(first, middle, anna)
        merge(middle, last, anna)

        take_up(first, anna)
        assert counts(last, middle, first) == [(2, 0), (0, 0), (1, 0)]
        take_up(middle, anna)
        assert counts(last, middle, first) == [(1, 0), (1, 0), (1, 0)]

    def test_the_middle_of_a_chain_keeps_what_was_merged_into_it(self, anna):
        last, middle, first = (supported(make_pin(), make_secret()) for _ in range(3))
        merge(first, middle, anna)
        merge(middle, last, anna)

        take_up(middle, anna)
        assert counts(last, middle, first) == [(1, 0), (2, 0), (0, 0)]
        take_up(first, anna)
        assert counts(last, middle, first) == [(1, 0), (1, 0), (1, 0)]

    def test_a_second_merging_counts_not_the_first(self, anna):
        one, other, pin = make_pin(), make_pin(), supported(make_pin(), make_secret())
        merge(pin, one, anna)
        take_up(pin, anna)
        merge(pin, other, anna)

        assert counts(one, other, pin) == [(0, 0), (1, 0), (0, 0)]
        take_up(pin, anna)
        assert counts(one, other, pin) == [(0, 0), (0, 0), (1, 0)]


def test_who_repeats_whom(anna):
    last, middle, first, hidden = (make_pin() for _ in range(4))
    merge(first, middle, anna)
    merge(hidden, middle, anna)
    merge(middle, last, anna)
    Pin.objects.filter(pk=hidden.pk).update(visibility=Visibility.HIDDEN)

    assert set(survivors_of(first.pk)) == {middle, last}
    shown = {row.pk: row for row in PublicPin.objects.all()}
    assert public_survivor(shown[first.pk]) == shown[last.pk]
    assert public_survivor(shown[last.pk]) == shown[last.pk]
    assert set(also_said(shown[last.pk])) == {shown[middle.pk], shown[first.pk]}


def test_a_page_from_before_its_survivor_was_hidden_leads_nowhere(anna):
    first, last = make_pin(), make_pin()
    merge(first, last, anna)
    shown = PublicPin.objects.get(pk=first.pk)
    assert public_survivor(shown).pk == last.pk

    hide_pin(pin=last, actor=make_moderator(), reason="Ein Name steht darin.")

    assert public_survivor(shown) == shown


@pytest.mark.django_db(transaction=True)
def test_who_moves_on_what_is_being_merged_is_refused():
    make_district(16)
    anna, survivor, pin = make_user("anna"), make_pin(), make_pin()
    merged, outcome = threading.Event(), list[str]()

    def move_on():
        try:
            merged.wait(timeout=10)
            take_up(pin, anna)
        except MoveNotAllowed:
            outcome.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=move_on)
    thread.start()
    with transaction.atomic():
        merge(pin, survivor, anna)
        merged.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["refused"]
    pin.refresh_from_db()
    assert (pin.status, pin.duplicate_of) == (Status.DUPLICATE, survivor)


@pytest.mark.django_db(transaction=True)
def test_a_comment_written_while_merging_is_told_where_to_go():
    make_district(16)
    anna, survivor, pin = make_user("anna"), make_pin(), make_pin()
    merged, outcome = threading.Event(), list[str]()

    def write():
        try:
            merged.wait(timeout=10)
            submit_comment(
                reference=pin.reference,
                text="Bitte bald.",
                language="de",
                idempotency_key=UUID("00000000-0000-4000-8000-000000000002"),
            )
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    with transaction.atomic():
        merge(pin, survivor, anna)
        merged.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["told"]
    assert not Comment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_comment_published_while_merging_counts_where_it_went():
    make_district(16)
    anna, moderator = make_user("anna"), make_moderator()
    survivor, pin = make_pin(), make_pin()
    comment = make_comment(pin, visibility=Visibility.SUBMITTED)
    merged = threading.Event()

    def publish():
        try:
            merged.wait(timeout=10)
            publish_comment(comment=comment, actor=moderator, read=comment.words_digest)
        finally:
            connection.close()

    thread = threading.Thread(target=publish)
    thread.start()
    with transaction.atomic():
        merge(pin, survivor, anna)
        merged.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert counts(survivor, pin) == [(0, 1), (0, 0)]
