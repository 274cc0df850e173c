"""What the file of a city says, read into plain values."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from mapapp.cityfile.tables import Table, read_tables

# What the texts of the site are written in; the first is always spoken.
SPOKEN = ("de", "en")
# ETRS89/UTM in the zones of Germany: what planners work in, and metres are metres.
UTM_ZONES = (25831, 25832, 25833)
SLUG, LONGEST_SLUG = r"[a-z0-9]+(-[a-z0-9]+)*", 40
COLOUR = r"#[0-9A-Fa-f]{6}"
WEB = r"https?://\S+"
MAIL = r"[^@\s]+@[^@\s]+"
BODY_KINDS = ("district_council", "committee", "council", "advisory_board")
# White is written on these colours: WCAG 2.2, 1.4.3.
LEAST_CONTRAST = 4.5


@dataclass(frozen=True)
class Look:
    """The city's colours; empty are the site's own."""

    deep: str
    main: str
    accent: str


@dataclass(frozen=True)
class Boundaries:
    """Where the districts are read from, and which field of the file says what.

    `crs` is empty where the file says it itself, `number_field` where it has no numbers.
    `tolerance` (m²) is the largest gap or overlap to accept.
    """

    file: Path
    layer: str
    crs: str
    valid_from: datetime.date
    source: str
    credit_de: str
    credit_en: str
    name_field: str
    number_field: str
    slug_field: str
    kind_field: str
    body_field: str
    default_body: str
    tolerance: int


@dataclass(frozen=True)
class Body:
    """A body; `seats` is None where unknown, `next_body` the slug of the one it advises.

    `districts` are numbers or names of those that it answers for.
    """

    slug: str
    kind: str
    name: str
    mail: str
    seats: int | None
    next_body: str
    districts: tuple[str | int, ...]


@dataclass(frozen=True)
class Theme:
    slug: str
    title_de: str
    title_en: str
    question_de: str
    question_en: str
    colour: str
    icon: str
    position: int


@dataclass(frozen=True)
class FieldOfAction:
    """A field of the adopted concept; `themes` are slugs of those it takes up."""

    number: int
    slug: str
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Inhabitants:
    """How many people live in a district, by its slug, on a day."""

    district: str
    population: int
    population_on: datetime.date
    population_source: str


@dataclass(frozen=True)
class City:
    """All that the file says. `path` is absolute; empty texts leave things to others."""

    path: Path
    name: str
    site_name: str
    municipality_key: str
    reference_prefix: str
    languages: tuple[str, ...]
    time_zone: str
    planning_srid: int
    jurisdiction: str
    mail_sender: str
    publisher: str
    publisher_url: str
    data_contact: str
    contributor: str
    licence_name: str
    licence_url: str
    imprint: tuple[str, ...]
    extract: str
    look: Look
    boundaries: Boundaries
    bodies: tuple[Body, ...]
    themes: tuple[Theme, ...]
    fields_of_action: tuple[FieldOfAction, ...]
    inhabitants: tuple[Inhabitants, ...]

    @property
    def folder(self) -> Path:
        """Return where the city keeps its files, its own words and its own pictures."""
        return self.path.parent


def read_city(path: Path) -> City:
    """Read a file; raises CityFileError, which names every fault with line and key."""
    path = path.resolve()
    root, notes = read_tables(path)
    about = root.table("city", needed=True)
    name = about.text("name", longest=60)
    publisher, licence = root.table("publisher", needed=True), root.table("licence")
    mail, imprint = root.table("mail"), root.table("imprint")
    basemap = root.table("basemap")
    bodies, themes = _bodies(root), _themes(root)
    city = City(
        path=path,
        name=name,
        site_name=about.text("site_name", f"Mitmachkarte {name}", longest=100),
        municipality_key=about.text(
            "municipality_key", pattern=r"\d{8}", such_as="01234567 (AGS)"
        ),
        reference_prefix=about.text(
            "reference_prefix", pattern=r"[A-Z0-9]{1,8}", such_as="AB"
        ),
        languages=_languages(about),
        time_zone=_time_zone(about),
        planning_srid=_planning_srid(about),
        jurisdiction=about.text("jurisdiction", pattern=r"[\w.-]+", such_as="town.de"),
        mail_sender=mail.text("sender", "", longest=100),
        publisher=publisher.text("name"),
        publisher_url=publisher.text("url", "", pattern=WEB, such_as="https://town.de"),
        data_contact=publisher.text("contact", "", pattern=MAIL, such_as="a@town.de"),
        contributor=publisher.text("contributor", "", pattern=WEB, such_as="http://…"),
        licence_name=licence.text(
            "name", "Datenlizenz Deutschland – Namensnennung – Version 2.0"
        ),
        licence_url=licence.text(
            "url",
            "https://www.govdata.de/dl-de/by-2-0",
            pattern=WEB,
            such_as="https://www.govdata.de/dl-de/by-2-0",
        ),
        imprint=imprint.texts("lines"),
        extract=basemap.text("extract", "", pattern=WEB, such_as="https://…osm.pbf"),
        look=_look(root.table("look")),
        boundaries=_boundaries(
            root.table("boundaries", needed=True), path.parent, bodies
        ),
        bodies=bodies,
        themes=themes,
        fields_of_action=_fields_of_action(root, themes),
        inhabitants=_inhabitants(root),
    )
    for table in (about, publisher, licence, mail, imprint, basemap, root):
        table.close()
    notes.finish(path)
    return city


def _languages(about: Table) -> tuple[str, ...]:
    languages = about.texts("languages", SPOKEN)
    if languages not in {SPOKEN[:1], SPOKEN}:
        about.refuse(
            "languages", 'this is ["de"] or ["de", "en"]: the texts are in them'
        )
        return SPOKEN
    return languages


def _time_zone(about: Table) -> str:
    zone = about.text("time_zone", "Europe/Berlin")
    if zone and zone not in available_timezones():
        about.refuse("time_zone", f"{zone!r} is none such as Europe/Berlin")
    return zone


def _planning_srid(about: Table) -> int:
    srid = about.number("planning_srid", 25832)
    if srid not in UTM_ZONES:
        zones = ", ".join(map(str, UTM_ZONES))
        about.refuse("planning_srid", f"{srid} is none of {zones} (ETRS89/UTM)")
    return srid


def _look(table: Table) -> Look:
    def colour(key: str) -> str:
        return table.text(key, "", pattern=COLOUR, such_as="#0A5C36")

    look = Look(deep=colour("deep"), main=colour("main"), accent=colour("accent"))
    for key, value in (("deep", look.deep), ("main", look.main)):
        if value and contrast_with_white(value) < LEAST_CONTRAST:
            table.refuse(key, f"white cannot be read on {value}; take a darker colour")
    table.close()
    return look


def contrast_with_white(colour: str) -> float:
    """Return the contrast of a colour such as #0A5C36 with white (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05)


