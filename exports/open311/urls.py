"""Open311 GeoReport v2, with one address for all languages."""

from django.urls import path
from django.views.generic import RedirectView

from exports.open311 import views

app_name = "open311"
urlpatterns = [
    path("discovery.<str:extension>", views.discover, name="discovery"),
    path(
        "v2/",
        RedirectView.as_view(url="/open311/v2/discovery.json"),
        name="base",
    ),
    path("v2/discovery.<str:extension>", views.discover, name="discovery-v2"),
    path("v2/services.<str:extension>", views.services, name="services"),
    path("v2/services/<slug:code>.<str:extension>", views.service, name="service"),
    path("v2/requests.<str:extension>", views.requests, name="requests"),
    path(
        "v2/requests/<slug:reference>.<str:extension>",
        views.one_request,
        name="request",
    ),
    path("v2/tokens/<slug:token>.<str:extension>", views.token, name="token"),
]
