"""Nobody overwrites what somebody else has saved since they read it."""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Field, ManyToManyField, Model

Row = TypeVar("Row", bound=Model)


class ChangedMeanwhile(Exception):
    """Somebody else has saved this after it was read; `digest` is of what it is now."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest


def digest_of(row: Model, fields: Sequence[str]) -> str:
    """Return a short text that changes with each of these fields."""
    kept = [row._meta.get_field(name) for name in fields]
    values = [_as_text(field, row) for field in kept if isinstance(field, Field)]
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:32]


def _as_text(field: "Field[Any, Any]", row: Model) -> str:
    if isinstance(field, ManyToManyField):
        return str(sorted(linked.pk for linked in field.value_from_object(row)))
    return field.value_to_string(row)


def hold_as_read(model: type[Row], pk: object, fields: Sequence[str], read: str) -> Row:
    """Return a row held until the transaction ends, as it was when it was read.

    Raises ChangedMeanwhile where it has changed, DoesNotExist where it is gone.
    """
    held: Row = model._default_manager.select_for_update().get(pk=pk)
    if read and (now := digest_of(held, fields)) != read:
        raise ChangedMeanwhile(now)
    return held
