"""Sittings and agendas: planning, inviting, moving, cancelling."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils.consulting import announce, conclude, hold_pins, release
from councils.matters import (
    MatterRefused,
    gather,
    hold_pins_of,
    open_consultation,
    propose,
)
from councils.models import AgendaItem, Consultation, Sitting
from councils.telling import tell_moved
from districts.models import Body
from pins.models import Pin, PublicPin
from pins.workflow import Status

State = Sitting.State

MOST_ITEMS = 200
# How long a sitting takes the room where nobody said when it ends.
USUAL_LENGTH = datetime.timedelta(hours=2)
# After these a body has nothing to advise on; the first two can be taken up again.
CLOSED = frozenset({Status.DUPLICATE, Status.NOT_ENDORSED, Status.DONE})


class SittingRefused(Exception):
    """It cannot be done with this sitting; `field` is where the form says so."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AgendaChanged(Exception):
    """Somebody else has changed this meanwhile: look again before you decide."""


@dataclass(frozen=True)
class SittingData:
    """When and where a sitting takes place; times are aware."""

    start: datetime.datetime
    end: datetime.datetime | None
    place: str
    ris_url: str = ""


@transaction.atomic
def plan_sitting(*, body: Body, data: SittingData) -> Sitting:
    """Plan a sitting. Raises SittingRefused for one in the past or at the same time."""
    _require_future(data.start)
    _require_free(body, data)
    return _save(Sitting(body=body, **vars(data)))


@transaction.atomic
def change_sitting(
    *, sitting: Sitting, data: SittingData, read: datetime.datetime | None = None
) -> Sitting:
    """Move a sitting or correct it; calendars follow.

    `read` is `modified_at` of the sitting as the actor has seen it. Raises SittingRefused,
    and AgendaChanged where somebody else changed it since.
    """
    held = hold(sitting)
    if not held.is_open:
        raise SittingRefused(_("This sitting can no longer be changed."))
    if read is not None and read != held.modified_at:
        raise AgendaChanged
    if data.start != held.start:
        _require_future(data.start)
    if (data.start, data.end) != (held.start, held.end):
        _require_free(held.body, data, besides=held)
    before = (held.start, held.end, held.place)
    if data.start != held.start:
        held.moved_from = held.start
    for name, value in vars(data).items():
        setattr(held, name, value)
    is_moved = before != (held.start, held.end, held.place)
    held.sequence += is_moved
    _save(held)
    if is_moved:
        tell_moved(held, before[0], before[2])
    return held


def _save(sitting: Sitting) -> Sitting:
    sitting.modified_at = timezone.now()
    try:
        with transaction.atomic():
            sitting.save()
    except IntegrityError as error:
        if "sitting_one_at_a_time" in str(error):
            message = _("The body already has a sitting at this time.")
            raise SittingRefused(message, "start") from error
        if "sitting_ends_after_its_start" in str(error):
            message = _("The end must come after the beginning.")
            raise SittingRefused(message, "end") from error
        raise
    return sitting


def _require_future(start: datetime.datetime) -> None:
    if start <= timezone.now():
        raise SittingRefused(_("A new sitting must lie in the future."), "start")


def _require_free(
    body: Body, data: SittingData, besides: Sitting | None = None
) -> None:
    """Refuse a time at which the body sits already; held until the transaction ends."""
    Body.objects.select_for_update(no_key=True).get(pk=body.pk)
    end = data.end or data.start + USUAL_LENGTH
    others = Sitting.objects.of_body(body).exclude(state=State.CANCELLED)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    its_end = Coalesce("end", F("start") + USUAL_LENGTH)
    other = (
        others.alias(its_end=its_end)
        .filter(start__lt=end, its_end__gt=data.start)
        .order_by("start")
        .first()
    )
    if other is not None:
        when = date_format(timezone.localtime(other.start), "DATETIME_FORMAT")
        message = _("The body already has a sitting at this time: %(when)s.")
        raise SittingRefused(message % {"when": when}, "start")


def hold(sitting: Sitting) -> Sitting:
    """Return the sitting as it is now, held until the transaction ends."""
    return (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=sitting.pk)
    )


