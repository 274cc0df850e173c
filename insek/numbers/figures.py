"""The figures: each a table of codes, names and numbers that page, chart and file show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from districts.models import Body, District
from insek.numbers.reports import reports, reports_by_reason
from insek.numbers.tables import Column, Figure, Row, Shown
from insek.numbers.tallies import Tallies, Times
from layers.models import Theme
from pins.workflow import Kind, Source, Status


@dataclass(frozen=True)
class Places:
    """The districts of today with body and area, the bodies, and the themes."""

    districts: list[District] = field(
        default_factory=lambda: list(
            District.objects.current().with_body().with_area().defer("geometry")
        )
    )
    bodies: dict[str, str] = field(
        default_factory=lambda: dict(Body.objects.values_list("slug", "name"))
    )
    themes: list[Theme] = field(default_factory=lambda: list(Theme.objects.all()))

    def state(self) -> object:
        """Return what changes with what the figures say of them."""
        return (
            [
                (
                    row.slug,
                    row.number,
                    row.name,
                    row.area_km2,
                    row.population,
                    row.population_on,
                )
                for row in self.districts
            ],
            self.bodies,
            [(theme.slug, theme.title, theme.is_active) for theme in self.themes],
        )


CONTRIBUTIONS = Column("contributions", gettext_lazy("Contributions"), Shown.COUNT)
SHARE = Column("share_percent", gettext_lazy("Share of all"), Shown.PER_CENT)
DAYS = (
    Column("answered", gettext_lazy("Answered"), Shown.COUNT),
    Column("first_quartile_days", gettext_lazy("A quarter within"), Shown.DECIMAL),
    Column("median_days", gettext_lazy("Half within"), Shown.DECIMAL),
    Column("third_quartile_days", gettext_lazy("Three quarters within"), Shown.DECIMAL),
)
DISTRICT_COLUMNS = (
    Column("number", gettext_lazy("No."), Shown.COUNT, is_on_page=False),
    Column("body", gettext_lazy("Body"), Shown.TEXT, is_on_page=False),
    CONTRIBUTIONS,
    Column("area_km2", gettext_lazy("Area in km²"), Shown.DECIMAL, is_on_page=False),
    Column("per_km2", gettext_lazy("per km²"), Shown.DECIMAL),
    Column("population", gettext_lazy("Inhabitants"), Shown.COUNT),
    Column("population_on", gettext_lazy("counted in"), Shown.DATE),
    Column("population_source", gettext_lazy("Source"), Shown.TEXT, is_on_page=False),
    Column("per_1000", gettext_lazy("per 1,000 inhabitants"), Shown.DECIMAL),
    Column("answered", gettext_lazy("Answered"), Shown.COUNT, is_on_page=False),
    Column("answered_percent", gettext_lazy("Share answered"), Shown.PER_CENT),
)


def share(part: int, whole: int) -> float | None:
    """Return a part in per cent, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def themes(tallies: Tallies, places: Places) -> Figure:
    """Return how many there are of each theme; a retired one only where it has any."""
    counts = tallies.of("theme")
    names = {
        theme.slug: theme.title
        for theme in places.themes
        if theme.is_active or counts[theme.slug]
    }
    return Figure(
        "theme",
        gettext_lazy("By theme"),
        gettext_lazy("Theme"),
        (CONTRIBUTIONS, SHARE),
        _shares(names, counts),
    )


def kinds(tallies: Tallies, places: Places) -> Figure:
    return Figure(
        "kind",
        gettext_lazy("By kind"),
        gettext_lazy("Kind"),
        (CONTRIBUTIONS, SHARE),
        _shares(_choices(Kind), tallies.of("kind")),
    )


def sources(tallies: Tallies, places: Places) -> Figure:
    return Figure(
        "source",
        gettext_lazy("By how they came in"),
        gettext_lazy("Source"),
        (CONTRIBUTIONS, SHARE),
        _shares(_choices(Source), tallies.of("source")),
    )


def statuses(tallies: Tallies, places: Places) -> Figure:
    return Figure(
        "status",
        gettext_lazy("How far they have come"),
        gettext_lazy("Status"),
        (CONTRIBUTIONS, SHARE),
        _shares(_choices(Status), tallies.of("status")),
    )


