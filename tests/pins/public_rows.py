"""What the tests of the public rows share: a district, its people and short verbs."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from districts.models import Body, District
from pins.actions import change_status
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import Role, Status
from tests.factories import make_body, make_district, make_user


@pytest.fixture
def body(db: None) -> Body:
    return make_body("Ortsbeirat Hohenecken")


@pytest.fixture
def district(body: Body) -> District:
    return make_district(16, name="Hohenecken", body=body)


@pytest.fixture
def anna(district: District) -> User:
    return make_user("anna")


def shown() -> PublicPin:
    return PublicPin.objects.get()


def properties(pin: PublicPin) -> dict[str, Any]:
    """Return the properties of the stored feature, closed as exports close it."""
    feature: dict[str, Any] = json.loads(f'{pin.feature}"}}}}')
    return dict(feature["properties"])


def move(
    pin: Pin, to: Status, actor: User, body: Body | None = None, note: str = ""
) -> StatusChange:
    return change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles={Role.BODY, Role.PLANNER},
        body=body,
        public_note=note,
    )
