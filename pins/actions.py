"""Everything that changes a pin. Web, admin, commands and jobs all call these."""

from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from layers.models import Theme
from pins import notifications
from pins.merging import merge, separate, survivors_of
from pins.models import Pin, StatusChange, VisibilityChange
from pins.moderation.asking import author_writes
from pins.moderation.wordings import Words, forget_words
from pins.own_link import hash_token, make_token
from pins.participation import ParticipationClosed, open_acts
from pins.photos.keeping import (
    Album,
    TooManyPhotos,
    attach,
    attach_what_is_missing,
    remove_photos,
)
from pins.signals import pin_came_from
from pins.telling.author_address import leave_address, leave_missing_address
from pins.telling.following import forget_author
from pins.telling.news import Texts, announce_published, announce_step
from pins.workflow import (
    SELF_SERVICE,
    STATUS_MOVES,
    VISIBILITY_MOVES,
    MoveNotAllowed,
    Role,
    Source,
    Status,
    Visibility,
    find_move,
)
from trust import suspicions
from trust.guard import NOTHING_STRANGE, Verdict


class KeyAlreadyUsed(Exception):
    """A form's key came a second time with other content."""


class OutsideTheCity(Exception):
    """No district holds the point; the trigger of the pins decides."""


@dataclass(frozen=True)
class Draft:
    """What somebody wrote, checked and ready to be kept."""

    kind: str
    theme: Theme
    title: str
    text: str
    language: str
    location: Point
    is_approximate: bool = False
    is_rough: bool = False
    place_note: str = ""
    email: str = ""
    source: str = Source.ONLINE
    # What the code that was scanned says, for who listens to `pin_came_from`.
    came_from: str = ""
    album: Album = field(default_factory=Album)

    def is_in(self, pin: Pin) -> bool:
        """Tell whether the pin holds just this."""
        mine = (self.kind, self.theme.pk, self.title, self.text)
        its = (pin.kind, pin.theme_id, pin.title, pin.text)
        my_place = (self.place_note, self.is_rough)
        return (
            mine == its
            and my_place == (pin.place_note, pin.is_rough)
            and bool(self.location.equals(pin.location))
        )


def submit_pin(
    *, draft: Draft, idempotency_key: UUID, verdict: Verdict = NOTHING_STRANGE
) -> tuple[Pin, str]:
    """Keep a new pin and return it with the token of the author's own link.

    `verdict` is what was noticed about the form, and is kept with the pin. The same form
    sent twice (a double click, a lost answer) makes one pin and gives the same answer.
    Raises KeyAlreadyUsed where the key came with other content, OutsideTheCity where no
    district holds the place, and ParticipationClosed where nobody may add anything online
    today; what staff type in does not depend on that.
    """
    _demand_open(draft, idempotency_key)
    token = make_token(idempotency_key)
    try:
        return _insert_pin(draft, idempotency_key, token, verdict), token
    except IntegrityError as error:
        if _constraint(error) == "pin_inside_the_city":
            raise OutsideTheCity from error
        # Whatever constraint was the first to notice: the key is what counts.
        pin = Pin.objects.filter(idempotency_key=idempotency_key).first()
        if pin is None:
            raise
    if not draft.is_in(pin):
        raise KeyAlreadyUsed
    suspicions.keep(verdict, pin)
    if draft.email:
        # Added before sending once more.
        leave_missing_address(pin=pin, email=draft.email, language=draft.language)
    if draft.album:
        try:
            attach_what_is_missing(pin=pin, album=draft.album)
        except TooManyPhotos as error:
            raise KeyAlreadyUsed from error
    return pin, token


def _demand_open(draft: Draft, idempotency_key: UUID) -> None:
    if draft.source in SELF_SERVICE:
        demand_open_or_sent(idempotency_key)


