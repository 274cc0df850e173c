"""What everybody may be told of: written down with the step itself, in all languages.

The row stands in the transaction of the change: what is rolled back is never told. Who is
told, and when, is for `pins/telling/spreading.py` and `pins/telling/mailing.py`.
"""

from collections.abc import Callable
from typing import NotRequired, TypedDict

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from pins.models import Comment, Handover, News, Pin, StatusChange
from pins.models.comment import speaker_name
from pins.workflow import Status

Event = News.Event


class Words(TypedDict):
    """What happened in one language: a sentence, details, and words of a body or person.

    `note` is quoted as it was written, in whatever language. `about` names what it is
    about, where that is not the contribution alone.
    """

    what: str
    facts: list[str]
    note: str
    about: NotRequired[str]


Texts = dict[str, Words]


def in_each_language(write: Callable[[], Words]) -> Texts:
    """Return what `write` says in each language of the site."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts[code] = write()
    return texts


def announce(
    *,
    pin: Pin,
    event: News.Event,
    texts: Texts,
    step: StatusChange | None = None,
    handover: Handover | None = None,
    comment: Comment | None = None,
    path: str = "",
) -> News:
    """Write down that something happened in public to a pin.

    `step`, `handover` or `comment` is what it tells of: nobody is told of what has been
    taken back or hidden before the mail goes out. `path` is where more can be read,
    without the prefix of a language; the pin's own page where it is empty.
    """
    return News.objects.create(
        pin=pin,
        event=event,
        texts=texts,
        step=step,
        handover=handover,
        comment=comment,
        path=path,
    )


def announce_published(pin: Pin) -> News:
    """Write down that everybody sees the pin now."""

    def write() -> Words:
        return {
            "what": _("Now on the map for everyone to see."),
            "facts": [],
            "note": "",
        }

    return announce(pin=pin, event=Event.PUBLISHED, texts=in_each_language(write))


def announce_step(
    step: StatusChange, texts: Texts | None = None, path: str = ""
) -> News:
    """Write down that the matter of a pin has come a step further.

    `texts` says more where more is known: the sitting, the votes.
    """
    return announce(
        pin=step.pin,
        event=Event.STATUS_CHANGED,
        texts=texts or in_each_language(lambda: describe_step(step)),
        step=step,
        path=path,
    )


def describe_step(step: StatusChange) -> Words:
    """Return the step in the present language."""
    facts = []
    survivor = step.pin.duplicate_of
    if step.to_status == Status.DUPLICATE and survivor is not None:
        repeats = _("It repeats %(reference)s “%(title)s”; there it goes on.")
        facts.append(
            repeats % {"reference": survivor.reference, "title": survivor.title}
        )
    return {
        "what": _("New status: %(status)s (%(body)s)")
        % {
            "status": Status(step.to_status).label,
            "body": speaker_name(step.body),
        },
        "facts": facts,
        "note": step.public_note,
    }


def announce_comment(comment: Comment) -> News:
    """Write down that somebody commented on the pin, and everybody can read it."""

    def write() -> Words:
        if comment.is_official:
            what = _("%(speaker)s has commented:") % {"speaker": comment.speaker}
        else:
            what = _("Somebody has commented:")
        return {"what": what, "facts": [], "note": comment.text}

    return announce(
        pin=comment.pin,
        event=Event.COMMENTED,
        texts=in_each_language(write),
        comment=comment,
    )


def announce_handover(handover: Handover) -> News:
    """Write down that another body answers for the pin."""

    def write() -> Words:
        what = _("Handed over to %(body)s") % {"body": handover.to_body}
        return {"what": what, "facts": [], "note": handover.reason}

    return announce(
        pin=handover.pin,
        event=Event.HANDED_OVER,
        texts=in_each_language(write),
        handover=handover,
    )
