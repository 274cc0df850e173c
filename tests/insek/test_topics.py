"""Topics are found among contributions, the same ones each time, and decisions stay."""

import subprocess
import sys

import pytest

from districts.models import District
from insek.digest import suggesting
from insek.digest.deciding import Seen, confirm, dismiss, move_pins
from insek.digest.reading import Document, read_documents, read_vocabulary
from insek.digest.suggesting import Scope, suggest_topics, topic_scopes
from insek.digest.topics import find_topics, like_groups
from insek.models import Suggestion, SuggestionPin
from layers.models import Theme
from pins.actions import hide_pin
from pins.models import PublicPin
from tests.factories import (
    make_district,
    make_moderator,
    make_pin,
    make_planner,
)

SCHOOL = [
    ("Zebrastreifen vor der Schule", "Kinder queren hier den Schulweg."),
    ("Schule braucht Zebrastreifen", "Am Schulweg rasen Autos, Kinder warten."),
    ("Schulweg ohne Zebrastreifen", "Vor der Schule queren Kinder die Fahrbahn."),
    ("Gefährlicher Schulweg", "Kinder haben vor der Schule keinen Zebrastreifen."),
    (
        "Elterntaxis am Zebrastreifen",
        "Vor der Schule wird der Schulweg eng für Kinder.",
    ),
]
TREES = [
    ("Schatten für den Parkplatz", "Bäume kühlen die Hitze im Sommer."),
    ("Bäume gegen die Hitze", "Im Sommer fehlt auf dem Parkplatz der Schatten."),
    ("Hitze auf dem Parkplatz", "Schatten durch Bäume hilft im Sommer."),
    ("Sommer ohne Schatten", "Auf dem Parkplatz steht die Hitze, Bäume fehlen."),
    ("Parkplatz begrünen", "Bäume spenden im Sommer Schatten gegen Hitze."),
]


def say(texts):
    return {make_pin(title=title, text=text).pk for title, text in texts}


@pytest.fixture
def said(db):
    make_district(16)
    return say(SCHOOL), say(TREES)


def city():
    return [Scope(Theme.objects.get(slug="mobility"))]


def groups(**wanted):
    found = Suggestion.objects.filter(**wanted)
    return {
        frozenset(row.members.filter(state="member").values_list("pin_id", flat=True))
        for row in found
    }


def seen(row):
    return Seen(row.pk, row.version)


def test_contributions_of_one_matter_make_a_group(said):
    school, trees = said

    assert suggest_topics(city()) == 2
    assert groups() == {frozenset(school), frozenset(trees)}
    words = [set(row.words) for row in Suggestion.objects.all()]
    assert any({"Schule", "Zebrastreifen"} <= one for one in words)
    assert all(0 < row.score <= 1 for row in SuggestionPin.objects.all())


def test_the_same_is_found_each_time_and_keeps_its_address(said):
    suggest_topics(city())
    before = list(Suggestion.objects.order_by("pk").values_list("pk", "words"))

    assert suggest_topics(city()) == 0
    assert list(Suggestion.objects.order_by("pk").values_list("pk", "words")) == before
    documents = list(read_documents(PublicPin.objects.all()))
    found = [find_topics(read_vocabulary(), documents) for _ in range(2)]
    assert found[0] == found[1]


def test_decisions_outlive_a_run(said):
    school, trees = said
    planner = make_planner()
    suggest_topics(city())
    for row in Suggestion.objects.all():
        if set(row.members.values_list("pin_id", flat=True)) == school:
            confirm(seen=seen(row), name_de="Schulwege", name_en="", actor=planner)
        else:
            dismiss(seen=seen(row), actor=planner)

    assert suggest_topics(city()) == 0
    assert groups(state="confirmed") == {frozenset(school)}
    assert groups(state="dismissed") == {frozenset(trees)}
    assert not groups(state="suggested")


