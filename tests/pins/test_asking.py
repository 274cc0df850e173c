"""Asking an author back: by mail and on the own page; meanwhile the time stands still."""

import datetime
import re

import pytest
from django.core import mail, signing
from django.db import IntegrityError
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import edit_pin, reject_pin, withdraw_pin
from pins.comments import edit_comment
from pins.models import Question, QueueEntry
from pins.moderation.asking import answer_question, ask_author
from pins.moderation.letters import answer_path, read_answer_token
from pins.own_link import hash_token
from pins.photos.keeping import Album, edit_photos
from pins.tasks import send_question
from pins.workflow import MoveNotAllowed, Source, Visibility
from tests.factories import (
    make_comment,
    make_contact,
    make_district,
    make_moderator,
    make_pin,
)
from tests.pages import assert_refused, fields_of, text_of

TEXT = "Welche Straße meinen Sie?"
OTHER = "Ein ganz anderer Text, lang genug."
TOKEN = "t" * 43
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Let jobs leave the connection of the test alone."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


@pytest.fixture
def pin(moderator):
    return make_pin(visibility=Visibility.SUBMITTED, token_hash=hash_token(TOKEN))


@pytest.fixture
def comment(moderator):
    return make_comment(
        make_pin(), visibility=Visibility.SUBMITTED, token_hash=hash_token(TOKEN)
    )


@pytest.fixture
def question(pin, moderator):
    return ask_author(subject=pin, actor=moderator, text=TEXT)


def entry_of(subject):
    return QueueEntry.objects.of(subject).get()


def jobs():
    return ProcrastinateJob.objects.values_list("task_name", "args")


class TestAsking:
    def test_it_waits_for_the_author_then(self, pin, question):
        entry = entry_of(pin)
        assert entry.asked_at == question.asked_at
        assert entry.claimed_by is None
        assert not QueueEntry.objects.waiting().exists()
        assert not QueueEntry.objects.overdue(timezone.now() + 30 * DAY).exists()

    def test_by_the_page(self, client, pin, moderator):
        client.force_login(moderator)
        page = f"/moderation/{pin.reference}/"

        response = client.post(page, {"to": "asked", "question": TEXT})

        assert response.status_code == 302
        assert pin.questions.get().text == TEXT
        assert TEXT in text_of(client.get(page))

    def test_by_the_page_of_a_comment(self, client, comment, moderator):
        client.force_login(moderator)
        page = f"/moderation/comments/{comment.pk}/"

        client.post(page, {"to": "asked", "question": TEXT})

        assert comment.questions.get().asked_by == moderator

    @pytest.mark.parametrize("typed", ["", "  ", "x" * 4001, "Mit \x1b"])
    def test_a_question_that_is_none(self, client, pin, moderator, typed):
        client.force_login(moderator)
        response = client.post(
            f"/moderation/{pin.reference}/", {"to": "asked", "question": typed}
        )
        assert_refused(response, "question")
        assert fields_of(response)["question"] == typed

    def test_twice_it_is_refused(self, pin, question, moderator, english):
        with pytest.raises(MoveNotAllowed, match="already"):
            ask_author(subject=pin, actor=moderator, text=TEXT)

    def test_what_is_decided_needs_no_question(self, pin, moderator):
        reject_pin(pin=pin, actor=moderator, reason="Werbung")
        with pytest.raises(MoveNotAllowed):
            ask_author(subject=pin, actor=moderator, text=TEXT)

    @pytest.mark.parametrize("source", [Source.CARD, Source.STAND, Source.OPEN311])
    def test_only_where_it_reaches_somebody(self, client, moderator, source):
        pin = make_pin(visibility=Visibility.SUBMITTED, source=source)
        client.force_login(moderator)
        page = f"/moderation/{pin.reference}/"

        assert 'value="asked"' not in client.get(page).content.decode()
        response = client.post(page, {"to": "asked", "question": TEXT})
        assert_refused(response, "__all__", status=409)

        make_contact(pin)
        assert 'value="asked"' in client.get(page).content.decode()

    def test_a_body_is_not_asked(self, moderator, english):
        official = make_comment(
            make_pin(), visibility=Visibility.SUBMITTED, actor=moderator
        )
        with pytest.raises(MoveNotAllowed, match="would not reach"):
            ask_author(subject=official, actor=moderator, text=TEXT)


class TestMail:
    def test_it_brings_question_and_link(self, client, pin, moderator):
        make_contact(pin, language="en")
        ask_author(subject=pin, actor=moderator, text=TEXT)
        ((name, args),) = jobs()
        assert name == "pins.tasks.send_question"

        send_question(**args)

        (sent,) = mail.outbox
        assert pin.reference in sent.subject
        assert sent.to == ["kim@example.org"]
        assert TEXT in sent.body
        link = re.search(r"http://testserver(/en/pins/questions/\S+)", str(sent.body))
        assert link is not None
        assert TEXT in text_of(client.get(link[1]))
        assert "/stop" in sent.body

    def test_nobody_to_write_to(self, pin, question):
        assert not jobs()
        send_question(question_id=question.pk)
        assert mail.outbox == []

    def test_not_once_it_is_answered(self, pin, question):
        make_contact(pin)
        answer_question(question=question, text="Die Ringstraße")
        send_question(question_id=question.pk)
        assert mail.outbox == []


