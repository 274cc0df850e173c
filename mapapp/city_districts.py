"""The districts of a city's file, made ready for the importer of boundaries."""

from collections.abc import Iterator
from dataclasses import replace

from districts.importing import Options
from districts.models import Body as BodyRow
from districts.models import District
from geo.datasets import Feature, Layer, Value, read_layer
from mapapp.cityfile import Body, City

MOST = 500


class DistrictsRefusedError(Exception):
    """What file and boundaries say does not go together; the message says what."""


def read_districts(city: City) -> Layer:
    """Return the districts with number, name, slug, kind and body under these names.

    A file without numbers has its districts numbered in its order. Who answers for one is
    said by the file, or by the lists of the bodies; the kind follows from that, where the
    file does not say it.

    Raises DatasetError where the file cannot be read, DistrictsRefusedError where it does
    not go with what the city says of it.
    """
    said = city.boundaries
    layer = read_layer(said.file, layer=said.layer or None, crs=said.crs or None)
    if len(layer.features) > MOST:
        message = (
            f"{said.file} has {len(layer.features)} districts; {MOST} is the most."
        )
        raise DistrictsRefusedError(message)
    _check_fields(city, layer)
    features = [_named(city, feature) for feature in layer.features]
    bodies = _bodies_by_district(city, features)
    return Layer(
        crs=layer.crs,
        fields=("number", "name", "slug", "kind", "body"),
        features=tuple(_with_body(city, one, bodies) for one in features),
        notes=layer.notes,
    )


def options_of(city: City, srid: int) -> Options:
    """Return how the importer takes the districts; it measures in the CRS `srid`."""
    said = city.boundaries
    return Options(
        default_body=said.default_body,
        source=said.source,
        tolerance=said.tolerance,
        srid=srid,
    )


def _check_fields(city: City, layer: Layer) -> None:
    for name in (
        "name_field",
        "number_field",
        "slug_field",
        "kind_field",
        "body_field",
    ):
        field = getattr(city.boundaries, name)
        if field and field not in layer.fields:
            message = (
                f"boundaries.{name}: {city.boundaries.file} has no field {field!r}. "
                f"It has: {', '.join(layer.fields) or 'none'}."
            )
            raise DistrictsRefusedError(message)


def _named(city: City, feature: Feature) -> Feature:
    """Return a feature with its values under the names that the importer knows."""
    said = city.boundaries

    def value(field: str) -> Value:
        return feature.properties[field] if field else None

    number = value(said.number_field) if said.number_field else feature.position
    return replace(
        feature,
        properties={
            "number": number,
            "name": value(said.name_field),
            "slug": value(said.slug_field),
            "kind": value(said.kind_field),
            "body": value(said.body_field),
        },
    )


def _keys(feature: Feature) -> Iterator[str]:
    """Return what a district may be called by in the lists of the bodies."""
    yield str(feature.properties["number"]).strip().removesuffix(".0").lstrip("0")
    yield str(feature.properties["name"])


def _bodies_by_district(city: City, features: list[Feature]) -> dict[str, str]:
    """Return slugs of bodies by numbers and names of the districts they answer for."""
    known = {key for feature in features for key in _keys(feature)}
    found: dict[str, str] = {}
    for at, body in enumerate(city.bodies, 1):
        for district in map(str, body.districts):
            if district not in known:
                message = f"bodies[{at}].districts: there is no district {district!r}."
                raise DistrictsRefusedError(message)
            if district in found:
                message = f"bodies[{at}].districts: {district!r} has a body already."
                raise DistrictsRefusedError(message)
            found[district] = body.slug
    return found


def _with_body(city: City, feature: Feature, bodies: dict[str, str]) -> Feature:
    named = next((bodies[key] for key in _keys(feature) if key in bodies), None)
    body = feature.properties["body"] or named
    responsible = body or city.boundaries.default_body
    kind = feature.properties["kind"] or _kind_below(responsible, city.bodies)
    return replace(
        feature, properties={**feature.properties, "body": body, "kind": kind}
    )


def _kind_below(slug: Value, bodies: tuple[Body, ...]) -> str:
    """Return the kind of a district: one with a council of its own is an outer one."""
    has_own = any(
        body.slug == slug and body.kind == BodyRow.Kind.DISTRICT_COUNCIL
        for body in bodies
    )
    return District.Kind.OUTER if has_own else District.Kind.CORE
