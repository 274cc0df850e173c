"""What the load makes of its figures."""

import pytest

from bench._load_figures import (
    Reading,
    Times,
    by_minute,
    growth,
    is_flat,
    judge,
    percentile,
)
from bench._load_people import tile_of


@pytest.mark.parametrize(
    ("share", "wanted"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.001, 1)]
)
def test_percentile_is_the_nearest_rank(share: float, wanted: float) -> None:
    assert percentile(range(100, 0, -1), share) == wanted


def test_percentile_of_one_and_of_none() -> None:
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([], 0.95) == 0.0


def answered(**milliseconds: float) -> Times:
    times = Times()
    for kind, each in milliseconds.items():
        for _ in range(20):
            times.add(kind, kind, each / 1_000)
    return times


WELL = {"page": 99.0, "tile": 5.0, "submit": 299.0}


def test_all_is_well() -> None:
    assert all(finding.holds for finding in judge(answered(**WELL), [], minutes=1))


@pytest.mark.parametrize(
    "otherwise", [{"page": 101.0}, {"tile": 101.0}, {"submit": 301.0}]
)
def test_one_kind_is_too_slow(otherwise: dict[str, float]) -> None:
    findings = judge(answered(**{**WELL, **otherwise}), [], minutes=1)
    (found,) = (finding for finding in findings if not finding.holds)
    assert next(iter(otherwise)) in found.what


def test_one_slow_answer_in_twenty_is_within_the_aim() -> None:
    times = answered(**WELL)
    times.add("page", "page", 9.0)
    assert all(finding.holds for finding in judge(times, [], minutes=1))


def test_nothing_asked_for_proves_nothing() -> None:
    assert not all(finding.holds for finding in judge(answered(page=1), [], minutes=1))


def test_an_error_before_counting_began_is_one() -> None:
    times = Times()
    times.add("page", "start page", 0.1, "answered 500")
    times.forget()
    for kind, each in WELL.items():
        times.add(kind, kind, each / 1_000)
    assert [f.what for f in judge(times, [], minutes=1) if not f.holds] == [
        "no errors (1)"
    ]
    assert times.reasons["start page: answered 500"] == 1


def test_table_has_each_kind() -> None:
    times = answered(**WELL)
    assert [line.split()[0] for line in times.lines()[1:4]] == ["page", "tile", "map"]
    assert times.slowest(1)[0].split() == ["submit", "20", "299", "ms", "299", "ms"]


def readings(*megabytes: float) -> list[Reading]:
    return [Reading(20.0 * n, {"web": mb}) for n, mb in enumerate(megabytes)]


def test_memory_is_compared_by_thirds() -> None:
    read = readings(900, 900, 200, 202, 205, 207)
    assert growth(read) == {"web": (201, 206)}
    assert all(f.holds for f in judge(answered(**WELL), read, minutes=10))
    assert by_minute(read)[1:] == [
        "1               667 MB",
        "2               205 MB",
    ]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [(100, 110, True), (100, 111, False), (1_000, 1_050, True), (1_000, 1_051, False)],
)
def test_flat_is_within_a_twentieth_or_ten_megabytes(
    before: float, after: float, *, wanted: bool
) -> None:
    assert is_flat(before, after) is wanted


def test_growing_memory_is_no_matter_of_a_short_run() -> None:
    read = readings(100, 100, 100, 100, 200, 200)
    assert all(f.holds for f in judge(answered(**WELL), read, minutes=1))
    assert not all(f.holds for f in judge(answered(**WELL), read, minutes=10))
    assert growth(read[:2]) == {}


def test_tile_of_the_city_hall() -> None:
    assert tile_of(12, 7.769, 49.444) == (2136, 1398)


def test_only_an_error_is_a_loss() -> None:
    slow = judge(answered(page=999.0), readings(100, 100, 100, 100, 200, 200), 10)
    assert [each.is_loss for each in slow if not each.holds] == [False] * 4
    times = answered(**WELL)
    times.add("page", "start page", 0.01, "answered 500")
    (found,) = (each for each in judge(times, [], minutes=1) if not each.holds)
    assert found.is_loss
