"""The addresses of OParl's objects: stable, since harvesters know objects by them."""

from django.urls import path

from exports.oparl import views

app_name = "oparl"
urlpatterns = [
    path("", views.system, name="system"),
    path("<slug:name>", views.everything, name="list"),
    path(
        "organization/<slug:key>/<slug:name>",
        views.of_organization,
        name="organization-list",
    ),
    # Last, for it answers what is nothing, too.
    path("<path:address>", views.one, name="object"),
]
