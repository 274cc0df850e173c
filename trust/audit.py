"""Writing the audit log; every act that must be checkable later goes through here."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from trust.models import AuditEntry

type_of = "{0.app_label}.{0.model_name}".format


def record(
    action: str,
    *,
    actor: User | None,
    target: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry, in the transaction of the act itself.

    `action` is a short phrase, `hide contribution`. `before` and `after` take states and
    ids that JSON can hold: never what somebody wrote, nor an address. `actor` is None
    where nobody with an account acted.
    """
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        object_type=type_of(target._meta) if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        before=dict(before or {}),
        after=dict(after or {}),
    )
