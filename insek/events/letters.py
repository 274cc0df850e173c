"""The mails of events: to who registers, who waits, who is invited.

Each is a job put into the same transaction as the change (an outbox).
"""

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from insek.models import Event, Invitation, Registration


class Letter(StrEnum):
    """What a registrant is told."""

    CONFIRM = "confirm"
    KNOWN = "known"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    MOVED_UP = "moved_up"
    CANCELLED_BY_OFFICE = "cancelled_by_office"
    MOVED = "moved"
    EVENT_CANCELLED = "event_cancelled"


# Each is told only as long as it is true.
TRUE_FOR = {
    Letter.CONFIRM: {Registration.State.PENDING},
    Letter.CANCELLED_BY_OFFICE: {Registration.State.CANCELLED},
    Letter.CONFIRMED: {Registration.State.CONFIRMED},
    Letter.MOVED_UP: {Registration.State.CONFIRMED},
    Letter.WAITING: {Registration.State.WAITING},
}
REGISTERED = {Registration.State.CONFIRMED, Registration.State.WAITING}


def tell(registration: Registration, letter: Letter) -> None:
    """Put a mail to a registrant into the outbox."""
    # By name: the module of the tasks imports this one.
    app.configure_task("insek.tasks.send_letter").defer(
        registration_id=registration.pk, letter=letter.value
    )


def tell_all(event: Event, letter: Letter) -> None:
    """Put mails to everybody with a place or waiting for one into the outbox."""
    for registration in event.registrations.filter(state__in=REGISTERED):
        tell(registration, letter)


def invite_by_mail(invitation: Invitation) -> None:
    """Put the mail with the personal link into the outbox."""
    app.configure_task("insek.tasks.send_invitation").defer(invitation_id=invitation.pk)


def write_letter(
    registration: Registration, letter: Letter
) -> EmailMultiAlternatives | None:
    """Return the mail in the registrant's language; None where it is no longer true."""
    if registration.state not in TRUE_FOR.get(letter, REGISTERED):
        return None
    with translation.override(registration.language):
        context = _context(registration.event, registration.language) | {
            "letter": letter.value,
            "registration": registration,
            "link": _absolute("insek:registration", registration.token),
            "subject": _subject(letter, registration.event),
            "days": settings.CONFIRM_PERIOD.days,
        }
        return _message("registration", context, registration.email)


def write_invitation(invitation: Invitation) -> EmailMultiAlternatives | None:
    """Return the mail with the personal link; None where it was taken back."""
    if invitation.revoked_at is not None:
        return None
    with translation.override(invitation.language):
        title = invitation.event.title
        context = _context(invitation.event, invitation.language) | {
            "invitation": invitation,
            "link": _absolute("insek:invitation", invitation.token),
            "subject": _one_line(_("Invitation: %(event)s") % {"event": title}),
        }
        return _message("invitation", context, invitation.email)


def _subject(letter: Letter, event: Event) -> str:
    subjects = {
        Letter.CONFIRM: _("Please confirm: %(event)s"),
        Letter.KNOWN: _("You have registered already: %(event)s"),
        Letter.CONFIRMED: _("You are registered: %(event)s"),
        Letter.WAITING: _("You are on the waiting list: %(event)s"),
        Letter.MOVED_UP: _("You have a place now: %(event)s"),
        Letter.CANCELLED_BY_OFFICE: _("Your registration was cancelled: %(event)s"),
        Letter.MOVED: _("Another time or place: %(event)s"),
        Letter.EVENT_CANCELLED: _("Cancelled: %(event)s"),
    }
    return _one_line(subjects[letter] % {"event": event.title})


def _context(event: Event, language: str) -> dict[str, Any]:
    return {
        "event": event,
        "language": language,
        "site_name": settings.SITE_NAME,
        "site_url": settings.BASE_URL,
        "event_url": settings.BASE_URL + event.get_absolute_url(),
        "calendar_url": f"{_absolute('event-calendar', event.pk)}?lang={language}",
        "kept_days": settings.REGISTRATION_LIFETIME.days,
    }


def _absolute(name: str, argument: object) -> str:
    return settings.BASE_URL + reverse(name, args=[argument])


def _one_line(text: str) -> str:
    """Return the text without the line ends that would begin another header."""
    return " ".join(text.split())


def _message(name: str, context: dict[str, Any], email: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(f"insek/mail/{name}.txt", context),
        to=[email],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(
        render_to_string(f"insek/mail/{name}.html", context), "text/html"
    )
    return message
