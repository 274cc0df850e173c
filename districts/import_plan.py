"""Deciding what an import has to change, before anything is changed."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import cast

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from districts.actions import (
    Description,
    assign_body,
    close_district,
    correct_district,
    open_district,
    replace_district,
)
from districts.entries import USUAL_FIELDS, Entry, Fields, UnusableError
from districts.import_report import ImportReport
from districts.models import Body, District, Responsibility
from districts.slugs import german_slug
from geo.coverage import differing_area
from geo.shapes import Shape, from_wkb, same_shape


class Missing(StrEnum):
    """What becomes of a district in force that the file does not hold.

    A file of a few districts must not close half the city by silence: without a word
    about the others the import is refused.
    """

    REFUSE = "refuse"
    KEEP = "keep"
    CLOSE = "close"


@dataclass(frozen=True)
class Options:
    """How to read the file, and what to do where it is silent or wrong.

    `default_body` (a slug) and `default_kind` are for new districts of which the file
    names none. Overlaps and gaps above `tolerance` (m² each, measured in the CRS
    `srid`) stop the import, and so do rejected features unless `skip_rejected`.
    """

    fields: Fields = USUAL_FIELDS
    default_body: str = ""
    default_kind: str = ""
    source: str = ""
    missing: Missing = Missing.REFUSE
    skip_rejected: bool = False
    tolerance: float = 50.0
    srid: int = field(default_factory=lambda: settings.PLANNING_SRID)


class Plan:
    """The steps of one import, and the areas and slugs that will hold on its day."""

    def __init__(self, day: datetime.date, options: Options) -> None:
        self.day = day
        self.options = options
        self.report = ImportReport()
        self.steps: list[Callable[[], object]] = []
        self.areas: dict[str, Shape] = {}
        self.slugs: defaultdict[str, list[str]] = defaultdict(list)
        self.bodies = {body.slug: body for body in Body.objects.all()}
        self.latest = {
            district.number: district
            for district in District.objects.order_by("number", "valid_from")
        }
        self.present = {
            district.number: district for district in District.objects.current(day)
        }
        self.responsible = {
            duty.district_id: duty.body
            for duty in Responsibility.objects.filter(valid_from__lte=day)
            .order_by("valid_from")
            .select_related("body")
        }

    def add(self, entry: Entry) -> None:
        """Plan what an entry of the file changes.

        Raises UnusableError where it does not go with the districts at hand.
        """
        present = self.present.get(entry.number)
        latest = self.latest.get(entry.number)
        described = self._describe(entry, present or latest)
        body = self._named_body(entry.body)
        if present is not None:
            self._update(entry, described, body, present)
        elif latest is not None and latest.valid_from > self.day:
            self._refuse(entry, latest)
        else:
            former = self.responsible.get(latest.pk) if latest else None
            self._open(entry, described, body or former)
        self._expect(entry.label, entry.shape, described.slug)

    def add_missing(self, numbers: Container[int | None]) -> None:
        """Plan what becomes of districts in force whose number is not in the file."""
        for district in self.present.values():
            if district.number in numbers:
                continue
            if self.options.missing == Missing.CLOSE:
                self._close(district)
                continue
            if self.options.missing == Missing.KEEP:
                self.report.kept.append(str(district))
            else:
                self.report.refusals.append(
                    f"{district} is not in the file. Should it end (--close-missing) "
                    "or stay as it is (--keep-missing)?"
                )
            self.keep(district)

    def keep(self, district: District) -> None:
        """Count on a district that stays as it is."""
        self._expect(str(district), _shape(district), district.slug)

    def _expect(self, label: str, shape: Shape, slug: str) -> None:
        self.areas[label] = shape
        self.slugs[slug].append(label)

    def _describe(self, entry: Entry, previous: District | None) -> Description:
        kind = entry.kind or (previous.kind if previous else self.options.default_kind)
        if not kind:
            message = (
                "it is new and needs a kind: name it in the file (--kind-field) or by "
                "--default-kind."
            )
            raise UnusableError(message)
        slug = entry.slug or (previous.slug if previous else german_slug(entry.name))
        if not slug:
            message = f"no slug can be made of the name {entry.name!r}."
            raise UnusableError(message)
        return Description(
            number=entry.number,
            name=entry.name,
            slug=slug,
            kind=kind,
            geometry=_to_geos(entry.shape),
            source=self.options.source,
        )

    def _named_body(self, slug: str) -> Body | None:
        if slug and slug not in self.bodies:
            message = f"there is no body with the slug {slug!r}."
            raise UnusableError(message)
        return self.bodies.get(slug)

    def _open(self, entry: Entry, described: Description, body: Body | None) -> None:
        body = body or self._named_body(self.options.default_body)
        if body is None:
            message = (
                "it is new and needs a body that answers for it: name its slug in the "
                "file (--body-field) or by --default-body."
            )
            raise UnusableError(message)
        self.report.created.append(f"{entry.label} ({body})")
        self._step(open_district, description=described, valid_from=self.day, body=body)

    def _update(
        self, entry: Entry, described: Description, body: Body | None, present: District
    ) -> None:
        former = self.responsible[present.pk]
        successor = body if body != former else None
        changes = [
            *_redrawing(entry, present, self.options.srid),
            *_renamings(described, present),
        ]
        if successor is not None:
            changes.append(f"body {former} → {successor}")
        if not changes:
            self.report.unchanged.append(entry.label)
        elif present.valid_to is not None:
            self._refuse(entry, self.latest[entry.number])
        else:
            how = self._plan_update(described, successor, present, changes)
            self.report.updated.append(f"{entry.label}: {', '.join(changes)}; {how}")

    def _refuse(self, entry: Entry, settled: District) -> None:
        self.report.refusals.append(
            f"{entry.label}: a change from {self.day} on would cut into the version "
            f"that is settled {_days(settled)}. Choose a later day."
        )

    def _plan_update(
        self,
        described: Description,
        body: Body | None,
        present: District,
        changes: list[str],
    ) -> str:
        """Plan the steps and return in words how the change comes into force."""
        only_the_body = body is not None and len(changes) == 1
        if present.valid_from < self.day and not only_the_body:
            self._step(
                replace_district,
                district=present,
                description=described,
                day=self.day,
                body=body,
            )
            return f"new version from {self.day}"
        if not only_the_body:
            self._step(correct_district, district=present, description=described)
        if body is not None:
            self._step(assign_body, district=present, body=body, day=self.day)
        return f"from {self.day}" if only_the_body else "corrected in place"

    def _close(self, district: District) -> None:
        if district.valid_from == self.day or district.valid_to is not None:
            self.report.refusals.append(
                f"{district} is not in the file and cannot end on {self.day}: its "
                f"days are settled {_days(district)}."
            )
            return
        self.report.closed.append(str(district))
        # First, so that a successor can have the slug.
        self.steps.insert(0, partial(close_district, district=district, day=self.day))

    def _step(self, action: Callable[..., object], **arguments: object) -> None:
        self.steps.append(partial(action, **arguments))


def _days(district: District) -> str:
    end = f"to {district.valid_to}" if district.valid_to else "on"
    return f"from {district.valid_from} {end}"


def _renamings(described: Description, present: District) -> list[str]:
    return [
        f"{name} {getattr(present, name)} → {getattr(described, name)}"
        for name in ("name", "slug", "kind")
        if getattr(present, name) != getattr(described, name)
    ]


def _redrawing(entry: Entry, present: District, srid: int) -> list[str]:
    """Name the change of the boundary, if there is one.

    Raises UnusableError where the entry lies somewhere else altogether.
    """
    shape = _shape(present)
    if same_shape(shape, entry.shape):
        return []
    if not shape.intersects(entry.shape):
        message = (
            f"its boundary does not even touch the present one of {present}. Is the "
            "official number in another field (--number-field)?"
        )
        raise UnusableError(message)
    area = differing_area(shape, entry.shape, srid=srid)
    return [f"boundary ({area:,.0f} m² differ)"]


def _shape(district: District) -> Shape:
    return from_wkb(bytes(district.geometry.wkb))


def _to_geos(shape: Shape) -> MultiPolygon:
    return cast("MultiPolygon", GEOSGeometry(memoryview(shape.wkb), srid=4326))
