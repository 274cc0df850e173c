"""The look of our tiles as a style that other programs use: MapLibre, QGIS.

Our own maps have the style of `static/js/map-style.js`, which follows the reader. This one
is plain on purpose: no images, and of the expressions only those that QGIS can read too.
https://maplibre.org/maplibre-style-spec/
"""

from collections.abc import Iterable
from typing import Any

from layers.models import Theme

Layer = dict[str, Any]

REGULAR, STRONG = "Fira Sans Regular", "Fira Sans Medium"
# The colours of the site's light maps, see static/js/palettes.js.
LAND, WATER, BUILDING, EDGE = "#f7f6f3", "#b9d6ec", "#e3dfd9", "#d4d0c9"
BORDER, NAME, LABEL, RAIL = "#6f7f99", "#20304d", "#474d57", "#a3a9b4"
CLUSTER, WHITE, OTHER = "#002970", "#ffffff", "#5b6472"
GROUNDS = {
    "#d3e4cb": ["forest", "wood"],
    "#d7e9cd": ["park", "garden", "village_green", "cemetery", "playground"],
    "#e5efdc": [
        "grass",
        "grassland",
        "meadow",
        "scrub",
        "heath",
        "allotments",
        "orchard",
    ],
    "#f4f2e6": ["farmland", "farmyard"],
    "#ebebee": ["industrial", "commercial", "retail", "railway", "quarry"],
    "#f0eeea": ["residential"],
}
# Streets from the narrowest: kinds, colour, width at zoom 12 and at zoom 18.
STREETS = {
    "paths": (["footway", "path", "cycleway", "steps", "track"], "#bfae97", 0.2, 2.4),
    "lanes": (["service"], WHITE, 0.3, 8),
    "streets": (
        ["unclassified", "residential", "living_street", "pedestrian", "busway"],
        WHITE,
        0.6,
        16,
    ),
    "main": (["tertiary", "secondary", "primary"], "#fbe9c3", 1.4, 21),
    "motorways": (["trunk", "motorway"], "#f5d6a6", 2.2, 25),
}


def style(
    *,
    name: str,
    sources: dict[str, Any],
    fonts: dict[str, str],
    themes: Iterable[Theme],
) -> dict[str, Any]:
    """Return the style of these sources: `districts`, `pins` and, where built, `base`.

    `fonts` are the addresses of the font files by their names.
    """
    base_layers, base_names = (
        (_ground(), _ground_names()) if "base" in sources else ([], [])
    )
    return {
        "version": 8,
        "name": name,
        "font-faces": fonts,
        "sources": sources,
        "layers": [
            {"id": "land", "type": "background", "paint": {"background-color": LAND}},
            *base_layers,
            *_districts(),
            *base_names,
            *_district_names(),
            *_pins(themes),
        ],
    }


def _layer(
    name: str, kind: str, source: str, source_layer: str, paint: Layer, **more: Any
) -> Layer:
    return {
        "id": name,
        "type": kind,
        "source": source,
        "source-layer": source_layer,
        **more,
        "paint": paint,
    }


def _is_one_of(kinds: list[str]) -> list[Any]:
    """Return a filter in the form that QGIS reads as a list of values."""
    return ["match", ["get", "kind"], kinds, True, False]


def _grows(*stops: float) -> list[Any]:
    """Return a number that grows between zooms: zoom, value, zoom, value."""
    return ["interpolate", ["linear"], ["zoom"], *stops]


def _ground() -> list[Layer]:
    pairs = [part for colour, kinds in GROUNDS.items() for part in (kinds, colour)]
    use = ["match", ["get", "kind"], *pairs, LAND]
    return [
        _layer("use", "fill", "base", "land", {"fill-color": use}),
        _layer("water", "fill", "base", "water_polygons", {"fill-color": WATER}),
        _layer(
            "rivers",
            "line",
            "base",
            "water_lines",
            {"line-color": WATER, "line-width": _grows(10, 0.6, 18, 8)},
        ),
        _layer(
            "buildings",
            "fill",
            "base",
            "buildings",
            {"fill-color": BUILDING},
            minzoom=13,
        ),
        *_streets(),
    ]


