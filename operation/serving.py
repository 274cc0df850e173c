"""A process of the web server that answers all who have got through to it before it goes.

gunicorn's own stops to listen the moment it is told to end, and hangs up on whom the system
has let in by then and on whoever is about to ask. A proxy asks the other instance where only
something is read. A form it must not send twice: its sender would see an error.
"""

import os
import sys
import time
from types import FrameType
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from operation.watching import leaving

# For how long it still lets everybody in after it was told to go. Behind a socket of the
# machine a moment does: its name is gone by then. A balancer on another machine has to
# notice by /readyz first.
SECONDS_TO_LET_IN = float(os.environ.get("WEB_SECONDS_TO_LET_IN", "1"))
# For how long whoever was let in may take to ask.
SECONDS_TO_ASK = 5.0


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Lets in, then only answers, then ends: each in the turns of gunicorn's own loop."""

    max_requests: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told_at: float | None = None
        self._listens = True
        # gunicorn would end with the request that reaches it.
        self._most_requests, self.max_requests = self.max_requests, sys.maxsize

    def handle_exit(self, _signal: int, _frame: FrameType | None) -> None:
        """Begin to leave (SIGTERM)."""
        self._leave()

    def notify(self) -> None:
        """Do what is due in a turn of the loop."""
        super().notify()
        if self.nr >= self._most_requests:
            self._leave()
        if self._told_at is None:
            return
        waited = time.monotonic() - self._told_at
        if waited >= SECONDS_TO_LET_IN:
            self._let_nobody_in()
            is_late = waited >= SECONDS_TO_LET_IN + SECONDS_TO_ASK
            self.alive = self.nr_conns > 0 and not is_late

    def _leave(self) -> None:
        if self._told_at is None:
            self._told_at = time.monotonic()
            leaving.begin()

    def _let_nobody_in(self) -> None:
        if self._listens:
            self._listens = False
            for wire in self.sockets:
                self.poller.unregister(wire)
