"""Today's districts as map data: borders, names and who answers for them."""

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import JSONObject

from districts.models import District
from exports.lines import Document, Joined

# About a metre: finer than any border is known, and half the size of six decimals.
# Nothing is simplified: neighbours that lose points apart from each other would part.
DECIMALS = 5


def collection() -> Document:
    """Return a FeatureCollection of today's districts, in the order of their numbers."""
    properties = JSONObject(
        number=F("number"),
        name=F("name"),
        slug=F("slug"),
        kind=F("kind"),
        body=F("body_name"),
    )
    line = Joined(
        Value(',{"type":"Feature","id":'),
        F("number"),
        Value(',"geometry":'),
        AsGeoJSON("geometry", precision=DECIMALS),
        Value(',"properties":'),
        Func(properties, template="(%(expressions)s)::text", output_field=TextField()),
        Value("}"),
    )
    rows = District.objects.current().with_body().order_by("number")
    return Document(
        lines=rows.values_list(line),
        head='{"type":"FeatureCollection","features":[\n',
        tail="]}\n",
        lead=",",
    )
