import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

Ask = Callable[..., Any]
Refuse = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(client: Client) -> Ask:
    """Return a document of the interface, read; its status must be 200."""

    def get(path: str = "", **query: Any) -> Any:
        named = {name.replace("_", "-"): value for name, value in query.items()}
        # `properties` holds parameters whose names have an underscore of their own.
        named |= named.pop("properties", {})
        response = client.get(f"/ogc/v1{path}", named)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    return get


@pytest.fixture
def refuse(client: Client) -> Refuse:
    """Return the problem that a request is refused with; its status must be 400."""

    def get(path: str, **query: Any) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in query.items()}
        response = client.get(f"/ogc/v1{path}", named)
        assert response.status_code == 400, response.content
        assert response["Content-Type"] == "application/problem+json"
        problem: dict[str, Any] = response.json()
        return problem

    return get
