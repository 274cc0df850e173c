"""Pages of the admin whose use is kept in the audit log: what is read there, and changed."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from trust import audit
from trust.models import AuditEntry


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Keeps who added, changed, erased and, where it says so, read what."""

    # Where the page shows what nobody should look at without need.
    keeps_who_reads = False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Keep an addition in the audit log, too."""
        self._record("add", request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Keep a change in the audit log, too: which fields, not what was in them."""
        self._record("change", request, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Keep deletions in the audit log, too."""
        for row in queryset:
            self._record("erase", request, row)
        return super().log_deletions(request, queryset)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Keep who looks at a row, where that is asked for."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if self.keeps_who_reads and request.method == "GET":
            row = self.get_object(request, object_id)
            if row is not None and answer.status_code == HttpResponse.status_code:
                self._record("read", request, row)
        return answer

    def _record(self, verb: str, request: HttpRequest, row: Model) -> None:
        actor = request.user
        if isinstance(actor, User):
            name = str(row._meta.verbose_name_raw)
            audit.record(f"{verb} {name} in the admin"[:60], actor=actor, target=row)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """To look things up; nobody changes the log."""

    list_display = ["at", "actor", "action", "object_type", "object_id"]
    list_filter = ["object_type"]
    list_select_related = ["actor"]
    search_fields = ["action", "object_id"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False
