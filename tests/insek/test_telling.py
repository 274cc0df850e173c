"""Who follows a contribution is told what the city makes of it, and nobody too early."""

import datetime

import pytest
from django.db.models import F
from django.utils import timezone

from councils.models import Consultation
from insek.models import Link, Measure
from insek.trace.linking import link_contributions, undo_linking
from insek.trace.telling import (
    tell_linked,
    tell_measure_state,
    tell_milestone_done,
    tell_resolved,
)
from insek.trace.tracing import LinkRefused, link_pins, unlink
from pins.actions import change_status, hide_pin
from pins.models import News, Notice
from pins.telling.spreading import spread_news
from pins.workflow import Role, Status, Visibility
from tests import mails
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_contact,
    make_district,
    make_follow,
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


@pytest.fixture
def planner(db):
    make_district(16, name="Hohenecken")
    return make_planner()


def merge(pin, survivor, actor):
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )
    News.objects.all().delete()


def link(pins, target, planner, reason="Deshalb."):
    return link_contributions(
        pin_ids=[pin.pk for pin in pins], target=target, actor=planner, reason=reason
    )


def bodies(mailoutbox):
    mails.tell()
    return {message.to[0]: message.body for message in mailoutbox}


def test_the_author_reads_which_measure_took_it_up_how_far_and_why(planner, mailoutbox):
    measure = make_measure("M 12", state=Measure.State.IN_PROGRESS, progress=40)
    make_milestone(measure, title_de="Baubeginn")
    pin = make_pin()
    make_contact(pin)

    link([pin], measure, planner, reason="Schulwege gehören dazu.")

    body = bodies(mailoutbox)["kim@example.org"]
    assert "M 12 Maßnahme M 12" in body
    assert "Schulwege gehören dazu." in body
    assert "40" in body
    assert "Baubeginn" in body
    assert f"http://testserver/insek/measures/{measure.slug}/" in body


def test_the_mail_is_written_in_its_readers_language(planner, mailoutbox):
    measure = make_measure("M 12")
    pin = make_pin()
    make_contact(pin, language="en")

    link([pin], measure, planner)

    body = bodies(mailoutbox)["kim@example.org"]
    assert "Measure M 12 Measure M 12" in body
    assert "The city takes it up in a measure." in body
    assert f"http://testserver/en/insek/measures/{measure.slug}/" in body


def test_a_milestone_of_several_contributions_is_read_once(planner, mailoutbox):
    measure = make_measure()
    pins = [make_pin(title=f"Beitrag {n}") for n in range(4)]
    for pin in pins:
        make_follow(pin_id=pin.pk)
    link_pins(pins=pins[:3], target=measure, actor=planner)
    milestone = make_milestone(measure, title_de="Baubeginn")
    link_pins(pins=pins[3:], target=milestone, actor=planner)
    milestone.done_on = timezone.localdate()
    milestone.save()

    tell_milestone_done(milestone)
    tell_milestone_done(milestone)

    body = bodies(mailoutbox)["lou@example.org"]
    assert body.count("Baubeginn") == 1
    assert all(pin.title in body for pin in pins)


def test_of_a_milestone_that_is_not_done_nobody_is_told(planner):
    measure = make_measure()
    link_pins(pins=[make_pin()], target=measure, actor=planner)
    milestone = make_milestone(measure)

    tell_milestone_done(milestone)

    assert not News.objects.exists()


def test_a_milestone_not_done_after_all_is_withdrawn(planner):
    measure = make_measure()
    link_pins(pins=[make_pin()], target=measure, actor=planner)
    milestone = make_milestone(measure, done_on=timezone.localdate())
    tell_milestone_done(milestone)
    assert News.objects.count() == 1

    milestone.done_on = None
    milestone.save()

    assert not News.objects.exists()


@pytest.mark.parametrize("make", [make_goal, make_measure])
def test_of_what_is_not_public_nobody_is_told(planner, make):
    target = make(is_public=False)
    link([make_pin()], target, planner)

    assert not News.objects.exists()


def test_when_it_is_published_its_links_are_told(planner):
    measure = make_measure(is_public=False)
    link([make_pin()], measure, planner)
    measure.is_public = True
    measure.save()

    tell_linked(Link.objects.all())
    tell_linked(Link.objects.all())

    assert News.objects.count() == 1


def test_hidden_before_the_mail_goes_out_it_is_not_told(planner, mailoutbox):
    measure = make_measure()
    pin = make_pin()
    make_contact(pin)
    link([pin], measure, planner)
    mails.let_the_minute_pass()
    spread_news()
    assert Notice.objects.count() == 1

    measure.is_public = False
    measure.save()

    assert bodies(mailoutbox) == {}


def test_what_was_told_stays_told(planner, mailoutbox):
    measure = make_measure()
    pin = make_pin()
    make_contact(pin)
    link([pin], measure, planner)
    mails.tell()

    measure.is_public = False
    measure.save()
    measure.is_public = True
    measure.save()
    tell_linked(Link.objects.all())
    mails.let_a_day_pass()
    mails.tell()

    assert len(mailoutbox) == 1


