"""The moderators' queue of comments, and the page of one."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pins.comments import edit_comment
from pins.models import Comment
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.pages import assert_refused, fields_of, text_of

QUEUE = "/moderation/"
COMMENTS = "/moderation/comments/"
REASON = "Er beleidigt\njemanden."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def comment(moderator):
    return make_comment(make_pin(), visibility=Visibility.SUBMITTED, text="Ich warte.")


def page_of(comment):
    return f"{COMMENTS}{comment.pk}/"


def decide(client, comment, **fields):
    return client.post(page_of(comment), {"read": comment.words_digest} | fields)


class TestQueue:
    def test_the_longest_waiting_comes_first(self, staff):
        pin, now = make_pin(), timezone.now()
        for days, text in [(1, "Gestern"), (3, "Vorvorgestern"), (2, "Vorgestern")]:
            make_comment(
                pin,
                visibility=Visibility.SUBMITTED,
                text=text,
                created_at=now - datetime.timedelta(days=days),
            )
        make_comment(pin, text="Schon veröffentlicht")

        shown = text_of(staff.get(QUEUE, {"kind": "comment"}))

        order = [shown.index(t) for t in ("Vorvorgestern", "Vorgestern", "Gestern")]
        assert order == sorted(order)
        assert "Schon veröffentlicht" not in shown
        assert pin.title in shown

    @pytest.mark.parametrize("state", Visibility)
    def test_each_state_can_be_looked_through(self, staff, state):
        pin = make_pin()
        for visibility in Visibility:
            make_comment(pin, visibility=visibility, text=f"Text {visibility.value}")

        shown = text_of(staff.get(QUEUE, {"state": state, "kind": "comment"}))

        for visibility in Visibility:
            assert (f"Text {visibility.value}" in shown) == (visibility == state)

    @pytest.mark.parametrize("state", ["all", "SUBMITTED", "submitted\x00"])
    def test_a_state_that_is_none(self, staff, comment, state):
        response = staff.get(QUEUE, {"kind": "comment", "state": state})

        assert response.status_code == 400
        assert comment.text in text_of(response)

    def test_it_costs_the_same_with_many(self, staff, comment):
        staff.get(QUEUE)
        with CaptureQueriesContext(connection) as few:
            staff.get(QUEUE)
        body = make_body()
        for number in range(30):
            make_comment(
                make_pin(),
                visibility=Visibility.SUBMITTED,
                text=f"Kommentar {number}.",
                body=body,
                actor=make_user(f"user-{number}"),
            )
        with CaptureQueriesContext(connection) as many:
            staff.get(QUEUE)
        assert len(many) == len(few)

    def test_the_queue_says_what_waits(self, staff, comment):
        make_pin(visibility=Visibility.SUBMITTED)
        make_pin(visibility=Visibility.SUBMITTED)

        shown = text_of(staff.get("/en/moderation/"))

        assert "3 entries are waiting" in shown
        assert "Contributions (2)" in shown
        assert "Comments (1)" in shown

    def test_the_former_address_leads_to_it(self, staff):
        response = staff.get("/moderation/comments/", {"state": "hidden"})

        assert response["Location"] == "/moderation/?state=hidden&kind=comment"


class TestDeciding:
    def test_publish(self, staff, moderator, comment):
        read = fields_of(staff.get(page_of(comment)))["read"]

        response = staff.post(page_of(comment), {"to": "published", "read": read})

        assert response["Location"] == QUEUE
        comment.refresh_from_db()
        assert comment.visibility == Visibility.PUBLISHED
        assert comment.decided_by == moderator
        assert comment.pin.reference in text_of(staff.get(QUEUE))

    @pytest.mark.parametrize(
        ("source", "to"), [("submitted", "rejected"), ("published", "hidden")]
    )
    def test_refuse_with_a_reason(self, staff, comment, source, to):
        other = make_comment(comment.pin, visibility=source)

        response = decide(staff, other, to=to, reason=REASON)

        assert response.status_code == 302
        other.refresh_from_db()
        assert (other.visibility, other.reason) == (to, REASON)

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_no_refusal_without_a_reason(self, staff, comment, reason):
        assert_refused(decide(staff, comment, to="rejected", reason=reason), "reason")
        comment.refresh_from_db()
        assert comment.visibility == Visibility.SUBMITTED

    @pytest.mark.parametrize("to", ["", "withdrawn", "x", "\x00"])
    def test_a_decision_that_is_none(self, staff, comment, to):
        assert decide(staff, comment, to=to).status_code == 422

    def test_of_two_moderators_the_second_is_told(self, staff, comment):
        other = Client()
        other.force_login(make_moderator("bert"))
        decide(other, comment, to="published")

        response = decide(staff, comment, to="rejected", reason=REASON)

        assert response.status_code == 409
        assert REASON.splitlines()[0] in response.content.decode()
        comment.refresh_from_db()
        assert comment.visibility == Visibility.PUBLISHED

    @pytest.mark.parametrize("read", ["", "x", "0" * 64])
    def test_only_what_was_read_is_published(self, staff, comment, read):
        response = staff.post(page_of(comment), {"to": "published", "read": read})

        assert response.status_code == 409
        comment.refresh_from_db()
        assert comment.visibility == Visibility.SUBMITTED

    def test_changed_words_are_shown_before_they_are_published(self, staff, comment):
        read = fields_of(staff.get(page_of(comment)))["read"]
        edit_comment(comment=comment, text="Kauft bei mir!")

        response = staff.post(page_of(comment), {"to": "published", "read": read})

        assert response.status_code == 409
        assert "Kauft bei mir!" in text_of(response)
        again = fields_of(response)["read"]
        assert (
            staff.post(page_of(comment), {"to": "published", "read": again}).status_code
            == 302
        )

    def test_an_official_one_can_be_hidden(self, staff, comment):
        body, anna = make_body("Ortsbeirat West"), make_user("anna")
        official = make_comment(comment.pin, body=body, actor=anna)
        shown = text_of(staff.get(page_of(official)))
        assert "Ortsbeirat West" in shown
        assert "anna" in shown

        assert decide(staff, official, to="hidden", reason=REASON).status_code == 302
        assert not Comment.objects.public().exists()

    def test_strange_words_stay_words(self, staff, comment):
        Comment.objects.update(text=SCRIPT)

        for address in (QUEUE, page_of(comment)):
            html = staff.get(address).content.decode()
            assert SCRIPT not in html
            assert "&lt;script&gt;" in html


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "x", "-1"])
def test_a_comment_that_is_none(staff, number):
    assert staff.get(f"{COMMENTS}{number}/").status_code == 404


def test_only_moderators(client, comment):
    for address in (QUEUE, page_of(comment)):
        assert client.get(address).status_code == 302
    client.force_login(make_user("anna", is_staff=True))
    for address in (QUEUE, page_of(comment)):
        assert client.get(address).status_code == 403
    assert decide(client, comment, to="published").status_code == 403
    comment.refresh_from_db()
    assert comment.visibility == Visibility.SUBMITTED