def test_what_a_planner_has_changed_is_not_replaced(said):
    suggest_topics(city())
    row = Suggestion.objects.all()[0]
    out = row.members.all()[0].pin_id
    move_pins(seen=seen(row), pin_ids=[out], to=SuggestionPin.State.REMOVED)

    suggest_topics(city())
    assert row.members.get(pin=out).state == "removed"
    assert Suggestion.objects.count() == 2


def test_a_new_contribution_is_offered_to_what_is_confirmed(said):
    school, _ = said
    planner = make_planner()
    suggest_topics(city())
    for row in Suggestion.objects.all():
        confirm(seen=seen(row), name_de="Ein Thema", name_en="", actor=planner)
    new = make_pin(title=SCHOOL[0][0], text="Vor der Schule fehlt er den Kindern sehr.")

    suggest_topics(city())
    (offer,) = SuggestionPin.objects.filter(state="offered")
    assert offer.pin_id == new.pk
    assert set(offer.suggestion.members.members().values_list("pin_id", flat=True)) == (
        school
    )
    now = Suggestion.objects.get(pk=offer.suggestion_id)
    move_pins(seen=seen(now), pin_ids=[new.pk], to=SuggestionPin.State.REMOVED)
    suggest_topics(city())
    assert not SuggestionPin.objects.filter(state="offered").exists()


def test_what_is_hidden_is_in_no_group(said):
    school, _ = said
    pk = min(school)
    hide_pin(
        pin=PublicPin._meta.apps.get_model("pins.Pin").objects.get(pk=pk),
        actor=make_moderator(),
        reason="Ein Name.",
    )

    suggest_topics(city())
    assert not SuggestionPin.objects.filter(pin=pk).exists()


def test_more_than_is_learned_from_joins_the_groups(said, monkeypatch):
    monkeypatch.setattr("insek.digest.topics.LEARNED", 10)
    later = say(SCHOOL)
    documents = sorted(
        read_documents(PublicPin.objects.all()), key=lambda document: document.id
    )

    topics = find_topics(read_vocabulary(), documents)
    assert any(later <= set(topic.scores) for topic in topics)


def test_nothing_comes_of_little(db):
    make_district(16)
    assert find_topics({}, []) == []
    make_pin()
    suggest_topics(city())
    same = [Document(n, ["allein"], []) for n in range(9)]
    assert find_topics({"allein": 0}, same) == []
    assert not Suggestion.objects.exists()


def test_nothing_is_like_a_group_of_which_nothing_is_left(said):
    school, _ = said
    documents = list(read_documents(PublicPin.objects.all()))
    some, rest = set(sorted(school)[:3]), set(sorted(school)[3:])

    assert like_groups(read_vocabulary(), documents, []) == []
    assert like_groups(read_vocabulary(), documents[:3], [some]) == [{}]
    same = [Document(n, ["allein"], []) for n in range(9)]
    assert like_groups({"allein": 0}, same, [{1}]) == [{}]
    like, none = like_groups(read_vocabulary(), documents, [some, {10**9}])
    assert set(like) == rest
    assert none == {}


def test_scopes_are_themes_districts_and_both(db):
    make_district(16)
    make_district(17)
    themes = Theme.objects.count()

    scopes = list(topic_scopes())
    assert len(scopes) == len(set(scopes)) == themes + 2 + 2 * themes
    slugs = {scope.district_slug for scope in scopes if scope.district_slug}
    assert slugs == set(District.objects.values_list("slug", flat=True))


def test_a_contribution_erased_meanwhile_is_left_out(said, monkeypatch):
    school, _ = said
    gone = 10**9
    found = suggesting.New({**dict.fromkeys(school, 1.0), gone: 1.0}, ["Schule"])

    suggesting._replace(city()[0], Suggestion.Found.TOPIC, [found])
    assert groups() == {frozenset(school)}


def test_pages_do_not_load_what_only_jobs_need():
    code = (
        "import django, sys; django.setup(); import mapapp.urls, insek.tasks; "
        "sys.exit(any(m.split('.')[0] in {'sklearn', 'scipy'} for m in sys.modules))"
    )
    ran = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
