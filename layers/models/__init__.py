"""The layers of the map: themes, overlays, and the places that a search finds."""

from layers.models.overlay import Overlay, OverlayFeature
from layers.models.places import Address, Street
from layers.models.theme import Theme

__all__ = ["Address", "Overlay", "OverlayFeature", "Street", "Theme"]
