"""What Open311 tells: of the service, of the themes, and of published contributions.

A theme is a service. `open` and `closed`, the two states it knows, follow from the status:
closed is what nothing more is expected of (ADR 33).
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from exports.moments import in_local_time
from layers.models import Theme
from pins.models import PublicPin
from pins.workflow import FINAL_STATUSES, Kind, Status

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When this interface last changed, as the discovery has to tell.
CHANGESET = "2026-11-28T00:00:00+01:00"
OPEN, CLOSED = "open", "closed"
STATUSES = {
    CLOSED: sorted(FINAL_STATUSES),
    OPEN: sorted(set(Status) - FINAL_STATUSES),
}


def discovery() -> dict[str, Any]:
    """Return where the service is, and how to get a key."""
    base = f"{settings.BASE_URL}{reverse('open311:base')}".removesuffix("/")
    return {
        "changeset": CHANGESET,
        "contact": _("Please write to {address}.").format(
            address=settings.OPERATOR_EMAIL
        ),
        "key_service": _("Keys are given by the operator: {address}.").format(
            address=settings.OPERATOR_EMAIL
        ),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base,
                "changeset": CHANGESET,
                "type": "test" if settings.DEMO else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def service_of(theme: Theme) -> dict[str, Any]:
    """Return a theme as a service."""
    return {
        "service_code": theme.slug,
        "service_name": theme.title,
        "description": _("Ideas, problems and what is worth keeping: {theme}").format(
            theme=theme.title
        ),
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(Kind.values),
        "group": _("Contributions to the city's development"),
    }


def definition_of(theme: Theme) -> dict[str, Any]:
    """Return what can be told of a contribution to a theme besides place and words."""
    kinds = [{"key": kind.value, "name": str(kind.label)} for kind in Kind]
    return {
        "service_code": theme.slug,
        "attributes": [
            {
                "variable": True,
                "code": "kind",
                "datatype": "singlevaluelist",
                "required": False,
                "datatype_description": _("Left out, it is a problem."),
                "order": 1,
                "description": _("What is it about?"),
                "values": kinds,
            },
            {
                "variable": True,
                "code": "title",
                "datatype": "string",
                "required": False,
                "datatype_description": _(
                    "5 to 120 characters. Left out, the first words of the description."
                ),
                "order": 2,
                "description": _("Title"),
                "values": [],
            },
        ],
    }


def request_of(pin: PublicPin, *, is_extended: bool) -> dict[str, Any]:
    """Return a published contribution as a request: nothing but what everyone may read."""
    place = [pin.place_note, pin.district_name]
    photos = [_photo_url(photo) for photo in pin.photos]
    content: dict[str, Any] = {
        "service_request_id": pin.reference,
        "status": CLOSED if pin.status in FINAL_STATUSES else OPEN,
        "status_notes": pin.public_answer or pin.status_label,
        "service_name": pin.theme.title,
        "service_code": pin.theme_slug,
        "description": _description(pin),
        "agency_responsible": pin.body_name,
        "service_notice": None,
        "requested_datetime": in_local_time(pin.created_at),
        "updated_datetime": in_local_time(pin.status_changed_at),
        "expected_datetime": None,
        "address": ", ".join(part for part in place if part),
        "address_id": None,
        "zipcode": None,
        "lat": pin.lat,
        "long": pin.lon,
        "media_url": photos[0] if photos else None,
    }
    if is_extended:
        content["extended_attributes"] = _extended(pin, photos)
    return content


def _extended(pin: PublicPin, photos: list[str]) -> dict[str, Any]:
    """Return what the open data has besides, by the names that it has there."""
    return {
        "kind": pin.kind,
        "detailed_status": pin.status,
        "title": pin.title,
        "district_number": pin.district_number,
        "district": pin.district_name,
        "body_slug": pin.body_slug,
        "support_count": pin.support_count,
        "comment_count": pin.comment_count,
        "published_at": in_local_time(pin.published_at),
        "public_answer": pin.public_answer or None,
        "duplicate_of": pin.duplicate_of or None,
        "goal": pin.goal,
        "measure": pin.measure,
        "media_urls": photos,
        "url": f"{settings.BASE_URL}/pins/{pin.reference}",
    }


def _description(pin: PublicPin) -> str:
    """Return title and text; the text alone where the title is its beginning."""
    is_beginning = " ".join(pin.text.split()).startswith(pin.title.rstrip("…"))
    return pin.text if is_beginning else f"{pin.title}\n\n{pin.text}"


def _photo_url(photo: dict[str, Any]) -> str:
    return f"{settings.BASE_URL}{reverse('photo', args=[photo['name']])}"
