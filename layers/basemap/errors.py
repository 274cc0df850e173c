"""How the building of a basemap ends where it cannot go on."""


class BasemapError(Exception):
    """The basemap cannot be built; the message says why, and the old one stays."""
