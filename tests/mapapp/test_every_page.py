"""No page is forgotten: each address that answers with one is looked at by somebody."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.every_page import VISITS

# Django's and Wagtail's own, which are no pages of this site.
FOREIGN = ("admin/", "cms/", "documents/", "insek/_util/")
# What programs ask for; `?f=html` makes pages of some, which stand in the list.
MACHINES = ("ogc/", "oparl/", "open311/", "catalog", "sitemap", "tiles/")
# These lead on, or answer with JSON or plain text.
NO_PAGES = {
    "healthz",
    "metrics",
    "readyz",
    "pins/<slug:reference>/qr.svg",
    "moderation/next",
    "moderation/comments/",
    "desk/",
    "operation/",
    # These take what is sent, too, but look for its row first.
    "desk/<slug:body_slug>/sittings/<int:sitting_id>/items/<int:item_id>/result",
    "planning/events/<int:event_id>/registrations/<int:registration_id>/cancel",
    "accounts/start/",
    "accounts/passkey/",
    "accounts/oidc/<slug:provider_id>/",
    "accounts/oidc/<slug:provider_id>/callback/",
    "accounts/second-factor/codes/file/",
    "accounts/second-factor/passkeys/",
}
FILE = re.compile(r"\.(<[a-z_]+:\w+>|[a-z]+)$")
EXAMPLES = {"int": 1, "slug": "x", "str": "x", "uuid": uuid4(), "path": "x"}


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def route_of(path: str) -> str:
    """Return the route that an address of the list takes; a name may be any key."""
    for key in ("1", str(EXAMPLES["uuid"])):
        with suppress(Resolver404):
            return resolve(re.sub(r"\{\w+\}", key, path.split("?")[0])).route
    return ""


def listed() -> set[str]:
    """Return the routes of all addresses that are looked at."""
    visits = [paths for visit in VISITS.values() for _who, paths in visit]
    return {route_of(path) for paths in visits for path in paths}


def may_be_page(route: str) -> bool:
    return not (
        route.startswith((*FOREIGN, *MACHINES))
        or FILE.search(route)
        or route in NO_PAGES
    )


def example(route: str) -> str:
    return "/" + re.sub(
        r"<(?:(\w+):)?\w+>", lambda found: str(EXAMPLES[str(found[1] or "str")]), route
    )


@pytest.mark.django_db
def test_every_page_is_looked_at(client: Client) -> None:
    """An address that only takes what is sent is no page."""
    client.force_login(User.objects.create_superuser("all"))
    unseen = [r for r in routes(get_resolver().url_patterns) if may_be_page(r)]
    unseen = [route for route in unseen if route not in listed()]
    assert [r for r in unseen if client.get(example(r)).status_code != 405] == []
