from django.urls import include, path

app_name = "councils"
urlpatterns = [
    path("", include("councils.inbox_urls")),
    # Before the references, which look like any other word.
    path("", include("councils.agenda_urls")),
    path("", include("councils.results_urls")),
    path("", include("councils.papers_urls")),
    path("", include("councils.pin_urls")),
]
