"""The files of the site, wherever they lie: in a folder, or in a bucket (trust.bucket).

Whatever goes wrong with them is an OSError, as with a disk: FileNotFoundError where there is
no such file, MediaAway where nobody can tell.
"""

import logging
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from procrastinate.contrib.django import app

if TYPE_CHECKING:
    from procrastinate.types import JSONValue

logger = logging.getLogger(__name__)

LATER = "trust.tasks.erase_media"
# Seconds that a storage is left alone that did not answer. Meanwhile nobody waits for it:
# hanging requests would soon hold every thread.
REST = 15.0


class MediaAway(OSError):
    """The storage of the files does not answer, or does not let us in."""


class Rest:
    """Until when this process leaves the storage alone, by time.monotonic()."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Tell whether the last who asked had no answer."""
        return self._until > 0

    def may_ask(self) -> bool:
        """Tell whether to ask; when the rest is over, one asks for all."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return False
            if self._until:
                self._until = now + REST
            return True

    def note(self, *, has_answered: bool) -> None:
        """Begin a rest, or end it."""
        with self._lock:
            self._until = 0.0 if has_answered else time.monotonic() + REST


rest = Rest()


def erase(names: Iterable[str]) -> None:
    """Erase files whose rows are gone; what cannot be erased now, a job does later.

    For after the commit: then it is too late to say no.
    """
    left: list[JSONValue] = [name for name in names if not _is_erased(name)]
    if left:
        # By its name: the tasks import this module.
        app.configure_task(LATER, schedule_in={"minutes": 1}).defer(names=left)


def _is_erased(name: str) -> bool:
    try:
        default_storage.delete(name)
    except OSError:
        logger.exception("A file could not be erased.")
        return False
    return True
