"""The groups of Django, kept as the table of roles says."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from staff.roles import Role, permissions_of


@transaction.atomic
def keep_groups() -> None:
    """Give each role's group the rights of the table, no more and no fewer.

    Who belongs to a group stays as it is. Called after each migration, also of one that goes
    back, where some permissions do not exist yet.
    """
    for role in Role:
        group, _is_new = Group.objects.get_or_create(name=role.value)
        group.permissions.set(_rows(permissions_of(role)))


def keep_groups_after_migrations(**kwargs: Any) -> None:
    """Keep the groups; permissions of packages that come later are made before."""
    labels = {p.partition(".")[0] for role in Role for p in permissions_of(role)}
    for label in sorted(labels):
        create_permissions(apps.get_app_config(label), verbosity=0)
    keep_groups()


def foreign_rights() -> dict[Role, frozenset[str]]:
    """Return what groups hold beyond or below the table, by role. One query."""
    held: dict[str, set[str]] = {role.value: set() for role in Role}
    rows = Permission.objects.filter(group__name__in=held).values_list(
        "group__name", "content_type__app_label", "codename"
    )
    for name, label, codename in rows:
        held[name].add(f"{label}.{codename}")
    found = {role: permissions_of(role) ^ held[role.value] for role in Role}
    return {role: frozenset(wrong) for role, wrong in found.items() if wrong}


def _rows(permissions: frozenset[str]) -> list[Permission]:
    wanted = Q()
    for permission in permissions:
        label, _dot, codename = permission.partition(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    return list(Permission.objects.filter(wanted))
