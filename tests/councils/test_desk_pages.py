"""The desk: the list of a body's pins, and the step to the next status."""

import pytest
from django.test import Client
from django.utils import timezone

from pins.actions import change_status
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_planner,
    make_theme,
    make_user,
)
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of

DESK = "/desk/ortsbeirat-west/"
ANSWER = "Wir nehmen es in die\nnächste Sitzung."


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, name="Westdorf", body=body)
    return body


@pytest.fixture
def east(db):
    body = make_body("Ortsbeirat Ost")
    make_district(17, name="Ostdorf", body=body)
    return body


@pytest.fixture
def anna(west):
    return make_member(west, "anna")


@pytest.fixture
def desk(client, anna):
    client.force_login(anna)
    return client


def page_of(pin):
    return f"{DESK}{pin.reference}/"


class TestBodies:
    def test_the_only_desk_is_entered_at_once(self, desk):
        assert desk.get("/desk/")["Location"] == DESK

    def test_planners_choose_and_see_where_something_is_new(self, client, west, east):
        make_pin()
        make_pin()
        make_pin(status=Status.IN_REVIEW)
        client.force_login(make_planner())

        response = client.get("/desk/")

        assert response.status_code == 200
        assert response.context["bodies"] == [
            {"name": "Ortsbeirat Ost", "slug": "ortsbeirat-ost", "open_count": 0},
            {"name": "Ortsbeirat West", "slug": "ortsbeirat-west", "open_count": 2},
        ]
        assert "Ortsbeirat Ost" in text_of(response)

    def test_others_may_not(self, client, west):
        client.force_login(make_user())
        assert client.get("/desk/").status_code == 403

    def test_one_has_to_sign_in(self, client, west):
        for url in ("/desk/", DESK, f"{DESK}KL-2026-00001/"):
            response = client.get(url)
            assert response["Location"] == f"/accounts/login/?next={url}"

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_it_is_only_read(self, desk, method):
        assert getattr(desk, method)("/desk/").status_code == 405
        assert getattr(desk, method)(DESK).status_code == 405

    def test_the_number_of_queries_does_not_grow(
        self, client, db, django_assert_num_queries
    ):
        client.force_login(make_planner())
        for number in range(1, 4):
            make_district(number)
        # Session, user, two of rights, bodies, counts, and the menu's question.
        with django_assert_num_queries(7):
            client.get("/desk/")
        for number in range(4, 19):
            make_district(number)
            make_pin(district=number)
        with django_assert_num_queries(7):
            client.get("/desk/")


