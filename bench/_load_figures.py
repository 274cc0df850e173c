"""What the load has found: times by kind, memory by minute, and whether that is well."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Milliseconds that 95 of 100 may take at most.
AIMS = {"page": 100.0, "tile": 100.0, "submit": 300.0}
KINDS = ("page", "tile", "map data", "file", "submit", "desk", "export")
# Memory is flat where the last third of the run has no more than the middle third, but
# for so much: pages of the system and buffers come and go.
MOST_GROWTH, LEAST_GROWTH_MB = 0.05, 10.0
# Shorter runs end before caches are full: nothing can be said of their memory.
LEAST_MINUTES = 5.0
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that so large a share of all does not exceed (nearest rank).

    0 where there is none.
    """
    if not values:
        return 0.0
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


@dataclass
class Times:
    """The milliseconds of each answer by kind, and what was no answer."""

    by_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, name: str, seconds: float, problem: str = "") -> None:
        """Count one request; what failed took its time as well."""
        self.by_kind[kind].append(seconds * 1_000)
        self.by_name[name].append(seconds * 1_000)
        if problem:
            self.errors[kind] += 1
            self.reasons[f"{name}: {problem}"] += 1

    def forget(self) -> None:
        """Forget what was counted so far, but not what failed."""
        self.by_kind.clear()
        self.by_name.clear()

    def lines(self) -> list[str]:
        """Return the table by kind."""
        head = f"{'':10}{'requests':>10}{'errors':>8}"
        lines = [head + "".join(f"{name:>10}" for name in SHARES)]
        for kind in KINDS:
            values = self.by_kind.get(kind, [])
            times = "".join(
                f"{percentile(values, share):>7.0f} ms" for share in SHARES.values()
            )
            lines.append(f"{kind:10}{len(values):>10,}{self.errors[kind]:>8,}{times}")
        return lines

    def slowest(self, count: int) -> list[str]:
        """Return the names of requests whose 95 of 100 take longest."""
        ranked = sorted(
            ((percentile(values, 0.95), name) for name, values in self.by_name.items()),
            reverse=True,
        )
        return [
            f"{name:24}{len(self.by_name[name]):>8,}"
            f"{percentile(self.by_name[name], 0.5):>7.0f} ms{slow:>7.0f} ms"
            for slow, name in ranked[:count]
        ]


@dataclass(frozen=True)
class Reading:
    """Memory of each part in MB, so many seconds after the start."""

    seconds: float
    memory: Mapping[str, float]


def by_minute(readings: Iterable[Reading]) -> list[str]:
    """Return the table of memory, each minute's mean."""
    minutes: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        minutes[int(reading.seconds // 60)].append(reading)
    parts = list(dict.fromkeys(p for rows in minutes.values() for p in rows[0].memory))
    lines = [f"{'minute':10}" + "".join(f"{part:>12}" for part in parts)]
    for minute, rows in sorted(minutes.items()):
        means = (_mean(rows, part) for part in parts)
        lines.append(
            f"{minute + 1:<10}" + "".join(f"{mean:>9.0f} MB" for mean in means)
        )
    return lines


def growth(readings: Sequence[Reading]) -> dict[str, tuple[float, float]]:
    """Return of each part the mean of the middle third and of the last, in MB."""
    third = len(readings) // 3
    if not third:
        return {}
    middle, last = readings[third : 2 * third], readings[2 * third :]
    return {part: (_mean(middle, part), _mean(last, part)) for part in last[0].memory}


def _mean(readings: Iterable[Reading], part: str) -> float:
    return statistics.fmean(reading.memory.get(part, 0.0) for reading in readings)


def is_flat(before: float, after: float) -> bool:
    """Tell whether memory in MB stayed what it was."""
    return after - before <= max(before * MOST_GROWTH, LEAST_GROWTH_MB)


@dataclass(frozen=True)
class Finding:
    """One thing that had to hold, and whether it did."""

    holds: bool
    what: str
    # Else it is too slow, or too large, for this machine.
    is_loss: bool = False

    def __str__(self) -> str:
        return f"{'yes' if self.holds else 'NO '}  {self.what}"


def judge(times: Times, readings: Sequence[Reading], minutes: float) -> list[Finding]:
    """Return what had to hold of answers and memory."""
    errors = sum(times.errors.values())
    findings = [Finding(errors == 0, f"no errors ({errors:,})", is_loss=True)]
    for kind, aim in AIMS.items():
        values = times.by_kind.get(kind, [])
        reached = percentile(values, 0.95)
        what = f"{kind}: 95 of 100 within {aim:.0f} ms ({reached:.0f} ms)"
        # Nothing asked for proves nothing.
        findings.append(Finding(bool(values) and reached < aim, what))
    if minutes < LEAST_MINUTES:
        return findings
    for part, (before, after) in growth(readings).items():
        what = f"memory of {part} is flat ({before:.0f} MB, then {after:.0f} MB)"
        findings.append(Finding(is_flat(before, after), what))
    return findings