def _boundaries(table: Table, folder: Path, bodies: tuple[Body, ...]) -> Boundaries:
    found = Boundaries(
        file=folder / table.text("file"),
        layer=table.text("layer", ""),
        crs=table.text("crs", "", pattern=r"EPSG:\d{4,6}", such_as="EPSG:25832"),
        valid_from=table.day("valid_from"),
        source=table.text("source"),
        credit_de=table.text("credit_de"),
        credit_en=table.text("credit_en"),
        name_field=table.text("name_field", "name"),
        number_field=table.text("number_field", ""),
        slug_field=table.text("slug_field", ""),
        kind_field=table.text("kind_field", ""),
        body_field=table.text("body_field", ""),
        default_body=table.text("default_body", ""),
        tolerance=table.number("tolerance", 50, least=0),
    )
    if found.default_body and found.default_body not in {body.slug for body in bodies}:
        table.refuse("default_body", f"there is no body {found.default_body!r}")
    table.close()
    return found


def _bodies(root: Table) -> tuple[Body, ...]:
    rows = root.tables("bodies")
    if not rows:
        root.refuse("bodies", "a city needs one body at least: [[bodies]]")
    bodies = tuple(map(_body, rows))
    chain = {body.slug: body.next_body for body in bodies}
    for table, body in zip(rows, bodies, strict=True):
        if body.next_body and body.next_body not in chain:
            table.refuse("next_body", f"there is no body {body.next_body!r}")
        elif _comes_round(body.slug, chain):
            table.refuse("next_body", "matters would come back to this body for ever")
    _refuse_twice(rows, (body.slug for body in bodies), "slug")
    return bodies


