"""Taking words out: names, numbers, insults. The public reads a mark in their place.

The contribution itself is changed, so the public read model, search and every export follow
as they follow any edit. What was written before is a `Wording`, for moderators alone, for
as long as `WORDING_LIFETIME` says; until then it can be put back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pins.models import Comment, News, Pin, Wording
from pins.models.comment import COMMENT_LENGTH
from pins.models.pin import NOTE_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from pins.models.wording import about
from pins.moderation.letters import tell_of_redaction
from pins.moderation.wordings import (
    MARK,
    Words,
    keep_version,
    words_of,
    write_words,
)
from pins.signals import words_changed
from pins.workflow import MoveNotAllowed, Visibility
from trust import audit

# What the public sees or may see later.
_REDACTED_IN = frozenset(
    {Visibility.SUBMITTED, Visibility.PUBLISHED, Visibility.HIDDEN}
)


class NotThere(Exception):
    """Some of the words to take out do not occur; `phrases` says which."""

    def __init__(self, phrases: Sequence[str]) -> None:
        super().__init__(", ".join(phrases))
        self.phrases = phrases


class TooLittleLeft(Exception):
    """What is left is too short, or with its marks too long."""


def may_be_redacted(subject: Pin | Comment) -> bool:
    """Tell whether words can be taken out: of nothing that is refused or withdrawn."""
    return subject.visibility in _REDACTED_IN


def take_out(words: Words, phrases: Sequence[str]) -> Words:
    """Return the words with a mark for each of the phrases, wherever they stand.

    Upper and lower case and the ends of lines make no difference; parts of words count,
    so that "Müller" is taken out of "Müllers" too. Raises NotThere and TooLittleLeft.
    """
    patterns = [_pattern(phrase) for phrase in phrases]
    whole = (words.title, words.text, words.place_note)
    missing = [
        phrase
        for phrase, pattern in zip(phrases, patterns, strict=True)
        if not any(pattern.search(text) for text in whole)
    ]
    if missing:
        raise NotThere(missing)
    return replace(
        words,
        title=_mark(words.title, patterns),
        text=_mark(words.text, patterns),
        place_note=_mark(words.place_note, patterns),
    )


def demand_enough(subject: Pin | Comment, words: Words) -> None:
    """Raise TooLittleLeft unless the words are long enough to stand, and not too long."""
    if isinstance(subject, Comment):
        limits = [(words.text, COMMENT_LENGTH)]
    else:
        limits = [
            (words.title, TITLE_LENGTH),
            (words.text, TEXT_LENGTH),
            (words.place_note, (0, NOTE_LENGTH)),
        ]
    if any(not least <= len(text) <= most for text, (least, most) in limits):
        raise TooLittleLeft


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, phrase.split())), re.IGNORECASE)


def _mark(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    """Return a text with a mark for each stretch that the patterns cover together."""
    covered = sorted(
        found.span() for pattern in patterns for found in pattern.finditer(text)
    )
    parts, end = [], 0
    for start, stop in covered:
        if start >= end:
            parts += [text[end:start], MARK]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


@transaction.atomic
def redact(
    *, subject: Pin | Comment, actor: User, phrases: Sequence[str], read: str
) -> None:
    """Take words out; the author is told.

    `read` is the `words_digest` of what the actor has seen. Raises MoveNotAllowed where
    that has changed meanwhile or cannot be public any more, NotThere and TooLittleLeft.
    """
    held = _hold(subject)
    if held.words_digest != read:
        raise MoveNotAllowed(
            _("Words or photos have changed meanwhile. Please look at them again.")
        )
    before = words_of(held)
    after = take_out(before, phrases)
    demand_enough(held, after)
    held.is_redacted = True
    _change(held, after, Wording.Cause.REDACTED, actor)
    audit.record("take words out", actor=actor, target=held)
    tell_of_redaction(held)


@transaction.atomic
def restore(*, subject: Pin | Comment, actor: User) -> None:
    """Put back what the author wrote last.

    Raises MoveNotAllowed where nothing was taken out, or the words are erased by now.
    """
    held = _hold(subject)
    written = original_of(held)
    if written is None:
        raise MoveNotAllowed(_("There are no former words to put back."))
    held.is_redacted = False
    words = Words(text=written.text, title=written.title, place_note=written.place_note)
    _change(held, words, Wording.Cause.RESTORED, actor)
    audit.record("put words back", actor=actor, target=held)


def original_of(subject: Pin | Comment) -> Wording | None:
    """Return the author's own last words where moderation has taken some out."""
    if not subject.is_redacted:
        return None
    by_author = [Wording.Cause.SENT, Wording.Cause.EDITED]
    return Wording.objects.filter(about(subject)).filter(cause__in=by_author).last()


def _hold(subject: Pin | Comment) -> Pin | Comment:
    held: Pin | Comment = type(subject).objects.select_for_update().get(pk=subject.pk)
    if not may_be_redacted(held):
        raise MoveNotAllowed(_("This step is not possible at the moment."))
    return held


def _change(
    held: Pin | Comment, words: Words, cause: Wording.Cause, actor: User
) -> None:
    before = words_of(held)
    write_words(held, words)
    keep_version(subject=held, before=before, cause=cause, actor=actor)
    _correct_news(held, before, words)
    if isinstance(held, Pin):
        words_changed.send(sender=Pin, pin=held, before=before.title)


def _correct_news(subject: Pin | Comment, before: Words, after: Words) -> None:
    """Let mails that are not sent yet quote the words as they are now."""
    if isinstance(subject, Comment):
        told, old, new = Q(comment=subject), before.text, after.text
    else:
        # A duplicate's news name the title of what it repeats.
        told = Q(pin=subject) | Q(pin__duplicate_of=subject)
        old, new = before.title, after.title
    for news in News.objects.filter(told):
        texts = _replaced(news.texts, old, new)
        if texts != news.texts:
            News.objects.filter(pk=news.pk).update(texts=texts)


def _replaced(value: Any, old: str, new: str) -> Any:
    """Replace it in what `Words` hold: texts, lists of them, and both by name."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_replaced(part, old, new) for part in value]
    return {name: _replaced(part, old, new) for name, part in value.items()}
