"""What must be right before the site serves anyone; each has an id and a hint."""

import re
from typing import Any
from urllib.parse import urlsplit
from zipfile import is_zipfile

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from mapapp import environment

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}
SECRET_LENGTH = 50
SECRET_LETTERS = 10


@register("mapapp")
def demo_and_debug_stay_at_home(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the demo's published password and debug pages on a public name."""
    public = ", ".join(h for h in settings.ALLOWED_HOSTS if h not in LOOPBACK)
    dangers = {"mapapp.E001": "DEMO", "mapapp.E002": "DEBUG"}
    return [
        Error(
            f"MAPAPP_{name} is on while the site answers to {public}.",
            hint=f"Set MAPAPP_{name}=false, or allow only localhost in "
            "MAPAPP_ALLOWED_HOSTS.",
            id=check_id,
        )
        for check_id, name in dangers.items()
        if public and getattr(settings, name)
    ]


@register("mapapp")
def secrets_are_strong(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a secret that could be guessed: own links and sessions hang on it."""
    named = [("MAPAPP_SECRET_KEY", settings.SECRET_KEY)] + [
        ("MAPAPP_SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS
    ]
    return [
        Error(
            f"{name} {weakness}.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="mapapp.E003",
        )
        for name, key in named
        if (weakness := _weakness_of(key))
    ]


def _weakness_of(secret: str) -> str:
    """Return in words why a secret could be guessed; nothing where it could not."""
    if len(secret) < SECRET_LENGTH:
        return f"is shorter than {SECRET_LENGTH} characters"
    if len(set(secret)) < SECRET_LETTERS:
        return f"has fewer than {SECRET_LETTERS} different characters"
    return ""


@register("mapapp")
def security_contact_can_be_reached(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a contact that security.txt cannot name (RFC 9116)."""
    contact = settings.SECURITY_CONTACT
    if "@" in contact.strip("@") or contact.startswith("https://"):
        return []
    return [
        Error(
            f"MAPAPP_SECURITY_CONTACT={contact!r} is no address.",
            hint="Set it to an address of mail, or to that of a page with https.",
            id="mapapp.E007",
        )
    ]


@register("mapapp")
def all_variables_are_known(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a variable that nothing reads: what it was to change stays as it was."""
    return [
        CheckWarning(
            f"{name} is no setting.",
            hint=f"Did you mean {meant}?" if meant else ".env.example has them all.",
            id="mapapp.W002",
        )
        for name, meant in environment.unknown().items()
    ]


@register("mapapp")
def references_fit_into_addresses(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a prefix with which the address of a pin could not be written."""
    if re.fullmatch(r"[A-Za-z0-9]{1,8}", settings.REFERENCE_PREFIX):
        return []
    return [
        Error(
            f"MAPAPP_REFERENCE_PREFIX={settings.REFERENCE_PREFIX!r} is no prefix.",
            hint="Use one to eight letters A to Z and digits, such as KL.",
            id="mapapp.E004",
        )
    ]


@register("mapapp")
def public_address_is_public(**kwargs: Any) -> list[CheckMessage]:
    """Refuse an address that nobody could open: mails and exports carry it."""
    address = urlsplit(settings.BASE_URL)
    is_public = address.scheme == "https" and address.hostname not in LOOPBACK
    if is_public or not settings.HTTPS:
        return []
    return [
        Error(
            f"MAPAPP_BASE_URL={settings.BASE_URL} is no public address with https.",
            hint="Set it to the address of the site, e.g. https://mitmachen.example.de.",
            id="mapapp.E005",
        )
    ]


@register("mapapp")
def other_style_has_a_safe_address(**kwargs: Any) -> list[CheckMessage]:
    """Refuse an address from which pages must not load."""
    if not settings.BASEMAP_STYLE_URL or settings.BASEMAP_ORIGIN:
        return []
    return [
        Error(
            "MAPAPP_BASEMAP_STYLE_URL is no address of a map style with https.",
            hint="Use one like https://tiles.example.org/style.json, without a user "
            "name, or leave it empty for the own basemap.",
            id="mapapp.E006",
        )
    ]


@register("mapapp")
def template_of_agendas_is_there(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a template that agendas cannot be made with: they look plain then."""
    path = settings.AGENDA_TEMPLATE
    if path is None or is_zipfile(path):
        return []
    return [
        CheckWarning(
            f"MAPAPP_AGENDA_TEMPLATE: {path} is no Word document (.docx).",
            hint="Name a .docx file that the server can read, or leave it empty.",
            id="mapapp.W001",
        )
    ]
