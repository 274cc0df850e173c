from django.urls import include, path

from councils import comment_views, views

app_name = "councils"
urlpatterns = [
    path("", include("councils.inbox_urls")),
    # Before the references, which look like any other word.
    path("", include("councils.agenda_urls")),
    path("", include("councils.pin_urls")),
    path("<slug:body_slug>/<slug:reference>/", views.pin, name="pin"),
    path(
        "<slug:body_slug>/<slug:reference>/comment",
        comment_views.comment,
        name="comment",
    ),
]
