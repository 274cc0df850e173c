"""Jobs of accounts."""

from django.contrib.auth.models import User
from procrastinate.contrib.django import app

from pins.tasks import fresh_connection
from staff import letters
from staff.models import Invitation
from staff.passwords import send_links
from trust.mails import AFTER_OTHERS, UNTIL_SENT


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_letter(user_id: int, letter: str, language: str) -> None:
    """Tell somebody what has changed in their account, where it has an address."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is not None:
        letters.write_letter(user, letters.Letter(letter), language).send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_invitation(invitation_id: int, language: str) -> None:
    """Send an invitation; nothing where it was withdrawn or used meanwhile."""
    invitation = Invitation.objects.usable().filter(pk=invitation_id).first()
    if invitation is not None:
        letters.write_invitation(invitation, language).send()


@app.task(retry=UNTIL_SENT)
@fresh_connection()
def send_password_links(user_ids: list[int], language: str) -> None:
    """Send links to new passwords to those who asked, and to each not too often."""
    send_links(user_ids, language)
