"""The history of words: what was written when, by the author or by moderation.

For moderators only. Kept from the first change on: who wrote once has one version, which
is the contribution itself.
"""

import datetime
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from pins.models import Comment, Pin, Question, QueueEntry, Wording
from pins.models.wording import about

# The mark that stands for what was taken out.
MARK = "[…]"


@dataclass(frozen=True)
class Words:
    """All that the public reads of a contribution; of a comment the text alone."""

    text: str
    title: str = ""
    place_note: str = ""

    @property
    def has_marks(self) -> bool:
        """Whether something stands for words that moderation took out."""
        return any(MARK in text for text in (self.title, self.text, self.place_note))


@dataclass(frozen=True)
class Part:
    """Some words of a version: as before, new in it, or gone since the one before."""

    text: str
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Version:
    """One version, and how it differs from the one before."""

    wording: Wording
    parts: dict[str, list[Part]]


def words_of(subject: Pin | Comment) -> Words:
    """Return the words as they are."""
    if isinstance(subject, Comment):
        return Words(text=subject.text)
    return Words(text=subject.text, title=subject.title, place_note=subject.place_note)


def write_words(subject: Pin | Comment, words: Words) -> None:
    """Save other words, and whether moderation has taken something out of them."""
    subject.text = words.text
    fields = ["text", "is_redacted"]
    if isinstance(subject, Pin):
        subject.title, subject.place_note = words.title, words.place_note
        fields += ["title", "place_note"]
    subject.save(update_fields=fields)


def keep_version(
    *,
    subject: Pin | Comment,
    before: Words,
    cause: Wording.Cause,
    actor: User | None = None,
) -> Wording | None:
    """Keep the words of the subject as they are now, and on the first change those before.

    In the transaction of the change. None where nothing has changed.
    """
    now = words_of(subject)
    if now == before:
        return None
    if not Wording.objects.filter(about(subject)).exists():
        _append(subject, before, Wording.Cause.SENT, None, subject.created_at)
    return _append(subject, now, cause, actor, timezone.now())


def _append(
    subject: Pin | Comment,
    words: Words,
    cause: Wording.Cause,
    actor: User | None,
    moment: datetime.datetime,
) -> Wording:
    column = "comment" if isinstance(subject, Comment) else "pin"
    return Wording.objects.create(
        cause=cause,
        title=words.title,
        text=words.text,
        place_note=words.place_note,
        actor=actor,
        created_at=moment,
        **{column: subject},
    )


def history_of(subject: Pin | Comment) -> list[Version]:
    """Return all versions, the oldest first, each with what differs; empty without any."""
    versions: list[Version] = []
    former: Wording | None = None
    for wording in Wording.objects.filter(about(subject)).select_related("actor"):
        parts = {
            name: list(
                compare(getattr(former or wording, name), getattr(wording, name))
            )
            for name in ("title", "text", "place_note")
        }
        versions.append(Version(wording, parts))
        former = wording
    return versions


def compare(before: str, after: str) -> Iterator[Part]:
    """Yield what two texts share, what is gone and what is new, word by word."""
    old, new = _split(before), _split(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Part("".join(new[j1:j2]))
            continue
        if i1 < i2:
            yield Part("".join(old[i1:i2]), is_gone=True)
        if j1 < j2:
            yield Part("".join(new[j1:j2]), is_new=True)


def _split(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def forget_words(*, subject: Pin | Comment) -> None:
    """Erase all former versions and questions: the author has withdrawn."""
    Wording.objects.filter(about(subject)).delete()
    Question.objects.filter(about(subject)).delete()


@transaction.atomic
def erase_wordings(*, dry_run: bool, now: datetime.datetime | None = None) -> int:
    """Erase former words and questions whose time is over; return how many.

    All versions of one thing together, `WORDING_LIFETIME` after the last: what is left
    would otherwise tell who took out what. Not while it waits for a decision.
    """
    before = (now or timezone.now()) - settings.WORDING_LIFETIME
    waits = Q(comment=OuterRef("comment")) | Q(pin=OuterRef("pin"), comment=None)
    is_waiting = Exists(QueueEntry.objects.filter(waits))
    younger = Wording.objects.filter(created_at__gte=before)
    of_same = Q(comment=OuterRef("comment")) | Q(pin=OuterRef("pin"))
    wordings = Wording.objects.filter(~Exists(younger.filter(of_same)), ~is_waiting)
    questions = Question.objects.filter(~is_waiting, asked_at__lt=before)
    if dry_run:
        return wordings.count() + questions.count()
    return wordings.delete()[0] + questions.delete()[0]
