"""A little town in OpenStreetMap's own format, written by the tests that read it."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

# The south-western corner of the square of district 16, of tests.geometries.
WEST, SOUTH, SIZE = 7.75, 49.375, 1 / 64


def at(east: float, north: float) -> tuple[float, float]:
    """Return degrees for a place in fractions of the district's width and height."""
    return round(WEST + east * SIZE, 7), round(SOUTH + north * SIZE, 7)


class Town:
    """Collects nodes, ways and relations, and writes them as .osm."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {"node": [], "way": [], "relation": []}
        self._last = 0

    def node(self, east: float, north: float, **tags: str) -> int:
        """Add a node, and return its id."""
        lon, lat = at(east, north)
        return self._add("node", f'lon="{lon}" lat="{lat}"', "", tags)

    def way(self, *places: tuple[float, float], **tags: str) -> int:
        """Add a way over new nodes; where it ends at its beginning, it closes."""
        nodes = [self.node(*place) for place in places[:-1]]
        closes = places[-1] == places[0]
        nodes.append(nodes[0] if closes else self.node(*places[-1]))
        references = "".join(f'<nd ref="{node}"/>' for node in nodes)
        return self._add("way", "", references, tags)

    def square(self, east: float, north: float, size: float, **tags: str) -> int:
        """Add a closed way around a square with this south-western corner."""
        right, top = east + size, north + size
        corners = [(east, north), (right, north), (right, top), (east, top)]
        return self.way(*corners, corners[0], **tags)

    def area(self, outer: int, *inner: int, **tags: str) -> int:
        """Add a relation that is an area with holes."""
        members = f'<member type="way" ref="{outer}" role="outer"/>' + "".join(
            f'<member type="way" ref="{way}" role="inner"/>' for way in inner
        )
        return self._add("relation", "", members, {"type": "multipolygon", **tags})

    def write(self, path: Path) -> Path:
        """Write the file, and return its path."""
        body = "\n".join(line for lines in self._parts.values() for line in lines)
        path.write_text(
            f'<osm version="0.6" generator="tests">\n{body}\n</osm>\n',
            encoding="utf-8",
        )
        return path

    def _add(self, kind: str, place: str, body: str, tags: dict[str, str]) -> int:
        self._last += 1
        # Colons cannot be in the names of arguments.
        told = "".join(
            f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>"
            for key, value in tags.items()
        )
        self._parts[kind].append(
            f'<{kind} id="{self._last}" version="1" {place}>{body}{told}</{kind}>'
        )
        return self._last


def make_town() -> Town:
    """Return a town with a street, a square, a wood with a pond, houses and a stop."""
    town = Town()
    town.way((0.1, 0.5), (0.9, 0.5), highway="residential", name="Waldstraße")
    town.way((0.1, 0.6), (0.2, 0.6), highway="residential", name="Waldstraße")
    town.square(0.4, 0.6, 0.05, highway="pedestrian", area="yes", name="Marktplatz")
    outer = town.square(0.1, 0.1, 0.3)
    pond = town.square(0.2, 0.2, 0.1, natural="water", name="Waldweiher")
    town.area(outer, pond, natural="wood", name="Stadtwald")
    town.square(
        0.5,
        0.52,
        0.01,
        building="yes",
        addr__street="Waldstraße",
        addr__housenumber="2",
    )
    town.node(
        0.6,
        0.52,
        addr__street="Waldstraße",
        addr__housenumber="4;4a",
        addr__postcode="67661",
    )
    town.node(0.7, 0.5, highway="bus_stop", name="Am Wald")
    town.node(0.5, 0.4, place="village", name="Walddorf", population="321")
    town.way((0.0, 0.8), (1.0, 0.8), railway="rail")
    town.way((0.0, 0.9), (1.0, 0.9), waterway="stream", name="Waldbach")
    return town
