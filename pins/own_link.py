"""The secret link by which somebody without an account reaches their own pin."""

import hashlib
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "pins.own-link"
# In place of the hash of a link: none leads there any more.
NO_LINK = ""


def make_token(idempotency_key: UUID) -> str:
    """Return the token that belongs to a submitted form.

    It follows from the form's key and the site's secret, so that a form sent twice
    leads to the same link although only the hash of the token is stored.
    """
    return salted_hmac(SALT, str(idempotency_key), algorithm="sha256").hexdigest()


def hash_token(token: str) -> str:
    """Return what is stored. The token is random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_matches(token: str, stored_hash: str) -> bool:
    return constant_time_compare(hash_token(token), stored_hash)
