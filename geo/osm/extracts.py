"""Cutting the surroundings of a city out of an OpenStreetMap extract of any size."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from geo.bounds import Bounds

T = TypeVar("T")
# Called with how many objects have been read, and how many there are or may be.
Report = Callable[[int, int], None]

# Relations that are areas; those of boundaries would drag half a country along.
AREA_TYPE = "multipolygon"
REPORT_EVERY = 20_000
# What an object takes in the usual formats: enough to tell how far a first reading is.
BYTES_PER_OBJECT = {".pbf": 8, ".bz2": 12, ".gz": 14}
BYTES_PER_OBJECT_PLAIN = 120


class ExtractError(Exception):
    """The extract cannot be used; the message says why."""


def can_read() -> bool:
    """Tell whether osmium is installed: whoever only serves the site need not have it."""
    return find_spec("osmium") is not None


@dataclass
class Chosen:
    """The ids of what is copied out of an extract with `objects` objects.

    `members` are the ways that only areas reaching in from outside are made of.
    """

    objects: int = 0
    nodes: set[int] = field(default_factory=set)
    ways: set[int] = field(default_factory=set)
    relations: set[int] = field(default_factory=set)
    members: set[int] = field(default_factory=set)


def choose(source: Path, bounds: Bounds, report: Report) -> Chosen:
    """Find what touches the bounds (degrees), and everything that it is made of.

    The source is read object by object: memory grows with what is found, not with the
    extract. Raises ExtractError where it is no OSM file or is damaged.
    """
    from osmium.osm import NODE, RELATION, WAY

    chosen = Chosen()
    with faults_of(source):
        count = _Counter(_estimate(source), report)
        west, south, east, north = bounds
        for node in count(_read(source, NODE)):
            if node.location.valid() and (
                south <= node.lat <= north and west <= node.lon <= east
            ):
                chosen.nodes.add(node.id)
        inside = frozenset(chosen.nodes)
        for way in count(_read(source, WAY)):
            references = [node.ref for node in way.nodes]
            if not inside.isdisjoint(references):
                chosen.ways.add(way.id)
                chosen.nodes.update(references)
        for relation in count(_read(source, RELATION)):
            _choose_area(relation, chosen)
    chosen.members -= chosen.ways
    chosen.objects = count.done
    return chosen


def copy(source: Path, target: Path, chosen: Chosen, report: Report) -> None:
    """Copy what was chosen to a new file, ways and areas whole.

    Raises ExtractError where the source is damaged.
    """
    import osmium
    from osmium.osm import NODE, RELATION, WAY

    count = _Counter(chosen.objects, report)
    with faults_of(source):
        if chosen.members:
            for way in _read(source, WAY):
                if way.id in chosen.members:
                    chosen.nodes.update(node.ref for node in way.nodes)
        writer = osmium.SimpleWriter(str(target))
        try:
            for kind, ids in (
                (NODE, chosen.nodes),
                (WAY, chosen.ways | chosen.members),
                (RELATION, chosen.relations),
            ):
                for found in count(_read(source, kind)):
                    if found.id in ids:
                        writer.add(found)
        finally:
            writer.close()


def timestamp_of(source: Path) -> str:
    """Return the moment the data is from as the file's head says it, or "" (ISO 8601).

    Raises ExtractError where the file is missing or no OSM file.
    """
    import osmium

    with faults_of(source):
        reader = osmium.io.Reader(str(source), osmium.osm.NOTHING)
        try:
            head = reader.header()
            return str(head.get("osmosis_replication_timestamp", "")) or str(
                head.get("timestamp", "")
            )
        finally:
            reader.close()


@contextmanager
def faults_of(source: Path) -> Iterator[None]:
    """Turn what osmium raises about a file into a sentence about it."""
    import osmium

    if not source.is_file():
        message = f"There is no file {source}."
        raise ExtractError(message)
    try:
        yield
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        message = f"{source} is no OpenStreetMap extract that can be read: {error}."
        raise ExtractError(message) from error


def _read(source: Path, kind: Any) -> Iterator[Any]:
    """Return the objects of one kind."""
    import osmium

    return iter(osmium.FileProcessor(source, kind))


def _choose_area(relation: Any, chosen: Chosen) -> None:
    """Choose a relation that is an area and reaches in, with all its ways."""
    if relation.tags.get("type") != AREA_TYPE:
        return
    members = {member.ref for member in relation.members if member.type == "w"}
    if not members.isdisjoint(chosen.ways):
        chosen.relations.add(relation.id)
        chosen.members |= members


def _estimate(source: Path) -> int:
    """Return about how many objects a file holds, by its size."""
    return source.stat().st_size // BYTES_PER_OBJECT.get(
        source.suffix, BYTES_PER_OBJECT_PLAIN
    )


class _Counter:
    """Counts what is read over several readings, and tells now and then."""

    def __init__(self, total: int, report: Report) -> None:
        self.done = 0
        self._total = total
        self._report = report

    def __call__(self, objects: Iterable[T]) -> Iterator[T]:
        for found in objects:
            yield found
            self.done += 1
            if self.done % REPORT_EVERY == 0:
                self._report(self.done, max(self._total, self.done))
