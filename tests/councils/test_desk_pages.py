"""The desk: the list of a body's pins, and the step to the next status."""

import pytest

from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_planner,
    make_theme,
    make_user,
)
from tests.pages import text_of

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
