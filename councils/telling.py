"""What those who follow a contribution are told of sittings, in the words of the moment."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils.models import AgendaItem, Consultation, Hearing, Sitting
from councils.public.agenda import public_result
from pins.models import Pin
from pins.telling.news import Event, Texts, Words, announce, in_each_language
from pins.workflow import Status, Visibility


@dataclass(frozen=True)
class Telling:
    """Words in all languages, and the page of the sitting where there is one."""

    texts: Texts
    path: str


def on_agenda(consultation: Consultation, sitting: Sitting) -> Telling:
    """Say that a body has it on a published agenda."""

    def write() -> Words:
        what = _("On the agenda: %(body)s") % {"body": consultation.body}
        return {"what": what, "facts": [_when_and_where(sitting)], "note": ""}

    return _telling(write, sitting)


def off_agenda(consultation: Consultation, sitting: Sitting) -> Telling:
    """Say that a body will not deal with it in this sitting."""

    def write() -> Words:
        what = _("No longer on the agenda: %(body)s") % {"body": consultation.body}
        return {"what": what, "facts": [_when_and_where(sitting)], "note": ""}

    return _telling(write, sitting)


def concluded(consultation: Consultation, item: AgendaItem) -> Telling:
    """Say what came of it in a sitting that is over, or was cancelled."""
    result = public_result(item, consultation)
    if result is None:
        return _cancelled(consultation, item.sitting)

    def write() -> Words:
        facts = [_when_and_where(item.sitting)]
        if result.votes is not None:
            facts.append(_("Votes: %(votes)s") % {"votes": result.votes})
        what = _("%(body)s: %(outcome)s")
        return {
            "what": what % {"body": consultation.body, "outcome": result.label},
            "facts": facts,
            "note": result.reason or result.resolution,
        }

    return _telling(write, item.sitting)


def _cancelled(consultation: Consultation, sitting: Sitting) -> Telling:
    def write() -> Words:
        what = _("The sitting is cancelled: %(body)s") % {"body": consultation.body}
        facts = [_when_and_where(sitting)]
        return {"what": what, "facts": facts, "note": sitting.cancelled_because}

    return _telling(write, sitting)


def tell(pin: Pin, telling: Telling) -> None:
    """Let those who follow it know what brings no other status.

    Of a duplicate nobody is told: its matter goes on with the survivor.
    """
    if pin.status != Status.DUPLICATE:
        announce(pin=pin, event=Event.SITTING, texts=telling.texts, path=telling.path)


def tell_moved(sitting: Sitting, start: datetime.datetime, place: str) -> None:
    """Let those who follow what is on a public agenda know of another time or place.

    `start` and `place` are those of before.
    """
    if (start, place) == (sitting.start, sitting.place):
        return

    def write() -> Words:
        what = _("The sitting was moved: %(body)s") % {"body": sitting.body}
        was = _("Before: %(when)s") % {"when": f"{_day_and_time(start)}, {place}"}
        now = _("Now: %(when)s") % {"when": _when_and_where(sitting)}
        return {"what": what, "facts": [was, now], "note": ""}

    telling = _telling(write, sitting)
    pins = Pin.objects.filter(
        in_matter__matter__consultations__item__in=AgendaItem.objects.public().filter(
            sitting=sitting
        ),
        visibility=Visibility.PUBLISHED,
    )
    for pin in pins.order_by("pk").distinct():
        tell(pin, telling)


def tell_waived(hearing: Hearing) -> None:
    """Let those who follow a matter know that a council is not heard on it, and why.

    Not before everybody can read that bodies deal with it.
    """
    if not Consultation.objects.public().filter(matter=hearing.matter_id).exists():
        return

    def write() -> Words:
        what = _("Decided without the hearing: %(body)s") % {"body": hearing.body}
        return {"what": what, "facts": [], "note": hearing.waived_because}

    telling = Telling(in_each_language(write), path="")
    pins = Pin.objects.filter(
        in_matter__matter=hearing.matter_id, visibility=Visibility.PUBLISHED
    )
    for pin in pins.order_by("pk"):
        tell(pin, telling)


def _telling(write: Callable[[], Words], sitting: Sitting) -> Telling:
    with translation.override(settings.LANGUAGE_CODE):
        path = reverse("sitting", args=[sitting.pk])
    return Telling(in_each_language(write), path)


def _when_and_where(sitting: Sitting) -> str:
    return f"{_day_and_time(sitting.start)}, {sitting.place}"


def _day_and_time(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
