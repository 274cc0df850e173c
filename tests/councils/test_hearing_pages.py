"""The chair of a district council waives a hearing at its own desk."""

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from councils.models import Consultation, Hearing, MatterPin, Sitting
from districts.models import Body
from pins.models import Pin
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.pages import text_of

LIST = "/desk/ortsbeirat-west/hearings/"


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def matter(west):
    """A contribution in the West on which the council is to decide."""
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    return make_consultation(
        council, make_pin(title="Zebrastreifen"), role=Consultation.Role.DECISION
    ).matter


@pytest.fixture
def chair(west, client):
    user = make_member(west)
    client.force_login(user)
    return user


def page(matter):
    return f"{LIST}{matter.pk}"


def test_the_list_shows_what_is_due_and_who_deals_with_it(client, chair, matter):
    shown = text_of(client.get(LIST))

    assert "Zebrastreifen" in shown
    assert "Stadtrat" in shown


def test_a_long_list_takes_no_more_queries(
    client, chair, matter, django_assert_max_num_queries
):
    council = Body.objects.get(slug="stadtrat")
    for number in range(5):
        make_consultation(council, make_pin(title=f"Weg {number}"), make_pin())

    with django_assert_max_num_queries(13):
        client.get(LIST)


def test_a_waiver_is_recorded_with_its_reason(client, chair, matter, west):
    response = client.post(page(matter), {"reason": " Eilt. "})

    assert response.url == LIST
    hearing = Hearing.objects.get()
    assert (hearing.body, hearing.waived_by, hearing.waived_because) == (
        west,
        chair,
        "Eilt.",
    )
    response = client.get(LIST)
    assert response.context["waiting"] == []
    assert "Eilt." in text_of(response)


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "ä" * 4_001])
def test_a_reason_that_cannot_be(client, chair, matter, reason):
    response = client.post(page(matter), {"reason": reason})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["reason"]
    assert not Hearing.objects.exists()


def test_a_second_waiver_changes_nothing_and_keeps_what_was_typed(
    client, chair, matter
):
    client.post(page(matter), {"reason": "Eilt."})

    response = client.post(page(matter), {"reason": "Andere Worte"})

    assert response.status_code == 409
    assert "Andere Worte" in response.content.decode()
    assert Hearing.objects.get().waived_because == "Eilt."
    assert "<textarea" not in client.get(page(matter)).content.decode()


def test_who_has_been_heard_meanwhile_waives_nothing(client, chair, matter, west):
    make_consultation(
        west,
        matter=matter,
        item=make_item(make_sitting(west, state=Sitting.State.HELD, days=-1)),
        outcome="endorsed",
        decided_at=timezone.now(),
    )

    assert client.post(page(matter), {"reason": "Eilt."}).status_code == 409
    assert not Hearing.objects.exists()


def test_the_internal_agenda_of_the_other_body_is_not_shown(client, chair, matter):
    consultation = matter.consultations.get()
    planned = make_sitting(consultation.body, days=30)
    Consultation.objects.filter(pk=consultation.pk).update(item=make_item(planned))

    before = text_of(client.get(LIST))
    Sitting.objects.update(state=Sitting.State.INVITED)
    after = text_of(client.get(LIST))

    day = date_format(timezone.localtime(planned.start), "DATE_FORMAT")
    assert day not in before
    assert day in after


@pytest.mark.parametrize("is_waived", [False, True])
def test_what_is_no_longer_shown_has_no_title(client, chair, matter, is_waived):
    Pin.objects.update(visibility=Visibility.HIDDEN)
    if is_waived:
        client.post(page(matter), {"reason": "Eilt."})

    for address in (LIST, page(matter)):
        response = client.get(address)
        assert response.status_code == 200
        assert "Zebrastreifen" not in response.content.decode()


def test_a_bundle_called_like_a_part_that_was_hidden(client, chair, matter):
    MatterPin.objects.create(matter=matter, pin=make_pin(title="Die Bank"))
    Pin.objects.filter(title="Zebrastreifen").update(visibility=Visibility.HIDDEN)

    for address in (LIST, page(matter)):
        shown = client.get(address).content.decode()
        assert "Zebrastreifen" not in shown
        assert "Die Bank" in shown


def test_the_matter_of_others_is_not_there(client, chair, matter):
    make_district(17)
    foreign = make_consultation(
        Body.objects.get(slug="stadtrat"), make_pin(district=17)
    ).matter

    assert client.get(page(foreign)).status_code == 404
    assert client.get(f"{LIST}99999").status_code == 404
    assert client.get(f"{LIST}{'9' * 40}").status_code == 404
    assert client.get(f"{LIST}abc").status_code == 404
    assert client.post(LIST).status_code == 405
    assert client.put(page(matter)).status_code == 405
