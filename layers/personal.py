"""The layers keep nothing about residents: of staff, who opened an overlay for editing."""

from django.utils.translation import gettext_lazy as _

from trust.register import Basis, Harmless, Personal, Whose

DATA = (
    Personal(
        "layers.Overlay",
        ("opened_by",),
        Whose.STAFF,
        _("Who published a reference map"),
        _("so that decisions can be checked"),
        Basis.TASK,
        _("those who run this site"),
        _("with the map"),
    ),
)
HARMLESS = (
    Harmless(
        "layers.Theme",
        (
            *("slug", "title_de", "title_en", "question_de", "question_en"),
            *("colour", "icon"),
        ),
        "public words of the office",
    ),
    Harmless(
        "layers.Overlay",
        (
            *("slug", "title_de", "title_en", "description_de", "description_en"),
            *("legend_de", "legend_en", "attribution", "licence_name", "licence_url"),
            *("colour", "label_column", "file_name", "file_crs", "wms_url"),
            "wms_layers",
        ),
        "public words of the office",
    ),
    Harmless(
        "layers.OverlayFeature",
        ("label", "properties"),
        "open geodata; the office checks that nobody is named before it publishes them",
    ),
    Harmless("layers.Street", ("name", "location"), "OpenStreetMap, of no person"),
    Harmless(
        "layers.Address",
        ("housenumber", "postcode", "location"),
        "houses of OpenStreetMap, without who lives there",
    ),
)
