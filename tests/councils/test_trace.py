"""The way of a contribution through the bodies: steps, sittings, votes, both ways."""

import datetime

import pytest
from django.utils import timezone, translation

from councils.agendas import (
    cancel_sitting,
    publish_agenda,
    put_on_agenda,
    put_proposal_on_agenda,
    take_off,
)
from councils.matters import gather, propose, waive_hearing
from councils.models import Consultation, Hearing, Matter, Sitting
from councils.public.trace import trace, way_of
from councils.results import Result, close_sitting, record_result
from districts.models import Body
from pins.actions import change_status
from pins.models import Pin, PublicPin
from pins.workflow import Role, Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
    make_theme,
)
from tests.pages import text_of

Outcome = Consultation.Outcome


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def stadtrat(db):
    return make_body("Stadtrat", kind=Body.Kind.COUNCIL)


@pytest.fixture
def committee(stadtrat):
    body = make_body("Hauptausschuss", kind=Body.Kind.COMMITTEE)
    Body.objects.filter(pk=body.pk).update(next_body=stadtrat)
    body.refresh_from_db()
    return body


@pytest.fixture
def council(committee):
    body = make_body("Ortsbeirat Hohenecken")
    Body.objects.filter(pk=body.pk).update(next_body=committee)
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility")
    body.refresh_from_db()
    return body


@pytest.fixture
def chair(council):
    return make_member(council)


@pytest.fixture
def pin(council):
    return make_pin()


def shown(pin):
    return PublicPin.objects.get(pk=pin.pk)


def invite(body, chair, pin, *, days=7):
    sitting = make_sitting(body, days=days)
    found = Consultation.objects.proposed_to(body).first()
    if found is None:
        put_on_agenda(sitting=sitting, pins=[pin], actor=chair)
    else:
        put_proposal_on_agenda(sitting=sitting, consultation=found, actor=chair)
    return publish_agenda(sitting=sitting, actor=chair)


def hold(sitting, chair, **result):
    """Let the sitting have begun an hour ago, and close it with this result."""
    Sitting.objects.filter(pk=sitting.pk).update(
        start=timezone.now() - datetime.timedelta(hours=1)
    )
    item = sitting.items.get()
    values = {"votes_for": 10, "votes_against": 2, "votes_abstained": 1} | result
    record_result(item=item, version=item.version, result=Result(**values))
    return close_sitting(sitting=sitting, actor=chair)


def told(pin):
    return [(e.label, e.body, e.note) for e in trace(shown(pin)).entries]


def chain(pin):
    return [(link.body, link.state, link.text) for link in trace(shown(pin)).chain]


def test_without_a_sitting_it_is_the_timeline(pin, chair, council):
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=chair,
        roles={Role.BODY},
        body=council,
        public_note="Wir sehen es uns an.",
    )

    assert told(pin) == [("In review", "Ortsbeirat Hohenecken", "Wir sehen es uns an.")]
    assert chain(pin) == []


def test_on_the_agenda(pin, chair, council):
    sitting = invite(council, chair, pin)

    [entry] = trace(shown(pin)).entries

    assert (entry.label, entry.body) == ("On the agenda", "Ortsbeirat Hohenecken")
    assert entry.sitting == sitting
    assert chain(pin) == [
        ("Ortsbeirat Hohenecken", "now", "On the agenda"),
        ("Hauptausschuss", "ahead", "May come after that"),
        ("Stadtrat", "ahead", "May come after that"),
    ]


def test_what_is_not_published_yet_is_not_told(pin, chair, council):
    put_on_agenda(sitting=make_sitting(council), pins=[pin], actor=chair)

    assert told(pin) == []
    assert chain(pin) == []


def test_a_result_before_the_end_is_not_told(pin, chair, council):
    sitting = invite(council, chair, pin)
    Sitting.objects.update(start=timezone.now() - datetime.timedelta(hours=1))
    item = sitting.items.get()
    record_result(
        item=item,
        version=item.version,
        result=Result(
            outcome="endorsed",
            votes_for=9,
            votes_against=0,
            votes_abstained=0,
            resolution_text="Geheimer Entwurf",
        ),
    )

    [entry] = trace(shown(pin)).entries

    assert entry.result is None
    assert chain(pin)[0][1:] == ("now", "The result will follow")


