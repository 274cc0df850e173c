"""What a system sends by Open311, and how it is refused."""

import json
from typing import Any

from django.test import Client

from exports.models import ApiClient
from tests.geometries import point_in

URL = "/open311/v2/requests.json"
PLACE = point_in(16)
TEXT = "Am Bahnhof fehlt ein Radweg. Wer dort fährt, kommt den Bussen in die Quere."


def send(client: Client, app: ApiClient, **fields: Any) -> Any:
    """Send a contribution; a field that is None is left out."""
    headers = fields.pop("headers", {})
    url = fields.pop("url", URL)
    values: dict[str, Any] = {
        "api_key": app.api_key,
        "service_code": "mobility",
        "lat": str(PLACE.y),
        "long": str(PLACE.x),
        "description": TEXT,
    }
    merged = {k: v for k, v in (values | fields).items() if v is not None}
    return client.post(url, merged, headers=headers)


def refused(response: Any, status: int = 400) -> str:
    """Return what is said to a request that is not taken."""
    assert response.status_code == status, response.content
    errors = json.loads(response.content)
    assert {error["code"] for error in errors} == {status}
    return "\n".join(error["description"] for error in errors)
