"""The collections that are offered."""

from django.utils.translation import gettext as _

from exports.ogc.collections import Collection
from exports.ogc.districts import DISTRICTS
from exports.ogc.errors import Missing
from exports.ogc.measures import MEASURES
from exports.ogc.pins import PINS
from exports.ogc.resolutions import RESOLUTIONS

COLLECTIONS = {c.id: c for c in (PINS, DISTRICTS, MEASURES, RESOLUTIONS)}


def find_collection(collection_id: str) -> Collection:
    """Return a collection by its id; raises Missing."""
    if collection_id not in COLLECTIONS:
        message = _("There is no such collection. There are: %(all)s.")
        raise Missing(message % {"all": ", ".join(COLLECTIONS)})
    return COLLECTIONS[collection_id]
