"""Erasing what was published takes two people of the moderation: one asks, one confirms.

Hiding it takes one, and comes first where something must not stay in sight meanwhile.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from pins.actions import hide_to_erase
from pins.erasing import erase_words
from pins.models import Comment, Contact, ErasedReference, ErasureRequest, Photo, Pin
from pins.photos.keeping import remove_photos
from pins.telling.following import forget_author
from pins.workflow import MoveNotAllowed, Visibility
from trust.audit import record

Subject = Pin | Comment | Photo
SEEN = (Visibility.PUBLISHED, Visibility.HIDDEN)


def may_be_erased(subject: Subject) -> bool:
    """Tell whether it was published, and something is left of it."""
    if isinstance(subject, Photo):
        return subject.pin is not None and may_be_erased(subject.pin)
    is_left = isinstance(subject, Comment) or subject.erased_at is None
    was_public = subject.published_at is not None and subject.visibility in SEEN
    return was_public and is_left


@transaction.atomic
def ask_to_erase(*, subject: Subject, actor: User, reason: str) -> ErasureRequest:
    """Ask for a second person; what was asked before and is still open is returned.

    Raises MoveNotAllowed without a reason, and for what was never published or is gone.
    """
    if not reason.strip():
        raise MoveNotAllowed(_("Please give a reason."))
    pin = subject if isinstance(subject, Pin) else subject.pin
    if pin is None or not may_be_erased(subject):
        raise MoveNotAllowed(_("This cannot be erased, or is erased already."))
    Pin.objects.select_for_update().get(pk=pin.pk)
    target = {
        "kind": _kind(subject),
        "pin": pin,
        "comment": subject if isinstance(subject, Comment) else None,
        "photo": subject if isinstance(subject, Photo) else None,
    }
    before = ErasureRequest.objects.filter(
        **target, state=ErasureRequest.State.OPEN
    ).first()
    if before is not None and before.is_open:
        return before
    if before is not None:
        before.state = ErasureRequest.State.EXPIRED
        before.save(update_fields=["state"])
    asked = ErasureRequest.objects.create(
        **target, reason=reason.strip(), asked_by=actor
    )
    _note("ask to erase", asked, actor)
    return asked


def _kind(subject: Subject) -> ErasureRequest.Kind:
    if isinstance(subject, Comment):
        return ErasureRequest.Kind.COMMENT
    return (
        ErasureRequest.Kind.PHOTO
        if isinstance(subject, Photo)
        else ErasureRequest.Kind.PIN
    )


@transaction.atomic
def confirm_erasure(*, asked: ErasureRequest, actor: User) -> ErasureRequest:
    """Erase for good; the author is told. Raises MoveNotAllowed for who asked for it, and
    where it is decided or over.
    """
    held = _hold(asked)
    if held.asked_by_id == actor.pk:
        raise MoveNotAllowed(
            _("You have asked for it yourself. Somebody else has to confirm it.")
        )
    _decide(held, ErasureRequest.State.ERASED, actor)
    _ERASE[ErasureRequest.Kind(held.kind)](held, actor)
    _note("erase what was published", held, actor)
    return held


@transaction.atomic
def decline_erasure(*, asked: ErasureRequest, actor: User) -> ErasureRequest:
    """Leave it as it is; who asked may take it back so. Raises MoveNotAllowed where it is
    decided or over.
    """
    held = _hold(asked)
    _decide(held, ErasureRequest.State.DECLINED, actor)
    _note("decline to erase", held, actor)
    return held


def _hold(asked: ErasureRequest) -> ErasureRequest:
    # The pin first, as whoever writes to it does.
    Pin.objects.select_for_update().get(pk=asked.pin_id)
    held = ErasureRequest.objects.select_for_update().get(pk=asked.pk)
    if not held.is_open:
        raise MoveNotAllowed(_("This request is decided already, or its time is over."))
    return held


def _decide(held: ErasureRequest, state: ErasureRequest.State, actor: User) -> None:
    held.state, held.decided_by, held.decided_at = state, actor, timezone.now()
    held.save(update_fields=["state", "decided_by", "decided_at"])


def _erase_pin(held: ErasureRequest, actor: User) -> None:
    pin = held.pin
    if not may_be_erased(pin):
        raise MoveNotAllowed(_("This cannot be erased, or is erased already."))
    if pin.visibility == Visibility.PUBLISHED:
        pin = hide_to_erase(pin=pin, actor=actor, reason=held.reason)
    ErasedReference.objects.create(reference=pin.reference)
    is_told = _tell_author(held)
    erase_words(pin, keep_address=is_told)


def _erase_comment(held: ErasureRequest, actor: User) -> None:
    if held.comment is None:
        raise MoveNotAllowed(_("This cannot be erased, or is erased already."))
    held.comment.delete()


def _erase_photo(held: ErasureRequest, actor: User) -> None:
    if held.photo is None:
        raise MoveNotAllowed(_("This cannot be erased, or is erased already."))
    remove_photos(pin=held.pin, names=[held.photo.name])
    _tell_author(held)


_ERASE = {
    ErasureRequest.Kind.PIN: _erase_pin,
    ErasureRequest.Kind.COMMENT: _erase_comment,
    ErasureRequest.Kind.PHOTO: _erase_photo,
}


def _tell_author(held: ErasureRequest) -> bool:
    """Put a mail into the outbox; False where there is no confirmed address."""
    if not Contact.objects.confirmed().filter(pin=held.pin_id).exists():
        return False
    app.configure_task("pins.tasks.send_erasure").defer(request_id=held.pk)
    return True


def forget_who_was_told(*, asked: ErasureRequest) -> None:
    """Erase the address that was kept for the mail about an erased contribution."""
    if asked.kind == ErasureRequest.Kind.PIN:
        forget_author(pin=asked.pin)


def _note(action: str, asked: ErasureRequest, actor: User) -> None:
    after = {"request": asked.pk, "kind": asked.kind, "state": asked.state}
    record(action, actor=actor, target=asked.pin, after=after)
