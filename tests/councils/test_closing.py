"""The end of a sitting: what it will do, what it did, and on to the next body."""

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from councils.models import Consultation, Hearing, Sitting
from councils.results import Result, record_result
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.pages import fields_of, links_of, text_of

State = Sitting.State
Outcome = Consultation.Outcome


@pytest.fixture
def committee(db):
    return make_body("Ausschuss", kind=Body.Kind.COMMITTEE)


@pytest.fixture
def west(committee):
    body = make_body("Ortsbeirat West")
    Body.objects.filter(pk=body.pk).update(next_body=committee)
    make_district(16, body=body)
    return Body.objects.get(pk=body.pk)


@pytest.fixture
def chair(west, client):
    user = make_member(west)
    client.force_login(user)
    return user


@pytest.fixture
def sitting(west):
    return make_sitting(west, state=State.INVITED, days=-0.05)


def dealt_with(sitting, outcome="endorsed", title="Zebrastreifen", **item_fields):
    """Put a matter on the agenda, with its result typed in."""
    item = make_item(sitting, title, **item_fields)
    pin = make_pin(status=Status.SCHEDULED, title=title)
    consultation = make_consultation(
        sitting.body,
        pin,
        item=item,
        announced_at=timezone.now() if item.is_public else None,
    )
    if outcome:
        result = Result(outcome=outcome, reason="Darum.")
        record_result(item=item, version=0, result=result)
    return consultation


def address(sitting, page):
    return f"/desk/{sitting.body.slug}/sittings/{sitting.pk}/{page}"


def press_close(client, sitting):
    read = fields_of(client.get(address(sitting, "close")))["read"]
    return client.post(address(sitting, "close"), {"read": read})


def held(client, sitting):
    response = press_close(client, sitting)
    assert response.status_code == 302, text_of(response)
    sitting.refresh_from_db()
    return sitting


# --- Closing ---------------------------------------------------------------------------


def test_the_summary_says_what_will_happen(client, chair, sitting):
    dealt_with(sitting)
    dealt_with(sitting, "postponed", "Spielplatz")

    response = client.get(address(sitting, "close"))

    effects = [e for p in response.context["points"] for e in p.effects]
    assert [e.steps for e in effects] == [(Status.ENDORSED,), (Status.IN_REVIEW,)]
    assert response.context["told_count"] == 2


def test_closing_publishes_and_leads_to_the_results(client, chair, sitting):
    consultation = dealt_with(sitting)

    response = press_close(client, sitting)

    assert response.url == address(sitting, "results")
    sitting.refresh_from_db()
    assert sitting.state == State.HELD
    assert Pin.objects.get().status == Status.ENDORSED
    shown = text_of(client.get(response.url))
    assert consultation.item.title in shown
    assert "Befürwortet" in shown


def test_what_is_missing_is_a_link_to_the_item(client, chair, sitting):
    consultation = dealt_with(sitting, outcome="")

    page = client.get(address(sitting, "close"))
    response = client.post(address(sitting, "close"), {"read": ""})

    item = f"{address(sitting, 'live')}?item={consultation.item_id}"
    assert item in [link.get("href") for link in links_of(page)]
    assert "read" not in fields_of(page)
    assert response.status_code == 409
    sitting.refresh_from_db()
    assert sitting.state == State.INVITED


def test_who_must_be_heard_since_keeps_it_open(client, chair, sitting):
    """What was typed in is as it was read, and a council has become due meanwhile."""
    consultation = dealt_with(sitting)
    Consultation.objects.update(role=Consultation.Role.DECISION, is_authoritative=True)
    read = fields_of(client.get(address(sitting, "close")))["read"]
    east = make_body("Ortsbeirat Ost")
    Hearing.objects.create(matter=consultation.matter, body=east)

    response = client.post(address(sitting, "close"), {"read": read})

    assert response.status_code == 409
    assert "Etwas fehlt noch." in text_of(response)
    assert "Ortsbeirat Ost" in text_of(response)
    sitting.refresh_from_db()
    assert sitting.state == State.INVITED


def test_what_has_no_contributions_or_no_outcome_moves_nothing(client, chair, sitting):
    make_item(sitting, "Einwohnerfragestunde")
    dealt_with(sitting, outcome="")

    points = client.get(address(sitting, "close")).context["points"]

    assert [[e.steps for e in point.effects] for point in points] == [[], [()]]


