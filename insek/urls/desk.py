"""The reports at the desk of a body, below /desk/, before the references there."""

from django.urls import path

from insek.views import reports

app_name = "reports"
urlpatterns = [
    path("<slug:body_slug>/reports/", reports.of_body, name="body"),
    path("<slug:body_slug>/reports/<str:month>.pdf", reports.file, name="file"),
]
