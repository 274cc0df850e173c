from django.urls import path

from councils.views import papers as paper_views

urlpatterns = [
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/dossier.pdf",
        paper_views.dossier,
        name="dossier",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/dossier.xlsx",
        paper_views.spreadsheet,
        name="dossier-xlsx",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/agenda.docx",
        paper_views.agenda,
        name="agenda-docx",
    ),
    path(
        "<slug:body_slug>/papers/<uuid:paper_id>",
        paper_views.paper,
        name="paper",
    ),
    path(
        "<slug:body_slug>/papers/<uuid:paper_id>.pdf",
        paper_views.paper_file,
        name="paper-file",
    ),
    path(
        "<slug:body_slug>/<slug:reference>/dossier.pdf",
        paper_views.pin_dossier,
        name="pin-dossier",
    ),
]