def hold_open(sitting: Sitting) -> Sitting:
    """Return a sitting whose agenda can still change, held; raises SittingRefused."""
    held = hold(sitting)
    if held.state == State.CANCELLED:
        raise SittingRefused(_("This sitting has been cancelled."), "sitting")
    if held.state == State.HELD:
        raise SittingRefused(_("This sitting is over."), "sitting")
    if timezone.localdate(held.start) < timezone.localdate():
        day = date_format(timezone.localtime(held.start), "DATE_FORMAT")
        raise SittingRefused(
            _("This sitting was on %(day)s.") % {"day": day}, "sitting"
        )
    return held


@transaction.atomic
def put_on_agenda(
    *,
    sitting: Sitting,
    pins: Sequence[Pin],
    actor: User,
    title: str = "",
    is_public: bool = True,
) -> AgendaItem:
    """Put contributions the body answers for on an agenda, as one item.

    Raises SittingRefused for a sitting that is over, cancelled or past, and
    MatterRefused for contributions of another body, at their end, or already on an agenda.
    """
    held = hold_open(sitting)
    # Nobody hands them over, or merges them, between this look at them and the agenda.
    locked = Pin.objects.select_for_update(no_key=True).order_by("pk")
    ids = list(locked.filter(pk__in=[p.pk for p in pins]).values_list("pk", flat=True))
    mine = PublicPin.objects.for_body(held.body).filter(pk__in=ids)
    missing = {p.pk: p.reference for p in pins}
    for pk in mine.values_list("pk", flat=True):
        del missing[pk]
    if missing or not pins:
        raise MatterRefused(
            _("%(body)s does not answer for: %(references)s.")
            % {"body": held.body, "references": ", ".join(missing.values())}
        )
    closed = mine.filter(status__in=CLOSED).values_list("reference", flat=True)
    if references := ", ".join(closed.order_by("reference")):
        raise MatterRefused(
            _("There is nothing more to advise on: %(references)s.")
            % {"references": references}
        )
    # Other bodies read what a matter is called; the words of a non-public item stay here.
    matter = gather(pins=pins, title=title if is_public else "")
    consultation = open_consultation(matter, held.body) or propose(
        matter=matter, body=held.body
    )
    return _place(held, consultation, actor, title, is_public=is_public)


@transaction.atomic
def put_each_on_agenda(
    *, sitting: Sitting, pins: Sequence[Pin], actor: User, is_public: bool = True
) -> list[AgendaItem]:
    """Put contributions on an agenda, each as an item of its own: all of them or none.

    Raises as `put_on_agenda`, and names the contribution.
    """
    items = []
    for pin in sorted(pins, key=lambda p: p.pk):
        try:
            items.append(
                put_on_agenda(
                    sitting=sitting, pins=[pin], actor=actor, is_public=is_public
                )
            )
        except MatterRefused as error:
            message = f"{pin.reference}: {error}"
            raise MatterRefused(message) from error
    return items


@transaction.atomic
def put_proposal_on_agenda(
    *,
    sitting: Sitting,
    consultation: Consultation,
    actor: User,
    title: str = "",
    is_public: bool = True,
) -> AgendaItem:
    """Put on an agenda what was proposed to its body; raises as `put_on_agenda`."""
    held = hold_open(sitting)
    if consultation.body_id != held.body_id:
        raise MatterRefused(_("This was proposed to another body."))
    hold_pins_of(consultation.matter_id)
    return _place(held, consultation, actor, title, is_public=is_public)


def _place(
    sitting: Sitting,
    consultation: Consultation,
    actor: User,
    title: str,
    *,
    is_public: bool,
) -> AgendaItem:
    # Without its item: a join would show that as it was before the wait for the lock.
    found = Consultation.objects.select_for_update().filter(pk=consultation.pk).first()
    if found is None:
        raise MatterRefused(_("The proposal has been withdrawn."))
    if found.is_decided:
        raise MatterRefused(_("The body has already dealt with this."))
    if found.item is not None:
        other = timezone.localtime(found.item.sitting.start)
        raise MatterRefused(
            _("Already on the agenda of the sitting on %(day)s.")
            % {"day": date_format(other, "DATE_FORMAT")}
        )
    item = _append(sitting, title or found.matter.title, is_public=is_public)
    found.item = item
    found.modified_at = timezone.now()
    found.save(update_fields=["item", "modified_at"])
    if sitting.state == State.INVITED and is_public:
        announce(consultation=found, actor=actor)
    return item


@transaction.atomic
def add_item(*, sitting: Sitting, title: str, is_public: bool = True) -> AgendaItem:
    """Put an item without contributions on an agenda, such as the question time."""
    return _append(hold_open(sitting), title, is_public=is_public)


