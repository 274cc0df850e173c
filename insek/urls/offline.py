"""The form of a stand."""

from django.urls import path

from insek.views.stand import stand, stand_token

urlpatterns = [
    path("stand/<slug:token>/", stand, name="stand"),
    path("stand/<slug:token>/token.json", stand_token, name="stand-token"),
]
