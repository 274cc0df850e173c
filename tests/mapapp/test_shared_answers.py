"""What a proxy may give to all for a moment: the same for everybody, and said by the answer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from layers.conditional import A_MOMENT
from mapapp.kept_pages import forget_pages
from tests.factories import make_user
from tests.mapapp.test_public_side import PUBLIC, city

__all__ = ["city"]

NGINX = (site.ROOT / "deploy" / "nginx" / "mitmachkarte.conf").read_text("utf-8")
(LOCATION,) = re.findall(
    r"location ~ (\S+) \{\s+proxy_cache mitmachkarte_moment;", NGINX
)
PAGES = {"home", "districts", "district", "sittings"}
DATA = {"pin-tile", "map-districts", "theme-css"}
# The same tiles at an address that programs ask for, one now and then.
OF_PROGRAMS = {"ogc:tile"}


@pytest.fixture(autouse=True)
def kept(settings: Settings) -> Any:
    settings.PAGE_AGE = timedelta(hours=1)
    forget_pages()
    yield
    forget_pages()


def answers(reference: str, visitor: Client) -> Any:
    """Yield the name and the address of all that the public may ask for, and the answer."""
    for name, addresses in sorted(PUBLIC.items()):
        for address in addresses:
            response = visitor.get(address.format(reference))
            response.getvalue()
            yield name, address.format(reference), response


def is_shared(response: HttpResponseBase) -> bool:
    return "s-maxage" in response.headers.get("Cache-Control", "")


def test_the_proxy_keeps_what_may_be_shared_and_nothing_else(
    client: Client, city: Any
) -> None:
    shared = set()
    for name, address, response in answers(city.reference, client):
        if not is_shared(response):
            continue
        shared.add(name)
        kept = re.match(LOCATION, address.partition("?")[0])
        assert bool(kept) == (name not in OF_PROGRAMS), address
        assert response["Cache-Control"] == A_MOMENT
        assert not response.cookies, address
        assert ("Cookie" in response["Vary"]) == (name in PAGES), address
    assert shared == PAGES | DATA | OF_PROGRAMS


def test_who_is_known_gets_pages_of_their_own(city: Any) -> None:
    known = Client()
    known.force_login(make_user("alles", is_staff=True, is_superuser=True))
    for name, address, response in answers(city.reference, known):
        assert not (name in PAGES and is_shared(response)), address


def test_nothing_refused_is_shared(client: Client, city: Any) -> None:
    for address in ("/?kind=nothing", "/tiles/pins/99/0/0.pbf", "/districts/nowhere/"):
        response = client.get(address)
        assert response.status_code in {400, 404}
        assert not is_shared(response), address


def test_where_somebody_is_stays_with_them(client: Client, city: Any) -> None:
    assert not is_shared(client.get("/?near=7.77,49.44"))