def test_all_the_way_to_the_resolution(
    client, pin, chair, council, committee, stadtrat
):
    first = hold(
        invite(council, chair, pin),
        chair,
        outcome="endorsed",
        reason="Der Weg ist gefährlich.",
    )
    matter = Consultation.objects.get().matter
    propose(matter=matter, body=committee)
    second = hold(invite(committee, chair, pin), chair, outcome="endorsed")
    propose(matter=matter, body=stadtrat)
    third = hold(
        invite(stadtrat, chair, pin),
        chair,
        outcome="endorsed",
        resolution_text="Der Überweg wird gebaut.",
    )

    entries = trace(shown(pin)).entries

    assert [(e.label, e.body, e.event, e.sitting) for e in entries] == [
        ("On the agenda", "Ortsbeirat Hohenecken", "", first),
        ("Endorsed", "Ortsbeirat Hohenecken", "", first),
        ("On the agenda", "Hauptausschuss", "", second),
        ("Advice: Endorsed", "Hauptausschuss", "", second),
        ("On the agenda", "Stadtrat", "", third),
        ("Adopted", "Stadtrat", "", third),
    ]
    assert [str(e.result.votes) for e in entries if e.result] == [
        "10 for, 2 against, 1 abstained"
    ] * 3
    assert entries[1].note == "Der Weg ist gefährlich."
    # Said once, not twice.
    assert (entries[5].note, entries[5].resolution) == ("Der Überweg wird gebaut.", "")
    assert [(state, text) for _body, state, text in chain(pin)] == [
        ("done", "Endorsed"),
        ("done", "Endorsed"),
        ("done", "Adopted"),
    ]
    page = client.get(f"/en/pins/{pin.reference}")
    html = page.content.decode()
    for sitting in (first, second, third):
        assert f'href="/en/sittings/{sitting.pk}/"' in html
        back = client.get(f"/en/sittings/{sitting.pk}/").content.decode()
        assert f'href="/en/pins/{pin.reference}"' in back
    assert "Der Überweg wird gebaut." in text_of(page)


def test_the_way_of_a_matter_without_contributions(council, committee, stadtrat):
    matter = Matter.objects.create(title="Ziele", text="Beschluss")

    def ask(body, days, **fields):
        sitting = make_sitting(body, days=days, state=Sitting.State.INVITED)
        item = make_item(sitting, matter.title)
        return make_consultation(body, matter=matter, item=item, **fields)

    propose(matter=matter, body=council)
    ask(committee, 7)
    assert [(link.body, link.state) for link in way_of(matter)] == [
        ("Hauptausschuss", "now"),
        ("Ortsbeirat Hohenecken", "ahead"),
    ]

    decision = ask(stadtrat, -1, role=Consultation.Role.DECISION, outcome="endorsed")
    Hearing.objects.create(
        matter=matter,
        body=council,
        waived_at=timezone.now(),
        waived_by=make_planner(),
        waived_because="Es eilt.",
    )
    Sitting.objects.filter(body=stadtrat).update(state=Sitting.State.HELD)
    Consultation.objects.filter(pk=decision.pk).update(decided_at=timezone.now())
    # Whom nobody asks any more is not ahead.
    propose(matter=matter, body=make_body("Bauausschuss", kind=Body.Kind.COMMITTEE))
    assert [link.body for link in way_of(matter) if link.state == "ahead"] == []


def test_what_is_carried_out_ends_the_chain(pin, chair, council):
    hold(invite(council, chair, pin), chair, outcome="endorsed")
    planner = make_planner()
    for status in (Status.IN_PROGRESS, Status.DONE):
        change_status(
            pin=Pin.objects.get(pk=pin.pk),
            to=status,
            actor=planner,
            roles={Role.PLANNER},
            body=None,
        )
        assert chain(pin)[-1][1] == ("done" if status == Status.DONE else "now")

    assert [body for body, _state, _text in chain(pin)] == [
        "Ortsbeirat Hohenecken",
        "Carrying it out",
    ]


