"""What a node, way or area of OpenStreetMap is on the map: none, one or several things."""

from collections.abc import Iterator

from geo.osm import tags as known
from geo.osm.tags import Meaning, Tags, Value, matching, names
from geo.osm.zooms import zoom_for_area


def of_point(tags: Tags) -> Iterator[Meaning]:
    """Tell what a node, or the middle of an area, is: a place, stop, landmark or address."""
    yield from _place(tags)
    yield from _stop(tags)
    landmark = _landmark(tags)
    if landmark is not None:
        yield landmark
    address = _address_of(tags)
    # As in Shortbread, a landmark shows its own house number.
    if address and (landmark is None):
        yield Meaning("addresses", known.LAST_NAME_ZOOM, address)


def of_line(tags: Tags) -> Iterator[Meaning]:
    """Tell what an open way, or one that is no area, is: a street, rails, a stream."""
    yield from _street(tags)
    kind = tags.get("waterway", "")
    if kind in known.WATER_LINE_ZOOMS:
        shape: dict[str, Value] = {
            "kind": kind,
            "tunnel": known.is_tunnel(tags),
            "bridge": known.is_bridge(tags),
        }
        yield Meaning("water_lines", known.WATER_LINE_ZOOMS[kind], shape)
        if named := names(tags):
            zoom = known.WATER_NAME_ZOOMS[kind]
            yield Meaning("water_lines_labels", zoom, {"kind": kind, **named})


def of_area(tags: Tags, square_metres: float) -> Iterator[Meaning]:
    """Tell what an area is; `square_metres` are those of the Mercator projection."""
    pair = matching(tags, known.WATER_AREAS)
    if pair is not None:
        yield _water(tags, pair, square_metres)
    pair = matching(tags, known.LAND_ZOOMS)
    if pair is not None:
        zoom = zoom_for_area(square_metres, known.LAND_ZOOMS[pair])
        kind = "forest" if pair == ("natural", "wood") else pair[1]
        yield Meaning("land", zoom, {"kind": kind})
    pair = matching(tags, known.SITES)
    if pair is not None:
        kind = known.SITES[pair]
        yield Meaning("sites", known.SITE_ZOOM, {"kind": kind, **names(tags)})
    if tags.get("building", "no") != "no":
        yield Meaning("buildings", known.BUILDING_ZOOM, {})
    if tags.get("man_made") == "bridge":
        yield Meaning("bridges", known.BRIDGE_AREA_ZOOM, {"kind": "bridge"})
    kind = tags.get("highway", "")
    if kind in known.STREET_AREA_ZOOMS:
        yield Meaning("street_polygons", known.STREET_AREA_ZOOMS[kind], _course(tags))


def of_middle_of_area(tags: Tags, square_metres: float) -> Iterator[Meaning]:
    """Tell what stands in the middle of an area: names, house numbers, stops."""
    pair = matching(tags, known.WATER_AREAS)
    if pair is not None and (named := names(tags)):
        water = _water(tags, pair, square_metres)
        # A name needs more room than the water itself.
        zoom = min(water.zoom + 2, known.LAST_NAME_ZOOM)
        yield Meaning("water_polygons_labels", zoom, {**water.properties, **named})
    kind = tags.get("highway", "")
    if kind in known.STREET_AREA_ZOOMS and (named := names(tags)):
        zoom = known.LAST_NAME_ZOOM
        yield Meaning("streets_polygons_labels", zoom, {"kind": kind, **named})
    yield from of_point(tags)


def is_street_area(tags: Tags) -> bool:
    """Tell whether a closed way is a square and not a street that leads in a circle."""
    return tags.get("highway") in known.STREET_AREA_ZOOMS and tags.get("area") == "yes"


def _water(tags: Tags, pair: tuple[str, str], square_metres: float) -> Meaning:
    kind = "river" if tags.get("water") == "river" else known.WATER_AREAS[pair]
    return Meaning(
        "water_polygons",
        zoom_for_area(square_metres, known.WATER_ZOOM),
        {"kind": kind, "way_area": round(square_metres)},
    )