def demand_open_or_sent(idempotency_key: UUID) -> None:
    """Raise ParticipationClosed where nobody may add a pin today.

    Not where this form has made one: whoever lost the answer gets it again.
    """
    try:
        open_acts().demand("pin")
    except ParticipationClosed:
        if not Pin.objects.filter(idempotency_key=idempotency_key).exists():
            raise


def _constraint(error: IntegrityError) -> str | None:
    """Return the name of the constraint that refused."""
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None


@transaction.atomic
def _insert_pin(
    draft: Draft, idempotency_key: UUID, token: str, verdict: Verdict
) -> Pin:
    pin = Pin.objects.create(
        idempotency_key=idempotency_key,
        kind=draft.kind,
        theme=draft.theme,
        title=draft.title,
        text=draft.text,
        language=draft.language,
        source=draft.source,
        location=draft.location,
        is_approximate=draft.is_approximate,
        is_rough=draft.is_rough,
        place_note=draft.place_note,
        token_hash=hash_token(token),
        token_expires_at=timezone.now() + settings.OWN_LINK_LIFETIME,
    )
    suspicions.keep(verdict, pin)
    if draft.email:
        leave_address(pin=pin, email=draft.email, language=draft.language)
    if draft.album:
        attach(pin=pin, album=draft.album)
    if draft.came_from:
        pin_came_from.send(sender=Pin, pin=pin, came_from=draft.came_from)
    return pin


@transaction.atomic
def edit_pin(*, pin: Pin, title: str, text: str) -> Pin:
    """Change the words of one's own pin while nobody has decided on it yet.

    Raises MoveNotAllowed afterwards.
    """
    held = _hold(pin)
    if not held.may_be_edited:
        raise MoveNotAllowed(_("This contribution can no longer be changed."))
    author_writes(held, Words(title=title, text=text, place_note=held.place_note))
    return held


@transaction.atomic
def withdraw_pin(*, pin: Pin) -> Pin:
    """Take one's own pin back; the reference stays.

    Address, photos and former versions of the words go at once.
    """
    held = _hold(pin)
    _change_visibility(held, Visibility.WITHDRAWN, None, Role.AUTHOR, "")
    forget_author(pin=held)
    remove_photos(pin=held)
    forget_words(subject=held)
    return held


@transaction.atomic
def forget_contact(*, pin: Pin) -> None:
    """Erase the address; the pin stays."""
    forget_author(pin=pin)


@transaction.atomic
def publish_pin(*, pin: Pin, actor: User, read: str) -> Pin:
    """Show the pin to everyone: for the first time, or again after hiding.

    `read` is the `words_digest` of what the actor has read. The author may edit until
    the decision; raises MoveNotAllowed where they did meanwhile.
    """
    held = _hold(pin)
    if held.words_digest != read:
        raise MoveNotAllowed(
            _("Words or photos have changed meanwhile. Please look at them again.")
        )
    return _moderate(held, Visibility.PUBLISHED, actor, "")


@transaction.atomic
def reject_pin(*, pin: Pin, actor: User, reason: str) -> Pin:
    """Refuse to publish; raises MoveNotAllowed without a reason."""
    return _moderate(_hold(pin), Visibility.REJECTED, actor, reason)


@transaction.atomic
def hide_pin(*, pin: Pin, actor: User, reason: str, is_told: bool = True) -> Pin:
    """Take a published pin from the public's sight; raises without a reason.

    `is_told` is False where the author gets another mail about it.
    """
    return _moderate(_hold(pin), Visibility.HIDDEN, actor, reason, is_told=is_told)


@transaction.atomic
def hide_to_erase(*, pin: Pin, actor: User, reason: str) -> Pin:
    """Hide a pin of which nothing will be left (`pins.four_eyes`, which tells its author)."""
    held = _hold(pin)
    _change_visibility(held, Visibility.HIDDEN, actor, Role.MODERATOR, reason)
    return held


