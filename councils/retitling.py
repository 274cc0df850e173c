"""Words that moderation takes out of a contribution are not left in agendas."""

from typing import Any

from django.utils import timezone

from councils.models import AgendaItem, Matter
from pins.models import Pin


def follow_words(sender: type[Pin], *, pin: Pin, before: str, **_more: Any) -> None:
    """Give matters and items the pin's new title where they have taken its old one.

    A title that somebody wrote for an agenda stays as it is.
    """
    if pin.title == before:
        return
    Matter.objects.filter(matterpin__pin=pin, title=before).update(title=pin.title)
    items = AgendaItem.objects.filter(consultation__matter__matterpin__pin=pin)
    items.filter(title=before).update(title=pin.title, modified_at=timezone.now())
