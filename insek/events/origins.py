"""Contributions from the website that an event led to: by the code on a poster or card."""

from typing import Any

from insek.models import Event, PinOrigin
from pins.models import Pin

MOST_DIGITS = 9


def find_event(words: str) -> Event | None:
    """Return the public event that a form names, if there is one.

    Whoever scans an old poster may still write: what names no event, a draft or one that
    was cancelled is no reason to refuse a contribution.
    """
    if not (words.isascii() and words.isdecimal() and len(words) <= MOST_DIGITS):
        return None
    return Event.objects.filter(pk=int(words), state=Event.State.PUBLIC).first()


def keep_origin(*, pin: Pin, came_from: str, **_signal: Any) -> None:
    """Note the event that led to a contribution."""
    event = find_event(came_from)
    if event is not None:
        PinOrigin.objects.get_or_create(pin=pin, defaults={"event": event})
