"""KML 2.2, which Google Earth and navigation programs open; PostgreSQL writes it.

Google Earth takes the text of a balloon for HTML, script and all. So the balloon shows
the description alone, and in that the words of residents are escaped as HTML. Programs
find the properties as they are, as data of their own.
"""

from django.conf import settings
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.utils.html import escape
from django.utils.translation import gettext as _

from exports import moments
from exports.fields import Field, coordinates, properties, url
from exports.lines import Document, Joined, replaced
from exports.selection import Selection
from geo.point_tables import ColumnType

MEDIA_TYPE = "application/vnd.google-earth.kml+xml"
TYPES = {ColumnType.INTEGER: "int", ColumnType.NUMBER: "double"}
# What XML cannot hold, however it is written.
IMPOSSIBLE = "[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))
# A line stays one line on its way; readers of XML make a break of each.
BREAKS = (("\r", "&#13;"), ("\n", "&#10;"))
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document>
<name>{name}</name>
<description>{terms}</description>
<Style id="pin"><BalloonStyle><text>$[description]</text></BalloonStyle></Style>
<Schema name="pins" id="pins">{fields}</Schema>
"""
TAIL = "</Document>\n</kml>\n"


def document(selection: Selection) -> Document:
    """Return the pins as placemarks with all their properties, in their order."""
    fields = [*properties(), *coordinates()]
    by_name = {field.name: field for field in fields}
    line = Joined(
        Value('<Placemark id="'),
        F("reference"),
        Value('"><name>'),
        xml(F("title")),
        Value('</name><Snippet maxLines="0"/><description>'),
        xml(_balloon()),
        Value(
            "</description><styleUrl>#pin</styleUrl><ExtendedData>"
            '<SchemaData schemaUrl="#pins">'
        ),
        *(_datum(field) for field in fields),
        Value("</SchemaData></ExtendedData><Point><coordinates>"),
        _text_of(by_name["lon"]),
        Value(","),
        _text_of(by_name["lat"]),
        Value("</coordinates></Point></Placemark>"),
    )
    return Document(
        lines=selection.pins.values_list(line), head=_head(selection, fields), tail=TAIL
    )


def _head(selection: Selection, fields: list[Field]) -> str:
    name = settings.SITE_NAME
    if selection.district is not None:
        name = f"{name}: {selection.district.name}"
    declared = "".join(
        f'<SimpleField type="{TYPES.get(field.type, "string")}" name="{field.name}"/>'
        for field in fields
    )
    terms = f"{settings.LICENCE_NAME}, {settings.LICENCE_URL}"
    return HEAD.format(name=escape(name), terms=escape(terms), fields=declared)


def _balloon() -> Joined:
    """Return the HTML of a balloon: title, text, and the way to the page."""
    return Joined(
        Value("<h3>"),
        _markup(F("title")),
        Value("</h3><p>"),
        replaced(_markup(F("text")), "\n", "<br>"),
        Value('</p><p><a href="'),
        _markup(url()),
        Value(f'">{escape(_("Open the page of this contribution"))}</a></p>'),
    )


def _datum(field: Field) -> Coalesce:
    """Return the element of a property; nothing where it is missing."""
    element = Joined(
        Value(f'<SimpleData name="{field.name}">'),
        xml(_text_of(field)),
        Value("</SimpleData>"),
    )
    return Coalesce(element, Value("", TextField()))


def _text_of(field: Field) -> Combinable:
    if field.type is ColumnType.TEXT:
        return field.expression
    if field.type is ColumnType.MOMENT:
        return moments.text_of(field.expression)
    return Cast(field.expression, TextField())


def xml(text: Combinable) -> Combinable:
    """Return a text as it stands in an element of XML, on one line."""
    possible = Func(
        text,
        Value(IMPOSSIBLE),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    found: Combinable = _markup(possible)
    for character, reference in BREAKS:
        found = replaced(found, character, reference)
    return found


def _markup(text: Combinable) -> Combinable:
    for character, entity in MARKUP:
        text = replaced(text, character, entity)
    return text
