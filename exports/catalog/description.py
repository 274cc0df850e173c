"""All that the catalogue says, in both languages: plain values that can be compared."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.utils import translation

from districts.models import District
from exports import licence
from exports.catalog.datasets import Dataset, datasets
from exports.licence import Licence
from exports.services import Service, services


@dataclass(frozen=True)
class Words:
    """What stands in the catalogue in one language."""

    datasets: tuple[Dataset, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Description:
    """What the catalogue is made of: as long as it stays, so do the documents.

    `bounds` are west, south, east and north of the city in degrees; None without
    districts.
    """

    base_url: str
    site_name: str
    city_name: str
    publisher: str
    publisher_url: str
    contact: str
    contributor: str
    municipality: str
    licence: Licence
    bounds: tuple[float, float, float, float] | None
    german: Words
    english: Words

    def both(self) -> tuple[tuple[str, Words], tuple[str, Words]]:
        """Return the words by their language."""
        return ("de", self.german), ("en", self.english)


def describe() -> Description:
    """Return what the catalogue says now; some twenty quick queries."""
    found = District.objects.current().aggregate(bounds=Extent("geometry"))
    return Description(
        base_url=settings.BASE_URL,
        site_name=settings.SITE_NAME,
        city_name=settings.CITY_NAME,
        publisher=settings.PUBLISHER,
        publisher_url=settings.PUBLISHER_URL,
        contact=settings.DATA_CONTACT,
        contributor=settings.CONTRIBUTOR_ID,
        municipality=settings.MUNICIPALITY_KEY,
        licence=licence.current(),
        bounds=found["bounds"],
        german=_words("de"),
        english=_words("en"),
    )


def _words(language: str) -> Words:
    with translation.override(language):
        return Words(datasets(), services())