@transaction.atomic
def change_status(
    *,
    pin: Pin,
    to: Status,
    actor: User,
    roles: set[Role],
    body: Body | None,
    public_note: str = "",
    duplicate_of: Pin | None = None,
    texts: Texts | None = None,
    path: str = "",
) -> StatusChange:
    """Move a published pin's matter on and append the step with its public answer.

    `body` is the body the actor speaks for, None for the planning office. `texts` and
    `path` are what those who follow it are told (`pins.telling.news`), where the step itself says
    too little. Raises MoveNotAllowed where the table has no such step for these roles.
    """
    locked, survivor = hold_with_survivors(pin, duplicate_of)
    if not locked.is_published:
        raise MoveNotAllowed(_("Only published contributions can take the next step."))
    find_move(STATUS_MOVES, locked.status, to, roles, public_note)
    step = StatusChange.objects.create(
        pin=locked,
        from_status=locked.status,
        to_status=to,
        body=body,
        actor=actor,
        public_note=public_note.strip(),
    )
    if locked.status == Status.DUPLICATE:
        separate(locked)
    locked.duplicate_of = survivor_for(locked, survivor, to)
    locked.status = to
    locked.save(update_fields=["status", "duplicate_of"])
    if locked.duplicate_of is not None:
        merge(step=step, duplicate=locked, survivor=locked.duplicate_of)
    announce_step(step, texts, path)
    return step


def hold_with_survivors(
    pin: Pin, survivor: Pin | None = None
) -> tuple[Pin, Pin | None]:
    """Return the pin and the one it shall repeat as they are now, held until the end of
    the transaction, with those that it repeats already.

    In the order of their ids: two people who merge the same two pins, each into the
    other, wait for one another, and the second finds what the first decided. Raises
    MoveNotAllowed where it was merged while this waited.
    """
    survivors = list(survivors_of(pin.pk).values_list("pk", flat=True))
    wanted = {pin.pk, *survivors} | ({survivor.pk} if survivor else set())
    held = Pin.objects.select_for_update().order_by("pk").in_bulk(wanted)
    if set(survivors_of(pin.pk).values_list("pk", flat=True)) != set(survivors):
        raise MoveNotAllowed(_("This step is not possible at the moment."))
    return held[pin.pk], held[survivor.pk] if survivor else None


def survivor_for(pin: Pin, survivor: Pin | None, to: Status) -> Pin | None:
    """Return the pin a duplicate points at; raises MoveNotAllowed for a wrong one."""
    if to != Status.DUPLICATE:
        return None
    if (
        survivor is None
        or survivor.pk == pin.pk
        or not survivor.is_published
        or survivor.status == Status.DUPLICATE
    ):
        raise MoveNotAllowed(
            _("Please name another published contribution that this one repeats.")
        )
    return survivor


def _hold(pin: Pin) -> Pin:
    """Return the pin as it is now, held until the end of the transaction."""
    return Pin.objects.select_for_update().get(pk=pin.pk)


def _moderate(
    held: Pin, to: Visibility, actor: User, reason: str, *, is_told: bool = True
) -> Pin:
    change = _change_visibility(held, to, actor, Role.MODERATOR, reason)
    if to == Visibility.PUBLISHED:
        announce_published(held)
    elif is_told:
        notifications.tell_author(notifications.Event(to.value), change)
    return held


def _change_visibility(
    held: Pin, to: Visibility, actor: User | None, role: Role, reason: str
) -> VisibilityChange:
    find_move(VISIBILITY_MOVES, held.visibility, to, {role}, reason)
    if to == Visibility.PUBLISHED and held.erased_at is not None:
        raise MoveNotAllowed(_("Nothing is left of it that could be published."))
    change = VisibilityChange.objects.create(
        pin=held,
        from_visibility=held.visibility,
        to_visibility=to,
        actor=actor,
        reason=reason.strip(),
    )
    held.visibility = to
    if to == Visibility.PUBLISHED and held.published_at is None:
        held.published_at = timezone.now()
    held.save(update_fields=["visibility", "published_at"])
    return change
