"""The description for programs of all that can be asked for (OpenAPI 3.0)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from exports.ogc import schemas
from exports.ogc.catalogue import COLLECTIONS
from exports.ogc.collections import Collection
from exports.ogc.cql2_reading import LANGUAGES, LENGTH, TEXT
from exports.ogc.crs import CRS84, offered
from exports.ogc.documents import about
from exports.ogc.items import LIMIT, MAX_LIMIT, MAX_OFFSET
from exports.ogc.literals import LENGTH as TEXT_LENGTH
from exports.ogc.media_types import (
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    OPENAPI_TYPE,
    SCHEMA_TYPE,
)
from exports.ogc.properties import Property, Type
from exports.ogc.requests import COMMON
from exports.ogc.tile_views import GRID
from layers.problems import PROBLEM_TYPE
from layers.tiles import MEDIA_TYPE
from pins.tiles import MAX_ZOOM

VERSION = "3.0.3"
PATH = "/ogc/v1"


def description() -> dict[str, Any]:
    """Return the whole document."""
    return {
        "openapi": VERSION,
        "info": {
            "title": settings.SITE_NAME,
            "description": about(),
            "version": "1",
            "license": {"name": settings.LICENCE_NAME, "url": settings.LICENCE_URL},
        },
        "servers": [{"url": f"{settings.BASE_URL}{PATH}"}],
        # Nobody has to sign in, and no key is asked for.
        "security": [],
        "paths": _paths(),
        "components": {
            "parameters": {p["name"]: p for p in _shared_parameters()},
            "schemas": schemas.shared(),
            "responses": _responses(),
        },
    }


def _paths() -> dict[str, Any]:
    paths = {
        "/": _get("landing", _("Landing page"), _json("landing")),
        "/conformance": _get("conformance", _("Conformance"), _json("conformance")),
        "/api": _get("api", _("This description"), {OPENAPI_TYPE: {"type": "object"}}),
        "/collections": _get("collections", _("Collections"), _json("collections")),
    }
    for one in COLLECTIONS.values():
        paths |= _paths_of(one)
    return paths


def _paths_of(one: Collection) -> dict[str, Any]:
    title, path = str(one.title), f"/collections/{one.id}"
    feature = schemas.feature(one)
    found = {
        path: _get(f"{one.id}.collection", title, _json("collection")),
        f"{path}/queryables": _get(
            f"{one.id}.queryables",
            _("%(title)s: properties to ask for") % {"title": title},
            {SCHEMA_TYPE: {"type": "object"}},
        ),
        f"{path}/items": _get(
            f"{one.id}.items",
            _("%(title)s: features") % {"title": title},
            {GEOJSON_TYPE: schemas.feature_collection(feature)},
            parameters=[*_item_parameters(), *map(_of_property, one.queryables)],
        ),
        f"{path}/items/{{featureId}}": _get(
            f"{one.id}.item",
            _("%(title)s: one feature") % {"title": title},
            {GEOJSON_TYPE: feature},
            parameters=_refs(["featureId", "crs"]),
            may_miss=True,
        ),
    }
    return found | _tile_paths(one) if one.has_tiles else found


def _tile_paths(one: Collection) -> dict[str, Any]:
    path = f"/collections/{one.id}/tiles"
    form = _parameter(
        "f", _("Tiles have one form."), {"type": "string", "enum": ["mvt"]}
    )
    tile = _get(
        f"{one.id}.tile",
        _("A vector tile"),
        {MEDIA_TYPE: {"type": "string", "format": "binary"}},
        parameters=[*_refs(["tileMatrix", "tileRow", "tileCol"]), form],
        may_miss=True,
        has_page=False,
    )
    tile["get"]["responses"]["204"] = {"description": _("Nothing is there.")}
    return {
        path: _get(f"{one.id}.tilesets", _("Tile sets"), _json("tilesets")),
        f"{path}/{GRID}": _get(f"{one.id}.tileset", GRID, _json("tileset")),
        f"{path}/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def _json(schema: str) -> dict[str, Any]:
    return {JSON_TYPE: {"$ref": f"#/components/schemas/{schema}"}}


def _get(
    operation: str,
    summary: str,
    content: dict[str, Any],
    *,
    parameters: Iterable[dict[str, Any]] = (),
    may_miss: bool = False,
    has_page: bool = True,
) -> dict[str, Any]:
    """Return the path item of a resource that can be read, and nothing else."""
    described = {kind: {"schema": schema} for kind, schema in content.items()}
    common = _refs(COMMON) if has_page else []
    if has_page:
        described[HTML_TYPE] = {"schema": {"type": "string"}}
    responses = {
        "200": {"description": summary, "content": described},
        "304": {"description": _("Nothing has changed.")},
        **{code: _ref("responses", code) for code in ("400", "503")},
    }
    if may_miss:
        responses["404"] = _ref("responses", "404")
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [*parameters, *common],
            "responses": responses,
        }
    }


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _refs(names: Iterable[str]) -> list[dict[str, Any]]:
    return [_ref("parameters", name) for name in names]


def _responses() -> dict[str, Any]:
    said = {
        "400": _("A parameter is unknown, or its value makes no sense."),
        "404": _("There is nothing of this name."),
        "503": _("It takes too long to find."),
    }
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {
        code: {"description": text, "content": problem} for code, text in said.items()
    }


def _parameter(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": text,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def _in_path(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return _parameter(name, text, schema) | {
        "in": "path",
        "required": True,
        "style": "simple",
    }


def _shared_parameters() -> list[dict[str, Any]]:
    zoom = {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}
    place = {"type": "integer", "minimum": 0}
    return [
        *(
            _parameter(name, text, {"type": "string", "enum": list(COMMON[name])})
            for name, text in (
                ("f", _("The form of the answer, whatever is accepted.")),
                ("lang", _("The language of titles and texts of the service.")),
            )
        ),
        _parameter("crs", _("The CRS of the answer."), _crs()),
        _in_path("featureId", _("The id of a feature."), {"type": "string"}),
        _in_path("tileMatrix", _("The zoom."), zoom),
        _in_path("tileRow", _("The row, from the north."), place),
        _in_path("tileCol", _("The column, from the west."), place),
    ]


def _crs() -> dict[str, Any]:
    return {"type": "string", "enum": list(offered()), "default": CRS84.uri}


def _item_parameters() -> list[dict[str, Any]]:
    """Return them in full: clients look for the limit, and follow no reference."""
    crs = _crs()
    text = {"type": "string", "minLength": 1}
    box = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 4,
        "maxItems": 6,
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}
    offset = {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}
    language = {"type": "string", "enum": list(LANGUAGES), "default": TEXT}
    return [
        _parameter(
            "limit", _("How many features at most; more are cut to this."), limit
        ),
        _parameter(
            "bbox",
            _("Only what meets this box: its lower corner, then its upper one."),
            box,
        ),
        _parameter("bbox-crs", _("The CRS of the box."), crs),
        _parameter("crs", _("The CRS of the answer."), crs),
        _parameter(
            "datetime",
            _("A moment, or a period such as 2026-01-01T00:00:00Z/.. (RFC 3339)."),
            text,
        ),
        _parameter(
            "filter",
            _(
                "A condition in CQL2. Properties stand on the left, literals on the right."
            ),
            {**text, "maxLength": LENGTH},
        ),
        _parameter("filter-lang", _("The language of the filter."), language),
        _parameter("filter-crs", _("The CRS of geometries in the filter."), crs),
        _parameter("cursor", _("Where a page begins, from the link to it."), text),
        _parameter(
            "offset", _("How many to leave out; the links of pages are faster."), offset
        ),
    ]


def _of_property(one: Property) -> dict[str, Any]:
    schema = one.schema()
    text = schema.pop("title")
    if one.type is Type.TEXT and not one.choices:
        schema |= {"minLength": 1, "maxLength": TEXT_LENGTH}
    return _parameter(one.name, text, schema)


@dataclass(frozen=True)
class Operation:
    """An address as the page of the description shows it."""

    path: str
    summary: str
    parameters: list[dict[str, Any]]


def operations(content: dict[str, Any]) -> list[Operation]:
    """Return what the description says, for people."""
    shared = content["components"]["parameters"]
    return [
        Operation(
            f"{PATH}{path}",
            item["get"]["summary"],
            [
                shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                for one in item["get"]["parameters"]
            ],
        )
        for path, item in content["paths"].items()
    ]
