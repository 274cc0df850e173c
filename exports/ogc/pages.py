"""What the pages of OGC API Features show: the same as the data, to read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.ogc.catalogue import COLLECTIONS
from exports.ogc.collections import Collection
from exports.ogc.items import Page
from exports.ogc.properties import Property, Type

TYPE_LABELS: Mapping[Type, object] = {
    Type.TEXT: gettext_lazy("text"),
    Type.INTEGER: gettext_lazy("whole number"),
    Type.BOOLEAN: gettext_lazy("true or false"),
    Type.DATE: gettext_lazy("date"),
    Type.MOMENT: gettext_lazy("date and time"),
    Type.ADDRESS: gettext_lazy("address"),
    Type.TEXTS: gettext_lazy("list of texts"),
}


@dataclass(frozen=True)
class FieldRow:
    """A line of a table of properties."""

    name: str
    type: str
    title: str
    choices: list[str]
    is_queryable: bool


@dataclass(frozen=True)
class FeatureRow:
    """A feature as a line of a table: its id, its place in short, its properties."""

    id: str
    url: str
    place: str
    values: list[str]


def collection_rows() -> list[Collection]:
    return list(COLLECTIONS.values())


def field_rows(
    collection: Collection, *, only_queryable: bool = False
) -> list[FieldRow]:
    """Return what is to be known of the properties of a collection."""
    shown = collection.queryables if only_queryable else collection.properties
    return [_field_row(one) for one in shown]


def _field_row(one: Property) -> FieldRow:
    return FieldRow(
        one.name,
        str(TYPE_LABELS[one.type]),
        str(one.title),
        one.choices() if one.choices else [],
        one.is_queryable,
    )


def shown_page(collection: Collection, page: Page) -> dict[str, Any]:
    """Return what the page of features shows."""
    features = [json.loads(text) for text in page.features]
    return {
        "collection": collection,
        "matched": page.matched,
        "rows": [_feature_row(collection, feature) for feature in features],
    }


def _feature_row(collection: Collection, feature: dict[str, Any]) -> FeatureRow:
    said = feature["properties"]
    return FeatureRow(
        feature["id"],
        reverse("ogc:item", args=[collection.id, feature["id"]]),
        _in_short(feature["geometry"]),
        [_written(said[p.name]) for p in collection.properties],
    )


def _in_short(geometry: dict[str, Any] | None) -> str:
    """Return a point's coordinates, of anything larger only what it is."""
    if geometry is None:
        return _("none")
    if geometry["type"] != "Point":
        return str(geometry["type"])
    return ", ".join(map(str, geometry["coordinates"]))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def shown_feature(collection: Collection, text: str) -> dict[str, Any]:
    """Return what the page of one feature shows."""
    feature = json.loads(text)
    said = feature["properties"]
    return {
        "collection": collection,
        "feature": feature,
        "fields": [(p, _written(said[p.name])) for p in collection.properties],
        "geometry": json.dumps(feature["geometry"]),
        "place": _in_short(feature["geometry"]),
    }
