"""From the file of a city to its rows: bodies, themes, districts, fields, first pages."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction

from districts.importing import ImportRefusedError, import_districts
from districts.models import Body, District, Responsibility, today
from geo.datasets import DatasetError, Layer
from geo.shapes import from_wkb, shared_part
from insek.models import FieldOfAction
from insek.pages.tree import plant
from layers.forms import check_theme
from layers.models import Theme
from mapapp.city_districts import DistrictsRefusedError, options_of, read_districts
from mapapp.cityfile import City

# Boundaries change; but a city most of whose districts lie elsewhere is another one.
SAME_GROUND = 0.5
Row = TypeVar("Row", Body, Theme, FieldOfAction)


class CityRefusedError(Exception):
    """The database cannot become this city; the message says why, and what would help."""


@dataclass
class CityReport:
    """The names of what was added, and in words what stays otherwise than in the file."""

    bodies: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)
    populations: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Say line by line what was done."""
        for what, names in vars(self).items():
            if what != "kept":
                line = f"{len(names)} {what} added"
                yield f"{line}: {', '.join(names)}." if names else f"{line}."
        for one in self.kept:
            yield f"Stays as it is: {one}."


@transaction.atomic
def load_city(city: City | None = None, *, is_sure: bool = False) -> CityReport:
    """Add what is missing by its slug, and districts where there are none.

    The pages of the process are made where they are missing. Numbers of inhabitants are
    added to districts that have none.

    What is there stays as it is, whoever has edited it. Districts are one coverage: as
    soon as there are any, only `import_districts` changes them.

    Raises CityRefusedError, before anything is written, where the districts at hand are
    those of another city, and where something in the file cannot be taken. Whether it is
    the same city is seen by its bodies, and only where they differ by its ground;
    `is_sure` compares the ground in any case, which takes a second.
    """
    city = city or settings.CITY
    report = CityReport()
    has_districts = District.objects.exists()
    if has_districts:
        _refuse_another_city(city, is_sure=is_sure)
    report.bodies = _add_bodies(city, report)
    report.themes = _add_missing(Theme, map(asdict, city.themes), report)
    if not has_districts:
        report.districts = _add_districts(city)
    report.populations = _add_populations(city)
    report.fields = _add_fields_of_action(city)
    report.pages = plant(**_names(city))
    return report


def _names(city: City) -> dict[str, Any]:
    """Return what the pages call the city: of this site's as the environment says it."""
    if city == settings.CITY:
        return {}
    return {
        "city_name": city.name,
        "site_name": city.site_name,
        "languages": city.languages,
    }


def _srid(city: City) -> int:
    here: int = settings.PLANNING_SRID
    return here if city == settings.CITY else city.planning_srid


def _read_districts(city: City) -> Layer:
    try:
        return read_districts(city)
    except (DatasetError, DistrictsRefusedError) as error:
        raise CityRefusedError(str(error)) from error


def _refuse_another_city(city: City, *, is_sure: bool) -> None:
    """Raise CityRefusedError where the districts at hand are not of this city."""
    answering = Responsibility.objects.current().values_list("body__slug", flat=True)
    if not is_sure and set(answering) <= {body.slug for body in city.bodies}:
        return
    at_hand = District.objects.current()
    mine = [from_wkb(bytes(district.geometry.wkb)) for district in at_hand]
    shared = shared_part(mine, [one.shape for one in _read_districts(city).features])
    if shared >= SAME_GROUND:
        return
    names = ", ".join(str(district) for district in at_hand[:3])
    message = (
        f"The database is of another city: of its {len(mine)} districts ({names} …) only "
        f"{shared:.0%} of the area are in {city.name}. Their contributions would be left "
        "without a district. Give each city a database of its own (DATABASE_URL); new "
        "boundaries of the same city come by import_districts. Nothing was written."
    )
    raise CityRefusedError(message)


