"""Writing comments, deciding on them and taking them back; and what is counted."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pins.actions import KeyAlreadyUsed, change_status, hide_pin, publish_pin
from pins.comments import (
    edit_comment,
    hide_comment,
    publish_comment,
    publish_official_comment,
    reject_comment,
    submit_comment,
    withdraw_comment,
)
from pins.models import Comment, ParticipationPeriod, PublicPin
from pins.own_link import token_matches
from pins.participation import ParticipationClosed
from pins.supports import NoSuchPin
from pins.workflow import VISIBILITY_MOVES, MoveNotAllowed, Role, Status, Visibility
from tests.factories import (
    broken_constraint,
    make_body,
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction

KEY = UUID("00000000-0000-4000-8000-000000000001")
TEXT = "Das sehe ich genauso."
REASON = "Er beleidigt jemanden."


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin()


@pytest.fixture
def moderator(pin):
    return make_moderator()


def submit(pin, text=TEXT, key=KEY):
    return submit_comment(
        reference=pin.reference, text=text, language="de", idempotency_key=key
    )


def count():
    return PublicPin.objects.get().comment_count


def make_duplicate(pin):
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=make_user("anna"),
        roles={Role.BODY},
        body=None,
        duplicate_of=make_pin(),
    )


class TestSubmitting:
    def test_it_waits_unseen(self, pin):
        comment, token = submit(pin)

        assert comment.visibility == Visibility.SUBMITTED
        assert token_matches(token, comment.token_hash)
        assert not comment.is_official
        assert count() == 0
        assert not Comment.objects.public().exists()

    def test_the_same_form_makes_one_comment(self, pin):
        first, second = submit(pin), submit(pin)

        assert first == second
        assert Comment.objects.count() == 1

    def test_a_form_that_was_sent_in_time_gets_its_answer_again(self, pin):
        comment, token = submit(pin)
        ParticipationPeriod.objects.create(
            opens_on=timezone.localdate(),
            may_pin=True,
            may_comment=False,
            may_support=True,
        )

        assert submit(pin) == (comment, token)
        with pytest.raises(ParticipationClosed):
            submit(pin, key=uuid4())

    def test_what_the_database_refuses_is_no_comment_sent_before(self, pin):
        with pytest.raises(IntegrityError) as refused:
            submit(pin, text="")
        assert broken_constraint(refused.value) == "comment_text_length"

    def test_a_key_with_other_words_or_for_another_pin_is_refused(self, pin):
        submit(pin)

        with pytest.raises(KeyAlreadyUsed):
            submit(pin, text="Etwas anderes.")
        with pytest.raises(KeyAlreadyUsed):
            submit(make_pin())

        assert Comment.objects.get().text == TEXT

    @pytest.mark.parametrize(
        "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
    )
    def test_only_what_is_published_can_be_commented_on(self, pin, visibility):
        with pytest.raises(NoSuchPin):
            submit(make_pin(visibility=visibility))

    def test_a_duplicate_is_closed(self, pin):
        make_duplicate(pin)

        with pytest.raises(MoveNotAllowed):
            submit(pin)


class TestOfficial:
    def say(self, pin, actor, body=None):
        return publish_official_comment(
            reference=pin.reference,
            text=TEXT,
            language="de",
            idempotency_key=KEY,
            actor=actor,
            body=body,
        )

    def test_it_is_published_at_once_in_the_name_of_the_body(self, pin):
        body, anna = make_body("Ortsbeirat West"), make_user("anna")

        comment = self.say(pin, anna, body)

        assert comment.is_official
        assert comment.speaker == "Ortsbeirat West"
        assert comment.actor == anna
        assert comment.published_at
        assert list(Comment.objects.public()) == [comment]
        assert count() == 1

    def test_sent_twice_it_is_one(self, pin):
        anna = make_user("anna")

        assert self.say(pin, anna) == self.say(pin, anna)
        with pytest.raises(KeyAlreadyUsed):
            self.say(pin, make_user("bert"))
        assert count() == 1

    def test_without_a_body_the_planners_speak(self, pin):
        comment = self.say(pin, make_user("anna"))
        assert comment.is_official
        assert comment.speaker

    def test_a_duplicate_is_closed_here_too(self, pin):
        make_duplicate(pin)
        with pytest.raises(MoveNotAllowed):
            self.say(pin, make_user("bert"))

    def test_nobody_has_an_own_link_to_it(self, pin):
        comment = self.say(pin, make_user("anna"))
        assert comment.token_hash == ""
        assert not token_matches("", comment.token_hash)


# From the table of moves that pins follow, too: who brings a comment where.
ACTIONS = {
    (Visibility.PUBLISHED, Role.MODERATOR): lambda comment, actor: publish_comment(
        comment=comment, actor=actor, read=comment.words_digest
    ),
    (Visibility.REJECTED, Role.MODERATOR): lambda comment, actor: reject_comment(
        comment=comment, actor=actor, reason=f" {REASON}\n"
    ),
    (Visibility.HIDDEN, Role.MODERATOR): lambda comment, actor: hide_comment(
        comment=comment, actor=actor, reason=f" {REASON}\n"
    ),
    (Visibility.WITHDRAWN, Role.AUTHOR): lambda comment, _actor: withdraw_comment(
        comment=comment
    ),
}
ALLOWED = {
    (move.source, (move.target, role))
    for move in VISIBILITY_MOVES
    for role in move.roles
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action[0].value)
@pytest.mark.parametrize("source", Visibility)
def test_each_move_of_the_table_and_no_other(pin, moderator, source, action):
    comment = make_comment(pin, visibility=source)
    if (source, action) not in ALLOWED:
        with pytest.raises(MoveNotAllowed):
            ACTIONS[action](comment, moderator)
        comment.refresh_from_db()
        assert comment.visibility == source
        return

    moved = ACTIONS[action](comment, moderator)

    to, role = action
    assert moved.visibility == to
    assert count() == (to == Visibility.PUBLISHED)
    if role == Role.MODERATOR:
        assert moved.decided_by == moderator
        refuses = to in {Visibility.REJECTED, Visibility.HIDDEN}
        assert moved.reason == (REASON if refuses else "")


def test_every_move_of_the_table_has_an_action():
    assert {action for _, action in ALLOWED} == set(ACTIONS)


@pytest.mark.parametrize("decide", [reject_comment, hide_comment])
@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_refusal_needs_a_reason(pin, moderator, decide, reason):
    source = "submitted" if decide is reject_comment else "published"
    comment = make_comment(pin, visibility=source)

    with pytest.raises(MoveNotAllowed):
        decide(comment=comment, actor=moderator, reason=reason)


def test_only_what_was_read_is_published(pin, moderator):
    comment, _ = submit(pin)
    read = comment.words_digest
    edit_comment(comment=comment, text="Kauft bei mir!")

    with pytest.raises(MoveNotAllowed):
        publish_comment(comment=comment, actor=moderator, read=read)

    assert count() == 0


def test_words_can_be_changed_until_somebody_has_decided(pin, moderator):
    comment, _ = submit(pin)
    edited = edit_comment(comment=comment, text="Noch besser gesagt.")
    publish_comment(comment=comment, actor=moderator, read=edited.words_digest)

    with pytest.raises(MoveNotAllowed):
        edit_comment(comment=comment, text="Kauft bei mir!")

    assert Comment.objects.get().text == "Noch besser gesagt."


def test_the_first_publication_gives_the_date(pin, moderator):
    comment = make_comment(pin)
    first = comment.published_at
    hide_comment(comment=comment, actor=moderator, reason=REASON)

    again = publish_comment(comment=comment, actor=moderator, read=comment.words_digest)

    assert again.published_at == first


def test_a_withdrawn_comment_keeps_what_moderators_noted(pin, moderator):
    comment = make_comment(pin)
    hide_comment(comment=comment, actor=moderator, reason=REASON)

    withdrawn = withdraw_comment(comment=comment)

    assert withdrawn.reason == REASON
    assert withdrawn.decided_by == moderator


class TestCounting:
    def test_what_is_published_counts(self, pin, moderator):
        for visibility in Visibility:
            make_comment(pin, visibility=visibility)
        comment = Comment.objects.get(visibility=Visibility.PUBLISHED)
        assert count() == 1

        hide_comment(comment=comment, actor=moderator, reason=REASON)
        assert count() == 0
        publish_comment(comment=comment, actor=moderator, read=comment.words_digest)
        assert count() == 1
        comment.delete()
        assert count() == 0

    def test_many_at_once(self, pin):
        for _ in range(3):
            make_comment(pin)
        Comment.objects.update(visibility=Visibility.HIDDEN, reason=REASON)
        assert count() == 0
        Comment.objects.update(visibility=Visibility.PUBLISHED)
        assert count() == 3
        Comment.objects.all().delete()
        assert count() == 0

    def test_a_hidden_pin_comes_back_with_the_right_count(self, pin, moderator):
        kept, waiting = make_comment(pin), make_comment(pin, visibility="submitted")
        hide_pin(pin=pin, actor=moderator, reason=REASON)
        hide_comment(comment=kept, actor=moderator, reason=REASON)
        for comment in (waiting, kept):
            publish_comment(comment=comment, actor=moderator, read=comment.words_digest)
        assert not Comment.objects.public().exists()

        publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

        assert count() == 2
        assert Comment.objects.public().count() == 2

    def test_a_deleted_pin_takes_its_comments_along(self, pin):
        make_comment(pin)
        pin.delete()
        assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"text": "ab"}, "comment_text_length"),
        ({"text": "a" * 2001}, "comment_text_length"),
        ({"language": "fr"}, "comment_language_known"),
        ({"visibility": "secret"}, "comment_visibility_known"),
        ({"published_at": None}, "comment_published_has_a_date"),
        ({"visibility": "hidden", "reason": ""}, "comment_reason_to_refuse"),
        ({"idempotency_key": KEY}, "comment_idempotency_key_once"),
    ],
)
def test_the_database_refuses(pin, fields, constraint):
    make_comment(pin, idempotency_key=KEY, visibility=Visibility.SUBMITTED)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make_comment(pin, **fields)

    assert broken_constraint(refused.value) == constraint


def test_a_body_never_speaks_without_a_person(pin):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make_comment(pin, body=make_body())

    assert broken_constraint(refused.value) == "comment_official_has_an_actor"


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_the_same_moment_one_decides():
    make_district(16)
    comment = make_comment(make_pin(), visibility=Visibility.SUBMITTED)
    anna, bert = make_moderator("anna"), make_moderator("bert")
    first_has_decided, outcome = threading.Event(), list[str]()

    def second():
        try:
            first_has_decided.wait(timeout=10)
            reject_comment(comment=comment, actor=bert, reason=REASON)
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        publish_comment(comment=comment, actor=anna, read=comment.words_digest)
        first_has_decided.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["told"]
    assert Comment.objects.get().decided_by == anna
    assert count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_comment():
    make_district(16)
    pin = make_pin()
    together, answers = threading.Barrier(2, timeout=10), []

    def click():
        try:
            together.wait()
            answers.append(submit(pin, key=KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert Comment.objects.count() == 1


def test_public_means_published_on_what_is_published(pin):
    shown = make_comment(pin)
    for visibility in Visibility:
        unseen = make_pin(visibility=visibility)
        if visibility != Visibility.PUBLISHED:
            make_comment(unseen, published_at=timezone.now())
            make_comment(pin, visibility=visibility)

    assert list(Comment.objects.public()) == [shown]
