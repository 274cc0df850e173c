"""The office's pages of the process, below /planning/."""

from django.urls import URLPattern, URLResolver, include, path

from insek.views.overview import overview

app_name = "planning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="overview"),
    path("", include("insek.urls.planning_events")),
    path("input/", include("insek.urls.planning_offline")),
    path("reports/", include("insek.urls.planning_reports")),
    path("suggestions/", include("insek.urls.planning_suggestions")),
    path("trace/", include("insek.urls.planning_trace")),
    path("", include("insek.urls.planning_concept")),
]