class TestAnswering:
    def test_it_waits_for_moderators_again(self, pin, question):
        since = entry_of(pin).waiting_since
        QueueEntry.objects.update(asked_at=timezone.now() - 3 * DAY)

        answer_question(question=question, text="Die Ringstraße")

        entry = entry_of(pin)
        assert entry.asked_at is None
        # The three days with the author do not count.
        assert 3 * DAY <= entry.waiting_since - since < 3.1 * DAY

    def test_twice_the_same_is_once(self, question):
        for _ in range(2):
            answer_question(question=question, text="Die Ringstraße")
        question.refresh_from_db()
        assert question.answer == "Die Ringstraße"

    def test_another_answer_comes_too_late(self, question):
        answer_question(question=question, text="Die Ringstraße")
        with pytest.raises(MoveNotAllowed):
            answer_question(question=question, text="Doch die Marktstraße")

    def test_a_change_of_the_words_is_an_answer(self, pin, question):
        edit_pin(pin=pin, title=pin.title, text=OTHER)
        question.refresh_from_db()
        assert (question.answer, entry_of(pin).asked_at) == ("", None)
        assert question.answered_at is not None

    def test_so_is_one_of_the_photos(self, pin, question):
        edit_photos(pin=pin, album=Album(), removed=[])
        assert entry_of(pin).asked_at is None

    def test_and_one_of_a_comment(self, comment, moderator):
        ask_author(subject=comment, actor=moderator, text=TEXT)
        edit_comment(comment=comment, text="Anders gesagt.")
        assert entry_of(comment).asked_at is None

    def test_a_decision_meanwhile_ends_it(self, pin, question, moderator):
        reject_pin(pin=pin, actor=moderator, reason="Werbung")
        with pytest.raises(MoveNotAllowed):
            answer_question(question=question, text="Die Ringstraße")

    def test_a_withdrawal_leaves_nothing_of_it(self, pin, question):
        withdraw_pin(pin=pin)
        assert not Question.objects.exists()

    def test_a_question_that_a_moderator_had_open(self, pin, question):
        # An entry whose mark is gone already keeps its time.
        QueueEntry.objects.update(asked_at=None)
        since = entry_of(pin).waiting_since
        answer_question(question=question, text="Die Ringstraße")
        assert entry_of(pin).waiting_since == since


class TestPages:
    def own(self, pin):
        return f"/pins/{pin.reference}/edit/{TOKEN}"

    def test_the_own_page_asks(self, client, pin, question):
        page = client.get(self.own(pin))
        assert TEXT in text_of(page)
        (token,) = re.findall(r'/pins/questions/([^"/?]+)', page.content.decode())
        assert read_answer_token(token) == question.pk

    def test_so_does_that_of_a_comment(self, client, comment, moderator):
        question = ask_author(subject=comment, actor=moderator, text=TEXT)
        path = f"/pins/{comment.pin.reference}/comments/{comment.pk}/edit/{TOKEN}"
        assert TEXT in text_of(client.get(path))

        client.post(answer_path(question), {"answer": "Die Ringstraße"})

        assert TEXT not in text_of(client.get(path))
        assert comment.questions.get().answer == "Die Ringstraße"

    def test_answering_by_the_link(self, client, pin, question):
        address = answer_path(question)
        assert TEXT in text_of(client.get(address))

        response = client.post(
            f"/en{address}", {"answer": "Die Ringstraße"}, follow=True
        )

        assert "Thank you." in text_of(response)
        assert pin.questions.get().answer == "Die Ringstraße"
        assert "answer" not in fields_of(client.get(address))

    @pytest.mark.parametrize("typed", ["", "  ", "x" * 2001, "Mit \x1b"])
    def test_an_answer_that_is_none(self, client, question, typed):
        response = client.post(answer_path(question), {"answer": typed})
        assert_refused(response, "answer")
        assert fields_of(response)["answer"] == typed

    def test_too_late_nothing_typed_is_lost(self, client, pin, question, moderator):
        reject_pin(pin=pin, actor=moderator, reason="Werbung")

        response = client.post(answer_path(question), {"answer": "Die Ringstraße"})

        assert response.status_code == 409
        assert "Die Ringstraße" in text_of(response)
        assert "answer" not in fields_of(client.get(answer_path(question)))

    @pytest.mark.parametrize("token", ["x", "MQ:1u:x", "%00"])
    def test_a_link_that_is_none(self, client, question, token):
        assert client.get(f"/pins/questions/{token}").status_code == 404

    def test_a_link_to_what_is_erased(self, client, question):
        address = answer_path(question)
        Question.objects.all().delete()
        assert client.get(address).status_code == 404

    def test_a_link_signed_for_something_else(self):
        token = signing.dumps("1", salt="pins.question")
        with pytest.raises(signing.BadSignature):
            read_answer_token(token)

    def test_other_methods(self, client, question):
        assert client.put(answer_path(question)).status_code == 405

    def test_moderators_read_how_it_went(self, client, pin, question, moderator):
        client.force_login(moderator)
        page = f"/en/moderation/{pin.reference}/"
        assert "No answer yet." in text_of(client.get(page))
        assert "A question has been with the author" in text_of(client.get(page))

        edit_pin(pin=pin, title=pin.title, text=OTHER)

        assert "changed the contribution instead" in text_of(client.get(page))


def test_one_open_question_at_a_time(pin, question, moderator):
    with pytest.raises(IntegrityError, match="question_one_open_of_pin"):
        Question.objects.create(pin=pin, text="Und noch eine?", asked_by=moderator)


def test_a_question_is_about_one_thing(pin, moderator):
    with pytest.raises(IntegrityError, match="question_about_one"):
        Question.objects.create(text=TEXT, asked_by=moderator)