def test_who_has_not_seen_the_last_change_looks_again(client, chair, sitting):
    consultation = dealt_with(sitting)
    read = fields_of(client.get(address(sitting, "close")))["read"]
    other = Result(outcome="postponed")
    record_result(item=consultation.item, version=1, result=other)

    response = client.post(address(sitting, "close"), {"read": read})

    assert response.status_code == 409
    assert fields_of(response)["read"] != read
    sitting.refresh_from_db()
    assert sitting.state == State.INVITED


def test_closing_twice_is_said(client, chair, sitting):
    read = fields_of(client.get(address(sitting, "close")))["read"]
    client.post(address(sitting, "close"), {"read": read})

    again = client.post(address(sitting, "close"), {"read": read})

    assert again.status_code == 409
    assert client.get(address(sitting, "close")).url == address(sitting, "results")


@pytest.mark.parametrize(
    ("state", "days"), [(State.PLANNED, -1), (State.CANCELLED, -1), (State.INVITED, 1)]
)
def test_a_sitting_that_cannot_be_closed(client, chair, west, state, days):
    sitting = make_sitting(west, state=state, days=days)

    page = client.get(address(sitting, "close"))
    response = client.post(address(sitting, "close"), {"read": ""})

    assert page.status_code == 200
    assert page.context["obstacle"]
    assert "read" not in fields_of(page)
    assert response.status_code == 409


def test_a_non_public_title_stays_off_the_summary(client, chair, sitting):
    dealt_with(sitting, "endorsed", "Kauf des Grundstücks", is_public=False)

    response = client.get(address(sitting, "close"))

    assert "Kauf des Grundstücks" not in response.content.decode()
    assert response.context["told_count"] == 0


def test_the_pages_take_few_queries(
    client, chair, sitting, django_assert_max_num_queries
):
    for number in range(8):
        dealt_with(sitting, title=f"Punkt {number}")
    pages = {page: address(sitting, page) for page in ("close", "results", "forward")}
    with django_assert_max_num_queries(13):
        client.get(pages["close"])
    held(client, sitting)
    with django_assert_max_num_queries(13):
        client.get(pages["results"])
    with django_assert_max_num_queries(15):
        client.get(pages["forward"])


# --- On to the next body ------------------------------------------------------------------


def test_all_go_to_the_next_body_at_once(client, chair, sitting, committee):
    first = dealt_with(sitting)
    second = dealt_with(sitting, "not_endorsed", "Spielplatz")
    dealt_with(sitting, "postponed", "Vertagt")
    held(client, sitting)

    page = client.get(address(sitting, "forward"))
    chosen = [g.consultation.pk for g in page.context["goings"] if g.is_chosen]
    response = client.post(
        address(sitting, "forward"),
        {"body": committee.pk, "role": "", "consultations": chosen},
    )

    assert chosen == [first.pk, second.pk]
    assert fields_of(page)["body"] == str(committee.pk)
    assert response.url == address(sitting, "forward")
    proposed = Consultation.objects.proposed_to(committee)
    assert {c.matter_id for c in proposed} == {first.matter_id, second.matter_id}
    assert {c.role for c in proposed} == {Consultation.Role.ADVICE}


def test_one_goes_to_another_body_as_something_else(client, chair, sitting):
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    one = dealt_with(sitting)
    dealt_with(sitting, title="Spielplatz")
    held(client, sitting)

    client.post(
        address(sitting, "forward"),
        {"body": council.pk, "role": "notice", "consultations": [one.pk]},
    )

    proposed = Consultation.objects.proposed_to(council).get()
    assert (proposed.matter, proposed.role) == (one.matter, "notice")
    assert not proposed.is_authoritative


def test_what_is_there_already_is_said(client, chair, sitting, committee):
    one = dealt_with(sitting)
    held(client, sitting)
    data = {"body": committee.pk, "role": "", "consultations": [one.pk]}
    client.post(address(sitting, "forward"), data)

    page = client.get(address(sitting, "forward"))
    again = client.post(address(sitting, "forward"), data)

    (going,) = page.context["goings"]
    assert [c.body for c in going.later] == [committee]
    assert not going.is_chosen
    assert "Ausschuss" in text_of(page)
    assert again.status_code == 409
    assert Consultation.objects.proposed_to(committee).count() == 1


