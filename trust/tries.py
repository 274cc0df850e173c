"""Tries with secrets of programs: who was wrong too often waits, also with a right one.

Only what was wrong is counted. Until the span ends nothing from there is looked at.
"""

from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone

from trust.addresses import client_of
from trust.counting import Question, ask
from trust.guard import LimitReached
from trust.limits import Limit
from trust.models import Hit
from trust.salts import digest


def demand_tries(request: HttpRequest, limit: Limit) -> None:
    """Raise LimitReached where so many tries from an address were wrong."""
    until = limit.ends_after(timezone.now())
    hits = Hit.objects.filter(
        digest=digest(client_of(request)), what=limit.name, until=until
    )
    wrong = hits.values_list("count", flat=True).first() or 0
    if wrong >= limit.allowed:
        raise LimitReached(limit, until)


def count_wrong(request: HttpRequest, limit: Limit) -> None:
    """Count one more try that was wrong."""
    ask(
        Question(
            form=uuid4(),
            proof=None,
            is_vouched=True,
            limits=[(limit, digest(client_of(request)))],
            words="",
            text=None,
            sketch=None,
        )
    )
