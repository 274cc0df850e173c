"""The documents that say what there is: landing page, conformance, collections."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from exports.ogc.catalogue import COLLECTIONS
from exports.ogc.collections import GEOMETRY, Collection
from exports.ogc.crs import CRS84, offered, planning_crs
from exports.ogc.media_types import (
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    OPENAPI_TYPE,
    SCHEMA_TYPE,
)
from exports.ogc.requests import Link, address

REL = "http://www.opengis.net/def/rel/ogc/1.0"
FEATURES = "http://www.opengis.net/spec/ogcapi-features"
CONFORMANCE = (
    *(f"{FEATURES}-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{FEATURES}-2/1.0/conf/crs",
    *(
        f"{FEATURES}-3/1.0/conf/{name}"
        for name in (
            *("queryables", "queryables-query-parameters"),
            *("filter", "features-filter"),
        )
    ),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "basic-spatial-functions"),
            *("basic-spatial-functions-plus", "spatial-functions"),
        )
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in (
            *("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"),
        )
    ),
)


class Addresses:
    """The addresses of the resources, with the language that was asked for."""

    def __init__(self, language: str | None) -> None:
        self.language = language

    def of(self, name: str, *args: str, form: str | None = None) -> str:
        """Return the address that a URL name stands for, in a form (`f`) or any."""
        query = {"f": form} if form else {}
        if self.language:
            query["lang"] = self.language
        return address(reverse(f"ogc:{name}", args=args), query)

    def both(
        self, rel: str, media_type: str, title: str, name: str, *args: str
    ) -> list[Link]:
        """Return the links to the two forms of a resource."""
        return [
            Link(rel, self.of(name, *args, form="json"), media_type, title),
            Link(rel, self.of(name, *args, form="html"), HTML_TYPE, title),
        ]


def landing(to: Addresses) -> tuple[dict[str, Any], list[Link]]:
    """Return the content of the landing page, and its links to the rest."""
    content = {"title": settings.SITE_NAME, "description": about()}
    links = [
        Link("service-desc", to.of("api"), OPENAPI_TYPE, _("Description for programs")),
        Link(
            "service-doc",
            to.of("api", form="html"),
            HTML_TYPE,
            _("Description to read"),
        ),
        *to.both("conformance", JSON_TYPE, _("Conformance"), "conformance"),
        *to.both("data", JSON_TYPE, _("Collections"), "collections"),
        licence(),
    ]
    return content, links


def about() -> str:
    return _(
        "What residents say about the city, its districts, and what came of it: live for "
        "GIS and programs, as OGC API Features. Only what is published, and no personal "
        "data; open to everyone, without a key."
    )


def licence() -> Link:
    return Link("license", settings.LICENCE_URL, HTML_TYPE, settings.LICENCE_NAME)


def collections(to: Addresses) -> dict[str, Any]:
    """Return the content of the list of collections, but for the links to itself."""
    return {"collections": [described(one, to) for one in COLLECTIONS.values()]}


def described(collection: Collection, to: Addresses) -> dict[str, Any]:
    """Return a collection as it stands in the list and on its own."""
    return {
        "id": collection.id,
        "title": str(collection.title),
        "description": str(collection.description),
        "itemType": "feature",
        **_extent(collection),
        "crs": list(offered()),
        "storageCrs": planning_crs().uri,
        "links": [link.as_json() for link in collection_links(collection, to)],
    }


def _extent(collection: Collection) -> Mapping[str, Any]:
    found = collection.extent()
    extent: dict[str, Any] = {}
    if found.box:
        extent["spatial"] = {"bbox": [list(found.box)], "crs": CRS84.uri}
    if collection.period:
        extent["temporal"] = {"interval": [[found.start, found.end]]}
    return {"extent": extent} if extent else {}


def collection_links(collection: Collection, to: Addresses) -> list[Link]:
    """Return the links of a collection, but for those to itself."""
    one = collection.id
    links = [
        *to.both("items", GEOJSON_TYPE, _("Features"), "items", one),
        *to.both(
            f"{REL}/queryables",
            SCHEMA_TYPE,
            _("Properties to ask for"),
            "queryables",
            one,
        ),
        licence(),
    ]
    if collection.has_tiles:
        links += to.both(
            f"{REL}/tilesets-vector", JSON_TYPE, _("Vector tiles"), "tilesets", one
        )
    return links


def queryables(collection: Collection) -> dict[str, Any]:
    """Return the JSON Schema of what can be asked for."""
    properties: dict[str, Any] = {p.name: p.schema() for p in collection.queryables}
    properties[GEOMETRY] = {
        "title": _("Place"),
        "format": collection.place.format,
        "x-ogc-role": "primary-geometry",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(reverse("ogc:queryables", args=[collection.id])),
        "type": "object",
        "title": str(collection.title),
        "properties": properties,
        "additionalProperties": False,
    }
