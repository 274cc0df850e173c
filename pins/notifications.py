"""What only the author of a pin is told by mail, at once, if they left an address.

Everything public goes the way of `pins/telling/news.py`.

The mail is a job put into the same transaction as the change (an outbox): a change that
is rolled back sends nothing, and a mail server that is down loses nothing.
"""

from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from pins.models import Contact, ErasureRequest, VisibilityChange
from pins.telling.author_address import confirm_token

STOP_SALT = "pins.stop-mail"


class Event(StrEnum):
    """What moderation decided that nobody else may know."""

    REJECTED = "rejected"
    HIDDEN = "hidden"


def tell_author(event: Event, change: VisibilityChange) -> None:
    """Put a mail to the author into the outbox, where there is a confirmed address.

    The mail tells this very change, however late it is sent and whatever came after.
    """
    if Contact.objects.confirmed().filter(pin=change.pin_id).exists():
        # By name: the module of the tasks imports this one.
        app.configure_task("pins.tasks.send_update").defer(
            event=event.value, change_id=change.pk
        )


def read_change(change_id: int) -> VisibilityChange:
    """Return the change that an entry of the outbox speaks of, with its pin."""
    return VisibilityChange.objects.select_related("pin").get(pk=change_id)


def stop_url(contact: Contact) -> str:
    """Return the link that ends the mails; it works without anything else."""
    token = signing.dumps(contact.pk, salt=STOP_SALT)
    return settings.BASE_URL + reverse("pins:stop-mail", args=[token])


def write_update(
    contact: Contact, event: Event, change: VisibilityChange
) -> EmailMessage:
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
    return _message(subject, body, contact)


def write_erasure(contact: Contact, asked: ErasureRequest) -> EmailMessage:
    """Return the mail that says what was erased and why, in the author's language."""
    context = {
        "reference": asked.pin.reference,
        "is_photo": asked.kind == ErasureRequest.Kind.PHOTO,
        "reason": asked.reason,
        "site_name": settings.SITE_NAME,
    }
    with translation.override(contact.language):
        context["stop_url"] = stop_url(contact)
        subject = render_to_string("pins/mail/erased_subject.txt", context)
        body = render_to_string("pins/mail/erased.txt", context)
    return _message(subject, body, contact)


def _message(subject: str, body: str, contact: Contact) -> EmailMessage:
    return EmailMessage(
        " ".join(subject.split()),
        body,
        to=[contact.email],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )


def write_contact_confirmation(contact: Contact) -> EmailMultiAlternatives:
    """Return the mail whose link confirms an author's address.

    It names the pin by its reference alone: whoever typed a stranger's address cannot
    have their words sent there.
    """
    with translation.override(contact.language):
        subject = _("%(site)s: please confirm your address")
        token = confirm_token(contact)
        context = {
            "language": contact.language,
            "site_name": settings.SITE_NAME,
            "site_url": settings.BASE_URL,
            "subject": subject % {"site": settings.SITE_NAME},
            "reference": contact.pin.reference,
            "confirm_url": settings.BASE_URL
            + reverse("pins:confirm-mail", args=[token]),
            "stop_url": stop_url(contact),
            "days": settings.CONFIRM_PERIOD.days,
        }
        message = EmailMultiAlternatives(
            subject=" ".join(str(context["subject"]).split()),
            body=render_to_string("pins/mail/confirm_address.txt", context),
            to=[contact.email],
            # RFC 3834: no out-of-office note answers a program.
            headers={"Auto-Submitted": "auto-generated"},
        )
        html = render_to_string("pins/mail/confirm_address.html", context)
        message.attach_alternative(html, "text/html")
    return message
