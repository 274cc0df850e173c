"""Who is told: authors and followers, each once, and only of what is public and holds."""

import datetime
from threading import Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geo.coordinates import Position
from pins.actions import change_status, hide_pin, publish_pin, withdraw_pin
from pins.comments import hide_comment, publish_comment, publish_official_comment
from pins.handovers import hand_over
from pins.models import Contact, Follow, Mailbox, News, Notice
from pins.telling.news import announce_published
from pins.telling.spreading import spread_news
from pins.undo import undo_handover, undo_step
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_contact,
    make_district,
    make_follow,
    make_moderator,
    make_pin,
    make_theme,
    make_user,
)
from tests.geometries import point_in
from tests.mails import let_the_minute_pass

LOU = "lou@example.org"


@pytest.fixture
def pin(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Siegelbach")
    make_theme("mobility")
    make_theme("energy")
    return make_pin()


@pytest.fixture
def actor(pin):
    return make_user()


def review(pin, actor):
    return change_status(
        pin=pin, to=Status.IN_REVIEW, actor=actor, roles={Role.BODY}, body=None
    )


def merge(pin, survivor, actor):
    return change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )


def told():
    """Spread what there is; return whom, in the order of their addresses."""
    let_the_minute_pass()
    spread_news()
    notices = Notice.objects.order_by("mailbox__email")
    return list(notices.values_list("mailbox__email", flat=True))


def metres_north(pin, metres):
    return Position(pin.location.x, pin.location.y + metres / 111_200)


TARGETS = {
    "the pin": (lambda pin: {"pin_id": pin.pk}, True),
    "another pin": (lambda pin: {"pin_id": make_pin().pk}, False),
    "its district": (lambda pin: {"district_slug": "hohenecken"}, True),
    "another district": (lambda pin: {"district_slug": "siegelbach"}, False),
    "its theme": (lambda pin: {"theme": pin.theme}, True),
    "another theme": (lambda pin: {"theme": make_theme("other")}, False),
    "within 500 m": (lambda pin: near(pin, 480, 500), True),
    "farther than 500 m": (lambda pin: near(pin, 530, 500), False),
    "within 3 km": (lambda pin: near(pin, 2_950, 3_000), True),
    "farther than 3 km": (lambda pin: near(pin, 3_060, 3_000), False),
    "farther than 1 km": (lambda pin: near(pin, 2_000, 1_000), False),
}


def near(pin, metres, radius):
    return {"place": metres_north(pin, metres), "radius": radius}


@pytest.mark.parametrize("name", TARGETS)
def test_who_follows_what_is_told(pin, actor, name):
    target, is_told = TARGETS[name]
    make_follow(**target(pin))
    review(pin, actor)

    assert told() == ([LOU] if is_told else [])


def test_the_author_is_told(pin, actor):
    make_contact(pin)
    review(pin, actor)

    assert told() == ["kim@example.org"]


def test_who_has_not_confirmed_is_not_told(pin, actor):
    make_follow(pin_id=pin.pk, is_confirmed=False)
    review(pin, actor)

    assert told() == []


def test_nobody_is_told_twice_of_one_thing(pin, actor):
    make_contact(pin, "Lou@Example.org")
    make_follow(pin_id=pin.pk)
    make_follow(district_slug="hohenecken")
    make_follow(theme=pin.theme)
    make_follow(place=metres_north(pin, 10), radius=500)
    review(pin, actor)

    assert len(told()) == 1
    assert Notice.objects.get().contact is not None


def test_the_closest_ground_is_the_one_that_is_given(pin, actor):
    make_follow(theme=pin.theme)
    make_follow(district_slug="hohenecken")
    mine = make_follow(pin_id=pin.pk)
    review(pin, actor)

    told()
    assert Notice.objects.get().follow == mine


def test_the_database_refuses_a_second_notice(pin, actor):
    make_follow(pin_id=pin.pk)
    review(pin, actor)
    told()
    notice = Notice.objects.get()

    with pytest.raises(IntegrityError, match="notice_once_per_person"):
        Notice.objects.create(
            news=notice.news, mailbox=notice.mailbox, follow=notice.follow
        )


