"""The admin of memberships, and a look at sittings, which the desks keep."""

from django.contrib import admin
from django.http import HttpRequest

from councils.models import AgendaItem, AnswerTemplate, Membership, Sitting
from trust.audited_admin import AuditedAdmin


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    list_display = ["user", "body", "role", "valid_from", "valid_to"]
    list_filter = ["body", "role"]
    list_select_related = ["user", "body"]
    search_fields = ["user__username", "user__last_name", "body__name"]
    autocomplete_fields = ["user"]


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(admin.ModelAdmin[AnswerTemplate]):
    """Those without a body are for all bodies; the others their desks look after too."""

    list_display = ["title", "body"]
    list_filter = ["body"]
    list_select_related = ["body"]
    search_fields = ["title", "text"]


class AgendaItemInline(admin.TabularInline[AgendaItem, Sitting]):
    """The agenda as it stands."""

    model = AgendaItem
    fields = ["order", "title", "is_public", "result"]
    readonly_fields = ["order", "title", "is_public", "result"]
    ordering = ["order"]
    can_delete = False
    extra = 0

    def has_add_permission(
        self, request: HttpRequest, obj: Sitting | None = None
    ) -> bool:
        return False


@admin.register(Sitting)
class SittingAdmin(admin.ModelAdmin[Sitting]):
    """Sittings are planned, moved and cancelled at the desk: calendars and pins follow."""

    list_display = ["body", "start", "place", "state"]
    list_filter = ["state", "body"]
    list_select_related = ["body"]
    date_hierarchy = "start"
    search_fields = ["place", "body__name"]
    fields = [
        "body",
        ("start", "end"),
        "place",
        ("state", "cancelled_because"),
        "ris_url",
        ("invited_at", "sequence"),
        ("created_at", "modified_at"),
    ]
    inlines = [AgendaItemInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Sitting | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Sitting | None = None
    ) -> bool:
        return False
