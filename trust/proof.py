"""Proof of work after ALTCHA's protocol, version 2: sites make it, browsers find it.

The site derives a key from a number it draws, and gives out half of that key; the browser
tries one number after the other until it has the same. What it sends is checked by two
signatures, without deriving anything again.
"""

import datetime
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

import altcha
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trust.models import Reason

ALGORITHM = "PBKDF2/SHA-256"
# Longer is no proof that this site's challenges lead to.
LONGEST = 4_000


@dataclass(frozen=True)
class Proof:
    """A proof that is right; whether it was used before, the database knows."""

    nonce: bytes
    expires_at: datetime.datetime


class BadProof(Exception):
    """What was sent along proves nothing, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@cache
def _secret(what: str) -> str:
    return salted_hmac(f"trust.proof.{what}", "", algorithm="sha256").hexdigest()


def make_challenge() -> dict[str, Any]:
    """Return a challenge for a browser: what it has to find, and until when."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        settings.PROOF_COST,
        counter=secrets.randbelow(settings.PROOF_STEPS),
        expires_at=timezone.now() + settings.PROOF_LIFETIME,
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    return challenge.to_dict()


def read_proof(text: str) -> Proof:
    """Return the proof that a form sent along. Raises BadProof."""
    if not text:
        raise BadProof(Reason.NO_PROOF)
    if len(text) > LONGEST:
        raise BadProof(Reason.WRONG_PROOF)
    try:
        payload = altcha.Payload.from_base64(text)
        result = altcha.verify_solution(
            payload, _secret("challenge"), hmac_key_secret=_secret("key")
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadProof(Reason.WRONG_PROOF) from error
    if result.expired:
        raise BadProof(Reason.OLD_PROOF)
    if not result.verified:
        raise BadProof(Reason.WRONG_PROOF)
    # Signed by this site: they are what it gave out.
    parameters = payload.challenge.parameters
    expires = float(parameters.expires_at or 0)
    return Proof(
        nonce=bytes.fromhex(parameters.nonce),
        expires_at=datetime.datetime.fromtimestamp(expires, tz=datetime.UTC),
    )