@pytest.mark.parametrize("grounds", [{}, {"contact": True, "follow": True}])
def test_a_notice_stands_on_just_one_ground(pin, actor, grounds):
    follow, contact = make_follow(pin_id=pin.pk), make_contact(pin)
    given = {
        "follow": follow if "follow" in grounds else None,
        "contact": contact if "contact" in grounds else None,
    }

    with pytest.raises(IntegrityError, match="notice_for_contact_or_follow"):
        Notice.objects.create(
            news=announce_published(pin), mailbox=follow.mailbox, **given
        )


def test_each_piece_is_spread_once(pin, actor):
    make_follow(pin_id=pin.pk)
    review(pin, actor)

    assert told() == [LOU]
    assert told() == [LOU]


def test_a_run_ends_and_the_next_goes_on(pin, actor, monkeypatch):
    monkeypatch.setattr("pins.telling.spreading.AT_ONCE", 1)
    monkeypatch.setattr("pins.telling.spreading.ROUNDS", 2)
    for each in (pin, make_pin(), make_pin()):
        make_follow(pin_id=each.pk)
        review(each, actor)
    let_the_minute_pass()

    assert [spread_news() for _ in range(3)] == [2, 1, 0]
    assert Notice.objects.count() == 3


def test_within_the_minute_nobody_is_told(pin, actor):
    make_follow(pin_id=pin.pk)
    review(pin, actor)

    assert spread_news() == 0
    assert not Notice.objects.exists()


def test_what_a_clock_that_was_ahead_has_noted_waits_for_no_year(pin, actor):
    make_follow(pin_id=pin.pk)
    review(pin, actor)
    News.objects.update(created_at=timezone.now() + datetime.timedelta(days=365))

    assert spread_news() == News.objects.count()
    assert Notice.objects.exists()


def test_a_step_taken_back_is_never_told(pin, actor):
    make_follow(pin_id=pin.pk)
    undo_step(change=review(pin, actor), actor=actor, now=timezone.now())

    assert told() == []
    assert not News.objects.filter(spread_at=None).exists()


def test_a_handover_taken_back_is_never_told(pin, actor):
    make_follow(pin_id=pin.pk)
    body = pin.district.responsibility_set.get().body
    handover = hand_over(
        pin=pin,
        to_body=make_body("Stadtrat"),
        from_body=body,
        actor=actor,
        reason="Das ganze Stadtgebiet.",
    )
    undo_handover(handover=handover, actor=actor, now=timezone.now())

    assert told() == []


def test_a_handover_is_told(pin, actor):
    make_follow(pin_id=pin.pk)
    hand_over(
        pin=pin,
        to_body=make_body("Stadtrat"),
        from_body=pin.district.responsibility_set.get().body,
        actor=actor,
        reason="Das ganze Stadtgebiet.",
    )

    assert told() == [LOU]
    assert "Stadtrat" in News.objects.get().texts["de"]["what"]


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
def test_nothing_of_what_nobody_sees_any_more(pin, actor, gone):
    make_follow(pin_id=pin.pk)
    make_follow(district_slug="hohenecken")
    review(pin, actor)
    if gone == "hidden":
        hide_pin(pin=pin, actor=make_moderator(), reason="Namen.")
    else:
        withdraw_pin(pin=pin)

    assert told() == []


def test_a_new_contribution_is_told_to_those_around(pin, db):
    make_follow(place=metres_north(pin, 200), radius=500)
    new = make_pin(visibility=Visibility.SUBMITTED)
    assert told() == []

    publish_pin(pin=new, actor=make_moderator(), read=new.words_digest)

    assert told() == [LOU]


def test_a_place_shown_roughly_is_not_given_away(pin, actor):
    """Around a place counts where everybody sees the pin, not where it is."""
    exact = point_in(16, 0.5, 0.53)
    rough = make_pin(is_rough=True, location=exact)
    lon, lat = _public_location(rough)
    assert abs(lat - exact.y) * 111_200 > 20
    beyond = 480 / 111_200 * (1 if lat > exact.y else -1)
    # 480 m from the place that is shown, more than 500 m from the true one; and around.
    make_follow(place=Position(lon, lat + beyond), radius=500)
    make_follow(
        "dana@example.org", place=Position(exact.x, exact.y - beyond), radius=500
    )
    review(rough, actor)

    assert told() == [LOU]


def _public_location(pin):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(location), ST_Y(location) FROM pins_publicpin WHERE id = %s",
            [pin.pk],
        )
        return cursor.fetchone()


