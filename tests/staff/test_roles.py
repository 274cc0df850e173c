"""Groups, document and page follow the table of roles."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from councils.rights import LABELS
from councils.rights import RIGHTS as SEAT_RIGHTS
from exports import rights as of_exports
from insek import rights as of_insek
from layers import rights as of_layers
from pins import rights as of_pins
from staff import checks
from staff import rights as of_staff
from staff.groups import foreign_rights, keep_groups
from staff.role_document import PATH, document
from staff.roles import ROLES, Role, permissions_of, table
from tests.factories import make_moderator, make_user

DECLARED = {
    right
    for module in (of_pins, of_layers, of_insek, of_exports, of_staff)
    for right in module.RIGHTS
}


def make_helper(username: str = "technik") -> User:
    """Make an operator, by the group of the role."""
    user = make_user(username)
    user.groups.add(Group.objects.get(name=Role.OPERATOR))
    return user


def test_each_right_belongs_to_a_role() -> None:
    assert {right for rights in ROLES.values() for right in rights} == DECLARED


def test_each_right_of_a_seat_has_its_words() -> None:
    assert set(LABELS) == set(SEAT_RIGHTS)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_migrating_makes_the_groups(role: Role) -> None:
    held = Permission.objects.filter(group__name=role.value)
    names = {f"{row.content_type.app_label}.{row.codename}" for row in held}

    assert names == permissions_of(role)


@pytest.mark.django_db
def test_a_group_gives_its_rights_and_no_others() -> None:
    user = make_user()
    user.groups.add(Group.objects.get(name=Role.PLANNER))
    user = User.objects.get(pk=user.pk)

    held = {right for right in DECLARED if right.held_by(user)}

    assert held == {
        right for right in DECLARED if right.permission in permissions_of(Role.PLANNER)
    }


@pytest.mark.django_db
def test_what_is_added_by_hand_is_shown_and_goes_with_the_next_migration() -> None:
    group = Group.objects.get(name=Role.MODERATOR)
    group.permissions.add(Permission.objects.get(codename="plan_pin"))
    group.permissions.remove(Permission.objects.get(codename="moderate_pin"))
    ours = {"staff.W001"}

    said = [one for one in run_checks(databases=["default"]) if one.id in ours]
    keep_groups()

    assert [str(one.msg) for one in said] == [
        "The group 'moderator' differs from the table of roles: pins.moderate_pin, pins.plan_pin."
    ]
    assert foreign_rights() == {}


@pytest.mark.django_db
def test_keeping_the_groups_leaves_who_belongs_to_them() -> None:
    group = Group.objects.get(name=Role.EDITOR)
    group.user_set.add(make_user())
    keep_groups()
    keep_groups()

    assert group.user_set.count() == 1
    assert Group.objects.filter(name__in=[*Role]).count() == len(Role)


def test_the_check_asks_no_database_unless_told() -> None:
    assert checks.groups_are_as_in_the_table() == []


@pytest.mark.django_db
def test_the_check_is_quiet_before_the_first_migration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> dict[Role, frozenset[str]]:
        raise DatabaseError

    monkeypatch.setattr(checks, "foreign_rights", fail)

    assert checks.groups_are_as_in_the_table(databases=["default"]) == []


def test_the_document_is_fresh() -> None:
    assert PATH.read_text("utf-8") == document(), "manage.py write_roles"


def test_the_command_writes_the_document(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roles.md"
    monkeypatch.setattr("staff.management.commands.write_roles.PATH", file)
    call_command("write_roles", verbosity=0)

    assert file.read_text("utf-8") == document()


@pytest.mark.django_db
def test_the_operator_sees_the_table(client: Client) -> None:
    client.force_login(make_helper())
    response = client.get("/en/operation/roles/")

    text = response.content.decode()
    assert response.status_code == 200
    for role, rows in table():
        assert str(role) in text
        assert rows
    assert "differs from" not in text


@pytest.mark.django_db
def test_the_table_says_where_a_group_was_changed(client: Client) -> None:
    group = Group.objects.get(name=Role.MODERATOR)
    group.permissions.add(Permission.objects.get(codename="plan_pin"))
    client.force_login(make_helper())

    assert "pins.plan_pin" in client.get("/operation/roles/").content.decode()


@pytest.mark.django_db
def test_nobody_else_sees_the_table(client: Client) -> None:
    assert client.get("/operation/roles/").status_code == 302
    client.force_login(make_moderator())
    assert client.get("/operation/roles/").status_code == 403
    client.force_login(make_helper())
    assert client.post("/operation/roles/").status_code == 405
