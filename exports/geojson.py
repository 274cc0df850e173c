"""GeoJSON (RFC 7946): the features as the database keeps them, with their address.

As one collection, as a line for each, and as a text sequence (RFC 8142), in which a
reader finds the start of each feature by a byte that no JSON text has.
"""

import json

from django.conf import settings
from django.db.models import F, Value

from exports.fields import url
from exports.lines import Document, Joined, replaced
from exports.selection import Selection

MEDIA_TYPE = "application/geo+json"
LINES_TYPE = "application/x-ndjson"
SEQUENCE_TYPE = "application/geo+json-seq"
RECORD_SEPARATOR = "\x1e"
TAIL = "]}\n"


def close(feature: str, reference: str) -> str:
    """Return the whole feature of a row whose `feature` is open at its URL."""
    address = json.dumps(f"{settings.BASE_URL}/pins/{reference}")
    return f"{feature}{address[1:]}}}}}"


def feature_lines(start: str = ",") -> Joined:
    """Return the expression of one feature in a list, with what comes before it."""
    escaped = replaced(replaced(url(), "\\", "\\\\"), '"', '\\"')
    return Joined(Value(start), F("feature"), escaped, Value('"}}'))


def collection(selection: Selection) -> Document:
    """Return a FeatureCollection of the pins, in their order."""
    about = {
        "type": "FeatureCollection",
        "name": "pins",
        "attribution": settings.SITE_NAME,
        "licence": settings.LICENCE_NAME,
        "licence_url": settings.LICENCE_URL,
    }
    head = json.dumps(about, ensure_ascii=False).removesuffix("}")
    return Document(
        lines=selection.pins.values_list(feature_lines()),
        head=f'{head}, "features": [\n',
        tail=TAIL,
        lead=",",
    )


def lines(selection: Selection) -> Document:
    """Return each feature as a line of its own."""
    return Document(lines=selection.pins.values_list(feature_lines("")), head="")


def sequence(selection: Selection) -> Document:
    """Return the features as a text sequence: separator, feature, line feed."""
    feature = feature_lines(RECORD_SEPARATOR)
    return Document(lines=selection.pins.values_list(feature), head="")