def test_a_result_from_before_its_announcement_was_noted(pin, chair, council):
    sitting = hold(invite(council, chair, pin), chair, outcome="endorsed")
    Consultation.objects.update(announced_at=None)

    assert [e.sitting for e in trace(shown(pin)).entries] == [None, sitting]


def test_not_supported_with_the_reason(pin, chair, council):
    hold(
        invite(council, chair, pin),
        chair,
        outcome="not_endorsed",
        reason="Dort liegt ein Rohr.",
    )

    assert told(pin)[-1] == (
        "Heard, not supported",
        "Ortsbeirat Hohenecken",
        "Dort liegt ein Rohr.",
    )
    assert chain(pin) == [("Ortsbeirat Hohenecken", "refused", "Not endorsed")]


def test_postponed_and_on_the_next_agenda(pin, chair, council):
    first = hold(invite(council, chair, pin), chair, outcome="postponed")
    second = invite(council, chair, pin, days=20)

    entries = trace(shown(pin)).entries

    assert [(e.label, e.event, e.sitting) for e in entries] == [
        ("On the agenda", "", first),
        ("In review", "Postponed", first),
        ("On the agenda", "", second),
    ]
    # One link a body, as it stands today.
    assert chain(pin)[0] == ("Ortsbeirat Hohenecken", "now", "On the agenda")


def test_a_cancelled_sitting(pin, chair, council):
    sitting = invite(council, chair, pin)
    cancel_sitting(sitting=sitting, reason="Sturm", actor=chair)

    entry = trace(shown(pin)).entries[-1]

    assert (entry.label, entry.event, entry.note) == (
        "In review",
        "The sitting was cancelled",
        "Sturm",
    )
    assert chain(pin)[0][1:] == ("open", "The sitting was cancelled")


def test_taken_off_one_agenda_it_does_not_point_to_the_next(pin, chair, council):
    first = invite(council, chair, pin)
    take_off(item=first.items.get(), actor=chair)
    second = invite(council, chair, pin, days=20)

    entries = trace(shown(pin)).entries

    assert [(e.label, e.sitting) for e in entries] == [
        ("On the agenda", None),
        ("In review", None),
        ("On the agenda", second),
    ]


def test_a_hearing_that_was_waived(pin, chair, council, committee):
    sitting = make_sitting(committee)
    consultation = Consultation.objects.create(
        matter=gather(pins=[pin]), order=1, body=committee, role="advice"
    )
    waive_hearing(
        matter=consultation.matter,
        body=council,
        actor=chair,
        reason="Eilt, der Ortsbeirat tagt nicht.",
    )
    # Nobody has read of the matter yet.
    assert told(pin) == []

    put_proposal_on_agenda(sitting=sitting, consultation=consultation, actor=chair)
    publish_agenda(sitting=sitting, actor=chair)

    assert told(pin)[0] == (
        "Decided without the hearing",
        "Ortsbeirat Hohenecken",
        "Eilt, der Ortsbeirat tagt nicht.",
    )
    assert chain(pin)[0][:2] == ("Ortsbeirat Hohenecken", "waived")


def test_handed_over_in_between(pin, chair, council, committee):
    """What no sitting brought about stays in its place."""
    hold(invite(council, chair, pin), chair, outcome="endorsed")
    found = shown(pin)
    found.timeline.append(
        found.timeline[-1]
        | {
            "id": None,
            "status": "",
            "handed_to": "Hauptausschuss",
            "note": "Zuständig",
        }
    )

    last = trace(found).entries[-1]

    assert (last.label, last.note) == ("Handed over to Hauptausschuss", "Zuständig")


@pytest.mark.parametrize("number", [1, 4])
def test_two_queries(pin, chair, council, number, django_assert_num_queries):
    for _ in range(number):
        hold(invite(council, chair, pin), chair, outcome="postponed")
    found = shown(pin)

    with django_assert_num_queries(2):
        trace(found)


def test_one_query_without_a_matter(pin, django_assert_num_queries):
    found = shown(pin)

    with django_assert_num_queries(1):
        trace(found)
