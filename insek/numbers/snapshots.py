"""The numbers as they were counted last: shown at once, and counted anew behind the page.

A city of few contributions is counted within the request. Of many, a page shows what was
counted before while a job counts again, one at a time and at most once a minute.
"""

import datetime
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from insek.models import NumbersSnapshot
from insek.numbers.counting import count
from insek.numbers.tallies import Period, Tallies
from pins.models import PublicCell, PublicVersion
from trust.clock import was_lately

# Counted within a request up to here: some 30 ms.
FEW = 10_000
REST = datetime.timedelta(minutes=1)
JOB = "count_numbers"
# Any number of its own, for the lock of the database.
LOCK = 0x4E55_4D42


def latest() -> NumbersSnapshot:
    """Return the numbers to show; of many contributions they may be a little older.

    Where they are, a job brings them up to date.
    """
    known = _read()
    if known is not None and is_present(known):
        return known
    if known is None or _are_few():
        return recount()
    if not was_lately(known.computed_at, REST):
        _ask_for_recount()
    return known


@dataclass(frozen=True)
class _Remembered:
    """The numbers as this process read them last, and what it added up of them.

    Replaced as a whole: another thread must not add up the new ones for the old.
    """

    snapshot: NumbersSnapshot | None = None
    tallies: dict[tuple[Period, str], Tallies] = field(default_factory=dict)


_remembered = _Remembered()


def _read() -> NumbersSnapshot | None:
    """Return what is kept; its data is read only where it is not the remembered one."""
    global _remembered
    found = NumbersSnapshot.objects.defer("data").first()
    before = _remembered.snapshot
    if found is None or before is None or _name(found) != _name(before):
        if found is not None:
            # By name: what was deferred would otherwise stay so.
            found.refresh_from_db(fields=["version", "computed_at", "data"])
        _remembered = _Remembered(found)
        return found
    return before


def tallies_of(
    snapshot: NumbersSnapshot, period: Period = Period.ALL, district: str = ""
) -> Tallies:
    """Return the numbers of a period and a place; those of the latest are remembered."""
    remembered = _remembered
    wanted = Tallies(snapshot.data, period, district)
    if snapshot is not remembered.snapshot:
        return wanted
    return remembered.tallies.setdefault((period, district), wanted)


def _name(snapshot: NumbersSnapshot) -> tuple[int, datetime.datetime]:
    return snapshot.version, snapshot.computed_at


def is_present(known: NumbersSnapshot) -> bool:
    """Tell whether numbers are those of the present data, and of a month not yet over."""
    if "reports" not in known.data:
        # Counted before there were any.
        return False
    counted = datetime.date.fromisoformat(known.data["day"])
    today = timezone.localdate()
    return known.version == PublicVersion.recent() and (
        counted.year,
        counted.month,
    ) == (today.year, today.month)


@transaction.atomic
def recount() -> NumbersSnapshot:
    """Count, and keep the result; who comes meanwhile waits and takes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    known = NumbersSnapshot.objects.first()
    # Before the count: what changes during it makes the numbers old again.
    version = PublicVersion.now()
    if known is not None and known.version == version and is_present(known):
        return known
    snapshot = NumbersSnapshot(
        id=1, version=version, computed_at=timezone.now(), data=count()
    )
    NumbersSnapshot.objects.bulk_create(
        [snapshot],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["version", "computed_at", "data"],
    )
    return snapshot


def _are_few() -> bool:
    cells = PublicCell.objects.whole_city().aggregate(number=Sum("n"))
    return (cells["number"] or 0) <= FEW


def _ask_for_recount() -> None:
    try:
        with transaction.atomic():
            app.configure_task(
                "insek.tasks.count_numbers", lock=JOB, queueing_lock=JOB
            ).defer()
    except AlreadyEnqueued:
        pass
