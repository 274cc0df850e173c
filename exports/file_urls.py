"""The files: one address for all languages, so they are included apart from the page."""

from django.urls import path

from exports import views

urlpatterns = [
    path("exports/pins.<str:extension>", views.pins, name="export-pins"),
    path(
        "districts/<slug:slug>/pins.<str:extension>",
        views.district_pins,
        name="export-district-pins",
    ),
]
