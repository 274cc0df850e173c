from django.urls import path

from exports import desk_views

urlpatterns = [
    path(
        "<slug:body_slug>/pins.<str:extension>",
        desk_views.pins,
        name="desk-pins",
    ),
]
