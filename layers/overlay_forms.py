"""Publishing overlays: reading the file, checking the map server, saying what is wrong."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from geo.uploads import Upload, UploadError, Wanted, read_upload
from layers.colours import HEX
from layers.forms import refuse_pale
from layers.models import Overlay
from layers.wms import is_allowed, normal_address, origin_of

# WCAG 2.2 AA for what is no text: a line on white.
LOWEST_CONTRAST = 3.0

# Where the message about a file belongs, and what it says.
_UPLOAD_ERRORS: Mapping[str, tuple[str, StrOrPromise]] = {
    "kind": (
        "file",
        _(
            "This is no file that can be read here. Please send a GeoJSON, a GeoPackage "
            "without views or computed columns, or a Shapefile packed as ZIP."
        ),
    ),
    "broken": (
        "file",
        _("This file is damaged or incomplete. Please export it once more."),
    ),
    "too_large": ("file", _("Unpacked, this file is too large.")),
    "too_slow": ("file", _("Reading this file took too long. Please simplify it.")),
    "empty": ("file", _("There is nothing in this file.")),
    "no_shapes": ("file", _("No row of this file has a place on the map.")),
    "too_many": (
        "file",
        _("This file has %(found)s features; %(limit)s are possible."),
    ),
    "too_detailed": (
        "file",
        _(
            "The shapes of this file have more than %(limit)s points. Please simplify "
            "them."
        ),
    ),
    "encoding": (
        "file",
        _(
            "The letters of this file cannot be read. Please save it as UTF-8; a "
            "Shapefile names its encoding in a .cpg file."
        ),
    ),
    "layers": (
        "layer",
        _("This file has several layers. Please name one of: %(found)s."),
    ),
    "no_layer": (
        "layer",
        _("This file has no layer “%(name)s”. It has: %(found)s."),
    ),
    "no_crs": (
        "epsg",
        _("The file does not say in which CRS its coordinates are. Please name it."),
    ),
    "unknown_crs": ("epsg", _("The CRS “%(name)s” is not known here.")),
    "misplaced": (
        "epsg",
        _("The coordinates do not fit the CRS %(crs)s. Please name the right one."),
    ),
    "no_column": (
        "columns",
        _("This file has no column “%(name)s”. It has: %(found)s."),
    ),
}


class OverlayForm(forms.ModelForm[Overlay]):
    """An overlay with its file or its map server."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_(
            "A GeoJSON, a GeoPackage or a Shapefile packed as ZIP. A new file replaces "
            "all features of the old one."
        ),
    )
    layer = forms.CharField(
        label=_("layer of the file"),
        required=False,
        max_length=120,
        help_text=_("Only where the file has several."),
    )
    epsg = forms.IntegerField(
        label=_("CRS (EPSG number)"),
        required=False,
        min_value=1024,
        max_value=999_999,
        help_text=_("Only where the file does not say it, such as 25832."),
    )
    licence_url = forms.URLField(
        label=_("address of the licence"),
        required=False,
        assume_scheme="https",
        max_length=200,
    )
    wms_url = forms.CharField(
        label=_("address of the map server"),
        required=False,
        max_length=300,
        help_text=_(
            "Without the part of a request, such as https://maps.example.de/wms."
        ),
    )

    # What was read, once the form is valid and had a file.
    upload: Upload | None = None

    class Meta:
        model = Overlay
        fields = [
            "kind",
            "title_de",
            "title_en",
            "slug",
            "theme",
            "description_de",
            "description_en",
            "legend_de",
            "legend_en",
            "attribution",
            "licence_name",
            "licence_url",
            "is_published",
            "position",
            "colour",
            "line_width",
            "fill_opacity",
            "point_radius",
            "columns",
            "label_column",
            "wms_url",
            "wms_layers",
            "wms_format",
            "wms_version",
        ]
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "description_de": forms.Textarea(attrs={"rows": 3}),
            "description_en": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "columns": _(
                "Names of columns, with commas between them. Everybody can read what "
                "stands in them; all other columns are left out."
            ),
            "label_column": _("Shown first when somebody presses a feature."),
            "wms_layers": _("As the server names them, with commas between them."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # What changed is told from the database, not from what the browser sends back.
        self.fields["columns"].show_hidden_initial = False

    def full_clean(self) -> None:
        super().full_clean()
        was_sent = self.is_bound and self.files.get("file")
        if was_sent and self.errors and "file" not in self.errors:
            self.add_error(
                "file",
                _("Please choose the file once more: browsers do not keep it."),
            )

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        if HEX.fullmatch(colour):
            refuse_pale(colour, lowest=LOWEST_CONTRAST)
        return colour

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        limit = settings.OVERLAY_UPLOAD_BYTES
        if file and (file.size or 0) > limit:
            raise ValidationError(
                _("This file is too large; %(limit)s are possible."),
                params={"limit": filesizeformat(limit)},
            )
        return file

    def clean_columns(self) -> list[str]:
        columns: list[str] = list(dict.fromkeys(self.cleaned_data["columns"]))
        if "label" in columns:
            raise ValidationError(
                _("A column of the name “label” can only be the one with the name.")
            )
        return columns

    def clean_wms_url(self) -> str:
        text: str = self.cleaned_data["wms_url"]
        if not text:
            return ""
        try:
            address = normal_address(text)
        except ValueError:  # such as brackets that do not close
            address = ""
        if not Overlay.WMS_ADDRESS.fullmatch(address):
            raise ValidationError(
                _("Please write an address with https, such as %(example)s."),
                params={"example": "https://maps.example.de/wms"},
            )
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Fixed once the overlay is there.
        kind = cleaned.get("kind", self.instance.kind)
        if kind == Overlay.Kind.WMS:
            self._check_map_server(cleaned)
        else:
            self._check_file(cleaned)
        return cleaned

    def _check_map_server(self, cleaned: dict[str, Any]) -> None:
        for name in ("wms_url", "wms_layers"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("A map server needs this."))
        self._keep_empty(
            ["file", "layer", "epsg", "columns", "label_column"],
            _("Please leave this empty: this overlay comes from a map server."),
        )
        url = cleaned.get("wms_url")
        if url and cleaned.get("is_published") and not is_allowed(url):
            self.add_error(
                "is_published",
                ValidationError(
                    _(
                        "The operator of this site does not allow pictures from "
                        "%(origin)s. With MAPAPP_WMS_HOSTS they can; until then the "
                        "overlay cannot be published."
                    ),
                    params={"origin": origin_of(url)},
                ),
            )

    def _check_file(self, cleaned: dict[str, Any]) -> None:
        self._keep_empty(
            ["wms_url", "wms_layers"],
            _("Please leave this empty: this overlay comes from a file."),
        )
        file = cleaned.get("file")
        if file:
            self._read(file, cleaned)
        elif "file" in self.errors:
            return
        elif self.instance._state.adding:
            self.add_error("file", _("Please choose a file."))
        else:
            self._refuse_change_without_file()

    def _keep_empty(self, names: list[str], message: StrOrPromise) -> None:
        for name in names:
            if self.cleaned_data.get(name):
                self.add_error(name, message)

    def _refuse_change_without_file(self) -> None:
        """What was not kept of the old file cannot be shown either."""
        for name in ("layer", "epsg", "columns", "label_column"):
            if name in self.changed_data and name not in self.errors:
                self.add_error(name, _("To change this, please send the file again."))

    def _read(self, file: UploadedFile, cleaned: dict[str, Any]) -> None:
        if {"layer", "epsg", "columns", "label_column"} & self.errors.keys():
            return
        wanted = Wanted(
            layer=cleaned["layer"],
            epsg=cleaned["epsg"],
            columns=tuple(cleaned["columns"]),
            label=cleaned["label_column"],
        )
        try:
            self.upload = _read_file(file, wanted)
        except UploadError as error:
            self._explain(error, wanted)

    def _explain(self, error: UploadError, wanted: Wanted) -> None:
        field, message = _UPLOAD_ERRORS[error.code]
        is_label = error.details.get("name") == wanted.label
        if field == "columns" and is_label:
            field = "label_column"
        self.add_error(field, ValidationError(message, error.code, error.details))


def _read_file(file: UploadedFile, wanted: Wanted) -> Upload:
    with TemporaryDirectory(prefix="overlay-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        return read_upload(path, wanted=wanted)
