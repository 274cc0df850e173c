"""How far a replica is behind, told by positions in the write-ahead log alone.

No clock of another machine is asked: the positions of the primary are noted with the time
of this process, and a replica that has come to one of them is as fresh as that moment. A
town in which nothing happens makes nobody late, as it would by the time of the last
transaction that was replayed.
"""

import threading
from bisect import bisect_right
from collections import deque

# A quarter of an hour, at one a second. Who is later than that is just late.
KEPT = 900


class Positions:
    """Where the primary has been, and when; bytes, and seconds of one clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: deque[tuple[int, float]] = deque(maxlen=KEPT)

    def note(self, position: int, moment: float) -> None:
        """Keep where the primary was at a moment at the latest.

        One that is behind what was noted before begins anew: another server has taken
        over, whose log went another way.
        """
        with self._lock:
            if self._notes and position < self._notes[-1][0]:
                self._notes.clear()
            self._notes.append((position, moment))

    def lag(self, position: int, now: float) -> float | None:
        """Return for how many seconds at most something may be missing there.

        None where that is not known: nothing was noted yet that it has come to. While the
        primary does not answer nothing is noted, and who had all stays without lag.
        """
        with self._lock:
            notes = list(self._notes)
        if not notes:
            return None
        reached = bisect_right(notes, position, key=lambda note: note[0])
        if reached == len(notes):
            return 0.0
        return now - notes[reached - 1][1] if reached else None
