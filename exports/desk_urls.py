"""Files of a desk, below /desk/."""

from django.urls import path

from exports.files import desk_views
from exports.large import desk_views as large_views
from exports.pulling import views as pulling_views

_FILES = "<slug:body_slug>/files/"
_TOKEN = f"{_FILES}tokens/<int:token_id>/"

urlpatterns = [
    path(
        "<slug:body_slug>/pins.<str:extension>",
        desk_views.pins,
        name="desk-pins",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/pins.<str:extension>",
        desk_views.sitting_pins,
        name="desk-sitting-pins",
    ),
    path(_FILES, pulling_views.files, name="desk-files"),
    path(f"{_FILES}<uuid:file_id>", large_views.file, name="desk-file"),
    path(
        f"{_FILES}<uuid:file_id>.<str:extension>",
        large_views.download,
        name="desk-file-download",
    ),
    path(_TOKEN, pulling_views.token, name="desk-token"),
    path(f"{_TOKEN}revoke", pulling_views.revoke_token, name="desk-token-revoke"),
]
