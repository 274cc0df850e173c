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

from pins.models import Contact, Pin

STOP_SALT = "pins.stop-mail"


class Event(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    STATUS_CHANGED = "status_changed"


def tell_author(pin: Pin, event: Event) -> None:
    """Put a mail to the author into the outbox, where there is an address."""
    if Contact.objects.filter(pin=pin).exists():
        # By name: the module of the tasks imports this one.
        app.configure_task("pins.tasks.send_update").defer(
            pin_id=pin.pk, event=event.value
        )


def stop_url(contact: Contact) -> str:
    """Return the link that ends the mails; it works without anything else."""
    token = signing.dumps(contact.pk, salt=STOP_SALT)
    return settings.BASE_URL + reverse("pins:stop-mail", args=[token])


def write_update(pin: Pin, contact: Contact, event: Event) -> EmailMessage:
    """Return the mail in the language the author used."""
    last_step = pin.status_changes.last()
    last_decision = pin.visibility_changes.last()
    context = {
        "pin": pin,
        "event": event.value,
        "step": last_step,
        "reason": last_decision.reason if last_decision else "",
        "site_name": settings.SITE_NAME,
    }
    with translation.override(contact.language):
        context["pin_url"] = settings.BASE_URL + pin.get_absolute_url()
        context["stop_url"] = stop_url(contact)
        subject = render_to_string("pins/mail/update_subject.txt", context)
        body = render_to_string("pins/mail/update.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[contact.email])
