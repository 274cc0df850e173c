"""The mails of accounts: invitations, new passwords, and what has changed.

Each is a job (an outbox). A job holds ids alone: neither addresses nor secrets.
"""

from enum import StrEnum
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from staff.models import Invitation


class Letter(StrEnum):
    """What the owner of an account is told, because somebody else may have done it."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 – the name of a mail
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    FACTORS_RESET = "factors_reset"
    PROVIDER_CONNECTED = "provider_connected"


def tell(user: User, letter: Letter) -> None:
    """Put a mail about an account into the outbox."""
    # By name: the module of the tasks imports this one.
    app.configure_task("staff.tasks.send_letter").defer(
        user_id=user.pk, letter=letter.value, language=translation.get_language()
    )


def ask_for_password(address: str) -> None:
    """Put the mail with the link to a new password into the outbox.

    For an address that nobody has there is a job, too: the work is the same, and so is
    the time it takes.
    """
    known = User.objects.filter(email__iexact=address, is_active=True)
    app.configure_task("staff.tasks.send_password_links").defer(
        user_ids=list(known.values_list("pk", flat=True)[:10]),
        language=translation.get_language(),
    )


def send_invitation(invitation: Invitation) -> None:
    """Put an invitation into the outbox."""
    app.configure_task("staff.tasks.send_invitation").defer(
        invitation_id=invitation.pk, language=translation.get_language()
    )


def write_letter(user: User, letter: Letter, language: str) -> EmailMultiAlternatives:
    """Return the mail about what has changed in an account."""
    with translation.override(language):
        subjects = {
            Letter.PASSWORD_CHANGED: _("Your password was changed"),
            Letter.APP_ADDED: _("An app for codes was added to your account"),
            Letter.APP_REMOVED: _("The app for codes was removed from your account"),
            Letter.PASSKEY_ADDED: _("A passkey was added to your account"),
            Letter.PASSKEY_REMOVED: _("A passkey was removed from your account"),
            Letter.CODES_MADE: _("New recovery codes were made for your account"),
            Letter.FACTORS_RESET: _("Your second factor was reset"),
            Letter.PROVIDER_CONNECTED: _("You can sign in with %(name)s now")
            % {"name": settings.OIDC_NAME},
        }
        context = {
            "letter": letter.value,
            "subject": subjects[letter],
            "reset_url": settings.BASE_URL + reverse("account_reset_password"),
        }
        return _message("changed", context, user.email, language)


def write_password_link(user: User, language: str) -> EmailMultiAlternatives:
    """Return the mail with the link by which somebody chooses a new password."""
    with translation.override(language):
        key = default_token_generator.make_token(user)
        path = reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
        )
        context = {
            "subject": _("Choose a new password"),
            "link": settings.BASE_URL + path,
            "username": user.get_username(),
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        }
        return _message("password", context, user.email, language)


def write_invitation(invitation: Invitation, language: str) -> EmailMultiAlternatives:
    """Return the mail with the link by which somebody takes up an account."""
    with translation.override(language):
        path = reverse("invitation", args=[invitation.token])
        subject = _("Your account for %(site)s") % {"site": settings.SITE_NAME}
        context = {
            "subject": subject,
            "invitation": invitation,
            "link": settings.BASE_URL + path,
        }
        return _message("invitation", context, invitation.email, language)


def _message(
    name: str, context: dict[str, Any], address: str, language: str
) -> EmailMultiAlternatives:
    context |= {
        "language": language,
        "site_name": settings.SITE_NAME,
        "site_url": settings.BASE_URL,
    }
    text = render_to_string(f"staff/mail/{name}.txt", context)
    message = EmailMultiAlternatives(
        context["subject"],
        text,
        to=[address],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )
    page = render_to_string(f"staff/mail/{name}.html", context)
    message.attach_alternative(page, "text/html")
    return message
