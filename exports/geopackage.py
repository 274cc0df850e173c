"""GeoPackage in the planners' coordinates (EPSG:25832 in Kaiserslautern)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)

from exports.fields import coordinates, properties
from exports.selection import Selection
from geo.geopackage import Column, write_points
from pins.models.public import PublicPinQuerySet

MEDIA_TYPE = "application/geopackage+sqlite3"
LAYER = "pins"


def write(path: Path, pins: PublicPinQuerySet) -> None:
    """Write the pins as the layer "pins" of a new file, in their order."""
    fields = [*properties(), *coordinates()]
    point = AsWKB(Transform("location", settings.PLANNING_SRID))
    rows = pins.values_list(*(field.expression for field in fields), point)
    write_points(
        path,
        layer=LAYER,
        columns=[Column(field.name, field.type) for field in fields],
        rows=rows.iterator(),
        srid=settings.PLANNING_SRID,
    )


def respond(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Answer with the file, which is gone from the disk as soon as it has been sent."""
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type=MEDIA_TYPE)
    with TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "pins.gpkg"
        write(path, selection.pins)
        # Open, it can still be read when its folder is no more.
        return FileResponse(path.open("rb"), content_type=MEDIA_TYPE)
