"""Asking an author back, and taking the answer: meanwhile the time of the queue stands."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models import Comment, Pin, Question, QueueEntry, Wording
from pins.models.wording import about
from pins.moderation.letters import contact_of, tell_of_question
from pins.moderation.wordings import Words, keep_version, words_of, write_words
from pins.workflow import MoveNotAllowed, Source
from trust import audit


def may_be_asked(subject: Pin | Comment) -> bool:
    """Tell whether a question can reach the author: by mail, or on the own link."""
    if isinstance(subject, Comment):
        return not subject.is_official
    return subject.source == Source.ONLINE or contact_of(subject) is not None


@transaction.atomic
def ask_author(*, subject: Pin | Comment, actor: User, text: str) -> Question:
    """Ask the author something: by mail where there is an address, and on their own page.

    Until the answer it waits for the author and not for moderators. Raises
    MoveNotAllowed where it was decided on meanwhile, where a question is open already,
    and where nobody could read it.
    """
    entry = _hold(subject)
    if entry is None:
        raise MoveNotAllowed(_("This step is not possible at the moment."))
    if entry.asked_at is not None:
        raise MoveNotAllowed(_("A question is with the author already."))
    if not may_be_asked(subject):
        raise MoveNotAllowed(_("A question would not reach the author."))
    column = "comment" if isinstance(subject, Comment) else "pin"
    question = Question.objects.create(text=text, asked_by=actor, **{column: subject})
    entry.asked_at = question.asked_at
    entry.claimed_by = entry.claimed_at = entry.renewed_at = None
    entry.save(update_fields=["asked_at", "claimed_by", "claimed_at", "renewed_at"])
    audit.record("ask author", actor=actor, target=subject)
    tell_of_question(question)
    return question


@transaction.atomic
def answer_question(*, question: Question, text: str) -> None:
    """Keep what the author answers; it waits for moderators again.

    Sent twice it is kept once. Raises MoveNotAllowed where the words were decided on, or
    the question has another answer already.
    """
    subject = question.subject
    entry = _hold(subject) if subject is not None else None
    held = Question.objects.select_for_update().get(pk=question.pk)
    if held.answered_at is not None and held.answer == text:
        return
    if entry is None or held.answered_at is not None:
        raise MoveNotAllowed(_("This question can no longer be answered."))
    held.answer, held.answered_at = text, timezone.now()
    held.save(update_fields=["answer", "answered_at"])
    _back_to_moderators(entry)


def author_writes(subject: Pin | Comment, words: Words) -> None:
    """Let the author change the words, and take that for the answer to a question.

    In a transaction that holds the row of the subject. Where the author takes out the
    marks of moderation, nothing says any more that something is missing.
    """
    before = words_of(subject)
    subject.is_redacted = subject.is_redacted and words.has_marks
    write_words(subject, words)
    keep_version(subject=subject, before=before, cause=Wording.Cause.EDITED)
    author_has_changed(subject)


def author_has_changed(subject: Pin | Comment) -> None:
    """Take a change by the author for the answer to an open question.

    In the transaction of the change, which holds the row of the subject.
    """
    now = timezone.now()
    open_questions = Question.objects.filter(about(subject)).filter(answered_at=None)
    if open_questions.update(answered_at=now):
        for entry in QueueEntry.objects.select_for_update().of(subject):
            _back_to_moderators(entry)


def _back_to_moderators(entry: QueueEntry) -> None:
    if entry.asked_at is not None:
        entry.waiting_since += timezone.now() - entry.asked_at
        entry.asked_at = None
        entry.save(update_fields=["waiting_since", "asked_at"])


def _hold(subject: Pin | Comment) -> QueueEntry | None:
    """Return the entry, held; its subject first, as decisions hold it."""
    type(subject).objects.select_for_update(no_key=True).get(pk=subject.pk)
    return QueueEntry.objects.select_for_update().of(subject).first()
