"""The place of a measure: drawn, pasted, from a file, or a whole district."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django import forms
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSException,
    GEOSGeometry,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    WKBWriter,
)
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from districts.examples import example_degrees
from districts.models import District
from geo.uploads import Limits, UploadError, read_upload

MOST_POINTS = 5_000
MOST_LETTERS = 400_000
FILE_BYTES = 5 * 1024 * 1024
LIMITS = Limits(unpacked=20 * 1024 * 1024, features=200, vertices=MOST_POINTS)
KINDS = {
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
}
JOINED = {
    "Point": MultiPoint,
    "LineString": MultiLineString,
    "Polygon": MultiPolygon,
}


def read_shape(text: str) -> GEOSGeometry:
    """Return the shape that a text holds, in EPSG:4326 and without heights.

    GeoJSON (a geometry or a feature) or WKT. Raises ValidationError for what is none, lies
    outside the city, crosses itself or has too many points.
    """
    if len(text) > MOST_LETTERS:
        raise ValidationError(_("This text is too long."))
    try:
        shape = GEOSGeometry(_plain(text.strip()), srid=4326)
    except (
        ValueError,
        TypeError,
        # Curves, which Django has no class for, and other systems of coordinates.
        KeyError,
        SuspiciousOperation,
        GEOSException,
        GDALException,
        RecursionError,
    ) as error:
        raise ValidationError(
            _("This is neither GeoJSON nor WKT, such as POINT (%(lon)s %(lat)s)."),
            params=example_degrees(),
        ) from error
    return check_shape(shape)


def _plain(text: str) -> str:
    """Return a geometry in GeoJSON or WKT; of a feature its geometry."""
    if not text.startswith("{"):
        return text
    document: Any = json.loads(text)
    if document.get("type") == "Feature":
        document = document.get("geometry")
    return json.dumps(document, allow_nan=False)


def check_shape(shape: GEOSGeometry) -> GEOSGeometry:
    """Return a shape that can be kept; raises ValidationError with the reason."""
    if shape.geom_type not in KINDS or shape.empty:
        raise ValidationError(_("Please give points, lines or areas."))
    if shape.num_coords > MOST_POINTS:
        message = _("At most %(most)d points are possible. Please simplify the shape.")
        raise ValidationError(message, params={"most": MOST_POINTS})
    if not shape.valid:
        raise ValidationError(
            _("This shape is not valid: does its border cross itself?")
        )
    if shape.hasz:
        shape = GEOSGeometry(WKBWriter(dim=2).write(shape), srid=4326)
    if not District.objects.current().filter(geometry__intersects=shape).exists():
        message = _("This lies outside the city. Coordinates are longitude, latitude.")
        raise ValidationError(message)
    return shape


def shape_of_file(file: UploadedFile) -> GEOSGeometry:
    """Return all shapes of a geodata file as one; raises ValidationError."""
    if (file.size or 0) > FILE_BYTES:
        message = _("This file is too large: at most %(megabytes)d MB.")
        raise ValidationError(message, params={"megabytes": FILE_BYTES // 1024**2})
    with TemporaryDirectory(prefix="measure-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        try:
            upload = read_upload(path, limits=LIMITS)
        except UploadError as error:
            raise ValidationError(
                _(
                    "This file cannot be used. Please send a small GeoJSON file in WGS 84."
                )
            ) from error
    return check_shape(
        _joined([GEOSGeometry(memoryview(f.wkb)) for f in upload.features])
    )


def _joined(shapes: list[GEOSGeometry]) -> GEOSGeometry:
    """Return shapes of one kind as one."""
    parts: list[GEOSGeometry] = []
    for shape in shapes:
        parts += list(shape) if isinstance(shape, GeometryCollection) else [shape]
    kinds = {part.geom_type for part in parts}
    if len(kinds) != 1:
        raise ValidationError(_("Please give either points, lines or areas."))
    if len(parts) == 1:
        parts[0].srid = 4326
        return parts[0]
    return JOINED[kinds.pop()](parts, srid=4326)


class ShapeFields(forms.Form):
    """The ways to a place; a file goes before a district, a district before a text."""

    geometry = forms.CharField(
        label=gettext_lazy("Place as GeoJSON or WKT"),
        help_text=gettext_lazy(
            "Longitude and latitude in degrees. Empty: the measure is of the whole city."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    whole_district = forms.ChoiceField(
        label=gettext_lazy("Or a whole district"), required=False
    )
    file = forms.FileField(
        label=gettext_lazy("Or a geodata file"),
        help_text=gettext_lazy(
            "GeoJSON, GeoPackage or zipped Shapefile, at most 5 MB."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.gpkg,.zip"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = District.objects.current().defer("geometry")
        field = cast("forms.ChoiceField", self.fields["whole_district"])
        field.choices = [
            ("", gettext_lazy("None")),
            *((d.slug, d.name) for d in districts),
        ]

    def shape(self) -> GEOSGeometry | None:
        """Return the place that is chosen; with an error at the field where it is none."""
        for name, read in (
            ("file", shape_of_file),
            ("whole_district", _shape_of_district),
            ("geometry", read_shape),
        ):
            if value := self.cleaned_data.get(name):
                try:
                    return read(value)
                except ValidationError as error:
                    self.add_error(name, error)
                    return None
        return None


def _shape_of_district(slug: str) -> GEOSGeometry:
    return District.objects.current().get(slug=slug).geometry


def text_of(shape: GEOSGeometry | None) -> str:
    """Return a shape as the text that the form shows."""
    return str(shape.geojson) if shape is not None else ""
