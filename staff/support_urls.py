"""The operator's pages about people, below /operation/."""

from django.urls import path

from staff import support_views

app_name = "support"
urlpatterns = [
    path("roles/", support_views.roles, name="roles"),
    path("look/", support_views.look, name="look"),
    path("look/end", support_views.end, name="look-end"),
]
