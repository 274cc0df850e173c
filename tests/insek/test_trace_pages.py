"""The trace from both ends, and how lists and exports follow it."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from councils.models import Consultation
from insek.concept.tree import answered_by_goal
from insek.models import Link, Measure, Submission
from insek.trace.tracing import link_pins, refresh_outcomes
from pins.actions import change_status, hide_pin, publish_pin
from pins.models import Pin, PublicPin
from pins.undo import undo_step
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_district,
    make_event,
    make_goal,
    make_item,
    make_link,
    make_measure,
    make_milestone,
    make_moderator,
    make_pin,
    make_planner,
    make_sitting,
)
from tests.pages import links_of, text_of


@pytest.fixture
def planner(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Ostdorf")
    return make_planner()


def merge(pin, survivor, actor):
    return change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )


def page_of(client, thing, query=""):
    return client.get(f"/en{path_of(thing)}{query}")


def path_of(thing):
    with translation.override("de"):
        return thing.get_absolute_url()


def pin_page(client, pin, query=""):
    return client.get(f"/en/pins/{pin.reference}{query}")


def outcome_of(pin):
    found = PublicPin.objects.get(pk=pin.pk)
    return found.goal, found.measure


def test_a_measure_says_what_it_answers_from_how_many_districts(client, planner):
    measure = make_measure()
    make_link(measure, pin=make_pin(title="Erster"), reason="Wegen der Schule.")
    make_link(make_milestone(measure), pin=make_pin(district=17, title="Zweiter"))
    make_link(measure, pin=make_pin(visibility=Visibility.HIDDEN, title="Verborgen"))

    text = text_of(page_of(client, measure))

    assert "Answers 2 contributions from 2 districts" in text
    assert "Erster" in text
    assert "Wegen der Schule." in text
    assert "Verborgen" not in text


def test_a_goal_answers_what_its_public_measures_answer(client, planner):
    goal = make_goal()
    make_link(goal, pin=make_pin())
    make_link(make_measure("M 1", goal), pin=make_pin())
    make_link(make_measure("M 2", goal, is_public=False), pin=make_pin())

    assert "Answers 2 contributions" in text_of(page_of(client, goal))


def test_the_tree_counts_contributions_as_the_page_of_a_goal_does(client, planner):
    goal = make_goal()
    pin, survivor, hidden = make_pin(), make_pin(), make_pin()
    measure = make_measure("M 1", goal)
    draft = make_measure("M 2", goal, is_public=False)
    link_pins(pins=[pin, survivor, hidden], target=goal, actor=planner)
    link_pins(pins=[survivor], target=make_milestone(measure), actor=planner)
    link_pins(pins=[make_pin()], target=draft, actor=planner)
    merge(pin, survivor, planner)
    Pin.objects.filter(pk=hidden.pk).update(visibility=Visibility.HIDDEN)

    assert answered_by_goal([goal.pk]) == {goal.pk: 1}
    assert "Answers one contribution" in text_of(page_of(client, goal))


def test_only_published_comments_and_public_events_are_named(client, planner):
    measure, pin = make_measure(), make_pin()
    for visibility in ("published", "submitted", "hidden"):
        comment = make_comment(pin, visibility=visibility, text=f"Wort {visibility}.")
        make_link(measure, comment=comment)
    make_link(measure, event=make_event(title_en="Seen"))
    make_link(measure, event=make_event(title_en="Unseen", state="draft"))

    text = text_of(page_of(client, measure))

    assert "Wort published." in text
    assert "Wort submitted." not in text
    assert "Wort hidden." not in text
    assert "Seen" in text
    assert "Unseen" not in text


def test_resolutions_are_named_once_the_sitting_was_held(client, planner):
    council = make_body("Stadtrat", kind="council")
    sitting = make_sitting(council, days=-1, state="invited")
    measure = make_measure()
    consultation = make_consultation(
        council,
        item=make_item(sitting),
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=timezone.now(),
    )
    make_link(measure, consultation=consultation)
    assert "Resolutions it rests on" not in text_of(page_of(client, measure))

    sitting.state = "held"
    sitting.save()

    assert "Resolutions it rests on" in text_of(page_of(client, measure))
    assert measure.title in text_of(page_of(client, sitting))


def test_many_contributions_are_turned_page_by_page(client, planner):
    measure = make_measure()
    pins = [make_pin(title=f"Beitrag {n:02d}") for n in range(25)]
    link_pins(pins=pins, target=measure, actor=planner)

    first, second = page_of(client, measure), page_of(client, measure, "?page=2")

    assert "Beitrag 24" in text_of(first)
    assert "Beitrag 04" not in text_of(first)
    assert "Beitrag 04" in text_of(second)
    assert page_of(client, measure, "?page=x").status_code == 200


def test_a_contribution_says_what_takes_it_up_why_and_how_far_it_is(client, planner):
    serves = make_goal("2.7", title_en="Safe ways"), make_goal("2.8", is_public=False)
    measure = make_measure("M 1", *serves, state=Measure.State.IN_PROGRESS, progress=40)
    make_milestone(measure, title_en="Works begin")
    today = timezone.localdate()
    make_milestone(measure, title_en="Plans drawn", days=-9, done_on=today)
    make_milestone(
        measure, title_en="Money found", days=40, done_on=today - timedelta(days=30)
    )
    pin = make_pin()
    make_link(measure, pin=pin, reason="Darum.")
    make_link(make_goal("2.1"), pin=pin)

    text = text_of(pin_page(client, pin))

    for words in (
        "Measure M 1",
        "40 % done",
        "Next: Works begin",
        "Reached: Plans drawn, on",
        "For: 2.7 Safe ways",
        "Darum.",
        "Goal 2.1",
    ):
        assert words in text
    assert "Goal 2.8" not in text


def test_a_milestone_is_named_with_its_measure_and_the_next_one_is_the_nearest(
    client, planner
):
    measure = make_measure("M 1")
    milestone = make_milestone(measure, title_en="Opening", days=90)
    make_milestone(measure, title_en="Works begin", days=20)
    pin = make_pin()
    make_link(milestone, pin=pin)
    make_link(milestone, comment=make_comment(pin))

    text = text_of(pin_page(client, pin))

    assert text.count("In the milestone: Opening") == 1
    assert "Next: Works begin" in text


def test_a_goal_says_by_whom_it_was_adopted(client, planner):
    council = make_body("Stadtrat", kind="council")
    consultation = make_consultation(
        council,
        item=make_item(make_sitting(council, days=-1, state="held")),
        role="decision",
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=timezone.now(),
    )
    submission = Submission.objects.create(
        kind="goals", matter=consultation.matter, text="Ja.", created_by=planner
    )
    goal, other, pin = make_goal("2.1"), make_goal("2.2"), make_pin()
    submission.goals.add(goal)
    for target in (goal, other):
        make_link(target, pin=pin)

    text = text_of(pin_page(client, pin))

    assert text.count("by Stadtrat") == 1
    assert text.index("Goal 2.1") < text.index("by Stadtrat") < text.index("Goal 2.2")


def test_what_is_not_public_is_not_on_the_page(client, planner):
    pin = make_pin()
    make_link(make_measure(is_public=False, title_en="Geheim"), pin=pin)
    make_link(make_goal(is_public=False, title_en="Auch geheim"), pin=pin)

    text = text_of(pin_page(client, pin))

    assert "eheim" not in text
    assert "What the city makes of it" not in text


def test_when_and_by_whom_it_was_adopted(client, planner):
    council = make_body("Stadtrat", kind="council")
    sitting = make_sitting(council, days=-1, state="held")
    consultation = make_consultation(
        council,
        item=make_item(sitting),
        role="decision",
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=timezone.now(),
    )
    measure, pin = make_measure(), make_pin()
    submission = Submission.objects.create(
        kind="measures",
        matter=consultation.matter,
        text="Wir wollen.",
        created_by=planner,
    )
    submission.measures.add(measure)
    make_link(measure, pin=pin)

    page = pin_page(client, pin)

    assert "by Stadtrat" in text_of(page)
    assert f"/en{path_of(sitting)}" in [x.get("href") for x in links_of(page)]


def test_scripts_in_titles_and_reasons_are_words(client, planner):
    script = "<script>alert(1)</script>"
    measure, pin = make_measure(title_en=script), make_pin(title=script)
    make_link(measure, pin=pin, reason=script)

    for page in (page_of(client, measure), pin_page(client, pin)):
        assert script not in page.content.decode()


def test_what_a_duplicate_led_to_goes_on_with_its_survivor(client, planner):
    measure, pin, survivor = make_measure(), make_pin(), make_pin(title="Bleibt")
    link_pins(pins=[pin, survivor], target=measure, actor=planner)
    Link.objects.filter(pin=survivor).delete()
    refresh_outcomes([survivor.pk])
    assert outcome_of(survivor) == (None, None)

    step = merge(pin, survivor, planner)

    assert outcome_of(survivor) == (None, "M 1 Maßnahme M 1")
    assert measure.title_en in text_of(pin_page(client, survivor))
    text = text_of(page_of(client, measure))
    assert "Answers one contribution" in text
    assert "Bleibt" in text

    undo_step(change=step, actor=planner, now=timezone.now())

    assert outcome_of(survivor) == (None, None)
    assert outcome_of(pin) == (None, "M 1 Maßnahme M 1")
    assert measure.title_en not in text_of(pin_page(client, survivor))


def test_both_linked_and_merged_count_once(client, planner):
    measure, pin, survivor = make_measure(), make_pin(), make_pin()
    link_pins(pins=[pin, survivor], target=measure, actor=planner)
    merge(pin, survivor, planner)

    assert "Answers one contribution" in text_of(page_of(client, measure))
    assert outcome_of(survivor) == (None, "M 1 Maßnahme M 1")


def test_a_hidden_duplicate_brings_its_survivor_nothing(planner):
    measure, pin, survivor = make_measure(), make_pin(), make_pin()
    link_pins(pins=[pin], target=measure, actor=planner)
    merge(pin, survivor, planner)

    hide_pin(pin=pin, actor=make_moderator(), reason="Beleidigung")

    assert outcome_of(survivor) == (None, None)


def test_an_event_shows_what_it_led_to(client, planner):
    event, measure = make_event(), make_measure()
    make_link(measure, event=event)

    assert "What it led to" in text_of(page_of(client, event))
    assert measure.title_en in text_of(page_of(client, event))


def test_a_district_shows_the_measures_that_take_it_up(client, planner):
    measure, secret = make_measure(), make_measure("M 2", is_public=False)
    for target in (measure, secret):
        for _ in range(2):
            make_link(target, pin=make_pin())
    make_link(make_milestone(measure), pin=make_pin())

    page = client.get("/en/districts/hohenecken/")
    text = text_of(page)

    assert "Measures that take up contributions from here" in text
    assert "M 1 Measure M 1" in text
    assert "3 contributions" in text
    assert "M 2" not in text
    assert "take up contributions" not in text_of(client.get("/en/districts/ostdorf/"))


def test_the_list_says_in_which_measure_it_was_taken_up(client, planner):
    pin = make_pin()
    link_pins(pins=[pin], target=make_measure(), actor=planner)

    assert "Taken up in: M 1 Maßnahme M 1" in text_of(client.get("/en/"))


def exported(client):
    feature = json.loads(client.get("/exports/pins.geojson").getvalue())["features"][0][
        "properties"
    ]
    table = client.get("/exports/pins.csv").getvalue().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(table), delimiter=";" if ";" in table else ",")
    assert (row["goal"] or None) == feature["goal"]
    assert (row["measure"] or None) == feature["measure"]
    return feature["goal"], feature["measure"]


def test_exports_follow_links_names_and_visibility(client, planner):
    pin, goal, measure = make_pin(), make_goal("2.1"), make_measure("M 1")
    link_pins(pins=[pin], target=goal, actor=planner)
    link_pins(pins=[pin], target=make_milestone(measure), actor=planner)
    assert exported(client) == ("2.1 Ziel 2.1", "M 1 Maßnahme M 1")

    measure.title_de = "Anders"
    measure.save()
    refresh_outcomes([pin.pk])
    assert exported(client) == ("2.1 Ziel 2.1", "M 1 Anders")

    measure.is_public = False
    measure.save()
    refresh_outcomes([pin.pk])
    assert exported(client) == ("2.1 Ziel 2.1", None)


def test_exports_keep_it_when_a_contribution_is_hidden_and_shown_again(client, planner):
    pin = make_pin()
    link_pins(pins=[pin], target=make_measure("M 1"), actor=planner)
    moderator = make_moderator()

    hide_pin(pin=pin, actor=moderator, reason="Prüfung")
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    assert exported(client) == (None, "M 1 Maßnahme M 1")


def test_the_queries_do_not_grow(client, planner, django_assert_max_num_queries):
    measure = make_measure()
    pins = [make_pin(district=16 + n % 2) for n in range(20)]
    link_pins(pins=pins, target=measure, actor=planner)
    for n in range(5):
        make_link(measure, comment=make_comment(pins[n]))
        make_link(make_measure(f"M 1{n}"), pin=pins[0])

    with django_assert_max_num_queries(20):
        page_of(client, measure)
    with django_assert_max_num_queries(9):
        pin_page(client, pins[0])