def test_of_several_the_rest_goes_on(client, chair, sitting, committee):
    one = dealt_with(sitting)
    two = dealt_with(sitting, title="Spielplatz")
    held(client, sitting)
    data = {"body": committee.pk, "role": ""}
    client.post(address(sitting, "forward"), data | {"consultations": [one.pk]})

    response = client.post(
        address(sitting, "forward"), data | {"consultations": [one.pk, two.pk]}
    )

    assert response.status_code == 302
    said = [str(m) for m in client.get(response.url).context["messages"]]
    assert any("Zebrastreifen" in words for words in said)
    assert Consultation.objects.proposed_to(committee).count() == 2


def test_the_unpublished_agenda_of_another_body_stays_internal(
    client, chair, sitting, committee
):
    one = dealt_with(sitting)
    held(client, sitting)
    planned = make_sitting(committee, days=30)
    make_consultation(committee, matter=one.matter, item=make_item(planned))

    before = text_of(client.get(address(sitting, "forward")))
    Sitting.objects.filter(pk=planned.pk).update(state=State.INVITED)
    after = text_of(client.get(address(sitting, "forward")))

    day = date_format(timezone.localtime(planned.start), "DATE_FORMAT")
    assert day not in before
    assert "vorgeschlagen" in before
    assert day in after


def test_what_cannot_go_on_is_named_without_what_was_hidden(
    client, chair, sitting, committee
):
    one = dealt_with(sitting)
    held(client, sitting)
    make_consultation(committee, matter=one.matter)
    Pin.objects.update(visibility=Visibility.HIDDEN)
    data = {"body": committee.pk, "consultations": [one.pk]}

    response = client.post(address(sitting, "forward"), data)

    assert response.status_code == 409
    assert "Zebrastreifen" not in response.content.decode()


def test_nor_is_one_that_was_cancelled_before_its_invitation(
    client, chair, sitting, committee
):
    one = dealt_with(sitting)
    held(client, sitting)
    cancelled = make_sitting(committee, days=30, state=State.CANCELLED, invited_at=None)
    make_consultation(
        committee,
        matter=one.matter,
        item=make_item(cancelled),
        outcome=Outcome.POSTPONED,
        decided_at=timezone.now(),
    )

    shown = text_of(client.get(address(sitting, "forward")))

    assert str(Outcome.POSTPONED.label) not in shown
    assert "behandelt" in shown


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"body": "99999", "consultations": ["1"]},
        {"body": "abc", "consultations": ["x"]},
        {"role": "king"},
        {"consultations": ["9" * 40]},
    ],
)
def test_garbage_is_refused_at_the_field(client, chair, sitting, data):
    dealt_with(sitting)
    held(client, sitting)

    response = client.post(address(sitting, "forward"), data)

    assert response.status_code == 422
    assert Consultation.objects.count() == 1


def test_the_matter_of_another_sitting_cannot_go_on_from_here(
    client, chair, sitting, committee
):
    held(client, sitting)
    foreign = make_consultation(
        committee,
        make_pin(),
        item=make_item(make_sitting(committee, state=State.HELD, days=-9)),
        outcome="endorsed",
        decided_at=timezone.now(),
    )

    response = client.post(
        address(sitting, "forward"),
        {"body": committee.pk, "role": "", "consultations": [foreign.pk]},
    )

    assert response.status_code == 422


def test_before_the_end_nothing_goes_on(client, chair, sitting):
    response = client.get(address(sitting, "forward"))

    assert response.url == address(sitting, "live")
    assert client.get(address(sitting, "results")).url == address(sitting, "live")


def test_what_is_no_longer_shown_has_no_title(client, chair, sitting):
    dealt_with(sitting)
    held(client, sitting)
    Pin.objects.update(visibility=Visibility.HIDDEN)

    for page in ("results", "forward"):
        response = client.get(address(sitting, page))
        assert response.status_code == 200
        assert "Zebrastreifen" not in response.content.decode()


def test_closing_a_sitting_of_another_body(client, chair, committee):
    foreign = make_sitting(committee, state=State.INVITED, days=-1)

    wrong = f"/desk/ortsbeirat-west/sittings/{foreign.pk}/close"

    assert client.post(wrong, {"read": ""}).status_code == 404
    assert client.put(wrong).status_code == 405
