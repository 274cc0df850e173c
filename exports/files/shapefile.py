"""Shapefiles, zipped: for programs that read nothing newer.

The format forces three things: names of at most 10 characters, texts of at most 254
bytes, and dates without a time. So the names are short ones of our own, a text that is cut
ends in an ellipsis, and moments are texts of ISO 8601. A file inside says all that.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils.translation import gettext as _

from exports import moments
from exports.fields import Field, coordinates, properties
from exports.files.gis_files import LAYER, table_of
from exports.selection import Selection
from geo import point_files
from geo.point_tables import ColumnType

SHORT_NAMES = {
    "district_number": "dist_no",
    "support_count": "supports",
    "comment_count": "comments",
    "published_at": "published",
    "status_changed_at": "status_at",
    "public_answer": "answer",
}
# The file of the properties may have 2 GB, and a row takes some 2 kB in it.
AT_MOST = 500_000
README = "README.txt"


def columns() -> list[tuple[Field, Field]]:
    """Return each property as it is elsewhere, and as it stands in a Shapefile."""
    return [
        (field, _fitted(field, SHORT_NAMES.get(field.name, field.name)))
        for field in [*properties(), *coordinates()]
    ]


def _fitted(field: Field, name: str) -> Field:
    if field.type is not ColumnType.MOMENT:
        return replace(field, name=name)
    text = moments.text_of(field.expression)
    return replace(field, name=name, type=ColumnType.TEXT, expression=text)


def write(selection: Selection, path: Path) -> None:
    """Write the pins as a Shapefile in a ZIP archive, in their order."""
    fields = [fitted for _field, fitted in columns()]
    with TemporaryDirectory(dir=path.parent) as folder:
        shape = Path(folder) / f"{LAYER}.shp"
        point_files.write_shapefile(shape, table_of(selection, fields))
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for part in sorted(shape.parent.iterdir()):
                archive.write(part, part.name)
            archive.writestr(README, readme(selection))


def readme(selection: Selection) -> bytes:
    """Return what stands in the file beside the Shapefile, as Windows writes texts."""
    lines = [
        settings.SITE_NAME,
        selection.address,
        f"{settings.LICENCE_NAME}: {settings.LICENCE_URL}",
        "",
        _("Encoding: UTF-8. Coordinates: EPSG:%(srid)d.") % {"srid": selection.srid},
        _(
            "A Shapefile holds no text of more than 254 bytes. What is longer was cut, "
            "and ends in “…”. The whole texts are in every other format."
        ),
        _("Moments are texts, in UTC: 2026-12-31T22:59:59Z."),
        _("Names have at most 10 characters. They stand for:"),
        "",
        *(
            f"{fitted.name:<10}  {field.name:<17}  {field.description}"
            for field, fitted in columns()
        ),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")
