"""Where to tell of a weak spot (RFC 9116)."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.pages import links_of, text_of


def fields_of(response: Any) -> dict[str, str]:
    lines = response.content.decode().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_it_says_whom_to_write_to_and_never_grows_old(
    client: Client, settings: Settings
) -> None:
    settings.SECURITY_CONTACT = "sicherheit@example.de"
    settings.BASE_URL = "https://mitmachen.example.de"

    response = client.get("/.well-known/security.txt")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    found = fields_of(response)
    assert found["Contact"] == "mailto:sicherheit@example.de"
    assert found["Preferred-Languages"] == "de, en"
    own = "https://mitmachen.example.de/.well-known/security.txt"
    assert found["Canonical"] == own
    assert found["Policy"] == "https://mitmachen.example.de/about/security/"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["Expires"])
    expires = datetime.datetime.fromisoformat(found["Expires"])
    left = expires - timezone.now()
    assert datetime.timedelta(days=90) < left < datetime.timedelta(days=365)


def test_a_page_may_be_the_contact(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "https://example.de/kontakt"

    found = fields_of(client.get("/.well-known/security.txt"))

    assert found["Contact"] == "https://example.de/kontakt"


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/.well-known/security.txt").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_says_the_same_to_people(
    client: Client, settings: Settings, language: str
) -> None:
    settings.SECURITY_CONTACT = "sicherheit@example.de"

    page = client.get(f"{language}/about/security/")

    assert "mailto:sicherheit@example.de" in [a.get("href") for a in links_of(page)]
    assert "90" in text_of(page)
    imprint = client.get(f"{language}/about/imprint/")
    assert f"{language}/about/security/" in [a.get("href") for a in links_of(imprint)]
