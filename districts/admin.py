"""The admin of districts and bodies.

Boundaries come from files alone (`import_districts`), which checks that they cover the
city; here they are only described. Who answers for a district is edited on the district's
page, all its duties at once.
"""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from districts.forms import ResponsibilityForm, ResponsibilityFormSet
from districts.models import (
    Body,
    District,
    DistrictQuerySet,
    Responsibility,
    ResponsibilityQuerySet,
)


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin[Body]):
    list_display = ["name", "kind", "seats", "next_body", "mail"]
    list_filter = ["kind"]
    list_select_related = ["next_body"]
    search_fields = ["name", "slug"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Body | None = None
    ) -> list[str]:
        """Fix the slug once it stands in addresses."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Body | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["name"]}


class ResponsibilityInline(admin.TabularInline[Responsibility, District]):
    model = Responsibility
    form = ResponsibilityForm
    formset = ResponsibilityFormSet
    extra = 0


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin[District]):
    list_display = ["number", "name", "kind", "area", "valid_from", "valid_to"]
    list_display_links = ["number", "name"]
    list_filter = ["kind", "valid_from"]
    search_fields = ["name", "=number"]
    fields = [
        ("number", "name", "slug"),
        "kind",
        ("valid_from", "valid_to"),
        ("area", "source"),
        ("population", "population_on", "population_source"),
    ]
    readonly_fields = ["number", "slug", "valid_from", "valid_to", "area", "source"]
    inlines = [ResponsibilityInline]

    def get_queryset(self, request: HttpRequest) -> DistrictQuerySet:
        return District.objects.with_area().defer("geometry")

    @admin.display(description=_("area"), ordering="area_km2")
    def area(self, district: District) -> str:
        return f"{number_format(district.area_km2, 2)} km²"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: District | None = None
    ) -> bool:
        return False


@admin.register(Responsibility)
class ResponsibilityAdmin(admin.ModelAdmin[Responsibility]):
    """An overview; a body takes over on the page of the district."""

    list_display = ["district", "body", "valid_from", "valid_to"]
    list_filter = ["body"]
    list_select_related = ["body", "district"]
    search_fields = ["district__name", "body__name"]

    def get_queryset(self, request: HttpRequest) -> ResponsibilityQuerySet:
        return Responsibility.objects.defer("district__geometry")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Responsibility | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Responsibility | None = None
    ) -> bool:
        return False
