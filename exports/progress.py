"""How far the file is that is being made: told while its rows go by."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Row = TypeVar("Row")
Report = Callable[[int], None]
# Seconds between two reports.
PAUSE = 1.0
_report: ContextVar[Report | None] = ContextVar("report", default=None)


@contextmanager
def reported_to(report: Report) -> Iterator[None]:
    """Have told about once a second how many rows went by."""
    token = _report.set(report)
    try:
        yield
    finally:
        _report.reset(token)


def watched(rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows; where somebody wants to know, their number is told on the way."""
    report = _report.get()
    return rows if report is None else _told(rows, report)


def _told(rows: Iterable[Row], report: Report) -> Iterator[Row]:
    due = time.monotonic() + PAUSE
    for number, row in enumerate(rows, start=1):
        yield row
        if time.monotonic() >= due:
            report(number)
            due = time.monotonic() + PAUSE