def _streets() -> list[Layer]:
    layout = {"line-cap": "round", "line-join": "round"}
    edges = [
        _layer(
            f"{name}-edges",
            "line",
            "base",
            "streets",
            {"line-color": EDGE, "line-width": _grows(12, low + 0.8, 18, high + 1.6)},
            filter=_is_one_of(kinds),
            layout=layout,
            minzoom=12,
        )
        for name, (kinds, _colour, low, high) in STREETS.items()
        if name != "paths"
    ]
    fills = [
        _layer(
            name,
            "line",
            "base",
            "streets",
            {"line-color": colour, "line-width": _grows(12, low, 18, high)},
            filter=_is_one_of(kinds),
            layout=layout,
            minzoom=14 if name == "paths" else 9,
        )
        for name, (kinds, colour, low, high) in STREETS.items()
    ]
    rails = _layer(
        "rails",
        "line",
        "base",
        "streets",
        {"line-color": RAIL, "line-width": _grows(9, 0.5, 18, 2.6)},
        filter=_is_one_of(["rail", "light_rail", "tram"]),
    )
    return [*edges, *fills, rails]


def _words(field: str, *, font: str, size: list[Any], **more: Any) -> Layer:
    return {
        "text-field": ["to-string", ["get", field]],
        "text-font": [font],
        "text-size": size,
        **more,
    }


def _ground_names() -> list[Layer]:
    halo = {"text-color": LABEL, "text-halo-color": WHITE, "text-halo-width": 1.4}
    return [
        _layer(
            "street-names",
            "symbol",
            "base",
            "street_labels",
            halo,
            minzoom=14,
            layout=_words(
                "name",
                font=REGULAR,
                size=_grows(14, 11, 18, 15),
                **{"symbol-placement": "line"},
            ),
        ),
        _layer(
            "places",
            "symbol",
            "base",
            "place_labels",
            halo,
            filter=_is_one_of(["town", "village", "hamlet"]),
            layout=_words("name", font=REGULAR, size=_grows(10, 11, 16, 15)),
        ),
    ]


def _districts() -> list[Layer]:
    return [
        _layer(
            "districts",
            "fill",
            "districts",
            "districts",
            {"fill-color": CLUSTER, "fill-opacity": 0.04},
        ),
        _layer(
            "district-borders",
            "line",
            "districts",
            "districts",
            {"line-color": BORDER, "line-width": _grows(9, 0.8, 16, 2.4)},
            layout={"line-join": "round"},
        ),
    ]


def _district_names() -> list[Layer]:
    paint = {"text-color": NAME, "text-halo-color": WHITE, "text-halo-width": 1.6}
    layout = _words(
        "name", font=STRONG, size=_grows(10, 11, 15, 16), **{"text-max-width": 8}
    )
    return [
        _layer(
            "district-names",
            "symbol",
            "districts",
            "district_names",
            paint,
            minzoom=10,
            layout=layout,
        )
    ]


def _pins(themes: Iterable[Theme]) -> list[Layer]:
    is_cluster = ["has", "n"]
    return [
        _layer(
            "clusters",
            "circle",
            "pins",
            "pins",
            {
                "circle-color": CLUSTER,
                "circle-radius": [
                    "interpolate",
                    ["linear"],
                    ["get", "n"],
                    2,
                    12,
                    500,
                    26,
                ],
                "circle-stroke-color": WHITE,
                "circle-stroke-width": 2,
            },
            filter=is_cluster,
        ),
        _layer(
            "numbers",
            "symbol",
            "pins",
            "pins",
            {"text-color": WHITE},
            filter=is_cluster,
            layout=_words(
                "n",
                font=STRONG,
                size=_grows(9, 12, 16, 14),
                **{"text-allow-overlap": True},
            ),
        ),
        _layer(
            "pins",
            "circle",
            "pins",
            "pins",
            {
                "circle-color": colour_of(themes),
                "circle-radius": _grows(10, 5, 16, 8),
                "circle-stroke-color": WHITE,
                "circle-stroke-width": 2,
            },
            filter=["!", is_cluster],
        ),
    ]


def colour_of(themes: Iterable[Theme]) -> Any:
    """Return the expression of a pin's colour: that of its theme."""
    pairs = [part for theme in themes for part in (theme.slug, theme.colour)]
    return ["match", ["get", "theme"], *pairs, OTHER] if pairs else OTHER
