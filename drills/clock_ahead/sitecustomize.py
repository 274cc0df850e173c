"""A clock that can be set, in every Python program that finds this folder on its path.

Python imports a module of this name before all others. The file that DRILL_CLOCK names says
by how many seconds the clock is ahead. What measures spans of time (`time.monotonic`) goes
on as it is, as on a machine whose clock somebody sets.
"""

import datetime
import os
import time
from pathlib import Path
from typing import Any, Self

FILE = Path(os.environ["DRILL_CLOCK"])
NANO = 1_000_000_000
_time, _time_ns = time.time, time.time_ns
_gmtime, _localtime = time.gmtime, time.localtime
_datetime, _date = datetime.datetime, datetime.date


def ahead() -> int:
    """Return by how many seconds the clock is ahead now."""
    try:
        return int(FILE.read_text("ascii") or 0)
    except FileNotFoundError:
        return 0


class _AnyDatetime(type):
    """What C code made is one of them, too."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _datetime)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, _datetime)


class _AnyDate(type):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _date)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, _date)


class SetDatetime(datetime.datetime, metaclass=_AnyDatetime):
    """A date and time whose present is that of the clock."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Self:
        """Return the present."""
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Self:
        """Return the present in UTC, without saying so."""
        return cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Self:
        """Return the present in local time."""
        return cls.fromtimestamp(time.time())


class SetDate(datetime.date, metaclass=_AnyDate):
    """A date whose today is that of the clock."""

    @classmethod
    def today(cls) -> Self:
        """Return the present day."""
        return cls.fromtimestamp(time.time())


def _set(module: Any, **names: object) -> None:
    for name, value in names.items():
        setattr(module, name, value)


_set(
    time,
    time=lambda: _time() + ahead(),
    time_ns=lambda: _time_ns() + ahead() * NANO,
    gmtime=lambda seconds=None: _gmtime(time.time() if seconds is None else seconds),
    localtime=lambda seconds=None: _localtime(
        time.time() if seconds is None else seconds
    ),
)
_set(datetime, datetime=SetDatetime, date=SetDate)
