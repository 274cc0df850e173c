"""Keeping and reading why something looks like abuse."""

from collections.abc import Iterable

from django.db import models

from trust.audit import type_of
from trust.guard import Verdict
from trust.models import Suspicion

ATTRIBUTE = "_suspicion"


def keep(verdict: Verdict, subject: models.Model) -> None:
    """Keep what was noticed about something; a form sent twice says it once.

    No statement where nothing was noticed.
    """
    if verdict.reasons:
        row = Suspicion(
            object_type=type_of(subject._meta),
            object_id=subject.pk,
            reasons=list(verdict.reasons),
        )
        Suspicion.objects.bulk_create([row], ignore_conflicts=True)


def suspicion_of(subject: models.Model) -> Suspicion | None:
    """Return why something looks like abuse, None where it does not."""
    if not hasattr(subject, ATTRIBUTE):
        bring_suspicions([subject])
    found: Suspicion | None = getattr(subject, ATTRIBUTE)
    return found


def bring_suspicions(subjects: Iterable[models.Model]) -> None:
    """Bring along what `suspicion_of` returns for each of a list, in one query."""
    listed = list(subjects)
    rows = Suspicion.objects.filter(
        object_type__in={type_of(subject._meta) for subject in listed},
        object_id__in={subject.pk for subject in listed},
    )
    known = {(row.object_type, row.object_id): row for row in rows}
    for subject in listed:
        found = known.get((type_of(subject._meta), subject.pk))
        setattr(subject, ATTRIBUTE, found)
