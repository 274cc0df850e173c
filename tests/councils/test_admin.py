"""The admin of memberships, and its look at sittings."""

import pytest
from django.urls import reverse

from councils.models import AnswerTemplate, Membership
from tests.factories import (
    make_body,
    make_item,
    make_member,
    make_sitting,
    make_user,
)
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
    with django_assert_num_queries(6):
        admin.get(URL)
    for number in range(9):
        make_member(make_body(f"Beirat {number}"))
    with django_assert_num_queries(6):
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


def test_sittings_are_looked_at_and_kept_at_the_desk(admin, body):
    sitting = make_sitting(body, place="Alte Schule")
    make_item(sitting, "Einwohnerfragestunde")
    url = "/admin/councils/sitting/"

    assert "Alte Schule" in text_of(admin.get(url, {"q": "schule"}))
    page = admin.get(f"{url}{sitting.pk}/change/")
    assert "Einwohnerfragestunde" in text_of(page)
    assert 'name="place"' not in page.content.decode()
    assert admin.post(f"{url}{sitting.pk}/change/", {"place": "x"}).status_code == 403
    assert admin.get(f"{url}add/").status_code == 403
    assert admin.post(f"{url}{sitting.pk}/delete/").status_code == 403


def test_the_list_of_sittings_costs_the_same_with_many(
    admin, body, django_assert_max_num_queries
):
    for days in range(12):
        make_sitting(body, days=days + 1)
    with django_assert_max_num_queries(10):
        admin.get("/admin/councils/sitting/")


def test_votes_and_the_next_body_are_set_with_the_body(admin, body):
    council = make_body("Stadtrat", kind="council")
    url = reverse("admin:districts_body_change", args=[body.pk])
    values = {"kind": body.kind, "name": body.name, "mail": ""}

    answer = admin.post(url, values | {"seats": "15", "next_body": council.pk})

    assert answer.status_code == 302
    body.refresh_from_db()
    assert (body.seats, body.next_body) == (15, council)
    itself = admin.post(url, values | {"seats": "", "next_body": body.pk})
    assert itself.status_code == 200


def test_templates_of_answers_for_all_bodies(admin, body):
    url = reverse("admin:councils_answertemplate_add")
    data = {"body": "", "title": "Dank", "text": "Danke!"}

    assert admin.post(url, data).status_code == 302
    again = admin.post(url, data)

    assert again.status_code == 200
    assert AnswerTemplate.objects.get().body is None
    assert admin.post(url, data | {"body": body.pk}).status_code == 302
    found = text_of(admin.get(reverse("admin:councils_answertemplate_changelist")))
    assert body.name in found