def _street(tags: Tags) -> Iterator[Meaning]:
    found = _street_kind(tags)
    if found is None:
        return
    kind, zoom, is_rail = found
    is_link = tags.get("highway", "").endswith("_link")
    properties: dict[str, Value] = {
        **_course(tags),
        "kind": kind,
        "link": is_link,
        "rail": is_rail,
    }
    for key in ("tracktype", "surface", "service", "bicycle", "horse"):
        if not is_rail and tags.get(key):
            properties[key] = tags[key]
    if not is_rail and tags.get("oneway") in known.YES | {"-1"}:
        properties["oneway"] = True
        properties["oneway_reverse"] = tags["oneway"] == "-1"
    yield Meaning("streets", max(zoom, 11) if is_link else zoom, properties)
    label = _street_label(tags)
    if label and not (is_rail and tags.get("service")):
        last = known.LAST_NAME_ZOOM
        label_zoom = max(known.NAME_ZOOMS.get(kind, last), 13 if is_link else 0)
        named = f"{kind}_link" if is_link else kind
        yield Meaning("street_labels", label_zoom, {"kind": named, **label})


def _street_kind(tags: Tags) -> tuple[str, int, bool] | None:
    """Return the kind, the first zoom, and whether it is for trains."""
    highway = tags.get("highway", "")
    plain = highway.removesuffix("_link")
    if highway in known.STREET_ZOOMS or (plain in known.LINKED and plain != highway):
        return plain, known.STREET_ZOOMS[plain], False
    railway = tags.get("railway", "")
    if railway in known.RAIL_ZOOMS:
        zoom = known.RAIL_ZOOMS[railway]
        return railway, known.SIDING_ZOOM if tags.get("service") else zoom, True
    aeroway = tags.get("aeroway", "")
    if aeroway in known.RUNWAY_ZOOMS:
        return aeroway, known.RUNWAY_ZOOMS[aeroway], False
    return None


def _course(tags: Tags) -> dict[str, Value]:
    """Return how a way runs, over or under others."""
    course: dict[str, Value] = {
        "kind": tags.get("highway", ""),
        "rail": False,
        "tunnel": known.is_tunnel(tags),
        "bridge": known.is_bridge(tags),
    }
    if tags.get("surface"):
        course["surface"] = tags["surface"]
    return course


def _street_label(tags: Tags) -> dict[str, Value]:
    label = names(tags)
    if tags.get("ref"):
        rows = [row.strip() for row in tags["ref"].split(";")]
        label |= {
            "ref": "\n".join(rows),
            "ref_rows": len(rows),
            "ref_cols": max(map(len, rows)),
        }
    return label


def _place(tags: Tags) -> Iterator[Meaning]:
    place = tags.get("place", "")
    named = names(tags)
    if place not in known.PLACES or "name" not in named:
        return
    zoom, population = known.PLACES[place]
    kind = known.CAPITALS.get(tags.get("capital", ""), place)
    counted = tags.get("population", "")
    if counted.isascii() and counted.isdigit():
        population = int(counted)
    properties: dict[str, Value] = {"kind": kind, "population": population, **named}
    yield Meaning("place_labels", zoom, properties)


def _stop(tags: Tags) -> Iterator[Meaning]:
    pair = matching(tags, known.STOP_ZOOMS)
    if pair is not None:
        kind = known.AERIALWAY_STATION if pair[0] == "aerialway" else pair[1]
        properties = {"kind": kind, **names(tags)}
        yield Meaning("public_transport", known.STOP_ZOOMS[pair], properties)


def _landmark(tags: Tags) -> Meaning | None:
    found = {
        key: tags[key]
        for key, values in known.LANDMARKS.items()
        if tags.get(key) in values
    }
    if not found or not tags.get("name"):
        return None
    properties = {**found, **names(tags), **_address_of(tags)}
    return Meaning("pois", known.LANDMARK_ZOOM, properties)


def _address_of(tags: Tags) -> dict[str, Value]:
    keys = {"housename": "addr:housename", "housenumber": "addr:housenumber"}
    return {column: tags[key] for column, key in keys.items() if tags.get(key)}
