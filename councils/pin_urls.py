"""What is done with one contribution at the desk. Included last: see `councils.urls`."""

from django.urls import path

from councils import undo_views

urlpatterns = [
    path("<slug:body_slug>/undo", undo_views.undo, name="undo"),
]
