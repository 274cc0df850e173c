"""The admin of memberships."""

from django.contrib import admin

from councils.models import Membership


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ["user", "body", "role", "valid_from", "valid_to"]
    list_filter = ["body", "role"]
    list_select_related = ["user", "body"]
    search_fields = ["user__username", "user__last_name", "body__name"]
    autocomplete_fields = ["user"]
