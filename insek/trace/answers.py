"""What a part of the concept answers: contributions, comments, events, resolutions.

Public pages show it: contributions come from the public read model alone, and one that
repeats another counts as that one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.gis.db.models import Extent
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from councils.models import Consultation
from councils.public.agenda import PublicResult, public_result
from insek.models import Event, Goal, Link, Measure
from insek.models.trace import LinkQuerySet
from insek.trace.tracing import Target, links_of
from pins.merging import public_survivors
from pins.models import Comment, PublicPin

PER_PAGE = 20
# Of other things there are few; more than these nobody reads.
MOST = 100


@dataclass(frozen=True)
class DistrictCount:
    """How many of the contributions lie in a district."""

    name: str
    slug: str
    count: int


@dataclass(frozen=True)
class Resolved:
    """What a body resolved or advised in public that led here."""

    consultation: Consultation
    result: PublicResult


@dataclass
class Answers:
    """What led to a part of the concept, as everyone reads it.

    `reasons` holds for each contribution shown why it was linked, without empty ones.
    """

    count: int
    districts: list[DistrictCount]
    # Longitude and latitude of the middle, to show them on the map.
    middle: tuple[float, float] | None
    page: Page[PublicPin]
    reasons: dict[int, list[str]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    resolutions: list[Resolved] = field(default_factory=list)

    @property
    def entries(self) -> list[tuple[PublicPin, list[str]]]:
        return [(pin, self.reasons.get(pin.pk, [])) for pin in self.page.object_list]


def links_to(target: Target) -> LinkQuerySet:
    """Return all links to a part of the concept, and to what belongs to it.

    To a measure those to its milestones; to a goal those to the public measures that
    serve it, and to their milestones.
    """
    if not isinstance(target, Goal):
        return links_of(target)
    serving = Measure.objects.public().filter(goals=target)
    return Link.objects.filter(
        Q(goal=target) | Q(measure__in=serving) | Q(milestone__measure__in=serving)
    )


def answered_pins(links: LinkQuerySet) -> tuple[QuerySet[PublicPin], dict[int, int]]:
    """Return the public contributions that links lead from, and which linked one counts
    as which. Two queries, and the one that reads them.
    """
    linked = links.filter(pin__isnull=False).order_by().values_list("pin", flat=True)
    survivors = public_survivors(linked.distinct())
    pins = PublicPin.objects.filter(pk__in=set(survivors.values()))
    return pins.for_list().order_by("-published_at", "-id"), survivors


def read_answers(target: Target, page: str | None = None) -> Answers:
    """Return what led to a part of the concept, 20 contributions a page.

    The last page for one after it, the first for what is no number. Nine queries at most.
    """
    links = links_to(target)
    pins, survivors = answered_pins(links)
    districts = [
        DistrictCount(name, slug, count)
        for name, slug, count in pins.order_by()
        .values_list("district_name", "district_slug")
        .annotate(n=Count("pk"))
        .order_by("-n", "district_name")
    ]
    around = pins.order_by().aggregate(extent=Extent("location"))["extent"]
    shown = Paginator(pins, PER_PAGE).get_page(page)
    return Answers(
        count=len(set(survivors.values())),
        districts=districts,
        middle=around and ((around[0] + around[2]) / 2, (around[1] + around[3]) / 2),
        page=shown,
        reasons=_reasons(links, survivors, [pin.pk for pin in shown.object_list]),
        comments=_comments(links),
        events=list(
            Event.objects.public()
            .filter(pk__in=links.values("event"))
            .order_by("-starts_at")[:MOST]
        ),
        resolutions=_resolutions(links),
    )


def _reasons(
    links: LinkQuerySet, survivors: dict[int, int], shown: Iterable[int]
) -> dict[int, list[str]]:
    wanted = set(shown)
    ids = [pk for pk, survivor in survivors.items() if survivor in wanted]
    reasons: dict[int, list[str]] = defaultdict(list)
    for pk, reason in links.filter(pin__in=ids).values_list("pin", "reason"):
        known = reasons[survivors[pk or 0]]
        if reason and reason not in known:
            known.append(reason)
    return reasons


def _comments(links: LinkQuerySet) -> list[Comment]:
    found = Comment.objects.public().filter(pk__in=links.values("comment"))
    comments = list(found.for_page().order_by("-created_at")[:MOST])
    pins = PublicPin.objects.for_list().in_bulk([c.pin_id for c in comments])
    for comment in comments:
        # The page leads to it; its own row is out of reach here.
        comment.public_pin = pins[comment.pin_id]  # type: ignore[attr-defined]  # for the template
        comment.previous_id = comment.pk - 1  # type: ignore[attr-defined]  # for the template
    return comments


def _resolutions(links: LinkQuerySet) -> list[Resolved]:
    found = (
        Consultation.objects.public()
        .filter(pk__in=links.values("consultation"))
        .select_related("body", "item__sitting")
        .order_by("-item__sitting__start", "-pk")
    )
    return [
        Resolved(consultation, result)
        for consultation in found[:MOST]
        if consultation.item
        and (result := public_result(consultation.item, consultation))
    ]
