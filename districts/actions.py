"""What changes districts and duties. The importer and the admin call these."""

import datetime
from dataclasses import dataclass

from django.contrib.gis.geos import MultiPolygon
from django.db import transaction
from django.db.models import Q

from districts.models import (
    Body,
    District,
    Responsibility,
    ResponsibilityQuerySet,
    today,
)


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
    """End a version and begin the next one on the day; return the one that begins.

    The next one inherits the duties of that day and those settled for later, unless
    `body` names another that answers for it from the day on. Where it is in force already
    and called as before, with the same body, it takes the row over from the one that
    ends: all that lies in the district stays with it, and only what comes to another
    district has to be moved, not a million contributions that stay where they are.
    """
    called = (description.name, description.slug)
    if body is None and day <= today() and called == (district.name, district.slug):
        _keep_the_past(district, day)
        correct_district(district=district, description=description)
        return district
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
    said = {name: getattr(district, name) for name in vars(description)}
    # Of a name that is written anew, all contributions are told.
    changed = [name for name, value in vars(description).items() if said[name] != value]
    for name in changed:
        setattr(district, name, getattr(description, name))
    district.save(update_fields=changed)


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


def _keep_the_past(district: District, day: datetime.date) -> None:
    """Put what a district was until the day, and who answered for it, in another row."""
    past = District.objects.get(pk=district.pk)
    past.pk, past.valid_to = None, day
    # Whoever counted the inhabitants did so within the boundary of then.
    begins = {
        "valid_from": day,
        "population": None,
        "population_on": None,
        "population_source": "",
    }
    for name, value in begins.items():
        setattr(district, name, value)
    district.save(update_fields=list(begins))
    past.save(force_insert=True)
    begun = Responsibility.objects.filter(district=district, valid_from__lt=day)
    for duty in begun:
        Responsibility.objects.create(
            district=past,
            body_id=duty.body_id,
            valid_from=duty.valid_from,
            valid_to=min(duty.valid_to or day, day),
        )
    begun.filter(valid_to__lte=day).delete()
    begun.update(valid_from=day)


def _after(district: District, day: datetime.date) -> ResponsibilityQuerySet:
    still = Q(valid_to=None) | Q(valid_to__gt=day)
    return Responsibility.objects.filter(still, district=district)


def _end_duties(district: District, day: datetime.date) -> None:
    ahead = _after(district, day)
    ahead.filter(valid_from__gte=day).delete()
    ahead.update(valid_to=day)
