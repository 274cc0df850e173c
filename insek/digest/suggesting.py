"""Keep what was found as suggestions: they replace those of before, and no decision.

What planners confirmed or dismissed is not suggested again; contributions like those of a
confirmed topic, or inside a confirmed hot spot, are offered to it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.contrib.gis.geos import Polygon
from django.db import connection, transaction

from districts.models import District
from insek.digest.hotspots import Closeness, find_spots, placed
from insek.digest.reading import read_documents, read_vocabulary, spell, telling_words
from insek.digest.topics import find_topics, like_groups
from insek.models import Suggestion, SuggestionPin
from insek.models.suggestion import SuggestionQuerySet
from layers.models import Theme
from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet
from pins.workflow import Status

MOST_TOPICS = 15
HOTSPOT_WORDS = 6
# Two groups that share so much of both are one.
SAME = 0.5
# Any number of its own, for the lock of the database.
LOCK = 0x4449_4745


@dataclass(frozen=True)
class Scope:
    """Among which contributions something is looked for; empty means all."""

    theme: Theme | None = None
    district_slug: str = ""
    pin_kind: str = ""

    def pins(self) -> PublicPinQuerySet:
        pins = PublicPin.objects.exclude(status=Status.DUPLICATE)
        if self.theme:
            pins = pins.filter(theme=self.theme)
        if self.district_slug:
            pins = pins.in_district(self.district_slug)
        return pins.filter(kind=self.pin_kind) if self.pin_kind else pins

    def known(self, found: Suggestion.Found) -> SuggestionQuerySet:
        return Suggestion.objects.filter(
            kind=found,
            theme=self.theme,
            district_slug=self.district_slug,
            pin_kind=self.pin_kind,
        )

    def make(self, found: Suggestion.Found, new: "New") -> Suggestion:
        return Suggestion(
            kind=found,
            theme=self.theme,
            district_slug=self.district_slug,
            pin_kind=self.pin_kind,
            words=new.words,
            geometry=new.geometry,
            metres=new.metres,
        )


@dataclass(frozen=True)
class New:
    """What was found: contributions with their scores, and what describes them."""

    scores: dict[int, float]
    words: list[str]
    geometry: Polygon | None = None
    metres: int | None = None


def topic_scopes() -> Iterator[Scope]:
    """Yield each theme, each district, and each theme in each district."""
    themes = list(Theme.objects.all())
    slugs = list(District.objects.current().values_list("slug", flat=True))
    for theme in themes:
        yield Scope(theme)
    for slug in slugs:
        yield Scope(None, slug)
        for theme in themes:
            yield Scope(theme, slug)


def suggest_all() -> int:
    """Look for topics everywhere, and for hot spots of all themes and of each."""
    made = suggest_topics() + suggest_hotspots()
    return made + sum(suggest_hotspots(Scope(theme)) for theme in Theme.objects.all())


def suggest_topics(scopes: Iterable[Scope] | None = None) -> int:
    """Look for topics in each scope, or in all; return the number of new suggestions."""
    vocabulary = read_vocabulary()
    made = 0
    for scope in topic_scopes() if scopes is None else scopes:
        topics = find_topics(vocabulary, read_documents(scope.pins()))
        found = [
            New(topic.scores, spell(topic.scores, topic.words))
            for topic in topics[:MOST_TOPICS]
        ]
        made += _replace(scope, Suggestion.Found.TOPIC, found)
        _offer_alike(scope, vocabulary)
    return made


def suggest_hotspots(
    scope: Scope | None = None, closeness: Closeness | None = None
) -> int:
    """Look for hot spots among the contributions of a scope; return the number of new ones."""
    scope = scope or Scope()
    closeness = closeness or Closeness()
    found = [
        New(
            dict.fromkeys(spot.ids, 1.0),
            telling_words(spot.ids, HOTSPOT_WORDS),
            spot.geometry,
            closeness.metres,
        )
        for spot in find_spots(scope.pins(), closeness)
    ]
    made = _replace(scope, Suggestion.Found.HOTSPOT, found)
    _offer_inside(scope)
    return made


@transaction.atomic
def _replace(scope: Scope, found: Suggestion.Found, news: Collection[New]) -> int:
    """Put new suggestions in the place of those that nobody has touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    known = list(scope.known(found).select_for_update())
    members = _members_of(known)
    untouched = {
        frozenset(members[row.pk]): row.pk for row in known if row.is_untouched
    }
    kept = [members[row.pk] for row in known if not row.is_untouched]
    fresh = []
    for new in news:
        ids = frozenset(new.scores)
        # The very same group keeps its address.
        if untouched.pop(ids, None) is None and not any(
            len(ids & other) >= SAME * len(ids) for other in kept
        ):
            fresh.append(new)
    Suggestion.objects.filter(pk__in=untouched.values()).delete()
    made = Suggestion.objects.bulk_create(scope.make(found, new) for new in fresh)
    _keep_members(zip(made, (new.scores for new in fresh), strict=True))
    return len(made)


def _members_of(suggestions: Collection[Suggestion]) -> dict[int, set[int]]:
    members: dict[int, set[int]] = {row.pk: set() for row in suggestions}
    rows = SuggestionPin.objects.members().filter(suggestion__in=suggestions)
    for suggestion_id, pin_id in rows.values_list("suggestion_id", "pin_id"):
        members[suggestion_id].add(pin_id)
    return members


def _keep_members(
    groups: Iterable[tuple[Suggestion, dict[int, float]]],
    state: SuggestionPin.State = SuggestionPin.State.MEMBER,
) -> None:
    """Keep contributions of suggestions; what was taken out of one before stays out.

    Not those that were erased while they were read.
    """
    rows = [
        SuggestionPin(suggestion=suggestion, pin_id=pk, score=score, state=state)
        for suggestion, scores in groups
        for pk, score in scores.items()
    ]
    there = set(
        PublicPin.objects.filter(pk__in={row.pin_id for row in rows})
        .order_by()
        .values_list("pk", flat=True)
    )
    SuggestionPin.objects.bulk_create(
        (row for row in rows if row.pin_id in there),
        batch_size=5_000,
        ignore_conflicts=True,
    )


@transaction.atomic
def _offer_alike(scope: Scope, vocabulary: dict[str, int]) -> None:
    """Offer contributions like those of the confirmed topics of a scope to these."""
    topics = list(scope.known(Suggestion.Found.TOPIC).public())
    if not topics:
        return
    members = _members_of(topics)
    all_members = set[int]().union(*members.values())
    pins = scope.pins()
    documents = chain(
        read_documents(pins.filter(pk__in=all_members)),
        read_documents(pins.exclude(pk__in=all_members)),
    )
    groups = [members[topic.pk] for topic in topics]
    offers = like_groups(vocabulary, documents, groups)
    _keep_members(zip(topics, offers, strict=True), SuggestionPin.State.OFFERED)


@transaction.atomic
def _offer_inside(scope: Scope) -> None:
    """Offer what lies inside the confirmed hot spots of a scope to these."""
    for spot in scope.known(Suggestion.Found.HOTSPOT).public():
        inside = placed(scope.pins()).filter(location__within=spot.geometry)
        ids = inside.order_by().values_list("pk", flat=True)
        _keep_members([(spot, dict.fromkeys(ids, 1.0))], SuggestionPin.State.OFFERED)