def test_who_wrote_or_followed_a_duplicate_is_told_of_what_goes_on(pin, actor):
    """Also of one merged into one that was merged."""
    first, second = make_pin(), make_pin()
    make_contact(first, "first@example.org")
    make_contact(second, "second@example.org")
    make_follow("third@example.org", pin_id=first.pk)
    merge(first, second, actor)
    merge(second, pin, actor)
    News.objects.all().delete()

    review(pin, actor)

    assert told() == ["first@example.org", "second@example.org", "third@example.org"]


def test_who_wrote_a_hidden_duplicate_is_not(pin, actor):
    twin = make_pin()
    make_contact(twin)
    merge(twin, pin, actor)
    hide_pin(pin=twin, actor=make_moderator(), reason="Namen.")
    News.objects.all().delete()

    review(pin, actor)

    assert told() == []


def say(pin, actor):
    return publish_official_comment(
        reference=pin.reference,
        text="Wir prüfen das.",
        language="de",
        idempotency_key=uuid4(),
        actor=actor,
        body=None,
    )


def test_what_a_body_says_is_told_to_all_around(pin, actor):
    make_follow(pin_id=pin.pk)
    make_follow("dana@example.org", district_slug="hohenecken")
    say(pin, actor)

    assert told() == ["dana@example.org", LOU]


def test_what_a_resident_says_is_told_to_who_follows_this_very_pin(pin, actor):
    make_contact(pin)
    make_follow(pin_id=pin.pk)
    make_follow("dana@example.org", district_slug="hohenecken")
    make_follow("dana@example.org", theme=pin.theme)
    make_follow("dana@example.org", place=metres_north(pin, 10), radius=500)
    comment = make_comment(pin, visibility=Visibility.SUBMITTED)
    assert told() == []

    publish_comment(comment=comment, actor=make_moderator(), read=comment.words_digest)

    assert told() == ["kim@example.org", LOU]


def test_a_comment_hidden_meanwhile_is_not_told(pin, actor):
    make_follow(pin_id=pin.pk)
    hide_comment(comment=say(pin, actor), actor=make_moderator(), reason="Namen.")

    assert told() == []


def test_a_comment_that_comes_back_is_not_told_again(pin, actor):
    comment = say(pin, actor)
    moderator = make_moderator()
    hide_comment(comment=comment, actor=moderator, reason="Namen.")
    publish_comment(comment=comment, actor=moderator, read=comment.words_digest)

    assert News.objects.count() == 1


def test_an_address_erased_meanwhile_gets_nothing(pin, actor):
    contact, follow = make_contact(pin), make_follow(pin_id=pin.pk)
    review(pin, actor)
    assert len(told()) == 2

    Contact.objects.filter(pk=contact.pk).delete()
    Follow.objects.filter(pk=follow.pk).delete()

    assert not Notice.objects.exists()


def test_what_is_rolled_back_is_not_news(pin, actor):
    with transaction.atomic():
        review(pin, actor)
        transaction.set_rollback(True)

    assert not News.objects.exists()


def test_ten_thousand_followers_cost_as_many_statements_as_one(
    pin, actor, django_assert_num_queries
):
    boxes = Mailbox.objects.bulk_create(
        Mailbox(email=f"follower-{n}@example.org") for n in range(10_000)
    )
    Follow.objects.bulk_create(
        Follow(
            mailbox=box,
            language="de",
            district_slug="hohenecken",
            confirmed_at=timezone.now(),
        )
        for box in boxes
    )
    review(pin, actor)
    let_the_minute_pass()

    # What is due, mailboxes of authors, all notices, spread; and the savepoint around.
    with django_assert_num_queries(6):
        spread_news()

    assert Notice.objects.count() == 10_000


@pytest.mark.django_db(transaction=True)
def test_two_workers_spread_each_piece_once():
    make_district(16)
    pin = make_pin()
    make_follow(pin_id=pin.pk)
    review(pin, make_user())
    let_the_minute_pass()
    found = []

    def other_worker():
        try:
            found.append(spread_news())
        finally:
            connection.close()

    with transaction.atomic():
        mine = spread_news()
        other = Thread(target=other_worker)
        other.start()
        other.join()

    # The other one did not wait: it left what was being spread alone.
    assert (mine, found) == (1, [0])
    assert Notice.objects.count() == 1
