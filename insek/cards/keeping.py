"""Sheets of typed cards: kept once they are checked, imported, taken back, forgotten."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from insek.cards.checking import check_rows, says_the_same
from insek.cards.columns import read_heads
from insek.cards.places import DEGREES, look_whether_inside
from insek.cards.reading import Table
from insek.models import CardRow, CardSheet, Event, PinOrigin
from pins.models import Pin
from pins.own_link import hash_token, make_token
from pins.telling.author_address import leave_address
from pins.workflow import Source, Visibility

State, RowState = CardSheet.State, CardRow.State
# So many are imported while somebody waits for the page; more by a job.
AT_ONCE = 300
BATCH = 500
# 10,000 rows take less than a minute: after so long the job has gone astray.
PATIENCE = datetime.timedelta(minutes=10)
# Typed words and addresses that became no contribution are kept so long.
LIFETIME = datetime.timedelta(days=14)


class NotPossible(Exception):
    """The sheet is in no state for this; the message says why."""


@transaction.atomic
def keep_sheet(*, event: Event, name: str, table: Table, actor: User) -> CardSheet:
    """Check a table and keep what was found out; no contribution is made.

    Raises UnreadableTable for heads that cannot be used.
    """
    heads = read_heads(table.heads)
    checked = check_rows(event, heads, table.rows)
    sheet = CardSheet.objects.create(
        event=event, file_name=name[:200], ignored=heads.ignored, created_by=actor
    )
    CardRow.objects.bulk_create(
        (
            CardRow(
                sheet=sheet,
                number=row.number,
                card_number=row.card_number,
                state=row.state,
                content=row.content,
                problems=row.problems,
                key=row.key,
                pin_id=row.pin_id,
            )
            for row in checked
        ),
        batch_size=BATCH,
    )
    return sheet


def count_rows(sheet: CardSheet) -> dict[str, int]:
    """Return how many rows of a sheet are in which state, every state included."""
    counts = {state.value: 0 for state in RowState}
    found = sheet.rows.order_by().values_list("state").annotate(Count("pk"))
    return counts | dict(found)


def has_failed(sheet: CardSheet) -> bool:
    """Tell whether nobody need wait any longer: also where a worker died over it."""
    if sheet.state != State.WAITING:
        return sheet.state == State.FAILED
    return sheet.started_at is None or sheet.started_at < timezone.now() - PATIENCE


def start_import(*, sheet: CardSheet) -> None:
    """Import a checked sheet: at once, or by a job where it is large.

    Asked for twice, it is done once; what had failed goes on where it stopped. Raises
    NotPossible for a sheet without new rows, or one that was taken back.
    """
    with transaction.atomic():
        held = _held(sheet)
        if held.state == State.IMPORTED or (
            held.state == State.WAITING and not has_failed(held)
        ):
            return
        if held.state == State.UNDONE:
            raise NotPossible(
                _("This sheet was taken back. Please send the file again.")
            )
        if held.emptied_at is not None:
            raise NotPossible(
                _(
                    "What was typed into this sheet has been erased. Please send the "
                    "file again."
                )
            )
        count = held.rows.in_state(RowState.NEW).count()
        if not count:
            raise NotPossible(_("There is nothing new in this sheet."))
        held.state, held.started_at = State.WAITING, timezone.now()
        held.save(update_fields=["state", "started_at"])
        if count > AT_ONCE:
            # By its name: the tasks import this module.
            job = app.configure_task("insek.tasks.import_cards")
            transaction.on_commit(lambda: job.defer(sheet_id=str(held.pk)))
            return
    run_import(held)


def run_import(sheet: CardSheet) -> None:
    """Make contributions of what is new, batch after batch; each of them is whole."""
    try:
        while _import_batch(sheet):
            pass
    except Exception:
        CardSheet.objects.filter(pk=sheet.pk, state=State.WAITING).update(
            state=State.FAILED
        )
        # The log says why.
        raise


@transaction.atomic
def _import_batch(sheet: CardSheet) -> bool:
    """Import the next rows; tell whether there may be more."""
    held = _held(sheet)
    if held.state != State.WAITING:
        return False
    # One import of an event at a time: two sheets may hold the same card.
    Event.objects.select_for_update(no_key=True).get(pk=held.event_id)
    rows = list(held.rows.in_state(RowState.NEW).order_by("number")[:BATCH])
    if not rows:
        held.state, held.imported_at = State.IMPORTED, timezone.now()
        held.save(update_fields=["state", "imported_at"])
        # The contributions hold it now.
        held.rows.in_state(RowState.IMPORTED, RowState.KNOWN).update(content={})
        return False
    _sort_out(rows)
    new = [row for row in rows if row.state == RowState.NEW]
    _make_pins(held, new)
    own = Pin.objects.filter(idempotency_key=OuterRef("key"))
    CardRow.objects.filter(pk__in=[row.pk for row in new]).update(
        state=RowState.IMPORTED, pin_id=Subquery(own.values("pk"))
    )
    for row in rows:
        if row.state != RowState.NEW:
            row.save(update_fields=["state", "problems", "pin"])
    return True


def _sort_out(rows: Sequence[CardRow]) -> None:
    """Take out what was imported since the check, and what no district holds any more."""
    pins = Pin.objects.filter(idempotency_key__in=[row.key for row in rows])
    known = {pin.idempotency_key: pin for pin in pins}
    points = [(row.content["lon"], row.content["lat"], DEGREES) for row in rows]
    for row, place in zip(rows, look_whether_inside(points), strict=True):
        pin = known.get(row.key) if row.key else None
        if pin is not None:
            row.pin = pin
            same = says_the_same(row.content, pin)
            row.state = RowState.KNOWN if same else RowState.DIFFERS
        elif not place.is_inside:
            row.state = RowState.WRONG
            row.problems = [["", "", _("This place is outside the city.")]]


def _make_pins(sheet: CardSheet, rows: Sequence[CardRow]) -> None:
    pins = Pin.objects.bulk_create([_pin(row) for row in rows])
    _leave_addresses(zip(pins, rows, strict=True))
    PinOrigin.objects.bulk_create(
        PinOrigin(pin=pin, event_id=sheet.event_id) for pin in pins
    )


def _leave_addresses(made: Iterable[tuple[Pin, CardRow]]) -> None:
    """Ask by mail whoever wrote an address on their card.

    In the order of the addresses: two imports wait for one another.
    """
    left = [(email, pin) for pin, row in made if (email := row.content.get("email"))]
    for email, pin in sorted(left, key=lambda one: (one[0].lower(), one[1].pk)):
        leave_address(pin=pin, email=email, language=pin.language)


def _pin(row: CardRow) -> Pin:
    content: dict[str, Any] = row.content
    assert row.key is not None  # noqa: S101 -- only a wrong row may have none
    return Pin(
        idempotency_key=row.key,
        kind=content["kind"],
        theme_id=content["theme"],
        title=content["title"],
        text=content["text"],
        language=content["language"],
        source=Source.CARD,
        location=Point(content["lon"], content["lat"], srid=DEGREES),
        is_approximate=content.get("is_approximate", False),
        place_note=content.get("place_note", ""),
        token_hash=hash_token(make_token(row.key)),
        token_expires_at=timezone.now() + settings.OWN_LINK_LIFETIME,
    )


@transaction.atomic
def undo_import(*, sheet: CardSheet) -> int:
    """Erase the contributions that a sheet brought; return how many.

    They were never public: with them goes everything that was typed, and the same cards
    can be imported again. Raises NotPossible once one of them was decided on.
    """
    held = _held(sheet)
    if held.state not in {State.IMPORTED, State.FAILED}:
        raise NotPossible(_("Nothing of this sheet has been imported."))
    brought = held.rows.in_state(RowState.IMPORTED)
    pins = Pin.objects.select_for_update(of=("self",)).filter(
        pk__in=brought.values("pin_id")
    )
    found = list(pins.only("pk", "visibility"))
    decided = sum(pin.visibility != Visibility.SUBMITTED for pin in found)
    decided += _linked(pin.pk for pin in found)
    if decided:
        raise NotPossible(
            _(
                "{count} contributions of this sheet have been decided on. It can no "
                "longer be taken back as a whole."
            ).format(count=decided)
        )
    Pin.objects.filter(pk__in=[pin.pk for pin in found]).delete()
    held.rows.update(content={}, problems=[])
    held.state, held.emptied_at = State.UNDONE, timezone.now()
    held.save(update_fields=["state", "emptied_at"])
    return len(found)


def _linked(pins: Any) -> int:
    """Count those that the concept refers to already."""
    has_link = Q(links__isnull=False)
    return Pin.objects.filter(has_link, pk__in=list(pins)).distinct().count()


@transaction.atomic
def discard_sheet(*, sheet: CardSheet) -> None:
    """Forget a sheet of which nothing was imported; raises NotPossible for others."""
    held = _held(sheet)
    if held.state != State.CHECKED:
        raise NotPossible(_("This sheet has been imported."))
    held.delete()


def empty_old_sheets(before: datetime.datetime) -> int:
    """Forget what was typed into sheets older than a moment; return of how many.

    What was imported is a contribution by then, and has its own time of keeping. Those
    that nobody imported are forgotten whole.
    """
    old = CardSheet.objects.filter(created_at__lt=before)
    unused = old.filter(state=State.CHECKED)
    count = unused.count()
    unused.delete()
    full = old.filter(emptied_at=None)
    CardRow.objects.filter(sheet__in=full).update(content={}, problems=[])
    return count + full.update(emptied_at=timezone.now())


def _held(sheet: CardSheet) -> CardSheet:
    return CardSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
