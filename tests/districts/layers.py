"""Layers of boundaries as `geo.datasets` would read them from a file."""

from shapely import MultiPolygon, box

from geo.datasets import Feature, Layer
from geo.shapes import from_wkb
from tests.geometries import STEP, district_square


def shape_of(geometry):
    """Return a geometry of GeoDjango as the shape that geo works with."""
    return from_wkb(bytes(geometry.wkb))


def stretched(number, *, north=0.0, east=0.0):
    """Return a district's square, so many squares longer to the north or east."""
    west, south, right, top = district_square(number).extent
    return MultiPolygon([box(west, south, right + east * STEP, top + north * STEP)])


def feature(number, name=None, shape=None, **properties):
    """Return a feature; its shape is the square of its number unless given."""
    if shape is None:
        shape = shape_of(district_square(number if isinstance(number, int) else 0))
    named = {
        "number": number,
        "name": f"Stadtteil {number}" if name is None else name,
    }
    return Feature(0, named | properties, shape, shape.geom_type)


def layer(*features):
    """Return a layer of features; its fields are all that any of them has."""
    fields = dict.fromkeys(name for one in features for name in one.properties)
    numbered = (
        Feature(
            position,
            {name: one.properties.get(name) for name in fields},
            one.shape,
            one.geometry_type,
        )
        for position, one in enumerate(features, start=1)
    )
    return Layer("EPSG:4326", tuple(fields), tuple(numbered))