class TestList:
    def test_just_the_published_pins_of_the_bodys_districts(self, desk, east):
        make_pin(title="Liegt in Westdorf")
        make_pin(title="Liegt in Ostdorf", district=17)
        make_pin(title="Wartet noch", visibility=Visibility.SUBMITTED)
        make_pin(title="Ist versteckt", visibility=Visibility.HIDDEN)

        response = desk.get(DESK)

        assert [pin.title for pin in response.context["page"].pins] == [
            "Liegt in Westdorf"
        ]
        shown = text_of(response)
        assert "Liegt in Westdorf" in shown
        for title in ("Liegt in Ostdorf", "Wartet noch", "Ist versteckt"):
            assert title not in shown

    def test_filters(self, desk):
        make_pin(title="Neu hier", status=Status.RECEIVED)
        make_pin(title="In Arbeit", status=Status.IN_REVIEW, theme=make_theme("energy"))

        def titles(query):
            page = desk.get(DESK, query).context["page"]
            return {pin.title for pin in page.pins}

        assert titles({"status": "in_review"}) == {"In Arbeit"}
        assert titles({"theme": "energy", "status": "received"}) == set()
        assert titles({"q": "Arbeit"}) == {"In Arbeit"}

    @pytest.mark.parametrize(
        "query", [{"status": "x"}, {"theme": "x"}, {"district": "x"}, {"q": "a\x00b"}]
    )
    def test_a_filter_that_is_none(self, desk, query):
        response = desk.get(DESK, query)

        assert response.status_code == 400
        ((_, messages),) = response.context["filters"].errors.items()
        assert messages[0] in text_of(response)

    @pytest.mark.parametrize("query", [{"after": "x"}, {"before": ""}])
    def test_a_cursor_that_is_none(self, desk, query):
        assert desk.get(DESK, query).status_code == 400

    def test_twenty_a_page(self, desk):
        for number in range(21):
            make_pin(title=f"Titel {number}")

        first = desk.get(DESK)
        assert len(first.context["page"].pins) == 20
        second = desk.get(f"{DESK}?{first.context['page'].next_query}")
        assert [pin.title for pin in second.context["page"].pins] == ["Titel 0"]
        assert "Titel 0" in text_of(second)

    @pytest.mark.parametrize("number", [5, 60])
    def test_the_number_of_queries_does_not_grow(
        self, desk, django_assert_max_num_queries, number
    ):
        for _ in range(number):
            make_pin()

        # Session, user, four of rights, body, counts, the filters' two, page and count.
        with django_assert_max_num_queries(12):
            assert desk.get(DESK).status_code == 200

    def test_anothers_desk_is_not_there(self, desk, east):
        assert desk.get("/desk/ortsbeirat-ost/").status_code == 404
        assert desk.get("/desk/nowhere/").status_code == 404


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

    def test_merging(self, desk):
        survivor, pin = make_pin(), make_pin()

        response = desk.post(
            page_of(pin),
            {
                "to_status": "duplicate",
                "duplicate_of": f" {survivor.reference.lower()} ",
            },
        )

        assert response.status_code == 302
        pin.refresh_from_db()
        assert pin.duplicate_of == survivor

    def test_merging_into_a_pin_of_another_body(self, desk, east):
        survivor, pin = make_pin(district=17), make_pin()

        desk.post(
            page_of(pin),
            {"to_status": "duplicate", "duplicate_of": survivor.reference},
        )

        pin.refresh_from_db()
        assert pin.duplicate_of == survivor

    @pytest.mark.parametrize(
        "reference", ["", "KL-1999-00001", "x\x00", "x" * 25, "itself", "hidden"]
    )
    def test_merging_into_a_pin_that_is_none(self, desk, reference):
        hidden = make_pin(visibility=Visibility.HIDDEN)
        pin = make_pin()
        typed = {"itself": pin.reference, "hidden": hidden.reference}

        response = desk.post(
            page_of(pin),
            {
                "to_status": "duplicate",
                "duplicate_of": typed.get(reference, reference),
                "public_note": ANSWER,
            },
        )

        if reference == "itself":
            assert_refused(response, "__all__", status=409)
        else:
            assert_refused(response, "duplicate_of")
        assert fields_of(response)["public_note"].split() == ANSWER.split()
        pin.refresh_from_db()
        assert pin.status == Status.RECEIVED

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

        for url in (DESK, page_of(pin)):
            html = desk.get(url).content.decode()
            assert "<script>alert" not in html
            assert "&lt;script&gt;alert(1)" in html

    def test_nothing_happens_without_a_csrf_token(self, anna):
        pin = make_pin()
        client = Client(enforce_csrf_checks=True)
        client.force_login(anna)

        response = client.post(page_of(pin), {"to_status": "in_review"})

        assert response.status_code == 403
        assert not StatusChange.objects.exists()

    def test_few_queries(self, desk, django_assert_max_num_queries):
        pin = make_pin()
        with django_assert_max_num_queries(10):
            desk.get(page_of(pin))

    def test_nothing_is_kept_by_caches(self, desk):
        for url in (DESK, page_of(make_pin())):
            assert "no-store" in desk.get(url)["Cache-Control"]


def test_who_works_on_it_sees_the_exact_place_of_a_rough_one(desk, west, client):
    pin = make_pin(location=point_in(16, 0.41, 0.37), is_rough=True)
    exact = f'data-lon="{pin.location.x:.6f}"'

    at_the_desk = desk.get(page_of(pin))
    assert exact in at_the_desk.text
    assert "genaue Ort" in at_the_desk.text
    assert exact not in client.get(f"/pins/{pin.reference}").text
