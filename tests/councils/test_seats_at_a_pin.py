"""Who may do what with one contribution: every seat and every address, as the table says."""

import pytest

from councils.models import AnswerTemplate, Membership
from councils.rights import RIGHTS, Right, SeatRole
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_planner,
    make_user,
)

PIN = "/desk/ortsbeirat-west/{reference}/"
TEMPLATES = "/desk/ortsbeirat-west/templates/"
# Method, address and the right it takes.
TABLE = [
    ("get", PIN, Right.READ),
    ("post", PIN, Right.MOVE),
    ("post", f"{PIN}accept", Right.MOVE),
    ("get", f"{PIN}hand-over", Right.MOVE),
    ("post", f"{PIN}hand-over", Right.MOVE),
    ("get", f"{PIN}merge", Right.MOVE),
    ("post", f"{PIN}merge", Right.MOVE),
    ("get", f"{PIN}comment", Right.MOVE),
    ("post", f"{PIN}comment", Right.MOVE),
    ("post", f"{PIN}notes", Right.WRITE_NOTES),
    ("post", f"{PIN}assign", Right.ASSIGN),
    ("post", "/desk/ortsbeirat-west/undo", Right.MOVE),
    ("get", TEMPLATES, Right.READ),
    ("get", f"{TEMPLATES}new", Right.EDIT_TEMPLATES),
    ("post", f"{TEMPLATES}new", Right.EDIT_TEMPLATES),
    ("get", f"{TEMPLATES}{{template}}/", Right.EDIT_TEMPLATES),
    ("post", f"{TEMPLATES}{{template}}/", Right.EDIT_TEMPLATES),
    ("get", f"{TEMPLATES}{{template}}/delete", Right.EDIT_TEMPLATES),
    ("post", f"{TEMPLATES}{{template}}/delete", Right.EDIT_TEMPLATES),
]


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


def send(client, west, method, address):
    template = AnswerTemplate.objects.create(body=west, title="Dank", text="Danke!")
    names = {"reference": make_pin().reference, "template": template.pk}
    return getattr(client, method)(address.format(**names))


def user_of(role, west):
    if role == SeatRole.PLANNER:
        return make_planner()
    return make_member(west, "anna", role=Membership.Role(role.value))


@pytest.mark.parametrize("role", SeatRole)
@pytest.mark.parametrize(("method", "address", "right"), TABLE)
def test_each_seat(client, west, role, method, address, right):
    client.force_login(user_of(role, west))

    response = send(client, west, method, address)

    may = role in RIGHTS[right]
    # What the form misses is said by it: 422.
    assert response.status_code in ({200, 302, 422} if may else {403})


@pytest.mark.parametrize(("method", "address", "right"), TABLE)
def test_nobody_else(client, west, method, address, right):
    response = send(client, west, method, address)
    assert response.status_code == (302 if method == "get" else 401)
    assert "/accounts/login/" in (response.get("Location") or response.content.decode())
    AnswerTemplate.objects.all().delete()

    for user in (make_user(), make_member(make_body("Ortsbeirat Ost"), "bert")):
        client.force_login(user)
        assert send(client, west, method, address).status_code == 404
        AnswerTemplate.objects.all().delete()


@pytest.mark.parametrize("address", sorted({address for _m, address, _r in TABLE}))
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method(client, west, address, method):
    client.force_login(make_member(west, "anna"))
    assert send(client, west, method, address).status_code == 405
