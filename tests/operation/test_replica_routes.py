"""Which addresses are read from a replica: all of the site, by who may read them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from operation.replicas.routes import READ_BY_EVERYBODY
from tests.every_page import EMBED, OGC_API, PUBLIC
from tests.factories import make_body, make_district, make_theme
from tests.operation.replicas import Twin, a_replica
from tests.scene import make_scene

# Why the primary is asked for all others.
PRIMARY = {
    r"(admin|cms|accounts|moderation|desk|planning|operation)/": "staff",
    r".*<(str|slug|uuid):\w*token>": "a secret link",
    r"(pins/new|pins/<slug:reference>/(comment|support|.*report)$|proof/)": "a form",
    r"(follow|about/my-data|about/barrier)/": "a form",
    r"insek/events/<int:event_id>/(register|registered)$": "a form",
    r"(exports/files/<uuid:file_id>|insek/_util)": "made for one person",
    r"(healthz|readyz|metrics)$": "about this very server",
    r"(favicon|robots|sw\.js|manifest|offline|tiles/base/<int|\.well)": "no data",
    r"ogc/v1/<path:path>": "nothing is there",
}
ADDRESSES = [*PUBLIC, *EMBED, *OGC_API]
MORE = [
    *("/tiles/pins/10/534/350.pbf", "/tiles/districts/10/534/350.pbf"),
    *("/exports/pins.geojson", "/exports/pins.csv", "/feeds/pins.atom", "/oparl/v1/"),
    *("/catalog.ttl", "/sitemap.xml", "/open311/v2/requests.json", "/overlays.json"),
    *("/places.json?q=Weg", "/insek/measures.geojson", "/insek/events.ics"),
]


def names(
    patterns: list[Any], before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the route and the name of each view."""
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{space}{pattern.name}"


def test_each_address_is_public_reading_or_has_a_reason_for_the_primary():
    found = list(names(get_resolver().url_patterns))
    public = {(route, name) for route, name in found if name in READ_BY_EVERYBODY}

    open_question = [
        route
        for route, name in found
        if name not in READ_BY_EVERYBODY
        and not any(re.match(pattern, route) for pattern in PRIMARY)
    ]
    contradiction = [
        route
        for route, _name in public
        if any(re.match(pattern, route) for pattern in PRIMARY)
    ]
    assert open_question == []
    assert contradiction == []
    assert {name for _route, name in public} == READ_BY_EVERYBODY


def test_reading_asks_the_replica_alone_and_all_else_the_primary(
    db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    make_district(16, name="Hohenecken", body=make_body(slug="ortsbeirat-hohenecken"))
    make_district(17)
    make_theme()
    keys = make_scene().names
    wrong: dict[str, Any] = {}
    with a_replica(settings, monkeypatch) as twin:
        for address in [each.format(**keys) for each in [*ADDRESSES, *MORE]]:
            twin.forget()
            status = read(client, address)
            is_public = resolves_to(address) in READ_BY_EVERYBODY
            others = twin.primary if is_public else twin.asked
            if others and status != 404:
                wrong[address] = status, others

    assert wrong == {}


def test_reading_asks_there_for_all_it_shows(
    db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    with a_replica(settings, monkeypatch) as twin:
        read(client, "/exports/pins.geojson")

        assert twin.asked
        assert twin.primary == []


def read(client: Client, address: str) -> int:
    answer = client.get(address)
    answer.getvalue()
    return answer.status_code


def resolves_to(address: str) -> str:
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return ""


def test_the_twin_counts(
    db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    with a_replica(settings, monkeypatch) as twin:
        assert isinstance(twin, Twin)
        read(client, "/pins/new")

        assert twin.primary
        assert twin.asked == []
