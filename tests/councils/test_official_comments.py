"""Comments in the name of a body, written at its desk."""

from uuid import uuid4

import pytest

from pins.actions import change_status, hide_pin
from pins.comments import publish_official_comment
from pins.models import Comment
from pins.workflow import Role, Status
from tests.factories import (
    make_body,
    make_comment,
    make_district,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
)
from tests.pages import assert_refused, fields_of, text_of

TEXT = "Wir fragen bei der Bahn nach."


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def pin(west):
    return make_pin()


@pytest.fixture
def desk(client, west):
    client.force_login(make_member(west, "anna"))
    return client


def url(pin, prefix=""):
    return f"{prefix}/desk/ortsbeirat-west/{pin.reference}/comment"


def data(**fields):
    return {"idempotency_key": str(uuid4()), "text": TEXT} | fields


def test_it_is_public_at_once_and_names_the_body_alone(desk, client, pin, west):
    page = desk.get(url(pin))
    assert west.name in text_of(page)

    response = desk.post(url(pin), fields_of(page) | {"text": TEXT})

    desk_page = f"/desk/ortsbeirat-west/{pin.reference}/"
    assert response["Location"] == f"{desk_page}#comments"
    assert Comment.objects.get(actor__username="anna").body == west
    assert TEXT in text_of(desk.get(desk_page))
    client.logout()
    page = client.get(f"/pins/{pin.reference}")
    assert "comment--official" in page.text
    shown = text_of(page)
    assert TEXT in shown
    assert "anna" not in shown


def test_planners_speak_for_the_planning_office(client, pin, west):
    client.force_login(make_planner())

    client.post(url(pin), data())

    comment = Comment.objects.get()
    assert comment.is_official
    assert comment.body is None
    assert comment.speaker in text_of(client.get(f"/pins/{pin.reference}"))


def test_what_stands_there_already_is_shown(desk, pin):
    make_comment(pin, text="Schon gesagt.")
    make_comment(pin, text="Noch nicht freigegeben.", visibility="submitted")

    shown = text_of(desk.get(f"/desk/ortsbeirat-west/{pin.reference}/"))

    assert "Schon gesagt." in shown
    assert "Noch nicht freigegeben." not in shown


@pytest.mark.parametrize("query", ["?after=x", "?after=1&before=2"])
def test_a_page_of_comments_that_is_none(desk, pin, query):
    address = f"/desk/ortsbeirat-west/{pin.reference}/{query}"
    assert desk.get(address).status_code == 400


def test_another_body_cannot_write(client, pin):
    east = make_body("Ortsbeirat Ost")
    make_district(17, body=east)
    client.force_login(make_member(east, "bert"))

    for desk in ("west", "ost"):
        address = f"/desk/ortsbeirat-{desk}/{pin.reference}/comment"
        assert client.get(address).status_code == 404
        assert client.post(address, data()).status_code == 404
    assert not Comment.objects.exists()


def test_a_member_speaks_for_nobody(client, west, pin):
    """Not for the body, and least of all for the planning office."""
    client.force_login(make_member(west, "mia", role="member"))

    assert client.post(url(pin), data()).status_code == 403
    assert not Comment.objects.exists()
    page = client.get(f"/desk/ortsbeirat-west/{pin.reference}/")
    assert url(pin) not in page.content.decode()


def test_nobody_can_without_signing_in(client, pin):
    assert client.post(url(pin), data()).status_code == 401
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "ab", "a" * 2001, "a\x00bc"])
def test_words_that_are_refused(desk, pin, text):
    assert_refused(desk.post(url(pin), data(text=text)), "text")
    assert not Comment.objects.exists()


def test_the_same_form_makes_one(desk, pin):
    form = data()
    for _ in range(2):
        assert desk.post(url(pin), form).status_code == 302

    response = desk.post(url(pin), form | {"text": "Etwas anderes."})

    assert response.status_code == 409
    assert fields_of(response)["text"] == "Etwas anderes."
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("key", [None, "x"])
def test_without_its_key_nothing_typed_is_lost(desk, pin, key):
    form = {"text": TEXT} if key is None else {"text": TEXT, "idempotency_key": key}

    response = desk.post(url(pin), form)

    assert response.status_code == 422
    assert desk.post(url(pin), fields_of(response)).status_code == 302


def test_one_hidden_a_moment_ago_takes_no_comment(desk, pin, monkeypatch):
    """Between the look at it and the publishing moderation hides it."""

    def publish_too_late(**fields):
        hide_pin(pin=pin, actor=make_moderator(), reason="Ein Name")
        return publish_official_comment(**fields)

    monkeypatch.setattr(
        "councils.views.comments.publish_official_comment", publish_too_late
    )

    assert desk.post(url(pin), data()).status_code == 404
    assert not Comment.objects.exists()


def test_a_duplicate_is_closed_and_the_words_are_kept(desk, pin, west):
    survivor = make_pin()
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=west.memberships.get().user,
        roles={Role.BODY},
        body=west,
        duplicate_of=survivor,
    )

    response = desk.post(url(pin), data())

    assert response.status_code == 409
    shown = text_of(response)
    assert TEXT in shown
    assert survivor.reference in shown
    assert not Comment.objects.exists()
