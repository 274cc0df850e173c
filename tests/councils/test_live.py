"""In the sitting: the page for the room, and the results that are typed in there."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from councils.models import (
    AgendaItem,
    Consultation,
    DeskNote,
    Hearing,
    Membership,
    Sitting,
)
from councils.views import live as live_views
from councils.views.live import save
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
)
from tests.pages import fields_of, text_of

State = Sitting.State
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    Body.objects.filter(pk=body.pk).update(seats=15)
    make_district(16, body=body)
    return Body.objects.get(pk=body.pk)


@pytest.fixture
def sitting(west):
    return make_sitting(west, state=State.INVITED, days=-0.05)


@pytest.fixture
def chair(west, client):
    user = make_member(west)
    client.force_login(user)
    return user


@pytest.fixture
def item(sitting):
    found = make_item(sitting, "Zebrastreifen am Ortseingang")
    pin = make_pin(status=Status.SCHEDULED, title="Zebrastreifen fehlt")
    make_consultation(sitting.body, pin, item=found, announced_at=timezone.now())
    return found


def live(sitting, query=""):
    return f"/desk/{sitting.body.slug}/sittings/{sitting.pk}/live{query}"


def result_of(item, sitting=None):
    sitting = sitting or item.sitting
    return f"/desk/{sitting.body.slug}/sittings/{sitting.pk}/items/{item.pk}/result"


def typed(**fields):
    values = {
        "version": "0",
        "outcome": "endorsed",
        "reason": "",
        "votes_for": "9",
        "votes_against": "4",
        "votes_abstained": "2",
        "resolution_text": "Der Ortsbeirat befürwortet das.",
    }
    return {k: v for k, v in (values | fields).items() if v is not None}


# --- The page ------------------------------------------------------------------------


def test_it_shows_an_item_with_all_there_is_to_see(client, chair, sitting, item):
    body = make_body("Ausschuss", kind=Body.Kind.COMMITTEE)
    earlier = make_item(
        make_sitting(body, state=State.HELD, days=-30),
        votes_for=7,
        votes_against=1,
        votes_abstained=0,
        resolution_text="Wird empfohlen.",
    )
    make_consultation(
        body,
        matter=item.consultation.matter,
        item=earlier,
        outcome="endorsed",
        decided_at=timezone.now(),
    )

    shown = text_of(client.get(live(sitting)))

    assert "Zebrastreifen fehlt" in shown
    assert "Am Ortseingang fehlt ein Zebrastreifen" in shown
    assert "Ausschuss: Befürwortet" in shown
    assert "Wird empfohlen." in shown


def test_nothing_private_is_on_it(client, chair, west, sitting, item):
    pin = Pin.objects.get()
    DeskNote.objects.create(pin=pin, body=west, author=chair, text="Intern: Nachbar")
    make_comment(pin, visibility=Visibility.HIDDEN, text="Ein verstecktes Wort")
    other = make_body("Ausschuss", kind=Body.Kind.COMMITTEE)
    secret = make_item(make_sitting(other, state=State.HELD, days=-9), is_public=False)
    make_consultation(
        other,
        pin,
        item=secret,
        outcome="not_endorsed",
        reason="Hinter verschlossenen Türen",
        decided_at=timezone.now(),
    )

    page = client.get(live(sitting)).content.decode()

    for words in ("Intern: Nachbar", "verstecktes Wort", "verschlossenen"):
        assert words not in page


def test_a_non_public_item_is_opened_on_purpose(client, chair, sitting):
    make_item(sitting, "Einwohnerfragestunde")
    secret = make_item(sitting, "Kauf des Grundstücks", is_public=False)

    shut = client.get(live(sitting, f"?item={secret.pk}"))
    open_ = client.get(live(sitting, f"?item={secret.pk}&open=1"))

    def row(response):
        return next(r for r in response.context["rows"] if r.is_current)

    assert (row(shut).is_shut, row(open_).is_shut) == (True, False)
    assert "<h2" in shut.content.decode()
    assert ">Kauf des Grundstücks<" not in shut.content.decode()
    assert ">Kauf des Grundstücks<" in open_.content.decode()


def test_what_is_no_longer_published_is_not_shown(client, chair, sitting, item):
    Pin.objects.update(visibility=Visibility.HIDDEN)

    page = client.get(live(sitting)).content.decode()

    assert "Zebrastreifen" not in page


def test_a_bundle_called_like_a_part_that_was_hidden(client, chair, west, sitting):
    """The room reads along: the title of what moderation took from sight is not there."""
    hidden = make_pin(title="Beleidigung", visibility=Visibility.HIDDEN)
    seen = make_pin(title="Die Bank am Brunnen")
    make_consultation(west, hidden, seen, item=make_item(sitting, "Beleidigung"))

    page = client.get(live(sitting)).content.decode()

    assert "Beleidigung" not in page
    assert "Die Bank am Brunnen" in page


def test_a_script_in_a_title_is_words(client, chair, sitting):
    make_item(sitting, "<script>alert(1)</script>")

    page = client.get(live(sitting)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("query", ["?item=999999", "?item=abc", "?item=" + "9" * 40])
def test_an_item_that_is_not_there(client, chair, sitting, item, query):
    assert client.get(live(sitting, query)).status_code == 404


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_page(client, chair, west, state):
    sitting = make_sitting(west, days=-1, state=state)
    make_item(sitting)

    response = client.get(live(sitting))

    assert response.status_code == 200
    is_typed_in = state in {State.INVITED, State.HELD}
    assert ("data-live-form" in response.content.decode()) == is_typed_in


def test_an_empty_agenda(client, chair, sitting):
    assert "data-live-item" not in client.get(live(sitting)).content.decode()


def test_a_long_agenda_with_many_hearings_due_takes_no_more_queries(
    client, chair, west, sitting, django_assert_max_num_queries
):
    for number in range(12):
        pin = make_pin(status=Status.SCHEDULED, title=f"Beitrag {number}")
        consultation = make_consultation(
            west,
            pin,
            make_pin(status=Status.SCHEDULED),
            item=make_item(sitting),
            role=Consultation.Role.DECISION,
        )
        Hearing.objects.create(
            matter=consultation.matter, body=make_body(f"B {number}")
        )

    with django_assert_max_num_queries(14):
        client.get(live(sitting))


# --- Saving without a script ----------------------------------------------------------


def test_a_form_is_saved(client, chair, item):
    response = client.post(result_of(item), typed())

    assert response.status_code == 302
    assert response.url == live(item.sitting, f"?item={item.pk}")
    item.refresh_from_db()
    assert (item.votes_for, item.version) == (9, 1)
    assert item.consultation.outcome == "endorsed"
    assert client.get(response.url).context["messages"]


def test_of_two_the_second_sees_both_and_chooses(client, chair, item):
    client.post(result_of(item), typed(reason="Von der Ersten"))

    response = client.post(
        result_of(item), typed(reason="Vom Zweiten", outcome="not_endorsed")
    )

    assert response.status_code == 409
    shown = text_of(response)
    assert "Von der Ersten" in shown
    assert "Befürwortet" in shown
    fields = fields_of(response)
    assert fields["reason"] == "Vom Zweiten"
    assert fields["version"] == "1"
    item.refresh_from_db()
    assert item.version == 1

    client.post(result_of(item), fields)

    consultation = Consultation.objects.get(item=item)
    assert consultation.reason == "Vom Zweiten"


def test_what_the_first_left_empty_is_said_to_be(client, chair, item):
    client.post(result_of(item), typed())

    response = client.post(result_of(item), typed(reason="Vom Zweiten"))

    assert response.status_code == 409
    assert response.context["rows"][0].form.theirs == {"reason": "(leer)"}
    assert "(leer)" in text_of(response)


def test_a_hearing_that_was_waived_is_told_with_its_reason(
    client, chair, west, sitting, item
):
    waived = Hearing(matter=item.consultation.matter, body=make_body("Ortsbeirat Ost"))
    waived.waived_at, waived.waived_by = timezone.now(), chair
    waived.waived_because = "Es eilt."
    waived.save()

    shown = text_of(client.get(live(sitting)))

    assert "Ortsbeirat Ost" in shown
    assert "Es eilt." in shown


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"votes_for": "12"}, "votes_for"),
        ({"votes_for": ""}, "votes_for"),
        ({"votes_for": "-1"}, "votes_for"),
        ({"votes_for": "9" * 30}, "votes_for"),
        ({"votes_against": "viele"}, "votes_against"),
        ({"votes_abstained": "1.5"}, "votes_abstained"),
        ({"outcome": "adopted"}, "outcome"),
        ({"reason": "ä" * 4_001}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"resolution_text": "ä" * 10_001}, "resolution_text"),
        ({"version": None}, "version"),
        ({"version": "neu"}, "version"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(client, chair, item, fields, at):
    page = client.post(result_of(item), typed(**fields))
    answer = client.post(result_of(item), typed(**fields), **JSON)

    assert page.status_code == answer.status_code == 422
    assert set(page.context["form"].errors) == {at}
    assert set(answer.json()["errors"]) == {at}
    assert "Der Ortsbeirat befürwortet" in text_of(page) or at == "resolution_text"
    item.refresh_from_db()
    assert item.version == 0


def test_who_was_signed_out_loses_nothing(client, chair, item):
    client.logout()

    page = client.post(result_of(item), typed(reason="Lang getippt"))

    assert page.status_code == 401
    fields = fields_of(page)
    assert fields["reason"] == "Lang getippt"
    client.force_login(chair)
    assert client.post(result_of(item), fields).status_code == 302
    assert Consultation.objects.get(item=item).reason == "Lang getippt"


def test_a_form_without_its_token_comes_back(client, chair, item):
    client.handler.enforce_csrf_checks = True

    page = client.post(result_of(item), typed(reason="Lang getippt"))
    answer = client.post(result_of(item), typed(), **JSON)

    assert (page.status_code, answer.status_code) == (403, 403)
    assert fields_of(page)["reason"] == "Lang getippt"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_another_site_filled_in_does_not_come_back(chair, item, is_signed_in):
    """Somebody could be led to save it with one press."""
    strict = Client(enforce_csrf_checks=True)
    if is_signed_in:
        strict.force_login(chair)
    forged = typed(resolution_text="Abgelehnt, sagt ein anderer.")

    answers = {
        site: strict.post(
            result_of(item), forged, headers={"Sec-Fetch-Site": site}
        ).content.decode()
        for site in ("cross-site", "same-origin")
    }

    assert "sagt ein anderer" not in answers["cross-site"]
    assert "sagt ein anderer" in answers["same-origin"]


@pytest.mark.parametrize("state", [State.PLANNED, State.CANCELLED])
def test_a_sitting_that_takes_no_results(client, chair, west, state):
    item = make_item(make_sitting(west, days=-1, state=state))

    page = client.post(result_of(item), typed(result="x"))
    answer = client.post(result_of(item), typed(result="x"), **JSON)

    assert page.status_code == answer.status_code == 409
    assert "values" not in answer.json()
    item.refresh_from_db()
    assert item.version == 0


def test_the_address_alone_leads_to_the_item(client, chair, item):
    assert client.get(result_of(item)).url == live(item.sitting, f"?item={item.pk}")
    assert client.put(result_of(item)).status_code == 405


# --- Saving by script ------------------------------------------------------------------


def test_the_script_is_told_what_is_saved_and_what_is_missing(client, chair, item):
    answer = client.post(
        result_of(item), typed(outcome="not_endorsed", reason=" "), **JSON
    )

    content = answer.json()
    assert (answer.status_code, content["version"]) == (200, 1)
    assert content["values"]["outcome"] == "not_endorsed"
    assert content["values"]["votes_for"] == "9"
    assert list(content["missing"]) == ["reason"]
    assert content["is_done"] is False


def test_the_script_is_told_what_somebody_else_saved(client, chair, item):
    client.post(result_of(item), typed(), **JSON)

    answer = client.post(result_of(item), typed(reason="Anders"), **JSON)

    content = answer.json()
    assert (answer.status_code, content["version"]) == (409, 1)
    assert content["values"]["reason"] == ""
    assert content["detail"]


def test_a_lost_answer_is_asked_for_again(client, chair, item):
    client.post(result_of(item), typed(), **JSON)

    again = client.post(result_of(item), typed(), **JSON)

    assert (again.status_code, again.json()["version"]) == (200, 1)


def test_the_script_asks_what_is_saved(client, west, chair, item):
    client.post(result_of(item), typed())
    client.force_login(make_member(west, "anna", role=Membership.Role.MEMBER))

    answer = client.get(result_of(item), **JSON)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    client.logout()
    assert client.get(result_of(item), **JSON).status_code == 401


def test_the_page_holds_what_the_script_compares(client, chair, item):
    client.post(result_of(item), typed())

    row = client.get(live(item.sitting)).context["rows"][0]

    saved = json.loads(row.form.saved_for_the_script)
    assert saved["version"] == 1
    assert saved["values"]["votes_abstained"] == "2"


def test_the_hearing_duty_is_said_at_the_outcome(client, west):
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    mayor = make_member(council)
    client.force_login(mayor)
    sitting = make_sitting(council, state=State.INVITED, days=-0.05)
    item = make_item(sitting)
    consultation = make_consultation(
        council, make_pin(), item=item, role=Consultation.Role.DECISION
    )

    shown = text_of(client.get(live(sitting)))
    answer = client.post(result_of(item), typed(), **JSON)

    assert "Ortsbeirat West" in shown
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["outcome"])
    waiver = reverse("councils:hearing", args=[west.slug, consultation.matter_id])
    assert waiver not in client.get(live(sitting)).content.decode()
    Membership.objects.create(user=mayor, body=west, role=Membership.Role.CHAIR)
    assert waiver in client.get(live(sitting)).content.decode()


def test_after_the_end_words_are_corrected_and_the_outcome_is_not(
    client, chair, sitting, item
):
    client.post(result_of(item), typed())
    client.post(
        f"/desk/{sitting.body.slug}/sittings/{sitting.pk}/close",
        {"read": read_of(client, sitting)},
    )

    page = client.get(live(sitting))
    fixed = client.post(
        result_of(item),
        typed(version="1", outcome=None, reason=None, votes_for="8"),
        **JSON,
    )
    late = client.post(
        result_of(item), typed(version="2", outcome="noted", votes_for="8"), **JSON
    )

    assert 'name="outcome"' not in page.content.decode()
    assert (fixed.status_code, fixed.json()["version"]) == (200, 2)
    assert (late.status_code, list(late.json()["errors"])) == (422, ["outcome"])


def read_of(client, sitting):
    page = client.get(f"/desk/{sitting.body.slug}/sittings/{sitting.pk}/close")
    return fields_of(page)["read"]


# --- Who ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "saves"),
    [
        (Membership.Role.CHAIR, 200),
        (Membership.Role.CLERK, 200),
        (Membership.Role.MEMBER, 403),
        ("planner", 403),
        ("other", 404),
        ("nobody", 401),
    ],
)
def test_who_may_type_in(client, west, item, role, saves):
    if role == "planner":
        client.force_login(make_planner())
    elif role == "other":
        client.force_login(make_member(make_body("Ortsbeirat Ost")))
    elif role != "nobody":
        client.force_login(make_member(west, role=role))

    page = client.get(live(item.sitting))
    answer = client.post(result_of(item), typed(), **JSON)

    assert answer.status_code == saves
    seen = {404: 404, 401: 302}.get(saves, 200)
    assert page.status_code == seen
    if saves != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"
    if seen == 200:
        has_form = "data-live-form" in page.content.decode()
        assert has_form == (saves == 200)


def test_the_item_of_another_sitting_or_body_is_not_there(client, chair, west, item):
    second = make_sitting(west, days=-2, state=State.INVITED)
    foreign = make_item(
        make_sitting(make_body("Ortsbeirat Ost"), days=-2, state=State.INVITED)
    )

    wrong_sitting = client.post(result_of(item, second), typed(), **JSON)
    wrong_body = client.post(
        f"/desk/{west.slug}/sittings/{foreign.sitting_id}/items/{foreign.pk}/result",
        typed(),
        **JSON,
    )

    assert (wrong_sitting.status_code, wrong_body.status_code) == (404, 404)
    assert wrong_body.json()["detail"]


@pytest.mark.parametrize("extra", [{}, JSON])
def test_an_item_that_was_taken_off_a_moment_ago(
    client, chair, item, extra, monkeypatch
):
    """Between the look at it and the saving somebody takes it off the agenda."""

    def save_too_late(form):
        AgendaItem.objects.filter(pk=item.pk).delete()
        return save(form)

    monkeypatch.setattr(live_views, "save", save_too_late)

    answer = client.post(result_of(item), typed(), **extra)

    assert answer.status_code == 404
    if extra:
        assert answer.json()["detail"]
