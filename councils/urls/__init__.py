from django.urls import include, path

app_name = "councils"
urlpatterns = [
    path("", include("councils.urls.inbox")),
    # Before the references, which look like any other word.
    path("", include("councils.urls.agenda")),
    path("", include("councils.urls.results")),
    path("", include("councils.urls.papers")),
    path("", include("councils.urls.pin")),
]
