"""What the author of a pin is told by mail, if they left an address.

The mail is a job put into the same transaction as the change (an outbox): a change that
is rolled back sends nothing, and a mail server that is down loses nothing.
"""

from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app

from pins.models import Comment, Contact, StatusChange, VisibilityChange

STOP_SALT = "pins.stop-mail"


class Event(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    STATUS_CHANGED = "status_changed"
    COMMENTED = "commented"


Change = StatusChange | VisibilityChange | Comment


def tell_author(event: Event, change: Change) -> None:
    """Put a mail to the author into the outbox, where there is an address.

    The mail tells this very change, however late it is sent and whatever came after.
    """
    if Contact.objects.filter(pin=change.pin_id).exists():
        # By name: the module of the tasks imports this one.
        app.configure_task("pins.tasks.send_update").defer(
            event=event.value, change_id=change.pk
        )


def read_change(event: Event, change_id: int) -> Change:
    """Return the change that an entry of the outbox speaks of, with its pin."""
    if event == Event.STATUS_CHANGED:
        return StatusChange.objects.select_related("pin").get(pk=change_id)
    if event == Event.COMMENTED:
        return Comment.objects.select_related("pin", "body").get(pk=change_id)
    return VisibilityChange.objects.select_related("pin").get(pk=change_id)


def stop_url(contact: Contact) -> str:
    """Return the link that ends the mails; it works without anything else."""
    token = signing.dumps(contact.pk, salt=STOP_SALT)
    return settings.BASE_URL + reverse("pins:stop-mail", args=[token])


def write_update(contact: Contact, event: Event, change: Change) -> EmailMessage:
    """Return the mail in the language the author used."""
    context = {
        "pin": change.pin,
        "event": event.value,
        "change": change,
        "site_name": settings.SITE_NAME,
    }
    with translation.override(contact.language):
        context["pin_url"] = settings.BASE_URL + change.pin.get_absolute_url()
        context["stop_url"] = stop_url(contact)
        subject = render_to_string("pins/mail/update_subject.txt", context)
        body = render_to_string("pins/mail/update.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[contact.email])
