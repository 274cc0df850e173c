"""The datasets of this site, and the files and feeds that they can be had in."""

import datetime
from dataclasses import dataclass

from django.db.models import Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from councils.models import Sitting
from districts.models import District
from exports.calendars.ical import MEDIA_TYPE as CALENDAR
from exports.catalog.vocabulary import (
    CONTINUOUSLY,
    GOVERNMENT,
    IRREGULARLY,
    REGIONS,
)
from exports.feeds.atom import MEDIA_TYPE as ATOM
from exports.files.formats import FORMATS
from exports.files.geojson import MEDIA_TYPE as GEOJSON
from insek.models import Measure
from insek.numbers.figures import FIGURES
from layers.models import Theme
from pins.models import PublicPin
from pins.models.public import LATEST

JSON, CSV, HTML = "application/json", "text/csv", "text/html"
Moment = datetime.datetime | datetime.date


@dataclass(frozen=True)
class File:
    """One form of a dataset, at a path of this site.

    `ending` is that of the path after its first dot. `is_whole` says that it is the
    dataset itself, and not a way into it.
    """

    title: str
    path: str
    media_type: str
    is_whole: bool = True

    @property
    def ending(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[2]


@dataclass(frozen=True)
class Dataset:
    """A dataset: what it is, how old, and where to find it; `page` is for people.

    `since` is when what it tells of begins, `issued` when it could first be read.
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    page: str
    frequency: str
    files: tuple[File, ...]
    since: Moment | None = None
    issued: Moment | None = None
    modified: Moment | None = None


def datasets() -> tuple[Dataset, ...]:
    """Return all datasets in the language of the page; six queries."""
    return (contributions(), _districts(), _sittings(), _measures(), _numbers())


def contribution_files(district: str = "") -> tuple[File, ...]:
    """Return the files of all contributions, or of a district's by its slug."""
    if district:
        name, place = "export-district-pins", [district]
    else:
        name, place = "export-pins", []
    return tuple(
        File(
            str(format_.title),
            reverse(name, args=[*place, extension]),
            format_.media_type,
        )
        for extension, format_ in FORMATS.items()
    )


def about_contributions() -> str:
    """Return what the contributions are, in a few sentences."""
    return _(
        "What residents miss, what has to be renewed and what should stay: each "
        "published contribution with its place, theme, district, status and the "
        "answer of the body responsible. No names, no addresses of authors."
    )


def contributions() -> Dataset:
    """Return the dataset of the contributions of the whole city; three queries."""
    first, last = _first_and_last_change()
    return Dataset(
        name="contributions",
        title=_("Contributions to the city’s development"),
        description=about_contributions(),
        keywords=(
            _("participation"),
            "INSEK",
            *(theme.title for theme in Theme.objects.all()),
        ),
        themes=(REGIONS, GOVERNMENT),
        page=reverse("exports:index"),
        frequency=CONTINUOUSLY,
        files=(
            *contribution_files(),
            File(
                _("Vector tiles (TileJSON)"),
                reverse("pin-tilejson"),
                JSON,
                is_whole=False,
            ),
            File(
                _("News as an Atom feed"),
                reverse("pins-feed"),
                ATOM,
                is_whole=False,
            ),
        ),
        since=first,
        issued=first,
        modified=last,
    )


def _first_and_last_change() -> tuple[Moment | None, Moment | None]:
    """Return when the first contribution was published, and when one last changed.

    Two looks into an index, whatever the number of contributions.
    """
    pins = PublicPin.objects.all()
    first = pins.order_by("published_at").values_list("published_at", flat=True).first()
    latest = pins.order_by(LATEST.desc(), "-id")
    return first, latest.values_list(LATEST, flat=True).first()


def _districts() -> Dataset:
    state = District.objects.current().aggregate(
        first=Min("valid_from"), last=Max("valid_from")
    )
    return Dataset(
        name="districts",
        title=_("Districts of the city"),
        description=_(
            "The borders of today’s districts with their numbers and the body that "
            "answers for each."
        ),
        keywords=(_("districts"), _("district councils"), _("borders")),
        themes=(REGIONS,),
        page=reverse("districts"),
        frequency=IRREGULARLY,
        files=(
            File("GeoJSON", reverse("map-districts"), GEOJSON),
            File(
                _("Vector tiles (TileJSON)"),
                reverse("district-tilejson"),
                JSON,
                is_whole=False,
            ),
        ),
        since=state["first"],
        modified=state["last"],
    )


def _sittings() -> Dataset:
    state = Sitting.objects.aggregate(
        first=Min("start"), issued=Min("created_at"), last=Max("modified_at")
    )
    return Dataset(
        name="sittings",
        title=_("Sittings and their results"),
        description=_(
            "When the district councils, the committee and the city council sit, their "
            "public agendas, and what they said to contributions."
        ),
        keywords=(_("sittings"), _("district councils"), _("city council"), "OParl"),
        themes=(GOVERNMENT,),
        page=reverse("sittings"),
        frequency=CONTINUOUSLY,
        files=(
            File(_("Calendar (iCalendar)"), reverse("sittings-calendar"), CALENDAR),
            File(
                _("News as an Atom feed"),
                reverse("sittings-feed"),
                ATOM,
                is_whole=False,
            ),
        ),
        since=state["first"],
        issued=state["issued"],
        modified=state["last"],
    )


def _measures() -> Dataset:
    state = Measure.objects.public().aggregate(
        issued=Min("created_at"), last=Max("modified_at")
    )
    return Dataset(
        name="measures",
        title=_("Measures of the INSEK"),
        description=_(
            "What the city does to reach the goals of its development concept: state, "
            "time and place of each measure, and the goals it serves."
        ),
        keywords=("INSEK", _("measures"), _("urban development")),
        themes=(REGIONS, GOVERNMENT),
        page=reverse("insek:measures"),
        frequency=IRREGULARLY,
        files=(File("GeoJSON", reverse("measures-geojson"), GEOJSON),),
        issued=state["issued"],
        modified=state["last"],
    )


def _numbers() -> Dataset:
    first, last = _first_and_last_change()
    tables = tuple(
        File(
            _("Table: %(name)s") % {"name": name},
            reverse("numbers-csv", args=[name]),
            CSV,
        )
        for name in FIGURES
    )
    return Dataset(
        name="numbers",
        title=_("Participation in numbers"),
        description=_(
            "How many contributions there are by district, theme, kind and month, what "
            "came of them, and how long answers took."
        ),
        keywords=(_("participation"), _("statistics"), "INSEK"),
        themes=(GOVERNMENT, REGIONS),
        page=reverse("insek:numbers"),
        frequency=CONTINUOUSLY,
        files=(
            *tables,
            File(_("Map of the districts (HTML)"), reverse("numbers-map"), HTML),
        ),
        since=first,
        issued=first,
        modified=last,
    )
