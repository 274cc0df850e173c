"""The file that says what belongs to one city and to no other: `cities/*/city.toml`.

Read by the settings at every start, before there is a database: nothing here may lean on
either. What of it belongs into the database, `mapapp.city` puts there.
"""

from mapapp.cityfile.choosing import choose_city
from mapapp.cityfile.reading import (
    Body,
    Boundaries,
    City,
    FieldOfAction,
    Inhabitants,
    Look,
    Theme,
    read_city,
)
from mapapp.cityfile.tables import CityFileError

__all__ = [
    "Body",
    "Boundaries",
    "City",
    "CityFileError",
    "FieldOfAction",
    "Inhabitants",
    "Look",
    "Theme",
    "choose_city",
    "read_city",
]
