"""GeoJSON (RFC 7946): the features as the database keeps them, with their address.

As one collection, as a line for each, and as a text sequence (RFC 8142), in which a
reader finds the start of each feature by a byte that no JSON text has.
"""

import json

from django.conf import settings
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable

from exports.lines import Document, Joined
from exports.selection import Selection

MEDIA_TYPE = "application/geo+json"
LINES_TYPE = "application/x-ndjson"
SEQUENCE_TYPE = "application/geo+json-seq"
RECORD_SEPARATOR = "\x1e"
TAIL = "]}\n"
# Of a feature, after its last property.
END = '"}}'


class _FromProperties(Func):
    """The ready feature of a row from its properties on, open at its URL."""

    template = "substr(feature, strpos(feature, ',\"properties\":'))"
    output_field = TextField()


def close(feature: str, reference: str) -> str:
    """Return the whole feature of a row whose `feature` is open at its URL."""
    return f"{feature}{_page_address()}{reference}{END}"


def feature_lines(start: str = ",") -> Joined:
    """Return the expression of one feature in a list, with what comes before it."""
    return Joined(Value(start), F("feature"), *_ending())


def feature_at(geometry: Combinable, start: str = "") -> Joined:
    """Return the same with another geometry: a text of GeoJSON, such as in another CRS."""
    return Joined(
        Value(f'{start}{{"type":"Feature","id":"'),
        F("reference"),
        Value('","geometry":'),
        geometry,
        _FromProperties(),
        *_ending(),
    )


def _ending() -> tuple[Combinable, ...]:
    return Value(_page_address()), F("reference"), Value(END)


def _page_address() -> str:
    """Return what the address of each page begins with, as JSON has it."""
    return json.dumps(f"{settings.BASE_URL}/pins/")[1:-1]


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