def _add_bodies(city: City, report: CityReport) -> list[str]:
    """Add the missing bodies; chain and votes only as long as no body has a chain."""
    rows = {body.slug: asdict(body) for body in city.bodies}
    chain = {slug: row.pop("next_body") for slug, row in rows.items()}
    for row in rows.values():
        del row["districts"]
    added = _add_missing(Body, rows.values(), report)
    if not Body.objects.exclude(next_body=None).exists():
        bodies = {body.slug: body for body in Body.objects.filter(slug__in=chain)}
        for slug, body in bodies.items():
            body.next_body = bodies.get(chain[slug])
            body.seats = body.seats or rows[slug]["seats"]
        Body.objects.bulk_update(bodies.values(), ["next_body", "seats"])
    return added


def _add_missing(
    model: type[Row], rows: Iterable[dict[str, Any]], report: CityReport
) -> list[str]:
    known = {row.slug: row for row in model._default_manager.all()}
    added = []
    for row in rows:
        if row["slug"] in known:
            report.kept += _differences(known[row["slug"]], row)
        else:
            added.append(str(_save(model(**row))))
    return added


def _save(row: Row) -> Row:
    """Save a row that passes the checks of the admin; raises CityRefusedError."""
    try:
        row.full_clean()
        if isinstance(row, Theme):
            check_theme(row)
    except ValidationError as error:
        faults = "; ".join(
            f"{name}: {' '.join(messages)}"
            for name, messages in error.message_dict.items()
        )
        message = f"{row._meta.model_name} {row.slug}: {faults} Nothing was written."
        raise CityRefusedError(message) from error
    row.save()
    return row


def _differences(row: models.Model, said: dict[str, Any]) -> Iterator[str]:
    """Say what an office has edited since, or the file says anew: it stays."""
    for name, value in said.items():
        if (present := getattr(row, name)) != value:
            yield f"{row} ({name}: {present!r}, in the file {value!r})"


def _add_districts(city: City) -> list[str]:
    layer, day = _read_districts(city), city.boundaries.valid_from
    if day > today():
        message = (
            f"boundaries.valid_from is {day}: until then there would be no district and "
            "no contribution. Name the day since when they are in force."
        )
        raise CityRefusedError(message)
    options = options_of(city, _srid(city))
    try:
        added = import_districts(layer, valid_from=day, options=options).created
    except ImportRefusedError as error:
        faults = "\n  ".join(error.report.refusals)
        message = (
            f"{city.boundaries.file} was refused, nothing was written:\n  {faults}"
        )
        raise CityRefusedError(message) from error
    slugs = set(District.objects.values_list("slug", flat=True))
    for at, one in enumerate(city.inhabitants, 1):
        if one.district not in slugs:
            message = f"inhabitants[{at}]: there is no district {one.district!r}."
            raise CityRefusedError(message)
    return added


def _add_populations(city: City) -> list[str]:
    """Write the known numbers of inhabitants to the districts of the first boundaries."""
    first = District.objects.filter(valid_from=city.boundaries.valid_from)
    missing = {
        district.slug: district
        for district in first.filter(population=None).defer("geometry")
    }
    known = {one.district: asdict(one) for one in city.inhabitants}
    added = [district for slug, district in missing.items() if slug in known]
    for district in added:
        values = {n: v for n, v in known[district.slug].items() if n != "district"}
        for name, value in values.items():
            setattr(district, name, value)
        district.save(update_fields=list(values))
    return [str(district) for district in added]


def _add_fields_of_action(city: City) -> list[str]:
    """Add the adopted fields of action that are missing, with the themes they take up."""
    known = set(FieldOfAction.objects.values_list("slug", flat=True))
    added = []
    for said in city.fields_of_action:
        if said.slug in known:
            continue
        row = asdict(said)
        themes = Theme.objects.filter(slug__in=row.pop("themes"))
        made = _save(FieldOfAction(**row))
        made.themes.set(themes)
        added.append(str(made))
    return added
