"""Somebody else is quicker: between what a page looks up and what it does then."""

from types import ModuleType
from typing import Any

import pytest
from django.shortcuts import get_object_or_404


def delete_what_is_found(monkeypatch: pytest.MonkeyPatch, views: ModuleType) -> None:
    """Let what these views find be deleted before they do anything with it."""

    def find(*args: Any, **kwargs: Any) -> Any:
        row = get_object_or_404(*args, **kwargs)
        type(row).objects.filter(pk=row.pk).delete()
        return row

    monkeypatch.setattr(views, "get_object_or_404", find)
