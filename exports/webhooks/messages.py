"""What a message says: of an event, what everyone may read at the moment it is sent."""

import json
from collections.abc import Callable
from typing import Any

from exports.files.geojson import close
from exports.models import PING, Topic, WebhookEvent
from exports.moments import in_utc
from insek.concept.places import districts_by_measure
from insek.models import Measure
from insek.views.measures import feature_of
from pins.models import PublicPin


class Outdated(Exception):
    """What happened is not so any more: to tell it would tell what nobody may read."""


def write(event: WebhookEvent) -> bytes:
    """Return the message (JSON); raises Outdated."""
    message = {
        "id": str(event.uid),
        "type": event.topic,
        "timestamp": in_utc(event.created_at),
        "data": DATA[event.topic](event),
    }
    return json.dumps(message, ensure_ascii=False).encode()


def _pin(event: WebhookEvent) -> dict[str, Any]:
    row = PublicPin.objects.filter(reference=event.subject)
    feature = row.values_list("feature", flat=True).first()
    if feature is None:
        raise Outdated
    return {
        "reference": event.subject,
        **_change(event),
        "feature": json.loads(close(feature, event.subject)),
    }


def _removed_pin(event: WebhookEvent) -> dict[str, Any]:
    if PublicPin.objects.filter(reference=event.subject).exists():
        raise Outdated
    return {"reference": event.subject}


def _measure(event: WebhookEvent) -> dict[str, Any]:
    measure = Measure.objects.public().filter(slug=event.subject).first()
    if measure is None:
        raise Outdated
    districts = districts_by_measure([measure]).get(measure.pk, [])
    return {
        "slug": event.subject,
        **_change(event),
        "feature": feature_of(measure, [district.slug for district in districts]),
    }


def _removed_measure(event: WebhookEvent) -> dict[str, Any]:
    if Measure.objects.public().filter(slug=event.subject).exists():
        raise Outdated
    return {"slug": event.subject}


def _change(event: WebhookEvent) -> dict[str, str]:
    """Return from what to what, where something changed."""
    if not (event.before and event.after):
        return {}
    return {"before": event.before, "after": event.after}


def _nothing(event: WebhookEvent) -> dict[str, Any]:
    return {}


DATA: dict[str, Callable[[WebhookEvent], dict[str, Any]]] = {
    Topic.PIN_PUBLISHED: _pin,
    Topic.PIN_STATUS_CHANGED: _pin,
    Topic.PIN_REMOVED: _removed_pin,
    Topic.MEASURE_PUBLISHED: _measure,
    Topic.MEASURE_STATE_CHANGED: _measure,
    Topic.MEASURE_REMOVED: _removed_measure,
    PING: _nothing,
}
