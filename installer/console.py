"""What the person at the terminal reads: named, timed steps and errors as sentences."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from installer.errors import SetupError


class Console:
    """Writes steps with their duration, notes and errors, each a line of its own."""

    def __init__(
        self, output: TextIO | None = None, errors: TextIO | None = None
    ) -> None:
        self.output = output if output is not None else sys.stdout
        self._errors = errors if errors is not None else sys.stderr

    def say(self, message: str) -> None:
        """Write one line (or several, when the message holds line breaks)."""
        self.output.write(f"{message}\n")
        self.output.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce `title`, run the body, then write how long it took.

        The line is written before the work begins, so that a long download never looks
        like a hanging program. When the body raises, the line says so and the exception
        goes on.
        """
        self.output.write(f"{title} … ")
        self.output.flush()
        start = time.monotonic()
        try:
            yield
        except BaseException:
            self._finish(start, "failed after ")
            raise
        self._finish(start, "")

    def error(self, problem: SetupError) -> None:
        """Write what went wrong and, where there is one, what to do about it."""
        self._errors.write(f"\nError: {problem.message}\n")
        if problem.hint:
            self._errors.write(f"{problem.hint}\n")
        self._errors.flush()

    def _finish(self, start: float, prefix: str) -> None:
        self.say(f"{prefix}{time.monotonic() - start:.1f} s")
