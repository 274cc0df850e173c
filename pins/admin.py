"""The admin of pins: a view into the records, and the moderator's decisions in bulk.

What is said and what became of it is never edited here: words are the author's, steps go
through the actions and are appended.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from pins.models import (
    Comment,
    Contact,
    Follow,
    Mailbox,
    Pin,
    StatusChange,
    VisibilityChange,
)
from trust.audited_admin import AuditedAdmin


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class KeepsKeysSecret(admin.ModelAdmin[Any]):
    """Lets nobody ask for a form's key: piece by piece the address gives it away.

    Sent again with the words of its pin or comment, the key answers with the author's
    own link.
    """

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        if lookup.partition("__")[0] in {"idempotency_key", "token_hash"}:
            return False
        return super().lookup_allowed(lookup, value, request)


class StatusChangeInline(ReadOnlyInline):
    model = StatusChange


class VisibilityChangeInline(ReadOnlyInline):
    model = VisibilityChange


@admin.register(Pin)
class PinAdmin(KeepsKeysSecret):
    list_display = ["reference", "title", "kind", "theme", "visibility", "status"]
    list_filter = ["visibility", "status", "kind", "theme"]
    list_select_related = ["theme"]
    search_fields = ["reference", "title"]
    date_hierarchy = "created_at"
    inlines = [VisibilityChangeInline, StatusChangeInline]
    # An office may correct the sorting; the trigger follows where a theme changes.
    readonly_fields = (
        "reference",
        "title",
        "text",
        "district",
        "place_note",
        "visibility",
        "status",
        "duplicate_of",
        "created_at",
        "published_at",
    )
    fields = ("kind", "theme", *readonly_fields)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Pin | None = None
    ) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Pin, form: forms.ModelForm[Pin], change: Any
    ) -> None:
        """Write what was changed and nothing else.

        The other columns may have moved on since they were read, and writing the place
        asks for a district anew, which a pin at an old boundary no longer has.
        """
        obj.save(update_fields=form.changed_data)


@admin.register(Contact)
class ContactAdmin(AuditedAdmin):
    """Addresses can be found by reference and erased on request, and that is all."""

    keeps_who_reads = True
    list_display = ["pin_reference", "created_at"]
    list_select_related = ["pin"]
    search_fields = ["pin__reference"]
    fields = ["pin", "email", "language", "consent_version", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Contact | None = None
    ) -> bool:
        return False

    @admin.display(description=gettext_lazy("contribution"))
    def pin_reference(self, contact: Contact) -> str:
        return str(contact.pin.reference)


class FollowInline(ReadOnlyInline):
    model = Follow
    fields = ("pin", "district_slug", "theme", "place_name", "radius", "confirmed_at")
    readonly_fields = ("confirmed_at",)


@admin.register(Mailbox)
class MailboxAdmin(AuditedAdmin):
    """To answer somebody who asks what is kept of them, and to erase it."""

    keeps_who_reads = True
    list_display = ["__str__", "not_before"]
    search_fields = ["email"]
    fields = ["email"]
    inlines = [FollowInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Mailbox | None = None
    ) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(KeepsKeysSecret):
    """To look things up: what is published is decided in the moderation."""

    list_display = ["pin_reference", "visibility", "body", "created_at"]
    list_filter = ["visibility"]
    list_select_related = ["pin", "body"]
    search_fields = ["pin__reference", "text"]
    date_hierarchy = "created_at"
    view_on_site = False
    fields = (
        "pin",
        "text",
        "language",
        "visibility",
        "body",
        "actor",
        "decided_by",
        "reason",
        "created_at",
        "published_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Comment | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Comment | None = None
    ) -> bool:
        return False

    @admin.display(description=gettext_lazy("contribution"))
    def pin_reference(self, comment: Comment) -> str:
        return str(comment.pin.reference)
