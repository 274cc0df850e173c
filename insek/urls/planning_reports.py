"""The planners' page of reports."""

from django.urls import path

from insek.views import reports

urlpatterns = [
    path("", reports.overview, name="reports"),
    path("make", reports.make, name="reports-make"),
    path("<int:report_id>/send", reports.send, name="report-send"),
]
