"""An operator looks as somebody else: read only, for a while, written down."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from staff.looking import KEY
from staff.roles import Role
from tests.factories import (
    make_body,
    make_member,
    make_moderator,
    make_operator,
    make_user,
)
from trust.models import AuditEntry

pytestmark = pytest.mark.django_db
BANNER = "Sie sehen die Website als"


def make_helper(username: str = "technik") -> User:
    """Make an operator, by the group of the role."""
    user = make_user(username)
    user.groups.add(Group.objects.get(name=Role.OPERATOR))
    return user


@pytest.fixture
def operator(client: Client) -> User:
    user = make_helper()
    client.force_login(user)
    return user


@pytest.fixture
def member() -> User:
    return make_member(make_body("Ortsbeirat West"), username="west")


def look(client: Client, name: str = "west", reason: str = "asked") -> Any:
    return client.post("/operation/look/", {"person": name, "reason": reason})


def log() -> list[tuple[str, str, str, str]]:
    entries = AuditEntry.objects.order_by("pk").select_related("actor")
    return [
        (
            entry.action,
            str(entry.actor),
            User.objects.get(pk=entry.object_id).username,
            entry.after.get("reason") or entry.after.get("because"),
        )
        for entry in entries
    ]


STARTED = ("look as another person", "technik", "west", "asked")


def ended(because: str) -> tuple[str, str, str, str]:
    return ("end looking as another person", "technik", "west", because)


def test_an_operator_sees_what_the_person_sees_and_comes_back(
    client: Client, operator: User, member: User
) -> None:
    assert client.get("/desk/ortsbeirat-west/").status_code == 404

    assert look(client).url == "/accounts/start/"
    page = client.get("/desk/ortsbeirat-west/")
    assert page.status_code == 200
    assert 'class="looking"' in page.content.decode()
    assert 'class="looking"' in client.get("/").content.decode()

    answer = client.post("/operation/look/end", follow=True)
    assert answer.status_code == 200
    assert 'class="looking"' not in answer.content.decode()
    assert "west" in answer.content.decode()
    assert client.get("/desk/ortsbeirat-west/").status_code == 404
    assert log() == [STARTED, ended("ended")]


def test_ending_twice_is_one_end(client: Client, operator: User, member: User) -> None:
    look(client)
    for _time in range(2):
        assert client.post("/operation/look/end").status_code == 302
    assert log() == [STARTED, ended("ended")]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/desk/ortsbeirat-west/templates/new", "/pins/new"])
def test_nothing_can_be_sent(
    client: Client, operator: User, member: User, method: str, path: str
) -> None:
    look(client)
    answer = getattr(client, method)(path)

    assert answer.status_code == 403
    assert 'class="looking"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/en/operation/webhooks/",
        "/cms/",
        "/accounts/login/",
        "/planning/events/1/",
        "/planning/input/cards/1/",
    ],
)
def test_what_holds_contacts_stays_closed(
    client: Client, operator: User, member: User, path: str
) -> None:
    make_user("root", is_superuser=True, is_staff=True)
    client.force_login(User.objects.get(username="root"))
    look(client)

    answer = client.get(path)

    assert answer.status_code == 403
    assert 'class="looking"' in answer.content.decode()


def test_time_ends_it(client: Client, operator: User, member: User) -> None:
    look(client)
    session = client.session
    past = timezone.now() - datetime.timedelta(seconds=1)
    session[KEY] = session[KEY] | {"until": past.isoformat()}
    session.save()

    assert client.get("/desk/ortsbeirat-west/").status_code == 404
    assert client.get("/operation/look/").status_code == 200
    assert log() == [STARTED, ended("time")]


def test_an_operator_who_is_none_any_more_is_only_themselves(
    client: Client, operator: User, member: User
) -> None:
    look(client)
    operator.groups.clear()

    assert client.get("/desk/ortsbeirat-west/").status_code == 404
    assert log() == [STARTED, ended("rights")]


def test_a_person_who_is_switched_off_is_not_looked_as_any_more(
    client: Client, operator: User, member: User
) -> None:
    look(client)
    User.objects.filter(pk=member.pk).update(is_active=False)

    assert client.post("/pins/new").status_code != 403
    assert log() == [STARTED, ended("rights")]


def test_signing_out_ends_it(client: Client, operator: User, member: User) -> None:
    look(client)
    assert client.post("/accounts/logout/").status_code in {200, 302}

    assert "_auth_user_id" not in client.session
    assert log() == [STARTED, ended("signed out")]


def test_a_session_that_ended_looks_as_nobody(
    client: Client, operator: User, member: User
) -> None:
    look(client)
    User.objects.filter(pk=operator.pk).update(is_active=False)

    assert client.get("/desk/ortsbeirat-west/").status_code == 302


@pytest.mark.parametrize(
    "name", ["root", "other", "grouped", "off", "technik", "x\0", ""]
)
def test_nobody_looks_as_an_operator(client: Client, operator: User, name: str) -> None:
    make_user("root", is_superuser=True)
    make_operator("other")
    make_user("grouped").groups.add(Group.objects.get(name=Role.OPERATOR))
    make_user("off", is_active=False)

    assert look(client, name).status_code == 422
    assert KEY not in client.session
    assert log() == []


@pytest.mark.parametrize("reason", ["", "because", "x\0"])
def test_a_reason_is_compulsory(
    client: Client, operator: User, member: User, reason: str
) -> None:
    answer = look(client, reason=reason)

    assert answer.status_code == 422
    assert 'value="west"' in answer.content.decode()
    assert log() == []


def test_nobody_else_may_look(client: Client, member: User) -> None:
    assert look(client).status_code == 401
    client.force_login(make_moderator())
    assert look(client).status_code == 403
    assert client.get("/operation/look/").status_code == 403
    assert client.get("/operation/look/end").status_code == 405


def test_looking_costs_nobody_else_a_query(
    client: Client, member: User, django_assert_num_queries: Any
) -> None:
    """A session is read only where somebody asks who there is."""
    client.force_login(member)
    with django_assert_num_queries(0):
        client.get("/healthz")
