"""Each request for a contribution once: what the header Idempotency-Key asks for.

By the draft of the IETF's httpapi group, draft-ietf-httpapi-idempotency-key-header. The
constraint of the pin's key lets no second one come to be; here is what the sender is told.
"""

import json
import re
from collections.abc import Mapping
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from exports.models import ApiClient, SentPin
from exports.open311.errors import Refused
from pins.models import Pin

SALT = "exports.open311-request"
KEY_LENGTH = 200
# Of ASCII alone: the bytes of other letters come one by one, and some look like such.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# After what a request usually takes.
SECONDS_TO_WAIT = 1
# Signed, as PostgreSQL numbers its locks.
BYTES_OF_LOCK = 8


def read_idempotency_key(request: HttpRequest, client: ApiClient) -> UUID:
    """Return the key by which what is sent twice makes one contribution.

    Each client has its own, by the header Idempotency-Key; without it each request counts.
    Raises Refused (400) for what is no such key.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return uuid4()
    if not header.strip() or len(header) > KEY_LENGTH or CONTROL.search(header):
        raise Refused(
            400,
            _("Idempotency-Key is a text of 1 to {most} characters.").format(
                most=KEY_LENGTH
            ),
        )
    return uuid5(NAMESPACE_URL, f"open311:{client.pk}:{header}")


def lock_of(key: UUID) -> int:
    """Return the number of the lock that a key is held by."""
    return int.from_bytes(key.bytes[:BYTES_OF_LOCK], signed=True)


def hold(key: UUID) -> None:
    """Let nobody else use the key until the transaction ends.

    Raises Refused (409) where another request is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(key)])
        ((is_ours,),) = cursor.fetchall()
    if not is_ours:
        message = _(
            "A request with this Idempotency-Key is still being worked on. Please send "
            "it again in a moment."
        )
        raise Refused(409, message, seconds=SECONDS_TO_WAIT)


def answered_before(key: UUID, given: Mapping[str, str]) -> Pin | None:
    """Return what came of the request with this key, None where there was none.

    Raises Refused (422) where that one asked for something else.
    """
    sent = (
        SentPin.objects.select_related("pin").filter(pin__idempotency_key=key).first()
    )
    # Without a fingerprint it came before there were any: its words are compared.
    if sent is None or not sent.fingerprint:
        return None
    if not any(
        constant_time_compare(fingerprint(given, secret), sent.fingerprint)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ):
        raise other_content()
    return sent.pin


def other_content() -> Refused:
    """Return what to say to another contribution under a key that was used."""
    return Refused(
        422, _("This Idempotency-Key came with another contribution before.")
    )


def fingerprint(given: Mapping[str, str], secret: str | None = None) -> str:
    """Return what tells a request from another: a hash of all that it says.

    Salted with the site's secret, so that nobody reads an address out of it by trying.
    """
    said = {name: value for name, value in given.items() if name != "api_key"}
    text = json.dumps(said, sort_keys=True)
    return salted_hmac(SALT, text, secret=secret, algorithm="sha256").hexdigest()
