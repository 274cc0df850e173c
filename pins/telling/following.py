"""Following: asked for, confirmed by mail, ended. Everything that writes a `Follow`."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from geo.coordinates import Position
from layers.models import Theme
from pins.models import Contact, Follow, Mailbox, Pin
from pins.models.contact import CONSENT_VERSION
from pins.telling.asking import ASK_AGAIN, DAY, may_be_asked, one_at_a_time
from trust.clock import was_lately

# Decimals of a degree: about ten metres.
DECIMALS = 4


@dataclass(frozen=True)
class Target:
    """What somebody wants to follow: exactly one of pin, district, theme and place."""

    pin_id: int | None = None
    district_slug: str = ""
    theme: Theme | None = None
    place: Position | None = None
    place_name: str = ""
    # Metres.
    radius: int | None = None

    def row(self) -> Follow:
        """Return it as a row that is not saved yet."""
        return Follow(
            pin_id=self.pin_id,
            district_slug=self.district_slug,
            theme=self.theme,
            place=self._point(),
            place_name=self.place_name,
            radius=self.radius,
        )

    def _point(self) -> Point | None:
        if self.place is None:
            return None
        lon, lat = round(self.place.lon, DECIMALS), round(self.place.lat, DECIMALS)
        return Point(lon, lat, srid=4326)


def ask_to_follow(*, email: str, language: str, target: Target) -> None:
    """Send the mail whose link confirms that the address wants to follow.

    The same happens, as far as anybody outside can tell, whether the address is known,
    follows already or has just been asked: then no second mail is sent.
    """
    try:
        _ask(email, language, target)
    except IntegrityError:
        # The address was erased, or the same form came twice, at this very moment.
        _ask(email, language, target)


@transaction.atomic
def _ask(email: str, language: str, target: Target) -> None:
    one_at_a_time(email)
    known = Mailbox.objects.of_address(email).first()
    mailbox = known or Mailbox.objects.create(email=email)
    now = timezone.now()
    if not may_be_asked(email):
        return
    wanted = target.row()
    wanted.mailbox, wanted.language = mailbox, language
    follow = _same(wanted)
    if follow is None:
        wanted.save(force_insert=True)
        follow = wanted
    elif not _ask_once_more(follow, language, now):
        return
    # By name: the module of the tasks imports this one.
    app.configure_task("pins.tasks.send_confirmation").defer(follow_id=follow.pk)


def _same(wanted: Follow) -> Follow | None:
    """Return the row of the same person and target, where there is one."""
    return Follow.objects.filter(
        mailbox=wanted.mailbox,
        pin=wanted.pin_id,
        district_slug=wanted.district_slug,
        theme=wanted.theme_id,
        place=wanted.place,
        radius=wanted.radius,
    ).first()


def _ask_once_more(follow: Follow, language: str, now: datetime.datetime) -> bool:
    """Note that a mail goes out now; False where one has, within the hour or longer."""
    pause = max(ASK_AGAIN, min(follow.asked_at - follow.created_at, DAY))
    if was_lately(follow.asked_at, pause):
        return False
    follow.asked_at = now
    if not follow.is_confirmed:
        # In what language the mails come, only their reader decides.
        follow.language, follow.consent_version = language, CONSENT_VERSION
    follow.save(update_fields=["asked_at", "language", "consent_version"])
    return True


@transaction.atomic
def confirm(*, follow: Follow) -> Follow:
    """Let it begin: the link in the mail was used. Twice is once."""
    Follow.objects.filter(pk=follow.pk, confirmed_at=None).update(
        confirmed_at=timezone.now()
    )
    follow.refresh_from_db()
    return follow


@transaction.atomic
def end_follow(*, mailbox: Mailbox, follow_id: int) -> None:
    """End one of the things an address follows; erases the address where it was the last."""
    Follow.objects.filter(mailbox=mailbox, pk=follow_id).delete()
    erase_idle_mailboxes(mailbox.email)


@transaction.atomic
def end_contact(*, mailbox: Mailbox, contact_id: int) -> None:
    """End the mails about one of the address's own pins."""
    mine = Contact.objects.of_address(mailbox.email)
    Contact.objects.filter(pk__in=mine.values("pk")).filter(pk=contact_id).delete()
    erase_idle_mailboxes(mailbox.email)


@transaction.atomic
def end_all(*, mailbox: Mailbox) -> None:
    """End everything, and erase the address with it."""
    mine = Contact.objects.of_address(mailbox.email)
    Contact.objects.filter(pk__in=mine.values("pk")).delete()
    Follow.objects.filter(mailbox=mailbox).delete()
    erase_idle_mailboxes(mailbox.email)


@transaction.atomic
def forget_author(*, pin: Pin) -> None:
    """Erase the address that was left with a pin."""
    contact = Contact.objects.filter(pin=pin).first()
    if contact is not None:
        contact.delete()
        erase_idle_mailboxes(contact.email)


@transaction.atomic
def erase_follows(*, dry_run: bool) -> int:
    """Erase what was never confirmed, and what pins had that came to their end; return
    how many.
    """
    now = timezone.now()
    due = Follow.objects.never_confirmed(
        now - settings.CONFIRM_PERIOD
    ) | Follow.objects.due_for_erasure(now - settings.CONTACT_LIFETIME)
    ids = list(due.values_list("pk", flat=True))
    if not dry_run:
        Follow.objects.filter(pk__in=ids).delete()
        erase_idle_mailboxes()
    return len(ids)


def erase_idle_mailboxes(email: str | None = None) -> int:
    """Erase the addresses that nobody needs any more; return how many.

    All of them, or the one given. One that a mail goes to at this very moment is left for
    the next time.
    """
    known = (
        Mailbox.objects.all() if email is None else Mailbox.objects.of_address(email)
    )
    idle = known.without_purpose().select_for_update(skip_locked=True)
    ids = [mailbox.pk for mailbox in idle.only("pk")]
    Mailbox.objects.filter(pk__in=ids).delete()
    return len(ids)
