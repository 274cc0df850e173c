"""Keeps what is given out up to date, and remembers what was taken away (ADR 35).

Before each answer: what has been marked as changed since the last one is made anew from
what is public now, and compared. So nothing is given out that is no longer public, and
`modified` is a moment that no harvester has passed before it could notice the change.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone, translation

from councils.models import Consultation, Matter, Sitting
from districts.models import Body
from exports.models import OparlMark, OparlObject
from exports.oparl.meetings import Sittings
from exports.oparl.papers import Matters
from exports.oparl.site import organizations, site
from exports.oparl.things import Name, Thing, of_body, of_matter, of_sitting

EVERYTHING = "all"
# How many sittings or matters are made anew at a time.
TOGETHER = 200
SECOND = datetime.timedelta(seconds=1)
# What a row and a thing have in common: where they differ, the object has changed.
SAID = ("unit", "content", "organization", "stamp")
TIMES = ("modified", "is_deleted", "version")


def bring_up_to_date() -> None:
    """Make anew what has changed; one query where nothing has."""
    if not OparlMark.objects.exists():
        return
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        record = Record.hold()
        _renew(record, _with_what_depends(_take_marks()))


def bring_site_up_to_date() -> None:
    """Make the system and the city anew, which settings change and no row does."""
    with translation.override(settings.LANGUAGE_CODE):
        things = site()
        rows = OparlObject.objects.filter(unit="site")
        kept = {(row.kind, row.key): row for row in rows}
        if all(is_kept(kept.get(thing.name), thing) for thing in things):
            return
        with transaction.atomic():
            Record.hold().keep(things)


def mark_everything() -> None:
    """Have all made anew before the next answer, whether anything changed or not."""
    OparlMark.objects.create(unit=EVERYTHING)


def _take_marks() -> set[str]:
    """Return what was marked, once; what is marked from now on waits for the next."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exports_oparlmark RETURNING unit")
        units = {unit for (unit,) in cursor.fetchall()}
    return units | _all_units() if EVERYTHING in units else units


def _all_units() -> set[str]:
    """Return all units that there are, and those that there were."""
    known = OparlObject.objects.exclude(unit="site").values_list("unit", flat=True)
    return {
        *known.distinct(),
        *map(of_body, Body.objects.values_list("pk", flat=True)),
        *map(of_sitting, Sitting.objects.values_list("pk", flat=True)),
        *map(of_matter, Matter.objects.values_list("pk", flat=True)),
    }


class Scope:
    """Which bodies, sittings and matters are to be made anew."""

    def __init__(self, units: Collection[str]) -> None:
        self.bodies = _ids("body", units)
        self.sittings = _ids("sitting", units)
        self.matters = _ids("matter", units)


def _ids(kind: str, units: Iterable[str]) -> set[int]:
    prefix = f"{kind}-"
    return {int(unit.removeprefix(prefix)) for unit in units if unit.startswith(prefix)}


def _with_what_depends(units: Collection[str]) -> Scope:
    """Return the scope with the matters on its agendas, and the agendas of its matters."""
    scope = Scope(units)
    placed = Consultation.objects.filter(item__isnull=False)
    on_agendas = placed.filter(item__sitting__in=scope.sittings)
    agendas = placed.filter(matter__in=scope.matters)
    matters = set(on_agendas.values_list("matter", flat=True))
    scope.sittings.update(agendas.values_list("item__sitting", flat=True))
    scope.matters |= matters
    return scope


def _renew(record: "Record", scope: Scope) -> None:
    bodies = record.keep(organizations(scope.bodies))
    record.take_away(map(of_body, scope.bodies), besides=bodies)
    for ids in _portions(scope.sittings):
        sittings = Sittings.read(ids)
        parts = record.keep(sittings.parts())
        wholes = record.keep(sittings.wholes(parts))
        record.take_away(map(of_sitting, ids), besides=parts | wholes)
    for ids in _portions(scope.matters):
        matters = Matters.read(ids)
        parts = record.keep(matters.parts())
        wholes = record.keep(matters.wholes(parts))
        record.take_away(map(of_matter, ids), besides=parts | wholes)


def _portions(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), TOGETHER):
        yield ordered[start : start + TOGETHER]


def is_kept(row: OparlObject | None, thing: Thing) -> bool:
    """Tell whether the record has a thing just as it is."""
    if row is None or row.is_deleted:
        return False
    return all(getattr(row, name) == getattr(thing, name) for name in SAID)


class Record:
    """The objects given out, held for one writer until its transaction ends."""

    def __init__(self) -> None:
        last = OparlObject.objects.aggregate(Max("version"), Max("modified"))
        self._version: int = last["version__max"] or 0
        # The end of this second, for whoever asked within it asks from its beginning on;
        # and never before what a harvester may have seen already.
        now = timezone.now().replace(microsecond=0) + SECOND
        self._now = max(now, last["modified__max"] or now)

    @classmethod
    def hold(cls) -> "Record":
        """Wait until nobody else writes, and return the record as it is then."""
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE exports_oparlobject IN SHARE ROW EXCLUSIVE MODE")
        return cls()

    def keep(self, things: Iterable[Thing]) -> dict[Name, OparlObject]:
        """Write what is new or other than before; return the rows of all things."""
        wanted = {thing.name: thing for thing in things}
        rows = self._find(wanted)
        changed = []
        for name, thing in wanted.items():
            row = rows.get(name)
            if row is not None and not is_kept(row, thing):
                for said in SAID:
                    setattr(row, said, getattr(thing, said))
                row.is_deleted = False
                changed.append(self._touched(row))
        new = [self._new(thing) for name, thing in wanted.items() if name not in rows]
        _write([*changed, *new])
        return rows | {(row.kind, row.key): row for row in new}

    def take_away(self, units: Iterable[str], *, besides: Collection[Name]) -> None:
        """Leave of everything else in these units only that it was there."""
        there = OparlObject.objects.filter(unit__in=list(units), is_deleted=False)
        gone = [row for row in there if (row.kind, row.key) not in besides]
        for row in gone:
            row.content, row.stamp, row.is_deleted = {}, "", True
            self._touched(row)
        _write(gone)

    def _find(self, wanted: Collection[Name]) -> dict[Name, OparlObject]:
        kinds = {kind for kind, _key in wanted}
        keys = {key for _kind, key in wanted}
        rows = OparlObject.objects.filter(kind__in=kinds, key__in=keys)
        found = {(row.kind, row.key): row for row in rows}
        return {name: row for name, row in found.items() if name in wanted}

    def _new(self, thing: Thing) -> OparlObject:
        said = {name: getattr(thing, name) for name in ("kind", "key", *SAID)}
        return OparlObject(
            **said, created=self._now, modified=self._now, version=self._next()
        )

    def _touched(self, row: OparlObject) -> OparlObject:
        # Later than before, also where two changes share a second.
        row.modified = max(self._now, row.modified + SECOND)
        row.version = self._next()
        return row

    def _next(self) -> int:
        self._version += 1
        return self._version


def _write(rows: list[OparlObject]) -> None:
    """Write rows, new ones or not, at once: much faster than `bulk_update`."""
    OparlObject.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=[*SAID, *TIMES],
    )