def _body(table: Table) -> Body:
    body = Body(
        slug=_slug(table, longest=80),
        kind=table.choice("kind", BODY_KINDS),
        name=table.text("name", longest=120),
        mail=table.text("mail", "", pattern=MAIL, such_as="rat@town.de"),
        seats=table.number("seats", most=1000) if table.has("seats") else None,
        next_body=table.text("next_body", ""),
        districts=table.names("districts"),
    )
    table.close()
    return body


def _comes_round(slug: str, chain: dict[str, str]) -> bool:
    at = chain[slug]
    for _step in chain:
        if not at or at == slug:
            break
        at = chain.get(at, "")
    return bool(at) and at == slug


def _themes(root: Table) -> tuple[Theme, ...]:
    rows = root.tables("themes")
    if not rows:
        root.refuse("themes", "a city needs one theme at least: [[themes]]")
    themes = tuple(_theme(table, position) for position, table in enumerate(rows, 1))
    _refuse_twice(rows, (theme.slug for theme in themes), "slug")
    return themes


def _theme(table: Table, position: int) -> Theme:
    theme = Theme(
        slug=_slug(table),
        title_de=table.text("title_de", longest=60),
        title_en=table.text("title_en", longest=60),
        question_de=table.text("question_de"),
        question_en=table.text("question_en"),
        colour=table.text("colour", pattern=COLOUR, such_as="#0A5C36"),
        icon=table.text("icon", pattern=SLUG, such_as="bike", longest=40),
        position=position,
    )
    table.close()
    return theme


def _fields_of_action(
    root: Table, themes: tuple[Theme, ...]
) -> tuple[FieldOfAction, ...]:
    rows = root.tables("fields_of_action")
    fields = tuple(_field(table) for table in rows)
    known = {theme.slug for theme in themes}
    for table, field in zip(rows, fields, strict=True):
        if unknown := [slug for slug in field.themes if slug not in known]:
            table.refuse("themes", f"there is no theme {unknown[0]!r}")
    _refuse_twice(rows, (field.slug for field in fields), "slug")
    _refuse_twice(rows, (str(field.number) for field in fields), "number")
    return fields


def _field(table: Table) -> FieldOfAction:
    field = FieldOfAction(
        number=table.number("number", most=99),
        slug=_slug(table),
        title_de=table.text("title_de", longest=120),
        title_en=table.text("title_en", longest=120),
        text_de=table.text("text_de", "", longest=2_000, in_lines=True),
        text_en=table.text("text_en", "", longest=2_000, in_lines=True),
        themes=table.texts("themes"),
    )
    table.close()
    return field


def _inhabitants(root: Table) -> tuple[Inhabitants, ...]:
    rows = root.tables("inhabitants")
    found = []
    for table in rows:
        one = Inhabitants(
            district=_slug(table, "district", longest=80),
            population=table.number("number"),
            population_on=table.day("on"),
            population_source=table.text("source"),
        )
        found.append(one)
        table.close()
    _refuse_twice(rows, (one.district for one in found), "district")
    return tuple(found)


def _slug(table: Table, key: str = "slug", *, longest: int = LONGEST_SLUG) -> str:
    return table.text(key, pattern=SLUG, such_as="altstadt-ost", longest=longest)


def _refuse_twice(rows: list[Table], values: Iterable[str], key: str) -> None:
    seen: set[str] = set()
    for table, value in zip(rows, values, strict=True):
        if value and value in seen:
            table.refuse(key, f"{value!r} stands here twice")
        seen.add(value)
