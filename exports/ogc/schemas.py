"""What the documents and features look like, as schemas of OpenAPI 3.0."""

from typing import Any

from exports.ogc.collections import Collection

STRING: dict[str, Any] = {"type": "string"}
LINKS: dict[str, Any] = {
    "type": "array",
    "items": {"$ref": "#/components/schemas/link"},
}


def shared() -> dict[str, Any]:
    """Return the schemas of all documents but features, by name."""
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/collection"}}
    tileset = _object(
        {"title": STRING, "crs": STRING, "dataType": STRING, "links": LINKS}
    )
    return {
        "link": _object(
            {"rel": STRING, "href": STRING, "type": STRING, "title": STRING}
        )
        | {"required": ["rel", "href", "type"]},
        "landing": _object({"title": STRING, "description": STRING, "links": LINKS}),
        "conformance": _object(
            {"conformsTo": {"type": "array", "items": STRING}, "links": LINKS}
        ),
        "collections": _object({"collections": listed, "links": LINKS}),
        "collection": _object(
            {
                "id": STRING,
                "title": STRING,
                "description": STRING,
                "itemType": STRING,
                "crs": {"type": "array", "items": STRING},
                "storageCrs": STRING,
                "links": LINKS,
            }
        ),
        "tileset": tileset,
        "tilesets": _object(
            {"tilesets": {"type": "array", "items": tileset}, "links": LINKS}
        ),
        "problem": _object(
            {
                "type": STRING,
                "title": STRING,
                "status": {"type": "integer"},
                "detail": STRING,
            }
        ),
        "geometry": {
            "type": "object",
            "nullable": True,
            "required": ["type"],
            "properties": {
                "type": STRING,
                "coordinates": {"type": "array", "items": {}},
            },
        },
    }


def feature(collection: Collection) -> dict[str, Any]:
    """Return the schema of a feature of a collection."""
    properties: dict[str, Any] = {}
    for one in collection.properties:
        schema = one.schema()
        # What may be null may not be restricted to choices without null (OpenAPI 3.0).
        if one.is_nullable:
            schema.pop("enum", None)
            schema["nullable"] = True
        properties[one.name] = schema
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": STRING,
            "geometry": {"$ref": "#/components/schemas/geometry"},
            "properties": _object(properties),
            "links": LINKS,
        },
    }


def feature_collection(one: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a page of features."""
    number = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": number,
            "numberReturned": number,
            "links": LINKS,
            "features": {"type": "array", "items": one},
        },
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
