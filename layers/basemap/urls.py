"""The addresses of the basemap, below /tiles/base/."""

from django.urls import path

from layers.basemap import views

urlpatterns = [
    path("tiles.json", views.tilejson, name="basemap"),
    path("<int:z>/<int:x>/<int:y>.pbf", views.tile, name="basemap-tile"),
]
