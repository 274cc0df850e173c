"""A running site with something in each collection, list and feed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_started
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from councils.models import Sitting
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_goal,
    make_item,
    make_measure,
    make_pin,
    make_sitting,
    make_theme,
)
from tests.geometries import point_in


@pytest.fixture
def site(live_server: LiveServer, settings: Settings, transactional_db: None) -> str:
    """The address of the site.

    All features have a place: the schemas of the OGC's tests know no `null`, which
    RFC 7946 allows. Nor is there a semicolon, on which they trip over their own feet.
    """
    settings.BASE_URL = live_server.url
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    council = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=council)
    pins = [make_pin(location=point_in(16, 0.1 * n, 0.5)) for n in range(1, 7)]
    energy = make_theme("energy", title_de="Energie", title_en="Energy")
    make_pin(district=15, theme=energy, title="Solardach & <Schule>")
    make_measure("M 1", make_goal(), geometry=point_in(16))
    sitting = make_sitting(council, days=-7, state=Sitting.State.HELD)
    item = make_item(sitting, "Zebrastreifen", result="Zugestimmt")
    make_consultation(council, pins[0], pins[1], item=item)
    return live_server.url


@pytest.fixture
def service(site: str) -> str:
    """The address of OGC API Features."""
    return f"{site}/ogc/v1"


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The paths and queries that the site is asked for."""
    lines: list[str] = []

    def note(environ: dict[str, Any], **_more: object) -> None:
        lines.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")

    request_started.connect(note)
    yield lines
    request_started.disconnect(note)
