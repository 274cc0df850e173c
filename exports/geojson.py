"""GeoJSON (RFC 7946): the features as the database keeps them, with their address."""

import json

from django.conf import settings
from django.db.models import F, Value
from django.http import HttpRequest, HttpResponseBase

from exports import streams
from exports.fields import url
from exports.lines import Document, Joined, replaced
from exports.selection import Selection
from pins.models.public import PublicPinQuerySet

MEDIA_TYPE = "application/geo+json"
TAIL = "]}\n"


def close(feature: str, reference: str) -> str:
    """Return the whole feature of a row whose `feature` is open at its URL."""
    address = json.dumps(f"{settings.BASE_URL}/pins/{reference}")
    return f"{feature}{address[1:]}}}}}"


def feature_lines() -> Joined:
    """Return the expression of one feature in a list, with the comma before it."""
    escaped = replaced(replaced(url(), "\\", "\\\\"), '"', '\\"')
    return Joined(Value(","), F("feature"), escaped, Value('"}}'))


def collection(pins: PublicPinQuerySet) -> Document:
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
        lines=pins.values_list(feature_lines()),
        head=f'{head}, "features": [\n',
        tail=TAIL,
        lead=",",
    )


def respond(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Answer with the pins as a stream."""
    return streams.respond(request, collection(selection.pins), MEDIA_TYPE)
