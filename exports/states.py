"""What data is made of: as long as it stays, a client need not load the data again."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from councils.models import AgendaItem, Sitting
from districts.models import Body, District
from geo.functions import ShapeHash
from layers.models import Theme
from pins.models.public import PublicVersion

# What writes the files: code, and what the standalone map is made from.
SOURCES = {".py", ".js", ".css", ".html"}


def pins_state() -> object:
    """Return what changes with every change of the public pins."""
    return PublicVersion.now()


@cache
def release_state() -> str:
    """Return what changes when a new release writes files another way."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, settings.ROOT / "geo"):
        for source in sorted(folder.rglob("*")):
            if source.is_file() and source.suffix in SOURCES:
                digest.update(source.read_bytes())
    return digest.hexdigest()


def terms_state() -> object:
    """Return what the operator says of the site, its data and its coordinates."""
    return (
        settings.SITE_NAME,
        settings.CITY_NAME,
        settings.LICENCE_NAME,
        settings.LICENCE_URL,
        settings.PLANNING_SRID,
        settings.TIME_ZONE,
    )


def themes_state() -> object:
    """Return what changes with the names, colours and order of the themes."""
    return list(
        Theme.objects.values_list("slug", "title_de", "title_en", "colour", "position")
    )


def districts_state() -> object:
    """Return what changes with today's districts, their borders and bodies."""
    districts = District.objects.current().with_body().order_by("number")
    return list(
        districts.values_list(
            "number",
            "name",
            "slug",
            "kind",
            "source",
            "body_name",
            ShapeHash("geometry"),
        )
    )


def sittings_state() -> object:
    """Return what changes with bodies, sittings, their agendas and results, and each day.

    The titles on the agendas depend on which contributions are public.
    """
    number_and_last = {"number": Count("pk"), "last": Max("modified_at")}
    return (
        timezone.localdate(),
        pins_state(),
        list(Body.objects.values_list("name", flat=True)),
        Sitting.objects.aggregate(**number_and_last),
        AgendaItem.objects.aggregate(**number_and_last),
    )
