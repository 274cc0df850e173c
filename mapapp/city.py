"""The city the product starts with: bodies, themes, districts and fields of action."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from districts.importing import Options, import_districts
from districts.models import Body, District
from geo.datasets import read_layer
from insek.models import FieldOfAction
from insek.pages.tree import plant
from layers.models import Theme

FOLDER: Path = settings.ROOT / "fixtures"
# The boundaries have been these at least since then, longer than any contribution.
IN_FORCE_SINCE = datetime.date(2004, 7, 1)
SOURCE = "Stadt Kaiserslautern, Ortsbezirksgrenzen; own compilation"


@dataclass(frozen=True)
class CityReport:
    """The names of what was added."""

    bodies: list[str]
    themes: list[str]
    districts: list[str]
    populations: list[str]
    fields: list[str]
    pages: list[str]


@transaction.atomic
def load_city() -> CityReport:
    """Add what is missing by its slug, and districts where there are none.

    The pages of the process are made where they are missing. Numbers of inhabitants are
    added to districts that have none.

    What is there stays as it is, whoever has edited it. Districts are one coverage: as
    soon as there are any, only `import_districts` changes them.
    """
    return CityReport(
        bodies=_add_bodies(),
        themes=_add_missing(Theme, _read("themes.json")),
        districts=[] if District.objects.exists() else _add_districts(),
        populations=_add_populations(),
        fields=_add_fields_of_action(),
        pages=plant(),
    )


def _read(file_name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / file_name).read_text())
    return rows


def _add_bodies() -> list[str]:
    """Add the missing bodies; chain and votes only as long as no body has a chain."""
    rows = _read("bodies.json")
    chain = {row["slug"]: row.pop("next_body") for row in rows}
    added = _add_missing(Body, rows)
    if not Body.objects.exclude(next_body=None).exists():
        bodies = {body.slug: body for body in Body.objects.filter(slug__in=chain)}
        for row in rows:
            body = bodies[row["slug"]]
            body.next_body = bodies.get(chain[body.slug])
            body.seats = body.seats or row["seats"]
        Body.objects.bulk_update(bodies.values(), ["next_body", "seats"])
    return added


def _add_missing(
    model: type[Body] | type[Theme], rows: list[dict[str, Any]]
) -> list[str]:
    known = set(model.objects.values_list("slug", flat=True))
    added = [model(**row) for row in rows if row["slug"] not in known]
    for instance in added:
        instance.save()
    return [str(instance) for instance in added]


def _add_districts() -> list[str]:
    layer = read_layer(FOLDER / "districts.geojson")
    options = Options(source=SOURCE, srid=settings.PLANNING_SRID)
    return import_districts(layer, valid_from=IN_FORCE_SINCE, options=options).created


def _add_populations() -> list[str]:
    """Write the known numbers of inhabitants to the districts of the first boundaries."""
    districts = District.objects.filter(population=None, valid_from=IN_FORCE_SINCE)
    missing = {district.slug: district for district in districts.defer("geometry")}
    known = {row.pop("slug"): row for row in _read("populations.json")}
    added = [district for slug, district in missing.items() if slug in known]
    for district in added:
        for name, value in known[district.slug].items():
            setattr(district, name, value)
        district.save(update_fields=list(known[district.slug]))
    return [str(district) for district in added]


def _add_fields_of_action() -> list[str]:
    """Add the adopted fields of action that are missing, with the themes they take up."""
    known = set(FieldOfAction.objects.values_list("slug", flat=True))
    rows = [row for row in _read("fields_of_action.json") if row["slug"] not in known]
    added = []
    for row in rows:
        themes = Theme.objects.filter(slug__in=row.pop("themes"))
        field = FieldOfAction.objects.create(**row)
        field.themes.set(themes)
        added.append(str(field))
    return added
