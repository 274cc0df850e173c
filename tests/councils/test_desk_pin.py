"""One contribution at the desk: what the page offers, and moving it on with an answer."""

import pytest
from django.test import Client
from django.utils import timezone

from pins.actions import change_status
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_pin,
    make_planner,
    make_user,
)
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of

DESK = "/desk/ortsbeirat-west/"
ANSWER = "Wir nehmen es in die\nnächste Sitzung."


def page_of(pin, rest=""):
    return f"{DESK}{pin.reference}/{rest}"


class TestPin:
    def test_it_offers_the_steps_of_the_role(self, desk, client):
        pin = make_pin(status=Status.ENDORSED)

        assert desk.get(page_of(pin)).context["form"] is None
        client.force_login(make_planner())
        response = client.get(page_of(pin))
        assert 'value="in_progress"' in response.content.decode()
        assert 'value="scheduled"' not in response.content.decode()

    def test_answering(self, desk, anna, west):
        pin = make_pin()

        response = desk.post(
            page_of(pin),
            {"to_status": "in_review", "public_note": ANSWER.replace("\n", "\r\n")},
            follow=True,
        )

        assert response.redirect_chain == [(page_of(pin), 302)]
        step = StatusChange.objects.get()
        assert (step.actor, step.body, step.public_note) == (anna, west, ANSWER)
        assert PublicPin.objects.get().public_answer == ANSWER
        shown = text_of(response)
        assert "nächste Sitzung." in shown
        assert "Ortsbeirat West" in shown
        assert 'class="messages"' in response.content.decode()

    def test_the_planning_office_answers_in_nobodys_name(self, client, west):
        pin = make_pin(status=Status.ENDORSED)
        planner = make_planner()
        client.force_login(planner)

        client.post(page_of(pin), {"to_status": "in_progress", "public_note": ANSWER})

        step = StatusChange.objects.get()
        assert (step.actor, step.body, step.to_status) == (planner, None, "in_progress")

    def test_a_refusal_needs_its_reason(self, desk):
        pin = make_pin(status=Status.IN_REVIEW)

        response = desk.post(
            page_of(pin), {"to_status": "not_endorsed", "public_note": "  "}
        )

        assert_refused(response, "public_note")
        assert 'value="not_endorsed" id' in response.content.decode()
        assert fields_of(response)["to_status"] == "not_endorsed"
        assert not StatusChange.objects.exists()

    def test_nothing_chosen(self, desk):
        pin = make_pin()

        response = desk.post(page_of(pin), {"public_note": ANSWER})

        assert_refused(response, "to_status")
        assert fields_of(response)["public_note"].split() == ANSWER.split()
        assert_refused(desk.post(page_of(pin)), "to_status")

    @pytest.mark.parametrize("to", ["x", "in_review\x00", "IN_REVIEW"])
    def test_a_status_that_is_none(self, desk, to):
        pin = make_pin()

        response = desk.post(page_of(pin), {"to_status": to, "public_note": ANSWER})

        assert_refused(response, "to_status")
        assert fields_of(response)["public_note"].split() == ANSWER.split()

    @pytest.mark.parametrize("note", ["x" * 4001, "Mit Escape\x1b darin"])
    def test_an_answer_that_cannot_be_kept(self, desk, note):
        pin = make_pin()

        response = desk.post(
            page_of(pin), {"to_status": "in_review", "public_note": note}
        )

        assert_refused(response, "public_note")
        assert fields_of(response)["public_note"] == note

    def test_the_limit_counts_what_is_kept(self, desk):
        pin = make_pin()
        note = "Zeile\r\n" * 666 + "Ende"

        desk.post(page_of(pin), {"to_status": "in_review", "public_note": note})

        assert len(PublicPin.objects.get().public_answer) == 4000

    @pytest.mark.parametrize("to", ["received", "done", "adopted", "scheduled"])
    def test_a_step_that_is_not_possible_or_not_ones_own(self, desk, to):
        pin = make_pin()

        response = desk.post(page_of(pin), {"to_status": to, "public_note": ANSWER})

        assert_refused(response, "__all__", status=409)
        assert fields_of(response)["public_note"].split() == ANSWER.split()
        assert not StatusChange.objects.exists()

    def test_the_second_of_two_who_answer_is_told_and_loses_nothing(self, desk, west):
        pin = make_pin(status=Status.IN_REVIEW)
        change_status(
            pin=pin,
            to=Status.ENDORSED,
            actor=make_user("bert"),
            roles={Role.BODY},
            body=west,
        )

        response = desk.post(
            page_of(pin), {"to_status": "not_endorsed", "public_note": ANSWER}
        )

        # Of an endorsed pin the body has no step left, and the answer is still there.
        assert_refused(response, "__all__", status=409)
        assert fields_of(response)["public_note"].split() == ANSWER.split()
        assert str(Status.ENDORSED.label) in text_of(response)
        assert Pin.objects.get().status == Status.ENDORSED

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_another_bodys_pin_is_not_there(self, desk, east, method):
        pin = make_pin(district=17)

        for url in (page_of(pin), f"/desk/ortsbeirat-ost/{pin.reference}/"):
            response = getattr(desk, method)(url, {"to_status": "in_review"})
            assert response.status_code == 404
        assert not StatusChange.objects.exists()

    @pytest.mark.parametrize("reference", ["KL-1999-00001", "x", "%00", "ü"])
    def test_a_pin_that_is_not_there(self, desk, reference):
        assert desk.get(f"{DESK}{reference}/").status_code == 404

    def test_a_pin_hidden_meanwhile_is_not_there(self, desk):
        pin = make_pin()
        Pin.objects.update(visibility=Visibility.HIDDEN)

        response = desk.post(page_of(pin), {"to_status": "in_review"})

        assert response.status_code == 404

    def test_the_end_of_the_seat_ends_the_rights(self, desk, anna):
        pin = make_pin()
        anna.memberships.update(valid_to=timezone.localdate())

        assert desk.get(DESK).status_code == 404
        assert desk.post(page_of(pin), {"to_status": "in_review"}).status_code == 404
        assert not StatusChange.objects.exists()

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, desk, method):
        assert getattr(desk, method)(page_of(make_pin())).status_code == 405

    def test_strange_words_stay_words(self, desk):
        pin = make_pin(
            title="<script>alert(1)</script>",
            text="<script>alert(2)</script> und mehr",
            place_note="<script>alert(3)</script>",
        )
        desk.post(
            page_of(pin),
            {"to_status": "in_review", "public_note": "<script>alert(4)</script>"},
        )

        html = desk.get(page_of(pin)).content.decode()
        assert "<script>alert" not in html
        for number in range(1, 5):
            assert f"&lt;script&gt;alert({number})" in html

    def test_nothing_happens_without_a_csrf_token(self, anna):
        pin = make_pin()
        client = Client(enforce_csrf_checks=True)
        client.force_login(anna)

        response = client.post(page_of(pin), {"to_status": "in_review"})

        assert response.status_code == 403
        assert not StatusChange.objects.exists()

    def test_few_queries(self, desk, django_assert_max_num_queries):
        pin = make_pin()
        with django_assert_max_num_queries(13):
            desk.get(page_of(pin))

    def test_nothing_is_kept_by_caches(self, desk):
        assert "no-store" in desk.get(page_of(make_pin()))["Cache-Control"]


def test_who_works_on_it_sees_the_exact_place_of_a_rough_one(desk, west, client):
    pin = make_pin(location=point_in(16, 0.41, 0.37), is_rough=True)
    exact = f'data-lon="{pin.location.x:.6f}"'

    at_the_desk = desk.get(page_of(pin))
    assert exact in at_the_desk.text
    assert "genaue Ort" in at_the_desk.text
    assert exact not in client.get(f"/pins/{pin.reference}").text
