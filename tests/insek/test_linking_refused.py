"""Linking is refused in words: too many, not public any more, a suggestion that is gone."""

import pytest
from django.utils import timezone

from insek.models import Link, Milestone, Suggestion, SuggestionPin
from insek.trace import linking
from insek.trace.linking import link_contributions, link_one
from insek.trace.tracing import LinkRefused, read_target
from insek.views import trace_links
from pins.models import Comment
from pins.workflow import Visibility
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
    make_pin,
    make_planner,
    make_sitting,
)
from tests.pages import fields_of, links_of, text_of

REASON = "Liegt auf dem Schulweg."


@pytest.fixture
def measure(db):
    make_district(16)
    return make_measure("M 12")


@pytest.fixture
def planner(client, measure):
    user = make_planner()
    client.force_login(user)
    return user


def url(target, page=""):
    return f"/en/planning/trace/measure/{target.pk}/{page}"


def make_topic(*pins, **fields):
    topic = Suggestion.objects.create(kind="topic", words=["Schulweg"], **fields)
    for pin in pins:
        SuggestionPin.objects.create(suggestion=topic, pin=pin, score=0.5)
    return topic


@pytest.mark.parametrize("make", [make_goal, make_measure])
def test_a_target_is_found_by_its_field_and_id(db, make):
    target = make()
    assert read_target(type(target).__name__.lower(), target.pk) == target


def test_a_milestone_is_found_with_its_measure(measure, django_assert_num_queries):
    milestone = make_milestone(measure)
    with django_assert_num_queries(1):
        found = read_target("milestone", milestone.pk)
        assert found == milestone
        assert isinstance(found, Milestone)
        assert found.measure == measure


def test_without_a_contribution_nothing_is_linked(planner, measure):
    with pytest.raises(LinkRefused, match="mindestens einen Beitrag"):
        link_contributions(pin_ids=[], target=measure, actor=planner, reason=REASON)


def test_more_than_can_be_checked_are_refused_with_the_number(planner, measure):
    with pytest.raises(LinkRefused, match="2001"):
        link_contributions(
            pin_ids=range(linking.MOST + 1),
            target=measure,
            actor=planner,
            reason=REASON,
        )
    assert not Link.objects.exists()


@pytest.fixture(params=["comment", "event", "consultation"])
def hidden(request, measure):
    """Return what not everyone can read, of each kind."""
    if request.param == "comment":
        return make_comment(make_pin(), visibility=Visibility.SUBMITTED)
    if request.param == "event":
        return make_event(state="draft")
    council = make_body("Stadtrat", kind="council")
    sitting = make_sitting(council, days=-1, state="held")
    return make_consultation(council, item=make_item(sitting))


def test_what_not_everyone_can_read_is_not_linked(planner, measure, hidden):
    with pytest.raises(LinkRefused):
        link_one(source=hidden, target=measure, actor=planner, reason=REASON)
    assert not Link.objects.exists()


def test_a_comment_hidden_meanwhile_undoes_all_that_was_ticked(
    client, planner, measure, monkeypatch
):
    kept, gone = make_comment(make_pin()), make_comment(make_pin())

    def hide_first(*, source, **others):
        if Link.objects.exists():
            Comment.objects.filter(pk=source.pk).update(
                visibility=Visibility.HIDDEN, reason="Beleidigung"
            )
        return link_one(source=source, **others)

    monkeypatch.setattr(trace_links, "link_one", hide_first)
    page = client.post(
        url(measure, "sources/"), {"source": [kept.pk, gone.pk], "reason": REASON}
    )

    assert page.status_code == 422
    assert "Only what everyone can read may be linked." in text_of(page)
    assert fields_of(page)["reason"] == REASON
    assert not Link.objects.exists()


def test_without_a_reason_nothing_ticked_is_lost(client, planner, measure):
    comment = make_comment(make_pin())

    page = client.post(url(measure, "sources/"), {"source": comment.pk, "reason": ""})

    assert page.status_code == 422
    assert fields_of(page)["source"] == str(comment.pk)
    assert not Link.objects.exists()


def test_with_nothing_ticked_nothing_is_taken_back(client, planner, measure):
    make_link(measure, pin=make_pin())

    page = client.post(url(measure, "unlink/"), follow=True)

    assert "Choose at least one link." in text_of(page)
    assert Link.objects.exists()


def test_of_a_suggestion_only_its_contributions_are_found(client, planner, measure):
    pin, _other = make_pin(), make_pin()
    topic = make_topic(pin)

    page = client.get(url(measure, f"?topic={topic.pk}"))

    assert [found.pk for found in page.context["page"].pins] == [pin.pk]


@pytest.mark.parametrize("given", ["999", "x", "\0"])
def test_a_suggestion_that_is_none_is_said(client, planner, measure, given):
    assert client.get("/en/planning/trace/", {"topic": given}).status_code == 404
    page = client.get(url(measure), {"topic": given})
    assert page.status_code == 400
    assert "This suggestion is gone" in text_of(page)


def test_a_suggestion_dismissed_meanwhile_chooses_nothing(client, planner, measure):
    pin = make_pin()
    topic = make_topic(pin)
    assert client.get(f"/en/planning/trace/?topic={topic.pk}").status_code == 200
    Suggestion.objects.update(
        state=Suggestion.State.DISMISSED, decided_by=planner, decided_at=timezone.now()
    )

    data = {"all": "1", "query": f"topic={topic.pk}&scope=all"}
    page = client.post(url(measure, "choose/"), data)

    assert page.status_code == 400
    assert "This suggestion is gone" in text_of(page)
    assert {"href": url(measure)} in links_of(page)
