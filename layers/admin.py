"""The admin of themes, and of overlays: where staff publish a map."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from districts.models import District
from geo.uploads import Upload
from layers.actions import save_overlay
from layers.forms import ThemeForm
from layers.models import Overlay, Theme
from layers.overlay_forms import OverlayForm
from layers.wms import is_allowed


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


@admin.register(Overlay)
class OverlayAdmin(admin.ModelAdmin[Overlay]):
    form = OverlayForm
    list_display = [
        "title_de",
        "theme",
        "kind",
        "feature_count",
        "position",
        "is_published",
        "is_offered",
    ]
    list_filter = ["is_published", "kind", "theme"]
    list_select_related = ["theme"]
    search_fields = ["title_de", "title_en", "slug"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "kind",
                    ("title_de", "title_en"),
                    "slug",
                    "theme",
                    ("is_published", "position"),
                ]
            },
        ),
        (
            _("The file"),
            {
                "description": _("Only for an overlay that comes from a file."),
                "fields": ["file", "layer", "epsg", "label_column", "columns", "read"],
            },
        ),
        (
            _("The map server"),
            {
                "description": _("Only for an overlay that comes from a map server."),
                "fields": ["wms_url", "wms_layers", ("wms_format", "wms_version")],
            },
        ),
        (
            _("Texts and source"),
            {
                "fields": [
                    ("legend_de", "legend_en"),
                    ("description_de", "description_en"),
                    "attribution",
                    ("licence_name", "licence_url"),
                ]
            },
        ),
        (
            _("Look"),
            {
                "description": _("Only for an overlay that comes from a file."),
                "fields": ["colour", ("line_width", "fill_opacity", "point_radius")],
            },
        ),
        (_("Record"), {"fields": [("opened_by", "created_at")]}),
    ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Overlay | None = None
    ) -> list[str]:
        """Fix what stands in addresses, and whether there is a file."""
        always = ["read", "opened_by", "created_at"]
        return [*always, "slug", "kind"] if obj else always

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Overlay | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title_en"]}

    @admin.display(description=_("what was read"))
    def read(self, overlay: Overlay) -> str:
        """Say what the last file was."""
        if not overlay.feature_count:
            return "–"
        shapes = ", ".join(str(Overlay.Shape(shape).label) for shape in overlay.shapes)
        return f"{overlay.file_name}: {overlay.feature_count} ({shapes}), {overlay.file_crs}"

    @admin.display(description=_("on the map"), boolean=True)
    def is_offered(self, overlay: Overlay) -> bool:
        """Tell published overlays apart whose map server is no longer allowed."""
        is_there = overlay.kind == Overlay.Kind.FILE or is_allowed(overlay.wms_url)
        return overlay.is_published and is_there

    def save_model(
        self, request: HttpRequest, obj: Overlay, form: Any, change: Any
    ) -> None:
        upload: Upload | None = form.upload
        if upload is not None:
            name: str = form.cleaned_data["file"].name
            obj.file_name = name[:200]
        save_overlay(overlay=obj, actor=request.user, upload=upload)
        if upload is not None:
            _report(request, obj, upload)


def _report(request: HttpRequest, overlay: Overlay, upload: Upload) -> None:
    """Say what was read, and what may not be as meant."""
    count = len(upload.features)
    text = ngettext(
        "%(count)s feature was read, from coordinates in %(crs)s.",
        "%(count)s features were read, from coordinates in %(crs)s.",
        count,
    )
    messages.info(request, text % {"count": count, "crs": upload.crs})
    outside = _count_outside(overlay)
    if not outside:
        messages.info(request, gettext("All of it touches the city."))
    for number, text in [
        (
            outside,
            gettext(
                "Outside the city, where nobody may look: %(number)s of %(count)s."
            ),
        ),
        (upload.repaired, gettext("Invalid and mended: %(number)s.")),
        (upload.dropped, gettext("Left out, since they have no place: %(number)s.")),
        (upload.shortened, gettext("Texts that were too long and cut: %(number)s.")),
    ]:
        if number:
            messages.warning(request, text % {"number": number, "count": count})


def _count_outside(overlay: Overlay) -> int:
    touching = District.objects.current().filter(
        geometry__intersects=OuterRef("geometry")
    )
    return overlay.features.exclude(Exists(touching)).count()
