"""Overlays speak the language of the page, and the database knows their rules."""

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import translation

from layers.models import Overlay, OverlayFeature
from tests.factories import broken_constraint, make_overlay, make_theme

pytestmark = pytest.mark.django_db

WMS = {"kind": "wms"}


def test_texts_follow_the_language_and_one_is_enough():
    overlay = make_overlay(
        title_de="Radweg", title_en="Cycle route", legend_de="Geplant", legend_en=""
    )

    assert (str(overlay), overlay.legend) == ("Radweg", "Geplant")
    with translation.override("en"):
        assert (str(overlay), overlay.legend) == ("Cycle route", "Geplant")


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("overlay_kind_known", {"kind": "wfs", "features": []}),
        ("overlay_colour_is_hex", {"colour": "red"}),
        ("overlay_line_width_in_range", {"line_width": 0}),
        ("overlay_line_width_in_range", {"line_width": 13}),
        ("overlay_fill_opacity_in_range", {"fill_opacity": -0.1}),
        ("overlay_fill_opacity_in_range", {"fill_opacity": 1.1}),
        ("overlay_point_radius_in_range", {"point_radius": 1}),
        ("overlay_wms_or_file", {"wms_url": "https://maps.example.de/wms"}),
        ("overlay_wms_or_file", {"wms_layers": "noise"}),
        ("overlay_wms_or_file", WMS | {"wms_url": "http://maps.example.de/"}),
        ("overlay_wms_or_file", WMS | {"wms_url": "https://maps.example.de"}),
        ("overlay_wms_or_file", WMS | {"wms_url": "https://a@maps.example.de/"}),
        ("overlay_wms_or_file", WMS | {"wms_url": "https://maps.example.de/{x}"}),
        ("overlay_wms_or_file", WMS | {"wms_layers": ""}),
        ("overlay_wms_or_file", WMS | {"feature_count": 1}),
        ("overlay_wms_format_known", WMS | {"wms_format": "image/tiff"}),
        ("overlay_wms_version_known", WMS | {"wms_version": "2.0"}),
    ],
)
def test_the_database_refuses(constraint, fields):
    with pytest.raises(IntegrityError) as caught:
        make_overlay(**fields)

    # The check of the kind and that of its fields fail together.
    assert broken_constraint(caught.value) in {constraint, "overlay_wms_or_file"}


def test_a_slug_is_taken_once():
    make_overlay("one")

    with pytest.raises(IntegrityError, match="slug"):
        make_overlay("one")


def test_shapes_are_valid():
    overlay = make_overlay()
    bow_tie = GEOSGeometry("SRID=4326;POLYGON((7 49,8 50,8 49,7 50,7 49))")

    with pytest.raises(IntegrityError) as caught:
        overlay.features.create(geometry=bow_tie)
    assert broken_constraint(caught.value) == "overlayfeature_geometry_valid"


def test_texts_have_names():
    overlay = make_overlay()

    with pytest.raises(IntegrityError) as caught:
        overlay.features.create(geometry=Point(7.5, 49, srid=4326), properties=["a"])
    assert broken_constraint(caught.value) == "overlayfeature_properties_are_an_object"


def test_the_projected_shape_follows():
    overlay = make_overlay(features=[{"geometry": Point(7.5, 49.375)}])

    feature = OverlayFeature.objects.get(overlay=overlay)

    assert feature.mercator.srid == 3857
    assert feature.mercator.x == pytest.approx(834_896, abs=1)


def test_every_change_counts():
    overlay = make_overlay()
    before = overlay.version

    overlay.colour = "#123456"
    overlay.save()
    Overlay.objects.update(position=3)

    overlay.refresh_from_db()
    assert overlay.version == before + 2


def test_only_what_is_published_and_there_is_offered(settings):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay("file")
    make_overlay("draft", is_published=False)
    make_overlay("empty", features=[])
    make_overlay("server", kind="wms", position=1)
    make_overlay("elsewhere", kind="wms", wms_url="https://maps.example.de.evil.org/")

    assert [each.slug for each in Overlay.objects.offered()] == ["file", "server"]

    settings.WMS_HOSTS = []
    assert [each.slug for each in Overlay.objects.offered()] == ["file"]


def test_a_theme_with_an_overlay_stays():
    theme = make_theme()
    make_overlay(theme=theme)

    with pytest.raises(ProtectedError):
        theme.delete()
