"""Rows for tests: plain functions that fill in what a test does not care about."""

import datetime

from django.contrib.gis.geos import MultiPolygon
from django.utils.text import slugify

from districts.models import Body, District, Responsibility
from layers.models import Theme
from tests.geometries import district_square

IN_FORCE = datetime.date(2004, 7, 1)


def make_body(
    name: str = "Ortsbeirat Musterdorf",
    *,
    slug: str = "",
    kind: str = Body.Kind.DISTRICT_COUNCIL,
    mail: str = "",
) -> Body:
    """Make a body; the slug follows the name."""
    return Body.objects.create(
        name=name, slug=slug or slugify(name), kind=kind, mail=mail
    )


def make_district(
    number: int = 16,
    *,
    name: str = "",
    slug: str = "",
    kind: str = District.Kind.OUTER,
    geometry: MultiPolygon | None = None,
    valid_from: datetime.date = IN_FORCE,
    valid_to: datetime.date | None = None,
    body: Body | None = None,
) -> District:
    """Make a district and the body that answers for it on all its days.

    Without `geometry` it is the square of its number (see `tests.geometries`), without
    `body` the Ortsbeirat of its number.
    """
    district = District.objects.create(
        number=number,
        name=name or f"Stadtteil {number}",
        slug=slug or slugify(name) or f"stadtteil-{number}",
        kind=kind,
        geometry=geometry or district_square(number),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if body is None:
        body, _ = Body.objects.get_or_create(
            slug=f"ortsbeirat-{number}",
            defaults={
                "name": f"Ortsbeirat {number}",
                "kind": Body.Kind.DISTRICT_COUNCIL,
            },
        )
    Responsibility.objects.create(
        district=district, body=body, valid_from=valid_from, valid_to=valid_to
    )
    return district


def make_theme(
    slug: str = "mobility",
    *,
    title_de: str = "",
    title_en: str = "",
    colour: str = "#3A63D8",
    icon: str = "bike",
    position: int = 0,
    is_active: bool = True,
) -> Theme:
    """Make a theme; its titles follow the slug."""
    return Theme.objects.create(
        slug=slug,
        title_de=title_de or f"Thema {slug}",
        title_en=title_en or f"Theme {slug}",
        question_de="Was fehlt hier?",
        question_en="What is missing here?",
        colour=colour,
        icon=icon,
        position=position,
        is_active=is_active,
    )
