"""Addresses in what waits on a device for a network: sealed there, opened here alone.

A browser seals the address for this site's public key, and cannot open it again: neither
can who uses the same device next (ASVS 5.0, 14.3.3). static/js/outbox-core.js is the other
half. The curve is P-256, the key of each address follows from a fresh pair by HKDF-SHA-256,
and AES-256-GCM seals; the site's pair follows from its secret.
"""

import base64
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SEALED = "sealed_email"
SALT = "pins.sealed-address"
# Also what the browser derives its key with.
INFO = b"pins.sealed-address"
# The browser's public point, in front of what is sealed: uncompressed.
POINT_BYTES = 65
# A key is used once, so its counter can begin at naught.
NONCE = bytes(12)
LONGEST = 2_000
# Of P-256: a private key is a number from one to one less.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# What is no address, so that the form asks for one again.
UNREADABLE = "?"


class NotOpened(ValueError):
    """What was sent is sealed for nobody here, or not at all."""


def opens_address(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give a view the address of a form in the clear, as if it had been typed just now."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.POST.get(SEALED):
            cast("Any", request).POST = _opened(request.POST)
        return view(request, *args, **kwargs)

    return wrapped


def _opened(sent: QueryDict) -> QueryDict:
    data = sent.copy()
    # The last value that the dictionary would give, and no second one.
    sealed = data.pop(SEALED)[-1]
    if not data.get("email"):
        try:
            data["email"] = open_address(str(sealed))
        except NotOpened:
            data["email"] = UNREADABLE
    return data


def open_address(sealed: str) -> str:
    """Return the address; raises NotOpened for what this site cannot open.

    Also what was sealed before the site's secret was changed, while that is a fallback.
    """
    try:
        content = base64.b64decode(sealed[:LONGEST], validate=True)
    except ValueError as error:
        raise NotOpened from error
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        address = _open_by(_pair(secret), content)
        if address is not None:
            return address
    raise NotOpened


def _open_by(pair: "EllipticCurvePrivateKey", content: bytes) -> str | None:
    # Here, not above: a process that only shows maps does not load the library.
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    point, rest = content[:POINT_BYTES], content[POINT_BYTES:]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key = _key_of(pair.exchange(ec.ECDH(), theirs), point)
        return AESGCM(key).decrypt(NONCE, rest, None).decode()
    except (InvalidTag, ValueError):
        return None


def _key_of(shared: bytes, point: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length=32, salt=point, info=INFO).derive(shared)


def public_key() -> str:
    """Return what browsers seal addresses for: an uncompressed point, in base64."""
    return _public_key(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _public_key(secret: str) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = _pair(secret).public_key()
    return base64.b64encode(
        point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    ).decode()


@lru_cache(maxsize=8)
def _pair(secret: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    # 512 bits, so that no key is likelier than another.
    digest = salted_hmac(SALT, "key", secret=secret, algorithm="sha512").digest()
    number = int.from_bytes(digest) % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())
