from django.urls import path

from councils import bulk_views, inbox_views

urlpatterns = [
    path("", inbox_views.bodies, name="bodies"),
    path("<slug:body_slug>/", inbox_views.desk, name="desk"),
    path("<slug:body_slug>/bulk", bulk_views.bulk, name="bulk"),
]