def test_a_link_taken_back_is_not_told(planner, mailoutbox):
    pin = make_pin()
    make_contact(pin)
    link([pin], make_measure(), planner)

    unlink(link=Link.objects.get())

    assert bodies(mailoutbox) == {}


def test_undo_takes_back_what_one_step_linked(planner, mailoutbox):
    measure = make_measure()
    old, pin = make_pin(), make_pin()
    make_contact(pin)
    make_link(measure, pin=old)
    done = link([old, pin], measure, planner)
    assert (len(done.links), done.known) == (1, 1)

    assert undo_linking(target=measure, at=done.at, actor=planner) == 1

    assert Link.objects.get().pin == old
    assert bodies(mailoutbox) == {}


def test_of_a_duplicate_its_survivor_is_told_and_so_who_wrote_it(planner, mailoutbox):
    pin, survivor = make_pin(), make_pin()
    make_contact(pin, "old@example.org")
    make_contact(survivor, "new@example.org")
    measure = make_measure()
    make_link(measure, pin=pin)
    merge(pin, survivor, planner)

    tell_measure_state(measure)

    assert News.objects.get().pin == survivor
    assert set(bodies(mailoutbox)) == {"old@example.org", "new@example.org"}


def test_hidden_contributions_tell_nothing(planner):
    pin = make_pin()
    measure = make_measure()
    make_link(measure, pin=pin)
    hide_pin(pin=pin, actor=make_moderator(), reason="Beleidigung")

    tell_measure_state(measure)

    assert not News.objects.exists()


def test_the_last_word_on_a_state_replaces_what_has_not_gone_out(planner):
    measure = make_measure()
    make_link(measure, pin=make_pin())
    measure.state = Measure.State.IN_PROGRESS
    measure.save()
    tell_measure_state(measure)

    measure.state = Measure.State.STOPPED
    measure.stopped_because = "Kein Geld."
    measure.save()
    tell_measure_state(measure)

    words = News.objects.get().texts["en"]
    assert "Stopped" in words["what"]
    assert words["note"] == "Kein Geld."


def test_a_resolution_is_told_once_everyone_can_read_it(planner):
    council = make_body("Stadtrat", kind="council")
    measure = make_measure()
    make_link(measure, pin=make_pin())
    sitting = make_sitting(council, days=-1, state="invited")
    consultation = make_consultation(
        council,
        item=make_item(sitting),
        role="decision",
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=timezone.now(),
    )
    tell_resolved(measure, consultation)
    assert not News.objects.exists()

    sitting.state = "held"
    sitting.save()
    tell_resolved(measure, consultation)
    tell_resolved(measure, consultation)

    words = News.objects.get().texts["en"]
    assert words["what"] == "Stadtrat: Adopted"
    assert words["about"] == "Measure M 1 Measure M 1"


def test_a_resolution_is_told_with_its_votes_unless_what_it_is_on_is_a_draft(planner):
    council = make_body("Stadtrat", kind="council")
    shown, draft = make_measure("M 1"), make_measure("M 2", is_public=False)
    sitting = make_sitting(council, days=-1, state="held")
    consultation = make_consultation(
        council,
        item=make_item(sitting, votes_for=30, votes_against=5, votes_abstained=2),
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=timezone.now(),
    )
    for measure in (shown, draft):
        make_link(measure, pin=make_pin())
        tell_resolved(measure, consultation)

    words = News.objects.get().texts["en"]
    assert words["about"] == "Measure M 1 Measure M 1"
    assert words["facts"][-1] == "Votes: 30 for, 5 against, 2 abstained"


def test_the_state_of_a_draft_is_not_told_and_what_was_said_before_is_withdrawn(
    planner,
):
    measure = make_measure()
    make_link(measure, pin=make_pin())
    tell_measure_state(measure)
    assert News.objects.exists()
    # Not saved: the database withdraws by itself what is hidden.
    measure.is_public = False

    tell_measure_state(measure)

    assert not News.objects.exists()


def test_many_contributions_take_the_same_queries(
    planner, django_assert_max_num_queries
):
    pins = [make_pin() for _ in range(40)]
    measure = make_measure()
    links = link_pins(pins=pins, target=measure, actor=planner)

    with django_assert_max_num_queries(12):
        tell_linked(links)

    assert News.objects.count() == 40


def test_comments_and_events_tell_nobody(planner):
    links = [make_link(make_measure(), comment=make_comment(make_pin()))]

    tell_linked(links)

    assert not News.objects.exists()


def test_a_minute_later_undo_is_over(planner):
    measure = make_measure()
    done = link([make_pin()], measure, planner)
    Link.objects.update(linked_at=F("linked_at") - datetime.timedelta(minutes=2))

    with pytest.raises(LinkRefused):
        undo_linking(
            target=measure,
            at=done.at - datetime.timedelta(minutes=2),
            actor=planner,
        )
    assert Link.objects.exists()


def test_a_link_of_an_unpublished_contribution_is_not_made(planner):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    with pytest.raises(LinkRefused, match=pin.reference):
        link([pin, make_pin()], make_measure(), planner)

    assert not Link.objects.exists()
