"""Internal notes of a desk."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from councils.models import DeskNote
from districts.models import Body
from pins.models import Pin


@transaction.atomic
def add_note(*, pin: Pin, body: Body, author: User, text: str) -> DeskNote:
    """Append a note that only the body's desk reads; sent twice, it is one."""
    # The second of two at the same moment waits here and finds the first.
    Pin.objects.select_for_update(no_key=True).get(pk=pin.pk)
    same = DeskNote.objects.filter(pin=pin, body=body, author=author, text=text)
    just_now = timezone.now() - settings.UNDO_PERIOD
    known = same.filter(created_at__gte=just_now).first()
    if known is not None:
        return known
    return DeskNote.objects.create(pin=pin, body=body, author=author, text=text)
