"""What changes districts and duties. The importer and the admin call these."""

import datetime
from dataclasses import dataclass

from django.contrib.gis.geos import MultiPolygon
from django.db import transaction
from django.db.models import Q

from districts.models import Body, District, Responsibility, ResponsibilityQuerySet


@dataclass(frozen=True)
class Description:
    """What one version of a district is; `geometry` in EPSG:4326."""

    number: int
    name: str
    slug: str
    kind: str
    geometry: MultiPolygon
    source: str = ""


@transaction.atomic
def open_district(
    *, description: Description, valid_from: datetime.date, body: Body
) -> District:
    """Make the first version of a district, for which the body answers."""
    district = District.objects.create(**vars(description), valid_from=valid_from)
    Responsibility.objects.create(district=district, body=body, valid_from=valid_from)
    return district


@transaction.atomic
def replace_district(
    *,
    district: District,
    description: Description,
    day: datetime.date,
    body: Body | None,
) -> District:
    """End a version and begin the next one on the day.

    The next one inherits the duties of that day and those settled for later, unless
    `body` names another that answers for it from the day on.
    """
    duties = list(_after(district, day))
    close_district(district=district, day=day)
    successor = District.objects.create(**vars(description), valid_from=day)
    if body is not None:
        duties = [Responsibility(body=body, valid_from=day)]
    for duty in duties:
        Responsibility.objects.create(
            district=successor,
            body_id=duty.body_id,
            valid_from=max(duty.valid_from, day),
            valid_to=duty.valid_to,
        )
    return successor


@transaction.atomic
def correct_district(*, district: District, description: Description) -> None:
    """Put right what a version says, without beginning a new one."""
    for name, value in vars(description).items():
        setattr(district, name, value)
    district.save(update_fields=list(vars(description)))


@transaction.atomic
def close_district(*, district: District, day: datetime.date) -> None:
    """Let a district and the duties for it end; the day is the first without it."""
    district.valid_to = day
    district.save(update_fields=["valid_to"])
    _end_duties(district, day)


@transaction.atomic
def assign_body(*, district: District, body: Body, day: datetime.date) -> None:
    """Let another body answer for the district from the day on, until further notice."""
    _end_duties(district, day)
    Responsibility.objects.create(
        district=district, body=body, valid_from=day, valid_to=district.valid_to
    )


def _after(district: District, day: datetime.date) -> ResponsibilityQuerySet:
    still = Q(valid_to=None) | Q(valid_to__gt=day)
    return Responsibility.objects.filter(still, district=district)


def _end_duties(district: District, day: datetime.date) -> None:
    ahead = _after(district, day)
    ahead.filter(valid_from__gte=day).delete()
    ahead.update(valid_to=day)
