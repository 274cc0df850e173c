"""GeoJSON in the planners' coordinates, for programs that were told so beforehand.

RFC 7946 (section 4) knows WGS 84 alone, and leaves others to who has agreed on them. The
file names its own in the `crs` member of the older specification of 2008, which GDAL and
QGIS read. What is open to everyone stays in WGS 84 (`exports/geojson.py`).
"""

import json

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import F, Func, TextField, Value

from exports.fields import url
from exports.geojson import TAIL
from exports.lines import Document, Joined
from exports.selection import Selection

# Centimetres.
DECIMALS = 2
PROPERTIES = ',"properties":'


class _Rest(Func):
    """The ready feature of a row from its properties on."""

    template = f"substr(feature, strpos(feature, '{PROPERTIES}'))"
    output_field = TextField()


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
    line = Joined(
        Value(',{"type":"Feature","id":"'),
        F("reference"),
        Value('","geometry":'),
        _geometry(),
        _Rest(),
        url(),
        Value('"}}'),
    )
    name = f"urn:ogc:def:crs:EPSG::{settings.PLANNING_SRID}"
    about = {
        "type": "FeatureCollection",
        "name": "pins",
        "crs": {"type": "name", "properties": {"name": name}},
    }
    head = json.dumps(about).removesuffix("}")
    return Document(
        lines=selection.pins.values_list(line),
        head=f'{head}, "features": [\n',
        tail=TAIL,
        lead=",",
    )
