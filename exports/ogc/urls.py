"""The addresses of OGC API Features and Tiles, below /ogc/v1.

The landing page answers with and without a slash at its end: clients ask for both, and
not all of them follow a redirect.
"""

from django.urls import path

from exports.ogc import tile_views, views

app_name = "ogc"
ONE = "ogc/v1/collections/<str:collection_id>"
urlpatterns = [
    path("ogc/v1", views.landing, name="landing"),
    path("ogc/v1/", views.landing, name="landing-with-slash"),
    path("ogc/v1/api", views.api, name="api"),
    path("ogc/v1/conformance", views.conformance, name="conformance"),
    path("ogc/v1/collections", views.collections, name="collections"),
    path(ONE, views.collection, name="collection"),
    path(f"{ONE}/queryables", views.queryables, name="queryables"),
    path(f"{ONE}/items", views.items, name="items"),
    path(f"{ONE}/items/<str:feature_id>", views.item, name="item"),
    path(f"{ONE}/tiles", tile_views.tilesets, name="tilesets"),
    path(f"{ONE}/tiles/<str:grid>", tile_views.tileset, name="tileset"),
    path(
        f"{ONE}/tiles/<str:grid>/<str:zoom>/<str:row>/<str:column>",
        tile_views.tile,
        name="tile",
    ),
    path("ogc/v1/<path:path>", views.nothing, name="nothing"),
]
