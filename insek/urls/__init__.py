"""The public pages of the process, below /insek/, before those of the CMS."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "insek"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("insek.urls.events")),
    path("", include("insek.urls.numbers")),
    path("", include("insek.urls.goals")),
    path("", include("insek.urls.offline")),
    path("", include("insek.urls.topics")),
]
