"""The admin of what keeps abuse away: the list of banned patterns."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction

from trust.audit import record
from trust.models import BannedPattern

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

STATES = ("action", "is_active")


@admin.register(BannedPattern)
class BannedPatternAdmin(admin.ModelAdmin[BannedPattern]):
    """Who changed what is in the audit log; the patterns themselves are not."""

    list_display = ["pattern", "action", "is_active", "note", "created_by"]
    list_filter = ["action", "is_active"]
    list_select_related = ["created_by"]
    search_fields = ["pattern", "note"]
    fields = ["pattern", "action", "is_active", "note"]

    @transaction.atomic
    def save_model(
        self,
        request: "HttpRequest",
        obj: BannedPattern,
        form: "ModelForm[BannedPattern]",
        change: Any,
    ) -> None:
        """Keep a pattern, and who made it."""
        before = {name: form.initial.get(name) for name in STATES} if change else {}
        if not change and isinstance(request.user, User):
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        self._note(request, "change pattern" if change else "ban pattern", obj, before)

    @transaction.atomic
    def delete_model(self, request: "HttpRequest", obj: BannedPattern) -> None:
        """Take a pattern off the list."""
        self._note(request, "lift pattern", obj, _states(obj))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(
        self, request: "HttpRequest", queryset: "QuerySet[BannedPattern]"
    ) -> None:
        """Take patterns off the list."""
        for pattern in queryset:
            self.delete_model(request, pattern)

    def _note(
        self,
        request: "HttpRequest",
        action: str,
        obj: BannedPattern,
        before: dict[str, Any],
    ) -> None:
        actor = request.user if isinstance(request.user, User) else None
        after = {} if action == "lift pattern" else _states(obj)
        record(action, actor=actor, target=obj, before=before, after=after)


def _states(pattern: BannedPattern) -> dict[str, Any]:
    return {name: getattr(pattern, name) for name in STATES}
