"""What happens at stands: opened by the office, filled by outreach teams."""

import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from insek.models import Event, PinOrigin, Stand
from pins.actions import Draft, submit_pin, withdraw_pin
from pins.models import Pin
from pins.own_link import hash_token
from pins.workflow import MoveNotAllowed, Source, Visibility

# So long a contribution can be taken back at the stand itself.
UNDO_TIME = datetime.timedelta(minutes=15)
LATEST = 10


class StandClosed(Exception):
    """The stand takes nothing now: too early, over, or closed by the office."""


def get_stand(token: str) -> Stand:
    """Return the stand that a link opens, whatever its state; Http404 for a wrong one."""
    stand = Stand.objects.with_token(token).select_related("event__theme").first()
    if stand is None:
        raise Http404
    return stand


@transaction.atomic
def open_stand(
    *,
    event: Event,
    label: str,
    valid_from: datetime.datetime,
    valid_until: datetime.datetime,
    actor: User,
) -> Stand:
    """Make a stand with a link of its own."""
    stand = Stand(
        event=event,
        label=label,
        valid_from=valid_from,
        valid_until=valid_until,
        created_by=actor,
    )
    stand.token_hash = hash_token(stand.token)
    stand.save()
    return stand


@transaction.atomic
def renew_link(*, stand: Stand) -> None:
    """Give a stand another link; the old one opens nothing from now on."""
    stand.key = uuid4()
    stand.token_hash = hash_token(stand.token)
    stand.save(update_fields=["key", "token_hash"])


@transaction.atomic
def close_stand(*, stand: Stand) -> None:
    """Take nothing at a stand any more, not even what waits for a network."""
    Stand.objects.filter(pk=stand.pk, revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def reopen_stand(*, stand: Stand) -> None:
    """Let a stand that was closed go on with its link, as long as its time lasts."""
    Stand.objects.filter(pk=stand.pk).update(revoked_at=None)


@transaction.atomic
def take_down(*, stand: Stand, draft: Draft, idempotency_key: UUID) -> Pin:
    """Keep what was said at a stand, once however often it is sent.

    Raises StandClosed, and what `submit_pin` raises.
    """
    held = Stand.objects.select_for_update(of=("self",), no_key=True)
    stand = held.select_related("event").get(pk=stand.pk)
    if not stand.takes_what_was_written:
        raise StandClosed
    if draft.source != Source.STAND:
        message = "A stand takes down what was said at a stand."
        raise ValueError(message)
    pin, _token = submit_pin(draft=draft, idempotency_key=idempotency_key)
    PinOrigin.objects.get_or_create(
        pin=pin, defaults={"event": stand.event, "stand": stand}
    )
    return pin


def collected_at(stand: Stand) -> QuerySet[Pin]:
    """Return what a stand has collected and nobody has taken back, the latest first."""
    found = Pin.objects.filter(origin__stand=stand)
    return found.exclude(visibility=Visibility.WITHDRAWN).order_by("-created_at", "-pk")


def may_be_undone(pin: Pin) -> bool:
    """Tell whether a contribution can still be taken back at its stand."""
    is_fresh = pin.created_at > timezone.now() - UNDO_TIME
    return is_fresh and pin.visibility == Visibility.SUBMITTED


def undo(*, stand: Stand, reference: str) -> Pin:
    """Take back what was written down a moment ago at this stand.

    Pressed twice it is taken back once. Raises MoveNotAllowed once it is too late, and
    Http404 for what does not come from this stand.
    """
    pin = Pin.objects.filter(origin__stand=stand, reference=reference).first()
    if pin is None:
        raise Http404
    if pin.visibility == Visibility.WITHDRAWN:
        return pin
    if not may_be_undone(pin):
        raise MoveNotAllowed(
            _("{pin} can no longer be taken back here. Please tell the office.").format(
                pin=reference
            )
        )
    return withdraw_pin(pin=pin)
