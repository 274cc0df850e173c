"""Let jobs look for suggestions, and tell whether one is at it."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from layers.models import Theme

# One search at a time.
LOCK = "make_suggestions"
EVERYTHING = "insek.tasks.make_suggestions"
HOTSPOTS = "insek.tasks.look_for_hotspots"


def ask_for_search() -> bool:
    """Let a job look for everything; False where one is waiting already."""
    try:
        with transaction.atomic():
            app.configure_task(EVERYTHING, lock=LOCK, queueing_lock=LOCK).defer()
    except AlreadyEnqueued:
        return False
    return True


def ask_for_hotspots(
    *, theme: Theme | None, pin_kind: str, metres: int, fewest: int
) -> None:
    """Let a job look for hot spots; the same twice is one job."""
    values = {
        "theme_id": theme.pk if theme else None,
        "pin_kind": pin_kind,
        "metres": metres,
        "fewest": fewest,
    }
    key = f"hotspots {sorted(values.items())}"
    try:
        with transaction.atomic():
            app.configure_task(HOTSPOTS, lock=LOCK, queueing_lock=key).defer(**values)
    except AlreadyEnqueued:
        pass


def is_searching() -> bool:
    """Tell whether a search waits or runs."""
    return ProcrastinateJob.objects.filter(
        task_name__in=(EVERYTHING, HOTSPOTS), status__in=("todo", "doing")
    ).exists()
