from django.urls import path

from councils.views import bulk as bulk_views
from councils.views import inbox as inbox_views

urlpatterns = [
    path("", inbox_views.bodies, name="bodies"),
    path("<slug:body_slug>/", inbox_views.desk, name="desk"),
    path("<slug:body_slug>/bulk", bulk_views.bulk, name="bulk"),
]
