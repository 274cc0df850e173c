"""The addresses of the catalogue, one for all languages."""

from django.urls import path

from exports.catalog import views

urlpatterns = [
    path("catalog", views.negotiated, name="catalog"),
    path("catalog.<str:ending>", views.catalogue, name="catalog-file"),
]
