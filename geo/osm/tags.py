"""What OpenStreetMap's tags mean in the layers of Shortbread 1.0, and from which zoom on.

https://shortbread-tiles.org/schema/1.0/ names the layers, kinds and attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]
Value = str | int | float | bool
YES = {"yes", "true", "1"}

# --- Streets and rails ----------------------------------------------------------------

STREET_ZOOMS = {
    "motorway": 6,
    "trunk": 6,
    "primary": 8,
    "secondary": 9,
    "tertiary": 10,
    "unclassified": 12,
    "residential": 12,
    "busway": 12,
    "bus_guideway": 12,
    "living_street": 13,
    "service": 13,
    "pedestrian": 13,
    "track": 13,
    "footway": 13,
    "steps": 13,
    "path": 13,
    "cycleway": 13,
}
LINKED = {"motorway", "trunk", "primary", "secondary", "tertiary"}
RAIL_ZOOMS = {
    "rail": 8,
    "narrow_gauge": 8,
    "tram": 10,
    "light_rail": 10,
    "funicular": 10,
    "subway": 10,
    "monorail": 10,
}
# Sidings and yards only where there is room for them.
SIDING_ZOOM = 12
RUNWAY_ZOOMS = {"runway": 11, "taxiway": 13}
# Names need more room than lines. What is not listed is named at the largest zoom.
NAME_ZOOMS = {
    "motorway": 10,
    "trunk": 12,
    "primary": 12,
    "secondary": 13,
    "tertiary": 13,
    "runway": 11,
    "taxiway": 13,
}
LAST_NAME_ZOOM = 14
STREET_AREA_ZOOMS = {"pedestrian": 13, "service": 14, "footway": 14}
BRIDGES = {
    "yes",
    "viaduct",
    "boardwalk",
    "cantilever",
    "covered",
    "low_water_crossing",
    "movable",
    "trestle",
}
TUNNELS = {"yes", "building_passage"}

# --- Water ------------------------------------------------------------------------------

WATER_LINE_ZOOMS = {"river": 9, "canal": 9, "stream": 13, "ditch": 14}
WATER_NAME_ZOOMS = {"river": 12, "canal": 12, "stream": 14, "ditch": 14}
WATER_AREAS = {
    ("natural", "water"): "water",
    ("waterway", "riverbank"): "river",
    ("landuse", "reservoir"): "reservoir",
    ("landuse", "basin"): "basin",
    ("waterway", "dock"): "dock",
    ("waterway", "canal"): "canal",
    ("natural", "glacier"): "glacier",
}
WATER_ZOOM = 6

# --- Land -------------------------------------------------------------------------------

# The first that matches counts.
LAND_ZOOMS = {
    ("landuse", "forest"): 7,
    ("natural", "wood"): 7,
    ("landuse", "residential"): 10,
    ("landuse", "industrial"): 10,
    ("landuse", "commercial"): 10,
    ("landuse", "garages"): 10,
    ("landuse", "retail"): 10,
    ("landuse", "railway"): 10,
    ("landuse", "landfill"): 10,
    ("landuse", "brownfield"): 10,
    ("landuse", "greenfield"): 10,
    ("landuse", "farmyard"): 10,
    ("landuse", "farmland"): 10,
    ("landuse", "grass"): 11,
    ("landuse", "meadow"): 11,
    ("landuse", "orchard"): 11,
    ("landuse", "vineyard"): 11,
    ("landuse", "allotments"): 11,
    ("landuse", "village_green"): 11,
    ("landuse", "recreation_ground"): 11,
    ("landuse", "greenhouse_horticulture"): 11,
    ("landuse", "plant_nursery"): 11,
    ("landuse", "quarry"): 11,
    ("landuse", "cemetery"): 12,
    ("amenity", "grave_yard"): 12,
    ("leisure", "park"): 11,
    ("leisure", "garden"): 11,
    ("leisure", "golf_course"): 11,
    ("leisure", "playground"): 11,
    ("leisure", "miniature_golf"): 11,
    ("natural", "sand"): 10,
    ("natural", "beach"): 10,
    ("natural", "heath"): 11,
    ("natural", "scrub"): 11,
    ("natural", "grassland"): 11,
    ("natural", "bare_rock"): 11,
    ("natural", "scree"): 11,
    ("natural", "shingle"): 11,
    ("wetland", "swamp"): 11,
    ("wetland", "bog"): 11,
    ("wetland", "string_bog"): 11,
    ("wetland", "wet_meadow"): 11,
    ("wetland", "marsh"): 11,
}
SITES = {
    ("military", "danger_area"): "danger_area",
    # OpenStreetMap writes "centre", Shortbread's kind is "center".
    ("leisure", "sports_centre"): "sports_center",
    ("amenity", "university"): "university",
    ("amenity", "college"): "college",
    ("amenity", "school"): "school",
    ("amenity", "hospital"): "hospital",
    ("amenity", "prison"): "prison",
    ("amenity", "parking"): "parking",
    ("amenity", "bicycle_parking"): "bicycle_parking",
    ("landuse", "construction"): "construction",
}
SITE_ZOOM = 14
BRIDGE_AREA_ZOOM = 12
BUILDING_ZOOM = 14

# --- Points -----------------------------------------------------------------------------

# Zoom, and the population where none is given.
PLACES = {
    "city": (6, 100_000),
    "town": (7, 5_000),
    "village": (10, 100),
    "hamlet": (10, 50),
    "suburb": (10, 1_000),
    "quarter": (10, 500),
    "neighbourhood": (10, 100),
    "isolated_dwelling": (12, 5),
    "farm": (12, 5),
    "island": (10, 0),
    "locality": (12, 0),
}
CAPITALS = {"yes": "capital", "4": "state_capital"}
STOP_ZOOMS = {
    ("aeroway", "aerodrome"): 11,
    ("aeroway", "helipad"): 13,
    ("railway", "station"): 13,
    ("railway", "halt"): 13,
    ("railway", "tram_stop"): 14,
    ("amenity", "bus_station"): 13,
    ("highway", "bus_stop"): 14,
    ("aerialway", "station"): 13,
}
AERIALWAY_STATION = "aerialway_station"
# Places that people find their way by; Shortbread knows many more.
LANDMARKS = {
    "amenity": {
        "townhall",
        "library",
        "community_centre",
        "arts_centre",
        "theatre",
        "cinema",
        "marketplace",
        "school",
        "college",
        "university",
        "hospital",
        "police",
        "fire_station",
        "courthouse",
        "place_of_worship",
        "fountain",
    },
    "leisure": {
        # Shortbread has no names of parks; people meet there and know them by name.
        "park",
        "garden",
        "playground",
        "sports_centre",
        "stadium",
        "swimming_pool",
        "water_park",
        "ice_rink",
    },
    "tourism": {"museum", "zoo", "viewpoint", "theme_park", "information"},
    "historic": {"castle", "ruins", "monument"},
}
LANDMARK_ZOOM = 14


@dataclass(frozen=True)
class Meaning:
    """What an object is in one layer: its attributes there, and its first zoom."""

    layer: str
    zoom: int
    properties: dict[str, Value]


def names(tags: Tags) -> dict[str, Value]:
    """Return the attributes of the name, as many as there are."""
    keys = {"name": "name", "name_de": "name:de", "name_en": "name:en"}
    return {column: tags[key] for column, key in keys.items() if tags.get(key)}


def matching(
    tags: Tags, table: Mapping[tuple[str, str], object]
) -> tuple[str, str] | None:
    """Return the first pair of key and value of the table that the tags hold."""
    return next((pair for pair in table if tags.get(pair[0]) == pair[1]), None)


def is_tunnel(tags: Tags) -> bool:
    """Tell whether a way is covered."""
    return tags.get("tunnel") in TUNNELS or tags.get("covered") == "yes"


def is_bridge(tags: Tags) -> bool:
    """Tell whether a way is above others."""
    return tags.get("bridge") in BRIDGES
