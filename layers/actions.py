"""What staff do with overlays."""

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from geo.uploads import Upload
from layers.models import Overlay, OverlayFeature
from layers.models.overlay import CRS_LENGTH

BATCH = 1_000


@transaction.atomic
def save_overlay(
    *, overlay: Overlay, actor: User | AnonymousUser, upload: Upload | None = None
) -> Overlay:
    """Save an overlay; with an upload, exchange all its features in the same moment.

    Readers see either the old features or the new ones. `actor` is who opened the
    overlay, where it is new.
    """
    if overlay._state.adding:
        overlay.opened_by_id = actor.pk
    if upload is not None:
        overlay.file_crs = upload.crs[:CRS_LENGTH]
        overlay.feature_count = len(upload.features)
        overlay.shapes = sorted({feature.kind for feature in upload.features})
        overlay.bounds = list(upload.bounds)
    # First, because the lock on its row lets only one exchange the features at a time.
    overlay.save()
    if upload is not None:
        overlay.features.all().delete()
        OverlayFeature.objects.bulk_create(
            (
                OverlayFeature(
                    overlay=overlay,
                    label=feature.label,
                    properties=feature.properties,
                    geometry=GEOSGeometry(memoryview(feature.wkb), srid=4326),
                )
                for feature in upload.features
            ),
            batch_size=BATCH,
        )
    overlay.refresh_from_db(fields=["version"])
    return overlay