def outcomes(tallies: Tallies, places: Places) -> Figure:
    """Return how many came to something; a contribution can count in several rows."""
    counts = tallies.of("outcome")
    rows = [
        ("answered", _("Publicly answered"), counts["answered"]),
        ("decided", _("Decided on"), tallies.decided),
        ("goal", _("Taken up by a goal"), counts["goal"]),
        ("measure", _("Taken up by a measure"), counts["measure"]),
        ("under_way", _("Being carried out or done"), tallies.under_way),
    ]
    whole = tallies.with_own_outcome
    return Figure(
        "outcome",
        gettext_lazy("What came of them"),
        gettext_lazy("Outcome"),
        (CONTRIBUTIONS, SHARE),
        [Row(code, label, (n, share(n, whole))) for code, label, n in rows],
        gettext_lazy(
            "Of all contributions but duplicates. One contribution can count in several "
            "lines. “Decided on” means supported or not: every answer counts."
        ),
    )


def months(tallies: Tallies, places: Places) -> Figure:
    """Return how many were published in each month, those without any too."""
    return Figure(
        "month",
        gettext_lazy("Month by month"),
        gettext_lazy("Month"),
        (CONTRIBUTIONS,),
        [Row(code, _month(code), (n,)) for code, n in tallies.months.items()],
        gettext_lazy("By the day of publication."),
    )


def districts(tallies: Tallies, places: Places) -> Figure:
    """Return the numbers of each district, also by area and by inhabitants."""
    shown = [
        district
        for district in places.districts
        if tallies.district in ("", district.slug)
    ]
    return Figure(
        "district",
        gettext_lazy("By district"),
        gettext_lazy("District"),
        DISTRICT_COLUMNS,
        [_district(tallies, district) for district in shown],
        gettext_lazy(
            "The number of inhabitants is given where a dated public figure is known."
        ),
    )


def answer_times(tallies: Tallies, places: Places) -> Figure:
    """Return how long answers took: of the place, and of each body without a district."""
    rows = []
    whole = tallies.times_of_place()
    if whole is not None:
        names = {district.slug: district.name for district in places.districts}
        label = names.get(tallies.district, tallies.district) or _("Whole city")
        rows.append(Row(tallies.district or "all", label, _days(whole)))
    if not tallies.district:
        by_body = tallies.times_by_body()
        rows += sorted(
            (
                Row(slug, places.bodies.get(slug, slug), _days(times))
                for slug, times in by_body.items()
            ),
            key=lambda row: row.label,
        )
    return Figure(
        "answer-time",
        gettext_lazy("How long answers take"),
        gettext_lazy("Body"),
        DAYS,
        rows,
        gettext_lazy(
            "Days from publication to the first public answer, by the body that is "
            "responsible. What still waits for an answer does not count. The bar reaches "
            "from the fastest quarter to the slowest, the mark is the middle."
        ),
    )


FIGURES: Mapping[str, Callable[[Tallies, Places], Figure]] = {
    "outcome": outcomes,
    "status": statuses,
    "theme": themes,
    "kind": kinds,
    "month": months,
    "source": sources,
    "answer-time": answer_times,
    "district": districts,
    "report": lambda tallies, _places: reports(tallies),
    "report-reason": lambda tallies, _places: reports_by_reason(tallies),
}


def _choices(choices: type[TextChoices]) -> dict[str, str]:
    return {choice.value: str(choice.label) for choice in choices}


def _shares(names: Mapping[str, str], counts: Mapping[str, int]) -> list[Row]:
    whole = sum(counts.values())
    # What was counted under a name that is gone meanwhile still counts.
    gone = {code: code for code in sorted(counts.keys() - names.keys())}
    return [
        Row(code, label, (counts.get(code, 0), share(counts.get(code, 0), whole)))
        for code, label in {**names, **gone}.items()
    ]


def _district(tallies: Tallies, district: District) -> Row:
    number = tallies.districts[district.slug]
    answered = tallies.answered_in[district.slug]
    countable = number - tallies.duplicates_in[district.slug]
    people = district.population
    return Row(
        district.slug,
        district.name,
        (
            district.number,
            district.body_name,
            number,
            round(district.area_km2, 2),
            round(number / district.area_km2, 2),
            people,
            district.population_on,
            district.population_source or None,
            round(1000 * number / people, 2) if people else None,
            answered,
            share(answered, countable),
        ),
    )


def _days(times: Times) -> tuple[Any, ...]:
    return (
        times.number,
        *(round(days, 1) for days in (times.first, times.median, times.third)),
    )


def _month(code: str) -> str:
    year, month = map(int, code.split("-"))
    return f"{MONTHS[month]} {year}"


def figures_of(
    tallies: Tallies, places: Places, keys: Iterable[str] = FIGURES
) -> list[Figure]:
    """Return the figures in the order of the page."""
    return [FIGURES[key](tallies, places) for key in keys]
