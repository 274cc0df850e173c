"""The admin of themes."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest

from layers.forms import ThemeForm
from layers.models import Theme


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin[Theme]):
    form = ThemeForm
    list_display = ["title_de", "title_en", "slug", "icon", "position", "is_active"]
    list_editable = ["position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["title_de", "title_en", "slug"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Theme | None = None
    ) -> list[str]:
        """Fix the slug once it stands in addresses and in open data."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Theme | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title_en"]}
