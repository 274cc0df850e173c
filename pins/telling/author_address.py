"""The address that an author leaves with a pin: asked for, confirmed, corrected, erased."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from pins.models import Contact, Pin
from pins.telling.asking import ASK_AGAIN, may_be_asked, one_at_a_time
from pins.telling.follow_links import BadLink, LinkExpired
from pins.telling.following import erase_idle_mailboxes, forget_author
from trust.clock import was_lately

CONFIRM_SALT = "pins.confirm-contact"


def leave_address(*, pin: Pin, email: str, language: str) -> None:
    """Keep the address of a new pin's author and send the mail whose link confirms it.

    Nothing else is ever sent there before. In the transaction that makes the pin.
    """
    one_at_a_time(email)
    is_asked = may_be_asked(email)
    contact = Contact.objects.create(
        pin=pin, email=email, language=language, asked_times=int(is_asked)
    )
    if is_asked:
        _send_link(contact)


@transaction.atomic
def leave_missing_address(*, pin: Pin, email: str, language: str) -> None:
    """Keep the address that a form brought on its second way; one that is there stays."""
    Pin.objects.select_for_update(no_key=True).get(pk=pin.pk)
    if not Contact.objects.filter(pin=pin).exists():
        leave_address(pin=pin, email=email, language=language)


@transaction.atomic
def ask_once_more(*, pin: Pin) -> bool:
    """Send the confirming mail again; False where that would be too often by now."""
    known = Contact.objects.filter(pin=pin).first()
    if known is None:
        return False
    one_at_a_time(known.email)
    contact = Contact.objects.select_for_update().filter(pin=pin).first()
    if contact is None or contact.is_confirmed:
        return False
    pause = ASK_AGAIN * 2 ** min(max(contact.asked_times - 1, 0), 6)
    if contact.asked_times and was_lately(contact.asked_at, pause):
        return False
    if not may_be_asked(contact.email):
        return False
    contact.asked_at = timezone.now()
    contact.asked_times = min(contact.asked_times + 1, 100)
    contact.save(update_fields=["asked_at", "asked_times"])
    _send_link(contact)
    return True


@transaction.atomic
def correct_address(*, pin: Pin, email: str, language: str) -> None:
    """Take another address in place of the one that was left; it must be confirmed.

    The old one is erased at once, and with it the links that were sent there.
    """
    locked = Pin.objects.select_for_update(no_key=True).get(pk=pin.pk)
    forget_author(pin=locked)
    leave_address(pin=locked, email=email, language=language)


def _send_link(contact: Contact) -> None:
    # By name: the module of the tasks imports this one.
    app.configure_task("pins.tasks.send_contact_confirmation").defer(
        contact_id=contact.pk
    )


def confirm_token(contact: Contact) -> str:
    """Return what the confirming link holds. Another address of the pin has another."""
    return signing.dumps([contact.pk], salt=CONFIRM_SALT)


def read_confirm_token(token: str) -> Contact:
    """Return whose address a link confirms. Raises BadLink and LinkExpired."""
    try:
        ids: list[int] = signing.loads(token, salt=CONFIRM_SALT)
    except signing.BadSignature as error:
        raise BadLink from error
    found = Contact.objects.select_related("pin").filter(pk=ids[0]).first()
    if found is None or (not found.is_confirmed and found.link_expired()):
        raise LinkExpired
    return found


@transaction.atomic
def confirm_contact(*, contact: Contact) -> None:
    """Let the mails begin: the link was used. Twice is once."""
    Contact.objects.filter(pk=contact.pk, confirmed_at=None).update(
        confirmed_at=timezone.now()
    )


@transaction.atomic
def erase_unconfirmed(*, dry_run: bool) -> int:
    """Erase the addresses whose link nobody used in time; return how many.

    The pins stay.
    """
    before = timezone.now() - settings.CONFIRM_PERIOD
    due = Contact.objects.never_confirmed(before)
    if dry_run:
        return due.count()
    held = due.order_by("pk").select_for_update(skip_locked=True)
    ids = [contact.pk for contact in held.only("pk")]
    Contact.objects.filter(pk__in=ids).delete()
    erase_idle_mailboxes()
    return len(ids)


@transaction.atomic
def erase_contacts(*, dry_run: bool) -> int:
    """Erase the addresses of pins that came to their end; return how many."""
    due = Contact.objects.due_for_erasure(timezone.now() - settings.CONTACT_LIFETIME)
    ids = list(due.values_list("pk", flat=True))
    if not dry_run:
        Contact.objects.filter(pk__in=ids).delete()
        erase_idle_mailboxes()
    return len(ids)
