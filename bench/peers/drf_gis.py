"""The smallest project of Django REST framework that serves pins in a box as GeoJSON.

`gunicorn drf_gis:application`, in the environment of the peers. BENCH_DATABASE holds the
settings of the database as JSON, BENCH_VIEW the name of the view, BENCH_GDAL the path of
the library, empty for the system's.
"""

import json
import os

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 4}},
            **json.loads(os.environ["BENCH_DATABASE"]),
        }
    },
    GDAL_LIBRARY_PATH=os.environ["BENCH_GDAL"] or None,
    GEOS_LIBRARY_PATH=os.environ["BENCH_GDAL"] or None,
    INSTALLED_APPS=["django.contrib.gis", "rest_framework", "rest_framework_gis"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF="drf_gis",
    SECRET_KEY=os.urandom(16).hex(),
    USE_TZ=True,
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402 -- needs the settings
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 -- as above
from django.http import HttpRequest, HttpResponse  # noqa: E402 -- as above
from django.urls import path  # noqa: E402 -- as above
from rest_framework.generics import ListAPIView  # noqa: E402 -- as above
from rest_framework_gis.filters import InBBoxFilter  # noqa: E402 -- as above
from rest_framework_gis.pagination import GeoJsonPagination  # noqa: E402 -- as above
from rest_framework_gis.serializers import GeoFeatureModelSerializer  # noqa: E402 -- as above


class Pin(models.Model):
    """A row of the view."""

    reference = models.TextField(primary_key=True)
    kind = models.TextField()
    theme = models.TextField()
    status = models.TextField()
    title = models.TextField()
    body = models.TextField()
    district_number = models.IntegerField()
    district = models.TextField()
    body_slug = models.TextField()
    support_count = models.IntegerField()
    comment_count = models.IntegerField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField()
    status_changed_at = models.DateTimeField()
    public_answer = models.TextField(null=True)
    goal = models.TextField(null=True)
    measure = models.TextField(null=True)
    url = models.TextField()
    location = models.PointField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = os.environ["BENCH_VIEW"]
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.reference


class PinSerializer(GeoFeatureModelSerializer):
    class Meta:
        model = Pin
        geo_field = "location"
        fields = "__all__"


class Pages(GeoJsonPagination):
    max_page_size = 1_000


class Pins(ListAPIView):
    """A page of the newest pins in a box."""

    queryset: models.QuerySet[Pin] = models.QuerySet(Pin)
    serializer_class = PinSerializer
    pagination_class = Pages
    filter_backends = [InBBoxFilter]
    bbox_filter_field = "location"


def healthy(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("", healthy), path("items", Pins.as_view())]
application = WSGIHandler()