def _append(sitting: Sitting, title: str, *, is_public: bool) -> AgendaItem:
    last = sitting.items.aggregate(last=Max("order"))["last"] or 0
    if last >= MOST_ITEMS:
        raise SittingRefused(
            _("An agenda has at most %(most)d items.") % {"most": MOST_ITEMS}, "sitting"
        )
    return AgendaItem.objects.create(
        sitting=sitting, order=last + 1, title=title, is_public=is_public
    )


def hold_item(item: AgendaItem) -> tuple[Sitting, AgendaItem]:
    """Return an item as it is now, with its sitting, held until the transaction ends.

    Raises SittingRefused, and AgendaChanged where somebody took it off meanwhile.
    """
    sitting = hold_open(item.sitting)
    found = AgendaItem.objects.select_for_update().filter(pk=item.pk).first()
    if found is None:
        raise AgendaChanged
    return sitting, found


@transaction.atomic
def change_item(
    *,
    item: AgendaItem,
    title: str,
    is_public: bool,
    actor: User,
    read: tuple[str, bool] | None = None,
) -> None:
    """Give an item another title, or make it public or not.

    `read` is title and publicity as the actor has seen them. What becomes public on a
    published agenda is announced; what no longer is goes back. Raises SittingRefused, and
    AgendaChanged where somebody else changed or took off the item meanwhile.
    """
    sitting, held = hold_item(item)
    was_public = held.is_public
    if read is not None and read != (held.title, was_public):
        raise AgendaChanged
    held.title, held.is_public, held.modified_at = title, is_public, timezone.now()
    held.save(update_fields=["title", "is_public", "modified_at"])
    consultation = Consultation.objects.filter(item=held).first()
    if sitting.state != State.INVITED or consultation is None:
        return
    if is_public and not was_public:
        announce(consultation=consultation, actor=actor)
    elif was_public and not is_public:
        release(consultation=consultation, actor=actor)


@transaction.atomic
def take_off(*, item: AgendaItem, actor: User) -> None:
    """Take an item off its agenda; its matter waits for another.

    Raises SittingRefused, and AgendaChanged where it is off already.
    """
    sitting, held = hold_item(item)
    consultation = Consultation.objects.filter(item=held).first()
    if consultation is not None:
        release(consultation=consultation, actor=actor)
        consultation.item = None
        consultation.outcome = consultation.reason = ""
        consultation.modified_at = timezone.now()
        consultation.save(update_fields=["item", "outcome", "reason", "modified_at"])
    order = held.order
    held.delete()
    sitting.items.filter(order__gt=order).update(order=F("order") - 1)


@transaction.atomic
def publish_agenda(*, sitting: Sitting, actor: User) -> Sitting:
    """Invite: everyone reads the agenda, and its contributions are on it.

    Raises SittingRefused where it has been published, or the sitting is past.
    """
    held = hold_open(sitting)
    if held.state == State.INVITED:
        raise SittingRefused(_("The agenda has already been published."))
    held.state = State.INVITED
    held.sequence += 1
    held.invited_at = held.modified_at = timezone.now()
    held.save(update_fields=["state", "sequence", "invited_at", "modified_at"])
    on_it = Consultation.objects.filter(item__sitting=held, item__is_public=True)
    hold_pins(held)
    for consultation in on_it.select_related("body").order_by("item__order"):
        announce(consultation=consultation, actor=actor)
    return held


@transaction.atomic
def cancel_sitting(*, sitting: Sitting, reason: str, actor: User) -> Sitting:
    """Cancel a sitting, for a reason that everyone can read; its matters are postponed.

    Raises SittingRefused without a reason, or where it is over.
    """
    held = hold(sitting)
    if not held.is_open:
        raise SittingRefused(_("This sitting can no longer be cancelled."))
    if not reason.strip():
        raise SittingRefused(_("Please give a reason."), "reason")
    held.state = State.CANCELLED
    held.cancelled_because = reason.strip()
    held.sequence += 1
    held.modified_at = timezone.now()
    held.save()
    on_it = Consultation.objects.filter(item__sitting=held, decided_at=None)
    hold_pins(held)
    for consultation in on_it.select_related("body", "matter").order_by("item__order"):
        consultation.outcome = Consultation.Outcome.POSTPONED
        consultation.reason = reason.strip()
        conclude(consultation=consultation, actor=actor)
    return held
