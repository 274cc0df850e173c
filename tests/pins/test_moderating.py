"""Moderators publish, refuse, hide and show again; each decision stays on record."""

import datetime

import pytest
from django.utils import timezone

from pins.actions import hide_pin, publish_pin, reject_pin
from pins.models import Pin, PublicPin, VisibilityChange
from pins.workflow import MoveNotAllowed, Visibility
from tests.factories import make_district, make_moderator, make_pin

REASON = "Es nennt den Namen eines Nachbarn."


@pytest.fixture(autouse=True)
def district(db):
    return make_district(16)


@pytest.fixture
def moderator(district):
    return make_moderator()


def history(pin):
    return list(
        pin.visibility_changes.values_list(
            "from_visibility", "to_visibility", "actor__username", "reason"
        )
    )


def test_publishing_shows_the_pin_to_everyone(moderator):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    before = timezone.now()

    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    pin.refresh_from_db()
    assert pin.visibility == Visibility.PUBLISHED
    assert pin.published_at
    assert before <= pin.published_at <= timezone.now()
    assert PublicPin.objects.get().reference == pin.reference
    assert history(pin) == [("submitted", "published", "moderation", "")]


def test_refusing_keeps_the_pin_unseen_with_its_reason(moderator):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    reject_pin(pin=pin, actor=moderator, reason=f"  {REASON}\n")

    pin.refresh_from_db()
    assert pin.visibility == Visibility.REJECTED
    assert pin.published_at is None
    assert not PublicPin.objects.exists()
    assert history(pin) == [("submitted", "rejected", "moderation", REASON)]


def test_a_refused_pin_can_be_published_after_all(moderator):
    pin = make_pin(visibility=Visibility.REJECTED)

    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    assert PublicPin.objects.exists()


def test_hiding_and_showing_again_keeps_the_first_date(moderator):
    long_ago = timezone.now() - datetime.timedelta(days=100)
    pin = make_pin(published_at=long_ago)

    hide_pin(pin=pin, actor=moderator, reason=REASON)
    assert not PublicPin.objects.exists()
    publish_pin(pin=pin, actor=make_moderator("zweite"), read=pin.words_digest)

    pin.refresh_from_db()
    assert pin.published_at == long_ago
    assert PublicPin.objects.get().published_at == long_ago
    assert history(pin) == [
        ("published", "hidden", "moderation", REASON),
        ("hidden", "published", "zweite", ""),
    ]


@pytest.mark.parametrize(
    ("action", "visibility"),
    [(reject_pin, Visibility.SUBMITTED), (hide_pin, Visibility.PUBLISHED)],
)
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_refusal_without_a_reason(moderator, action, visibility, reason):
    pin = make_pin(visibility=visibility)

    with pytest.raises(MoveNotAllowed):
        action(pin=pin, actor=moderator, reason=reason)

    pin.refresh_from_db()
    assert pin.visibility == visibility
    assert history(pin) == []


def test_the_second_of_two_deciders_is_told(moderator):
    seen_by_first = make_pin(visibility=Visibility.SUBMITTED)
    seen_by_second = Pin.objects.get()

    publish_pin(pin=seen_by_first, actor=moderator, read=seen_by_first.words_digest)
    with pytest.raises(MoveNotAllowed):
        reject_pin(pin=seen_by_second, actor=make_moderator("zweite"), reason=REASON)

    assert Pin.objects.get().visibility == Visibility.PUBLISHED
    assert VisibilityChange.objects.count() == 1


def test_publishing_twice_is_one_decision(moderator):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    stale = Pin.objects.get()

    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    with pytest.raises(MoveNotAllowed):
        publish_pin(pin=stale, actor=moderator, read=stale.words_digest)

    assert VisibilityChange.objects.count() == 1


def test_publishing_costs_few_statements(moderator, django_assert_max_num_queries):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    read = pin.words_digest

    # Around it a savepoint; held, its photos, the decision, the change, whom it repeats
    # and the news of it.
    with django_assert_max_num_queries(8):
        publish_pin(pin=pin, actor=moderator, read=read)
