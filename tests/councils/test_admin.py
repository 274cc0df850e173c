"""The admin of memberships."""

import pytest
from django.urls import reverse

from councils.models import Membership
from tests.factories import make_body, make_member, make_user
from tests.pages import text_of

URL = "/admin/councils/membership/"


@pytest.fixture
def body(db):
    return make_body()


@pytest.fixture
def admin(client, body):
    client.force_login(make_user("betrieb", is_staff=True, is_superuser=True))
    return client


def test_list_and_search(admin, body):
    make_member(body, "anna")
    make_member(make_body("Stadtrat"), "bert")

    assert "bert" in text_of(admin.get(URL))
    found = text_of(admin.get(URL, {"q": "anna"}))
    assert "anna" in found
    assert "bert" not in found


def test_the_list_costs_the_same_with_many_members(admin, django_assert_num_queries):
    make_member(body=make_body("Stadtrat"))
    with django_assert_num_queries(7):
        admin.get(URL)
    for number in range(9):
        make_member(make_body(f"Beirat {number}"))
    with django_assert_num_queries(7):
        admin.get(URL)


def test_add_change_and_delete(admin, body):
    anna = make_user("anna")
    values = {
        "user": anna.pk,
        "body": body.pk,
        "role": "clerk",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    assert admin.get(f"{URL}add/").status_code == 200

    assert admin.post(f"{URL}add/", values).status_code == 302
    seat = Membership.objects.get()
    change = reverse("admin:councils_membership_change", args=[seat.pk])
    assert admin.get(change).status_code == 200
    assert admin.post(change, values | {"valid_to": "2026-02-01"}).status_code == 302
    assert str(Membership.objects.get().valid_to) == "2026-02-01"

    delete = reverse("admin:councils_membership_delete", args=[seat.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 302
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_to": "2025-01-01"},
        {"role": "king"},
        {"valid_from": ""},
        {"user": "0"},
    ],
)
def test_what_the_database_refuses_is_told_in_the_form(admin, body, fields):
    values = {
        "user": make_user("anna").pk,
        "body": body.pk,
        "role": "clerk",
        "valid_from": "2026-01-01",
    }

    response = admin.post(f"{URL}add/", values | fields)

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not Membership.objects.exists()


def test_two_seats_at_once_are_told_in_the_form(admin, body):
    anna = make_member(body, "anna")

    response = admin.post(
        f"{URL}add/",
        {"user": anna.pk, "body": body.pk, "role": "clerk", "valid_from": "2026-01-01"},
    )

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
