"""The public page of numbers."""

from django.urls import path

from insek.views.numbers import numbers

urlpatterns = [path("numbers/", numbers, name="numbers")]
