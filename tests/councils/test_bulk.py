"""Several contributions at once: what is done, what not and why, and for whom."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.access import get_seat
from councils.desk.bulk import MOST_AT_ONCE, accept_all
from councils.desk.moving import move_pin
from councils.models import Assignment, Membership
from pins.actions import change_status
from pins.models import Handover, Pin, StatusChange
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)
from tests.pages import assert_refused, fields_of, text_of

DESK = "/desk/ortsbeirat-west/"
BULK = f"{DESK}bulk"


def references(*pins):
    return [pin.reference for pin in pins]


def post(client, action, *pins, **fields):
    data = {"action": action, "pin": references(*pins), **fields}
    return client.post(BULK, data)


def said(client, response):
    """Return the messages on the page that an answer leads to."""
    page = client.get(response["Location"])
    return {m.level_tag: m.message for m in page.context["messages"]}


def accepted_by_somebody_else(pin, west):
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=make_user("bert"),
        roles={Role.BODY},
        body=west,
    )


class TestAccept:
    def test_all_that_are_selected(self, desk, anna, west):
        first, second, left = make_pin(), make_pin(), make_pin()

        response = post(desk, "accept", first, second, back="tab=new&theme=mobility")

        assert response["Location"] == f"{DESK}?tab=new&theme=mobility"
        steps = StatusChange.objects.order_by("id")
        assert [(s.pin, s.actor, s.body, s.to_status) for s in steps] == [
            (first, anna, west, "in_review"),
            (second, anna, west, "in_review"),
        ]
        left.refresh_from_db()
        assert left.status == Status.RECEIVED
        (message,) = said(desk, response).values()
        assert first.reference in message
        assert second.reference in message

    def test_taking_it_back(self, desk):
        first, second = make_pin(), make_pin()
        response = post(desk, "accept", first, second)
        page = desk.get(response["Location"])
        assert f'action="{DESK}undo"' in page.text

        desk.post(f"{DESK}undo")

        assert set(Pin.objects.values_list("status", flat=True)) == {Status.RECEIVED}

    def test_somebody_else_was_faster(self, desk, west):
        mine, taken = make_pin(), make_pin()
        accepted_by_somebody_else(taken, west)

        messages = said(desk, post(desk, "accept", mine, taken))

        assert mine.reference in messages["success"]
        assert taken.reference not in messages["success"]
        assert taken.reference in messages["warning"]
        assert str(Status.IN_REVIEW.label) in messages["warning"]
        assert StatusChange.objects.filter(pin=taken).count() == 1

    def test_one_that_was_hidden_a_moment_ago(self, desk, west, monkeypatch):
        """Nobody was faster with a step: the reason is another one."""
        pin = make_pin()

        def move_too_late(**wanted):
            Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)
            return move_pin(**wanted)

        monkeypatch.setattr("councils.desk.bulk.move_pin", move_too_late)
        messages = said(desk, post(desk, "accept", pin))

        assert list(messages) == ["warning"]
        assert pin.reference in messages["warning"]
        assert "schneller" not in messages["warning"]
        assert not StatusChange.objects.exists()

    def test_it_never_opens_what_is_over(self, desk):
        over = make_pin(status=Status.NOT_ENDORSED)

        messages = said(desk, post(desk, "accept", over))

        assert list(messages) == ["warning"]
        assert not StatusChange.objects.exists()
        assert "undo" not in desk.session

    def test_what_is_not_ones_own_or_not_there(self, desk, east):
        foreign = make_pin(district=17)
        hidden = make_pin(visibility=Visibility.HIDDEN)
        names = [*references(foreign, hidden), "KL-1999-00001", "x" * 500, "\x00", ""]

        response = desk.post(BULK, {"action": "accept", "pin": names})

        message = said(desk, response)["warning"]
        assert foreign.reference in message
        assert foreign.title not in message
        assert hidden.reference in message
        assert not StatusChange.objects.exists()

    def test_one_twice_is_one(self, desk):
        pin = make_pin()

        assert list(said(desk, post(desk, "accept", pin, pin))) == ["success"]
        assert StatusChange.objects.count() == 1

    def test_a_double_click_is_one(self, desk):
        pin = make_pin()

        post(desk, "accept", pin)
        messages = said(desk, post(desk, "accept", pin))

        assert list(messages) == ["success"]
        assert StatusChange.objects.count() == 1

    def test_planners_speak_for_nobody(self, client, west):
        pin = make_pin()
        client.force_login(make_planner())

        post(client, "accept", pin)

        assert StatusChange.objects.get().body is None

    def test_a_page_full_takes_as_many_queries_each(self, desk):
        def queries(*pins):
            with CaptureQueriesContext(connection) as seen:
                post(desk, "accept", *pins)
            return len(seen)

        one = queries(make_pin())
        assert queries(*(make_pin() for _ in range(4))) <= 4 * one


class TestAssign:
    def test_it_asks_for_whom(self, desk, west, anna):
        make_member(west, "bert")
        former = make_member(west, "former")
        former.memberships.update(valid_to="2020-01-01")
        pin = make_pin(title="Ein Titel")

        response = post(desk, "assign", pin, back="tab=all")

        assert response.status_code == 200
        assert "Ein Titel" in text_of(response)
        field = response.context["form"].fields["assignee"]
        assert [user.username for user in field.queryset] == ["anna", "bert"]
        fields = fields_of(response)
        assert fields["pin"] == pin.reference
        assert (fields["back"], fields["action"]) == ("tab=all", "assign")
        assert not Assignment.objects.exists()

    def test_to_somebody_and_to_nobody(self, desk, west, anna):
        bert = make_member(west, "bert")
        first, second = make_pin(), make_pin()

        response = post(desk, "assign", first, second, assignee=bert.pk)

        assert "bert" in said(desk, response)["success"]
        rows = Assignment.objects.order_by("pin_id")
        assert [(a.pin, a.body, a.assignee, a.assigned_by) for a in rows] == [
            (first, west, bert, anna),
            (second, west, bert, anna),
        ]
        post(desk, "assign", first, assignee=anna.pk)
        assert Assignment.objects.get(pin=first).assignee == anna
        post(desk, "assign", first, second, assignee="")
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize("who", ["stranger", "x", "99999999999999999999", "\x00"])
    def test_to_somebody_who_is_no_member(self, desk, who):
        stranger = make_user("stranger")
        pin = make_pin()

        wanted = stranger.pk if who == "stranger" else who
        response = post(desk, "assign", pin, assignee=wanted)

        assert_refused(response, "assignee")
        assert fields_of(response)["pin"] == pin.reference
        assert not Assignment.objects.exists()


class TestHandOver:
    def test_with_a_reason(self, desk, anna, west, east):
        first, second = make_pin(), make_pin()

        asked = post(desk, "hand-over", first, second)
        assert asked.status_code == 200
        response = post(
            desk, "hand-over", first, second, to_body=east.pk, reason="Liegt im Osten."
        )

        message = said(desk, response)["success"]
        assert "Ortsbeirat Ost" in message
        assert first.reference in message
        rows = Handover.objects.order_by("id")
        assert [(h.pin, h.from_body, h.to_body, h.actor, h.reason) for h in rows] == [
            (first, west, east, anna, "Liegt im Osten."),
            (second, west, east, anna, "Liegt im Osten."),
        ]

    def test_taking_it_back(self, desk, east):
        pin = make_pin()
        post(desk, "hand-over", pin, to_body=east.pk, reason="Liegt im Osten.")

        desk.post(f"{DESK}undo")

        pin.refresh_from_db()
        assert pin.handed_to is None

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"reason": ""}, ["reason"]),
            ({"reason": "  \n"}, ["reason"]),
            ({"reason": "x" * 4001}, ["reason"]),
            ({"reason": "a\x00b"}, ["reason"]),
            ({"to_body": "", "reason": "Darum."}, ["to_body"]),
            ({"to_body": "x", "reason": "Darum."}, ["to_body"]),
            ({"to_body": "own", "reason": "Darum."}, ["to_body"]),
            ({"to_body": "", "reason": ""}, ["reason", "to_body"]),
        ],
    )
    def test_what_is_wrong_stays_typed(self, desk, west, east, fields, wrong):
        pin = make_pin()
        sent = {"to_body": str(east.pk)} | fields
        if sent["to_body"] == "own":
            sent["to_body"] = str(west.pk)

        response = post(desk, "hand-over", pin, back="tab=all", **sent)

        assert_refused(response, *wrong)
        kept = fields_of(response)
        assert (kept["pin"], kept["back"]) == (pin.reference, "tab=all")
        if "reason" not in wrong:
            assert kept["reason"] == sent["reason"]
        assert not Handover.objects.exists()

    def test_what_came_too_far_or_is_on_an_agenda_stays(self, desk, west, east):
        early, late, planned = make_pin(), make_pin(status=Status.ENDORSED), make_pin()
        make_consultation(west, planned, item=make_item(make_sitting(west)))

        response = post(
            desk, "hand-over", early, late, planned, to_body=east.pk, reason="Ost."
        )

        messages = said(desk, response)
        assert early.reference in messages["success"]
        assert late.reference in messages["warning"]
        assert planned.reference in messages["warning"]
        assert Handover.objects.count() == 1

    def test_where_all_stay_there_is_nothing_to_take_back(self, desk, east):
        late = make_pin(status=Status.ENDORSED)

        response = post(desk, "hand-over", late, to_body=east.pk, reason="Ost.")

        assert list(said(desk, response)) == ["warning"]
        assert "undo" not in desk.session


class TestAgenda:
    def test_it_goes_on_where_agendas_are_made(self, desk):
        first, second = make_pin(), make_pin()

        response = post(desk, "agenda", first, second)

        query = "&".join(f"pin={r}" for r in references(first, second))
        assert response["Location"] == f"{DESK}agenda?{query}"
        assert desk.get(response["Location"]).status_code == 200


class TestRequests:
    @pytest.mark.parametrize("action", ["accept", "assign", "agenda", "hand-over"])
    def test_nothing_selected(self, desk, action):
        response = desk.post(BULK, {"action": action, "back": "tab=waiting"})

        assert response.status_code == 422
        assert f'href="{DESK}?tab=waiting"' in response.text

    def test_too_many(self, desk):
        names = [f"KL-2026-{n:05}" for n in range(MOST_AT_ONCE + 1)]

        response = desk.post(BULK, {"action": "accept", "pin": names})

        assert response.status_code == 422
        assert str(MOST_AT_ONCE) in text_of(response)

    @pytest.mark.parametrize("action", ["", "answer", "not_endorsed", "accept\x00"])
    def test_an_action_that_is_none(self, desk, action):
        response = post(desk, action, make_pin())

        assert response.status_code == 400
        assert not StatusChange.objects.exists()

    @pytest.mark.parametrize(
        "back",
        ["//evil.example/", "https://evil.example", "a=b\r\nX: y", "\x00", "%zz"],
    )
    def test_it_leads_back_to_the_desk_whatever_is_sent(self, desk, back):
        response = post(desk, "accept", make_pin(), back=back)

        assert response.status_code == 302
        assert response["Location"].startswith(DESK)
        assert "\n" not in response["Location"]

    @pytest.mark.parametrize("action", ["accept", "assign", "agenda", "hand-over"])
    def test_members_may_not(self, client, west, action):
        client.force_login(make_member(west, "mia", role=Membership.Role.MEMBER))

        assert post(client, action, make_pin()).status_code == 403
        assert not StatusChange.objects.exists()

    def test_another_desk_is_not_there(self, client, west, east):
        client.force_login(make_member(east, "egon"))

        assert post(client, "accept", make_pin()).status_code == 404
        assert post(client, "nothing", make_pin()).status_code == 404

    def test_one_has_to_sign_in(self, client, west):
        assert post(client, "accept").status_code == 401

    @pytest.mark.parametrize("method", ["get", "put", "delete"])
    def test_it_is_only_posted(self, desk, method):
        assert getattr(desk, method)(BULK).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_the_same_moment_accept_each_one_once():
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    anna, bert = make_member(body, "anna"), make_member(body, "bert")
    pins = [make_pin() for _ in range(4)]
    start, outcomes = threading.Barrier(2), list[tuple[int, int]]()

    def accept(user, names):
        try:
            start.wait(timeout=60)
            outcome = accept_all(get_seat(user, body.slug), names)
            outcomes.append((len(outcome.done), len(outcome.refused)))
        finally:
            connection.close()

    names = references(*pins)
    clerks = [
        threading.Thread(target=accept, args=(anna, names)),
        threading.Thread(target=accept, args=(bert, names[::-1])),
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join(timeout=60)

    assert sum(done for done, _ in outcomes) == 4
    assert sum(refused for _, refused in outcomes) == 4
    assert StatusChange.objects.count() == 4
