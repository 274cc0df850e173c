"""GeoJSON in the planners' coordinates, for programs that were told so beforehand.

RFC 7946 (section 4) knows WGS 84 alone, and leaves others to who has agreed on them. The
file names its own in the `crs` member of the older specification of 2008, which GDAL and
QGIS read. What is open to everyone stays in WGS 84 (`geojson.py`).
"""

import json

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import Func, TextField, Value

from exports.files.geojson import TAIL, feature_at
from exports.lines import Document
from exports.selection import Selection

# Centimetres.
DECIMALS = 2


def _geometry() -> Func:
    """Return the point as GeoJSON; 0: without a `crs` in each of them."""
    place = Transform("location", settings.PLANNING_SRID)
    return Func(
        place,
        Value(DECIMALS),
        Value(0),
        function="ST_AsGeoJSON",
        output_field=TextField(),
    )


def collection(selection: Selection) -> Document:
    """Return a FeatureCollection of the pins, in their order."""
    name = f"urn:ogc:def:crs:EPSG::{settings.PLANNING_SRID}"
    about = {
        "type": "FeatureCollection",
        "name": "pins",
        "crs": {"type": "name", "properties": {"name": name}},
    }
    head = json.dumps(about).removesuffix("}")
    return Document(
        lines=selection.pins.values_list(feature_at(_geometry(), ",")),
        head=f'{head}, "features": [\n',
        tail=TAIL,
        lead=",",
    )
