"""A look at the tokens of programs, and their end where something is wrong with one."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exports.models import PullToken
from exports.operation.access import get_operator
from exports.pulling.tokens import revoke


@admin.register(PullToken)
class PullTokenAdmin(admin.ModelAdmin[PullToken]):
    """Tokens are made at the desk by whoever uses them; here they can only be ended."""

    list_display = ["name", "body", "owner", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["body"]
    list_select_related = ["body", "owner"]
    search_fields = ["name", "owner__username", "owner__last_name"]
    fields = [
        ("name", "scopes"),
        ("owner", "body"),
        ("created_at", "expires_at"),
        ("last_used_at", "revoked_at"),
    ]
    readonly_fields = [
        *("name", "scopes", "owner", "body"),
        *("created_at", "expires_at", "last_used_at", "revoked_at"),
    ]
    actions = ["end"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: PullToken | None = None
    ) -> bool:
        return False

    @admin.action(description=_("Revoke the selected tokens"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[PullToken]) -> None:
        for token in queryset:
            revoke(token=token, actor=get_operator(request.user))
