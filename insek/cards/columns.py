"""The columns of a table of cards: how they are called, and what may stand in them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import override

from councils.papers import sheets
from districts.examples import example_degrees, example_metres
from districts.models import District
from insek.cards.reading import UnreadableTable
from layers.languages import is_english
from layers.models import Theme
from pins.workflow import Kind


@dataclass(frozen=True)
class Column:
    """A column; heads are taken in both languages, whatever the page's."""

    name: str
    german: str
    english: str
    also: tuple[str, ...] = ()
    width: int = 18

    @property
    def head(self) -> str:
        return self.english if is_english() else self.german


COLUMNS = (
    Column("card_number", "Kartennummer", "Card number", ("Nummer", "Karte", "Number")),
    Column("kind", "Art", "Kind", ("Typ", "Type")),
    Column("theme", "Thema", "Theme"),
    Column("title", "Titel", "Title", ("Überschrift",), 40),
    Column("text", "Text", "Text", ("Beschreibung", "Description", "Beitrag"), 70),
    Column("address", "Adresse", "Address", ("Anschrift", "Straße"), 32),
    Column("district", "Stadtteil", "District", ("Ortsbezirk",), 24),
    Column("place_note", "Ort in Worten", "Place in words", ("Ort", "Place"), 32),
    Column("lon", "Längengrad", "Longitude", ("Länge", "lon", "lng", "x")),
    Column("lat", "Breitengrad", "Latitude", ("Breite", "lat", "y")),
    Column("easting", "Ostwert", "Easting", ("Rechtswert", "East")),
    Column("northing", "Nordwert", "Northing", ("Hochwert", "North")),
    Column("email", "E-Mail", "E-mail", ("Mail", "E-Mail-Adresse"), 28),
    Column("language", "Sprache", "Language"),
)
REQUIRED = ("kind", "theme", "text")
BY_NAME = {column.name: column for column in COLUMNS}


def plain(words: str) -> str:
    """Return what all spellings of a head or a value have in common."""
    composed = unicodedata.normalize("NFKC", words).casefold()
    return re.sub(r"[\W_]+", "", composed)


BY_HEAD = {
    plain(head): column.name
    for column in COLUMNS
    for head in (column.name, column.german, column.english, *column.also)
}


@dataclass(frozen=True)
class Heads:
    """Which column of a file is which; `ignored` are the heads of all others."""

    places: dict[str, int]
    ignored: list[str]

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the values of a row by the names of their columns."""
        return {name: cells[at].strip() for name, at in self.places.items()}


def read_heads(heads: Sequence[str]) -> Heads:
    """Return what the heads of a file say; raises UnreadableTable."""
    places: dict[str, int] = {}
    ignored: list[str] = []
    for at, head in enumerate(heads):
        name = BY_HEAD.get(plain(head))
        if name is None:
            ignored += [head.strip()[:60]] if head.strip() else []
        elif name in places:
            raise UnreadableTable(
                _(
                    "There are two columns for “{column}”: “{one}” and “{other}”."
                ).format(
                    column=BY_NAME[name].head,
                    one=heads[places[name]].strip(),
                    other=head.strip(),
                )
            )
        else:
            places[name] = at
    if missing := [BY_NAME[name].head for name in REQUIRED if name not in places]:
        raise UnreadableTable(
            _(
                "The first row must name the columns. These are missing: {columns}. "
                "The template shows how they are called."
            ).format(columns=", ".join(missing))
        )
    return Heads(places, ignored)


def in_both_languages(labels: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Return values by all that they may be called: themselves and their labels."""
    found: dict[str, str] = {}
    for value, label in labels:
        found[plain(value)] = value
        for language in ("de", "en"):
            with override(language):
                found[plain(str(label))] = value
    return found


def _examples() -> list[list[str]]:
    """Return rows that show how it is meant; those who fill it in delete them."""
    themes = [theme.title for theme in Theme.objects.active()] or [""]
    district = District.objects.current().defer("geometry").first()
    idea, problem = str(Kind.IDEA.label), str(Kind.PROBLEM.label)
    where = district.name if district else ""
    return [
        _example(
            card_number="E1-0001",
            kind=idea,
            theme=themes[0],
            title=_("Benches in the park"),
            text=_("Please put up benches in the shade in the city park."),
            district=where,
            place_note=_("City park, at the pond"),
            language="de",
        ),
        _example(
            card_number="E1-0002",
            kind=problem,
            theme=themes[-1],
            title=_("No safe crossing"),
            text=_("Children cannot cross the road safely on their way to school."),
            **example_degrees(),
            email="name@example.org",
            language="de",
        ),
    ]


def _example(**values: str) -> list[str]:
    return [values.get(column.name, "") for column in COLUMNS]


def hints() -> list[tuple[str, str, str]]:
    """Return for each column its head, whether it is needed, and what may stand in it."""
    words = {
        "card_number": _("As printed on the card. No card is imported twice."),
        "kind": ", ".join(str(label) for label in Kind.labels),
        "theme": ", ".join(theme.title for theme in Theme.objects.active()),
        "title": _("5 to 120 characters; left empty, the first words of the text."),
        "text": _("20 to 4,000 characters."),
        "address": _("Street and house number, or the name of a square."),
        "district": _(
            "Alone it stands for the whole district, or tells streets apart."
        ),
        "place_note": _("Where in the district it is."),
        "lon": _("Degrees (WGS 84), such as {lon}. They count before the address."),
        "lat": _("Degrees (WGS 84), such as {lat}."),
        "easting": _("Metres (EPSG:{srid}), such as {easting}."),
        "northing": _("Metres (EPSG:{srid}), such as {northing}."),
        "email": _("Only if the card says that the person agrees."),
        "language": _("de or en; left empty, German."),
    }
    need = {name: _("needed") for name in REQUIRED}
    places = example_degrees() | example_metres()
    for name in ("lon", "lat", "easting", "northing"):
        words[name] = words[name].format(**places)
    return [(c.head, need.get(c.name, _("optional")), words[c.name]) for c in COLUMNS]


def template_xlsx() -> bytes:
    """Return an empty table for typing cards, with the valid values on a second sheet."""
    workbook = sheets.new_workbook(_("Cards"))
    heads = [sheets.Column(column.head, column.width) for column in COLUMNS]
    sheets.add_sheet(workbook, _("Cards"), heads, _examples())
    help_heads = [
        sheets.Column(_("Column"), 18),
        sheets.Column(_("Needed?"), 12),
        sheets.Column(_("What may stand there"), 80),
    ]
    districts = ", ".join(
        District.objects.current().values_list("name", flat=True).order_by("number")
    )
    rows = [*hints(), (_("Districts"), "", districts)]
    sheets.add_sheet(workbook, _("Help"), help_heads, rows)
    return sheets.bytes_of(workbook)


def template_csv() -> bytes:
    """Return the same table as CSV: semicolons, UTF-8 with the mark that Excel needs."""
    file = StringIO()
    for row in ([column.head for column in COLUMNS], *_examples()):
        file.write(";".join(f'"{cell}"' for cell in row) + "\r\n")
    return ("\ufeff" + file.getvalue()).encode()
