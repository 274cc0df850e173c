"""Mails of moderation: to authors who left an address, and to moderators.

Put into the outbox with the act itself, as in `pins/notifications.py`.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from pins.models import Comment, Contact, Pin, Question
from pins.models.wording import about
from pins.notifications import stop_url
from pins.workflow import Visibility

QUESTION_SALT = "pins.question"


def contact_of(pin: Pin | int | None) -> Contact | None:
    """Return where the author of a contribution wants to be told, if anywhere."""
    return Contact.objects.confirmed().filter(pin=pin).select_related("pin").first()


def tell_of_question(question: Question) -> None:
    """Put a mail with the question into the outbox, where there is an address."""
    if question.pin is not None and contact_of(question.pin) is not None:
        # By name: the module of the tasks imports this one.
        app.configure_task("pins.tasks.send_question").defer(question_id=question.pk)


def tell_of_redaction(subject: Pin | Comment) -> None:
    """Put a mail into the outbox that says that words were taken out."""
    if isinstance(subject, Pin) and contact_of(subject) is not None:
        app.configure_task("pins.tasks.send_redaction").defer(pin_id=subject.pk)


@dataclass(frozen=True)
class AskedQuestion:
    """A question as its author sees it, with the address that takes the answer."""

    text: str
    path: str


def question_for(subject: Pin | Comment) -> AskedQuestion | None:
    """Return the question that waits for the author's answer, None where none does."""
    if subject.visibility != Visibility.SUBMITTED:
        return None
    found = Question.objects.filter(about(subject), answered_at=None).first()
    return None if found is None else AskedQuestion(found.text, answer_path(found))


def answer_path(question: Question) -> str:
    """Return the address by which the author answers, without the own link."""
    token = signing.dumps(question.pk, salt=QUESTION_SALT)
    return reverse("pins:answer", args=[token])


def read_answer_token(token: str) -> int:
    """Return the id of the question; raises `signing.BadSignature`."""
    found = signing.loads(token, salt=QUESTION_SALT)
    if not isinstance(found, int):
        raise signing.BadSignature
    return found


def write_question(contact: Contact, question: Question) -> EmailMessage:
    """Return the question, in the language the author used."""
    with translation.override(contact.language):
        subject = _("A question about your contribution {reference}")
        answer_url = settings.BASE_URL + answer_path(question)
        context = {"question": question, "answer_url": answer_url}
        return _write(contact, subject, "question", context)


def write_redaction(contact: Contact) -> EmailMessage:
    """Return the news that moderation took words out, in the author's language."""
    with translation.override(contact.language):
        subject = _("Some words of your contribution {reference} were taken out")
        return _write(contact, subject, "redaction", {})


def _write(
    contact: Contact, subject: str, template: str, more: dict[str, object]
) -> EmailMessage:
    context = {
        "pin": contact.pin,
        "stop_url": stop_url(contact),
        "site_name": settings.SITE_NAME,
        "pin_url": settings.BASE_URL + contact.pin.get_absolute_url(),
    } | more
    body = render_to_string(f"pins/mail/{template}.txt", context)
    line = subject.format(reference=contact.pin.reference)
    return _message(line, body, contact.email)


def write_reminder(user: User, *, overdue: int, days: int) -> EmailMessage:
    """Return the mail that tells a moderator that the queue is old, in German."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "user": user,
            "overdue": overdue,
            "days": days,
            "target_days": settings.REVIEW_PERIOD.days,
            "url": settings.BASE_URL + reverse("moderation:queue"),
            "site_name": settings.SITE_NAME,
        }
        subject = _("Moderation: contributions have been waiting for too long")
        body = render_to_string("moderation/mail/reminder.txt", context)
    return _message(subject, body, user.email)


def _message(subject: str, body: str, email: str) -> EmailMessage:
    # RFC 3834: no out-of-office note answers a program.
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[email], headers=headers)
