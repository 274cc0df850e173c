"""How far a long piece of work has come, for the person at the terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WIDTH = 30
# Redrawing more often costs more than it tells.
SECONDS_BETWEEN = 0.1
Report = Callable[[int, int], None]


class Progress:
    """Writes each step as a bar on a terminal, and as plain lines anywhere else."""

    def __init__(self, write: Callable[[str], object], *, is_terminal: bool) -> None:
        self._write = write
        self._is_terminal = is_terminal

    @contextmanager
    def step(self, title: str) -> Iterator[Report]:
        """Announce a step and give what it calls with how much is done of how much."""
        start = time.monotonic()
        drawn = 0.0

        def report(done: int, total: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if self._is_terminal and total > 0 and now - drawn >= SECONDS_BETWEEN:
                drawn = now
                share = min(done / total, 1.0)
                bar = "█" * round(share * WIDTH)
                self._write(f"\r{title} {bar:·<{WIDTH}} {share:4.0%}")

        self._write(title if self._is_terminal else f"{title} …\n")
        try:
            yield report
        except BaseException:
            self._write("\n" if self._is_terminal else "")
            raise
        seconds = time.monotonic() - start
        clear = "\r\x1b[K" if self._is_terminal else ""
        self._write(f"{clear}{title}: {seconds:.1f} s\n")
