"""The layers of the map: themes, and the places that a search finds."""

from layers.models.places import Address, Street
from layers.models.theme import Theme

__all__ = ["Address", "Street", "Theme"]
