"""Features as tippecanoe reads them: one GeoJSON object a line, with layer and zoom."""

import json
from collections.abc import Iterable
from typing import TextIO

import shapely

from geo.osm.features import Feature


def write(features: Iterable[Feature], output: TextIO) -> None:
    """Write features, each on a line of its own."""
    for feature in features:
        head = {
            "type": "Feature",
            "tippecanoe": {
                "layer": feature.meaning.layer,
                "minzoom": feature.meaning.zoom,
            },
            "properties": feature.meaning.properties,
        }
        text = json.dumps(head, ensure_ascii=False)
        shape = shapely.to_geojson(feature.shape)
        output.write(f'{text[:-1]},"geometry":{shape}}}\n')
