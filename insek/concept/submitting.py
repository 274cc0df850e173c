"""Laying drafts on the concept before the bodies."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from councils.matters import default_role, propose
from councils.models import Hearing, Matter
from districts.models import Body
from insek.concept.places import councils_concerned
from insek.models import Goal, Measure, Submission
from pins.photos.files import StorageFailed

logger = logging.getLogger(__name__)

# In this order a matter goes its way.
ORDER = {
    Body.Kind.DISTRICT_COUNCIL: 0,
    Body.Kind.ADVISORY_BOARD: 1,
    Body.Kind.COMMITTEE: 2,
    Body.Kind.COUNCIL: 3,
}


class SubmissionRefused(Exception):
    """It cannot be laid before the bodies; the message is for who tried it."""


@dataclass(frozen=True)
class Draft:
    """What is to be resolved: in German, as resolutions are."""

    kind: Submission.Kind
    title: str
    text: str
    goals: Sequence[Goal] = ()
    measures: Sequence[Measure] = ()
    document: File[Any] | None = field(default=None, compare=False)


def submit(
    *, draft: Draft, bodies: Iterable[Body], actor: User, key: UUID | None = None
) -> Submission:
    """Lay a draft before bodies: each has it among its proposals.

    The district councils concerned must be heard before the decision (GemO RLP § 75),
    whether they are named or not. `key` is that of the form: sent twice, it submits once.
    Raises SubmissionRefused without a body, and StorageFailed.
    """
    known = _submitted(key)
    if known is not None:
        return known
    try:
        return _submit(draft, bodies, actor, key)
    except IntegrityError:
        # Pressed twice: the other request was quicker.
        known = _submitted(key)
        if known is None:
            raise
        return known


def _submitted(key: UUID | None) -> Submission | None:
    return Submission.objects.filter(idempotency_key=key).first() if key else None


@transaction.atomic
def _submit(
    draft: Draft, bodies: Iterable[Body], actor: User, key: UUID | None
) -> Submission:
    duty = councils_concerned(draft.measures)
    asked = sorted(
        {body.pk: body for body in [*duty, *bodies]}.values(),
        key=lambda body: (ORDER[Body.Kind(body.kind)], body.name),
    )
    if not asked:
        raise SubmissionRefused(_("Please choose at least one body."))
    matter = Matter.objects.create(title=draft.title, text=draft.text)
    submission = Submission.objects.create(
        kind=draft.kind,
        matter=matter,
        text=draft.text,
        created_by=actor,
        idempotency_key=key,
    )
    if draft.document is not None:
        try:
            submission.document.save(f"{uuid4().hex}.pdf", draft.document)
        except OSError as error:
            logger.exception("The document of a submission could not be written.")
            raise StorageFailed from error
    submission.goals.set(draft.goals)
    submission.measures.set(draft.measures)
    matter.path = f"/insek/submissions/{submission.pk}/"
    matter.save(update_fields=["path"])
    Hearing.objects.bulk_create(
        Hearing(matter=matter, body=body)
        for body in asked
        if body.kind == Body.Kind.DISTRICT_COUNCIL
    )
    for body in asked:
        propose(matter=matter, body=body, role=default_role(body))
    return submission
