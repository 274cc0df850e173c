"""Sittings and agendas: planning, inviting, moving, cancelling."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils.consulting import announce, conclude, release
from councils.matters import MatterRefused, gather, open_consultation, propose
from councils.models import AgendaItem, Consultation, Sitting
from districts.models import Body
from pins.models import Pin, PublicPin

State = Sitting.State


class SittingRefused(Exception):
    """It cannot be done with this sitting; `field` is where the form says so."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AgendaChanged(Exception):
    """Somebody else has changed the agenda meanwhile."""


@dataclass(frozen=True)
class SittingData:
    """When and where a sitting takes place; times are aware."""

    start: datetime.datetime
    end: datetime.datetime | None
    place: str
    ris_url: str = ""


def plan_sitting(*, body: Body, data: SittingData) -> Sitting:
    """Plan a sitting. Raises SittingRefused for one in the past or at the same time."""
    _require_future(data.start)
    return _save(Sitting(body=body, **vars(data)))


@transaction.atomic
def change_sitting(*, sitting: Sitting, data: SittingData) -> Sitting:
    """Move a sitting or correct it; calendars follow. Raises SittingRefused."""
    held = hold(sitting)
    if not held.is_open:
        raise SittingRefused(_("This sitting can no longer be changed."))
    if data.start != held.start:
        _require_future(data.start)
    before = (held.start, held.end, held.place)
    if data.start != held.start:
        held.moved_from = held.start
    for name, value in vars(data).items():
        setattr(held, name, value)
    if before != (held.start, held.end, held.place):
        held.sequence += 1
    return _save(held)


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


def hold(sitting: Sitting) -> Sitting:
    """Return the sitting as it is now, held until the transaction ends."""
    return (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=sitting.pk)
    )


def _hold_open(sitting: Sitting) -> Sitting:
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
    MatterRefused for contributions of another body, or already on an agenda.
    """
    held = _hold_open(sitting)
    mine = PublicPin.objects.for_body(held.body).filter(pk__in=[p.pk for p in pins])
    missing = {p.pk: p.reference for p in pins}
    for pk in mine.values_list("pk", flat=True):
        del missing[pk]
    if missing or not pins:
        raise MatterRefused(
            _("%(body)s does not answer for: %(references)s.")
            % {"body": held.body, "references": ", ".join(missing.values())}
        )
    matter = gather(pins=pins, title=title)
    consultation = open_consultation(matter, held.body) or propose(
        matter=matter, body=held.body
    )
    return _place(held, consultation, actor, title, is_public=is_public)


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
    held = _hold_open(sitting)
    found = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if found.body_id != held.body_id:
        raise MatterRefused(_("This was proposed to another body."))
    return _place(held, found, actor, title, is_public=is_public)


def _place(
    sitting: Sitting,
    consultation: Consultation,
    actor: User,
    title: str,
    *,
    is_public: bool,
) -> AgendaItem:
    if consultation.is_decided:
        raise MatterRefused(_("The body has already dealt with this."))
    if consultation.item is not None:
        other = timezone.localtime(consultation.item.sitting.start)
        raise MatterRefused(
            _("Already on the agenda of the sitting on %(day)s.")
            % {"day": date_format(other, "DATE_FORMAT")}
        )
    item = _append(sitting, title or consultation.matter.title, is_public=is_public)
    consultation.item = item
    consultation.modified_at = timezone.now()
    consultation.save(update_fields=["item", "modified_at"])
    if sitting.state == State.INVITED and is_public:
        announce(consultation=consultation, actor=actor)
    return item


@transaction.atomic
def add_item(*, sitting: Sitting, title: str, is_public: bool = True) -> AgendaItem:
    """Put an item without contributions on an agenda, such as the question time."""
    return _append(_hold_open(sitting), title, is_public=is_public)


def _append(sitting: Sitting, title: str, *, is_public: bool) -> AgendaItem:
    last = sitting.items.aggregate(last=Max("order"))["last"] or 0
    return AgendaItem.objects.create(
        sitting=sitting, order=last + 1, title=title, is_public=is_public
    )


@transaction.atomic
def change_item(*, item: AgendaItem, title: str, is_public: bool, actor: User) -> None:
    """Give an item another title, or make it public or not; raises SittingRefused.

    What becomes public on a published agenda is announced; what no longer is goes back.
    """
    held = _hold_open(item.sitting)
    consultation = Consultation.objects.filter(item=item).first()
    was_public = AgendaItem.objects.values_list("is_public", flat=True).get(pk=item.pk)
    AgendaItem.objects.filter(pk=item.pk).update(
        title=title, is_public=is_public, modified_at=timezone.now()
    )
    if held.state != State.INVITED or consultation is None or was_public == is_public:
        return
    if is_public:
        announce(consultation=consultation, actor=actor)
    else:
        release(consultation=consultation, actor=actor)


@transaction.atomic
def take_off(*, item: AgendaItem, actor: User) -> None:
    """Take an item off its agenda; its matter waits for another. Raises SittingRefused."""
    sitting = _hold_open(item.sitting)
    consultation = Consultation.objects.filter(item=item).first()
    if consultation is not None:
        release(consultation=consultation, actor=actor)
        consultation.item = None
        consultation.outcome = consultation.reason = ""
        consultation.save(update_fields=["item", "outcome", "reason"])
    order = item.order
    AgendaItem.objects.filter(pk=item.pk).delete()
    sitting.items.filter(order__gt=order).update(order=F("order") - 1)


@transaction.atomic
def reorder(*, sitting: Sitting, item_ids: Sequence[int]) -> None:
    """Put the agenda into this order; raises AgendaChanged where items are missing."""
    held = _hold_open(sitting)
    items = held.items.in_bulk()
    if sorted(item_ids) != sorted(items):
        raise AgendaChanged
    now = timezone.now()
    for order, item_id in enumerate(item_ids, start=1):
        items[item_id].order, items[item_id].modified_at = order, now
    AgendaItem.objects.bulk_update(items.values(), ["order", "modified_at"])


@transaction.atomic
def publish_agenda(*, sitting: Sitting, actor: User) -> Sitting:
    """Invite: everyone reads the agenda, and its contributions are on it.

    Raises SittingRefused where it has been published, or the sitting is past.
    """
    held = _hold_open(sitting)
    if held.state == State.INVITED:
        raise SittingRefused(_("The agenda has already been published."))
    held.state = State.INVITED
    held.sequence += 1
    held.invited_at = held.modified_at = timezone.now()
    held.save(update_fields=["state", "sequence", "invited_at", "modified_at"])
    on_it = Consultation.objects.filter(item__sitting=held, item__is_public=True)
    for consultation in on_it.order_by("item__order"):
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
    for consultation in on_it.select_related("item", "body", "matter"):
        consultation.outcome = Consultation.Outcome.POSTPONED
        consultation.reason = reason.strip()
        conclude(consultation=consultation, actor=actor)
    return held
