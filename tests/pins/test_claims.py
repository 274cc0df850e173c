"""Two moderators do not decide on the same thing unawares."""

import datetime
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pins.models import QueueEntry
from pins.moderation import claims
from pins.workflow import Visibility
from tests.factories import make_comment, make_district, make_moderator, make_pin

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def anna(db):
    make_district(16)
    return make_moderator("anna")


@pytest.fixture
def bert(anna):
    return make_moderator("bert")


@pytest.fixture
def pin(anna):
    return make_pin(visibility=Visibility.SUBMITTED)


def entry_of(subject):
    return QueueEntry.objects.of(subject).get()


def read(subject, actor):
    return claims.claim(subject=subject, actor=actor)


def take_next(entries, actor):
    return claims.claim_next(entries=entries, actor=actor)


def lapse():
    """Let all claims be as old as claims get."""
    then = timezone.now() - settings.CLAIM_PERIOD
    QueueEntry.objects.update(claimed_at=then, renewed_at=then)


class TestClaiming:
    def test_whoever_reads_has_it(self, pin, anna):
        entry = read(pin, anna)
        assert (entry.claimed_by, entry.claimed_at) == (anna, entry.renewed_at)
        assert entry_of(pin).claimed_by == anna

    def test_somebody_else_does_not_get_it(self, pin, anna, bert):
        read(pin, anna)
        entry = read(pin, bert)
        assert entry.claimed_by == anna
        assert entry.is_read_by_other(bert.pk)
        with pytest.raises(claims.ReadByAnother, match="anna"):
            claims.demand(subject=pin, actor=bert)

    def test_a_comment_is_claimed_by_itself(self, pin, anna, bert):
        comment = make_comment(pin, visibility=Visibility.SUBMITTED)
        read(pin, anna)
        assert read(comment, bert).claimed_by == bert

    def test_what_is_decided_cannot_be_claimed(self, anna):
        pin = make_pin()
        assert read(pin, anna) is None
        claims.demand(subject=pin, actor=anna)
        claims.take_over(subject=pin, actor=anna)

    def test_renewing_keeps_since_when(self, pin, anna):
        first = read(pin, anna)
        again = read(pin, anna)
        assert again.claimed_at == first.claimed_at
        assert again.renewed_at > first.renewed_at

    def test_it_lapses(self, pin, anna, bert):
        read(pin, anna)
        lapse()
        claims.demand(subject=pin, actor=bert)
        entry = entry_of(pin)
        assert entry.claimed_by == bert
        assert entry.claimed_at > timezone.now() - MINUTE

    def test_taking_over(self, pin, anna, bert):
        read(pin, anna)
        claims.take_over(subject=pin, actor=bert)
        with pytest.raises(claims.ReadByAnother, match="bert"):
            claims.demand(subject=pin, actor=anna)
        assert claims.reader_of(entry_of(pin)) == "bert"


class TestGivingBack:
    def test_with_the_stamp_of_the_page(self, pin, anna):
        stamp = claims.stamp_of(read(pin, anna))
        assert claims.release(subject=pin, actor=anna, stamp=stamp)
        entry = entry_of(pin)
        assert (entry.claimed_by, entry.claimed_at, entry.renewed_at) == (None,) * 3
        assert (claims.reader_of(entry), claims.stamp_of(entry)) == ("", "")

    def test_not_with_that_of_an_older_page(self, pin, anna):
        old = claims.stamp_of(read(pin, anna))
        read(pin, anna)
        assert not claims.release(subject=pin, actor=anna, stamp=old)
        assert entry_of(pin).claimed_by == anna

    def test_not_by_somebody_else(self, pin, anna, bert):
        stamp = claims.stamp_of(read(pin, anna))
        assert not claims.release(subject=pin, actor=bert, stamp=stamp)

    @pytest.mark.parametrize("stamp", ["", "x", "2026-01-01T00:00", "\x00", "9" * 99])
    def test_a_stamp_that_is_none(self, pin, anna, stamp):
        read(pin, anna)
        assert not claims.release(subject=pin, actor=anna, stamp=stamp)


class TestNext:
    def test_the_longest_waiting_that_nobody_reads(self, anna, bert):
        now = timezone.now()
        old, middle, _young = (
            make_pin(visibility=Visibility.SUBMITTED, created_at=now - n * MINUTE)
            for n in (3, 2, 1)
        )
        waiting = QueueEntry.objects.waiting()
        assert take_next(waiting, anna).pin == old
        assert take_next(waiting, bert).pin == middle
        # One's own comes again, as long as it is not decided.
        assert take_next(waiting, anna).pin == old

    def test_nothing_left(self, pin, anna, bert):
        waiting = QueueEntry.objects.waiting()
        take_next(waiting, anna)
        assert take_next(waiting, bert) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_different_ones():
    make_district(16)
    anna, bert = make_moderator("anna"), make_moderator("bert")
    now = timezone.now()
    first, second = (
        make_pin(visibility=Visibility.SUBMITTED, created_at=now - n * MINUTE)
        for n in (2, 1)
    )
    got = []

    def ask_meanwhile():
        entry = take_next(QueueEntry.objects.waiting(), bert)
        got.append(entry.pin_id)
        connection.close()

    with transaction.atomic():
        mine = take_next(QueueEntry.objects.waiting(), anna)
        # Before anna's transaction is over: nobody waits for her.
        thread = threading.Thread(target=ask_meanwhile)
        thread.start()
        thread.join(timeout=20)

    assert (mine.pin_id, got) == (first.pk, [second.pk])
