"""One search over everything that everyone may read, in sections."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchVector
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from councils.models import AgendaItem, MatterPin, Sitting
from districts.models import Body, District
from insek.models import Event, Goal, Measure
from insek.pages.finding import find_pages
from layers.languages import page_language
from pins.counts import count_pins
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.models.public import WebSearchQuery
from pins.paging import read_page

# How many of each are shown beside the others, and how many where one is asked for.
FEW, MANY = 5, 50
# As the words of contributions are read.
GERMAN = "pins_german"


@dataclass(frozen=True)
class Hit:
    """Something that was found."""

    title: str
    url: str
    note: str = ""
    text: str = ""
    language: str = ""


@dataclass
class Section:
    """What was found of one kind; `more_url` leads to all of it where more is there."""

    key: str
    heading: str
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    is_capped: bool = False
    more_url: str = ""


def search_everything(words: str, *, only: str = "") -> list[Section]:
    """Return the sections in which something was found; `only` shows more of one.

    At most some twenty queries, whatever is found.
    """
    limit = MANY if only else FEW
    sections = [
        find(words, limit) for key, find in SECTIONS.items() if not only or key == only
    ]
    return [section for section in sections if section.hits]


def _section(
    key: str, heading: str, words: str, limit: int, hits: list[Hit], total: int
) -> Section:
    url = f"{reverse('search')}?{urlencode({'q': words, 'in': key})}"
    return Section(
        key,
        heading,
        hits[:limit],
        min(total, MANY),
        is_capped=total > MANY,
        more_url=url if total > limit and limit < MANY else "",
    )


def _vector(*columns: str) -> SearchVector:
    return SearchVector(*columns, config=GERMAN)


def _pins(words: str, limit: int) -> Section:
    filters = PinFilter(QueryDict(urlencode({"q": words})), themes=(), districts=())
    section = Section("pins", gettext("Contributions"))
    if not filters.is_valid():
        return section
    counts = count_pins(filters)
    if not counts.total:
        return section
    found = filters.apply(PublicPin.objects.all())
    page = read_page(found, QueryDict(), filters.order, total=counts.total)
    section.hits = [
        Hit(
            title=pin.title,
            url=pin.get_absolute_url(),
            note=f"{pin.reference} · {pin.district_name} · {pin.status_label}",
            text=pin.text[:200],
            language=pin.language,
        )
        for pin in page.pins[:limit]
    ]
    section.total, section.is_capped = counts.total, counts.is_capped
    if counts.total > len(section.hits):
        section.more_url = f"{reverse('home')}?{urlencode({'q': words})}"
    return section


def _pages(words: str, limit: int) -> Section:
    pages, total = find_pages(words, language=page_language(), limit=limit)
    hits = [Hit(page.title, page.url or "", text=page.intro[:200]) for page in pages]
    return _section("pages", gettext("Pages and news"), words, limit, hits, total)


def _events(words: str, limit: int) -> Section:
    found = (
        Event.objects.public()
        .annotate(words=_vector("title_de", "title_en", "text_de", "text_en", "place"))
        .filter(words=WebSearchQuery(words))
        .order_by("-starts_at", "-pk")[: MANY + 1]
    )
    events = list(found)
    hits = [
        Hit(event.title, event.get_absolute_url(), _when(event.starts_at, event.place))
        for event in events
    ]
    return _section("events", gettext("Events"), words, limit, hits, len(events))


def _when(moment: datetime.datetime, place: str = "") -> str:
    said = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{said} · {place}" if place else said


def _concept(words: str, limit: int) -> Section:
    texts = _vector("title_de", "title_en", "text_de", "text_en")
    query = WebSearchQuery(words)
    # "M 12" is the name of a measure, "2.1.3" that of a goal.
    either = Q(words=query) | Q(number__iexact=words)
    goals = list(Goal.objects.public().annotate(words=texts).filter(either)[: MANY + 1])
    measures = list(
        Measure.objects.public().annotate(words=texts).filter(either)[: MANY + 1]
    )
    hits = [
        *(
            Hit(str(goal), goal.get_absolute_url(), gettext("Goal"), goal.text[:200])
            for goal in goals
        ),
        *(
            Hit(
                str(measure),
                measure.get_absolute_url(),
                f"{gettext('Measure')} · {measure.get_state_display()}",
                measure.text[:200],
            )
            for measure in measures
        ),
    ]
    heading = gettext("Goals and measures")
    return _section("concept", heading, words, limit, hits, len(hits))


def _resolutions(words: str, limit: int) -> Section:
    """Find items of public agendas, those left out that hold a contribution nobody sees.

    What was resolved is public from the sitting's end on.
    """
    is_shown = Exists(PublicPin.objects.filter(pk=OuterRef("pin_id")))
    unseen = MatterPin.objects.filter(~is_shown).values("matter")
    query = WebSearchQuery(words)
    found = (
        AgendaItem.objects.public()
        .exclude(consultation__matter__in=unseen)
        .annotate(heading=_vector("title"), resolved=_vector("resolution_text"))
        .filter(Q(heading=query) | Q(resolved=query, sitting__state=Sitting.State.HELD))
        .select_related("sitting__body")
        .order_by("-sitting__start", "order")[: MANY + 1]
    )
    items = list(found)
    hits = [
        Hit(
            item.title,
            item.sitting.get_absolute_url(),
            f"{item.sitting.body.name} · {_when(item.sitting.start)}",
            item.resolution_text[:200]
            if item.sitting.state == Sitting.State.HELD
            else "",
        )
        for item in items
    ]
    heading = gettext("Sittings and resolutions")
    return _section("sittings", heading, words, limit, hits, len(items))


def _places(words: str, limit: int) -> Section:
    districts = District.objects.current().filter(name__icontains=words)
    bodies = Body.objects.filter(name__icontains=words)
    hits = [
        *(
            Hit(
                district.name,
                reverse("district", args=[district.slug]),
                gettext("District"),
            )
            for district in districts.defer("geometry").order_by("number")
        ),
        *(
            Hit(body.name, f"{reverse('sittings')}?body={body.slug}", gettext("Body"))
            for body in bodies.order_by("name")
        ),
    ]
    heading = gettext("Districts and bodies")
    return _section("places", heading, words, limit, hits, len(hits))


SECTIONS: dict[str, Callable[[str, int], Section]] = {
    "places": _places,
    "pages": _pages,
    "concept": _concept,
    "events": _events,
    "sittings": _resolutions,
    "pins": _pins,
}
