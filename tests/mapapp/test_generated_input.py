"""Whatever is sent, the site answers: thousands of forms and queries and no 5xx.

A few of each at every run. `MITMACH_EXAMPLES=60 ./run test tests/mapapp/test_generated_input.py`
sends more than ten thousand.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client
from hypothesis import given

from tests.factories import make_user
from tests.generated import (
    CHANGES,
    Change,
    Pairs,
    changed,
    encoded,
    examples,
    pairs_of,
)
from tests.mapapp.test_csrf import FORMS, form, pin
from tests.mapapp.test_public_side import PUBLIC, city

__all__ = ["city", "pin"]

FORM = "application/x-www-form-urlencoded"


def answer(client: Client, method: str, address: str, body: str = "") -> Any:
    """Ask in a transaction of its own, so that each example finds the same rows."""
    with transaction.atomic():
        if method == "post":
            response = client.post(address, body, content_type=FORM)
        else:
            response = client.get(f"{address}?{body}")
        content = response.getvalue()
        transaction.set_rollback(True)
    assert response.status_code < 500, (method, address, body, content[:300])
    return response


@pytest.mark.parametrize("name", FORMS)
def test_whatever_a_form_holds_it_is_answered(
    client: Client, pin: Any, name: str
) -> None:
    address, data, user = form(name, pin)
    if user:
        client.force_login(user)
    address, _, query = address.partition("?")
    asked = [tuple(part.partition("=")[::2]) for part in query.split("&") if part]

    @examples(2)
    @given(CHANGES, CHANGES)
    def send(changes: list[Change], in_query: list[Change]) -> None:
        body = encoded(changed(pairs_of(data), changes))
        end = f"?{query}" if query else ""
        answer(client, "post", f"{address}{end}", body)
        answer(client, "get", address, encoded(changed(asked, in_query)))

    send()


QUERIES = sorted(PUBLIC)
TOGETHER = 12


@pytest.fixture
def everything(db: None) -> User:
    """Somebody who may do everything that a permission allows."""
    user = make_user("alles", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.mark.parametrize("start", range(0, len(QUERIES), TOGETHER))
def test_whatever_is_asked_it_is_answered(
    client: Client, city: Any, everything: User, start: int
) -> None:
    staff = Client()
    staff.force_login(everything)
    for name in QUERIES[start : start + TOGETHER]:
        for address, pairs in asked_by(name, city.reference):
            for visitor in (client, staff):
                ask(visitor, address, pairs)


def ask(visitor: Client, address: str, pairs: Pairs) -> None:
    """Ask a page by its own parameters, changed, as often as the run allows."""

    @examples(1)
    @given(CHANGES)
    def once(changes: list[Change]) -> None:
        answer(visitor, "get", address, encoded(changed(pairs, changes)))

    once()


def asked_by(name: str, reference: str) -> list[tuple[str, Pairs]]:
    """Return each address of a page, with all parameters that the table asks it by."""
    found: dict[str, Pairs] = {}
    for one in PUBLIC[name]:
        address, _, query = one.format(reference).partition("?")
        pairs = found.setdefault(address, [])
        for part in filter(None, query.split("&")):
            key, _, value = part.partition("=")
            if key not in dict(pairs):
                pairs.append((key, value))
    return list(found.items())
