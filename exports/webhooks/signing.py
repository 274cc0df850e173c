"""Signatures as Standard Webhooks 1.0 describes them (https://www.standardwebhooks.com).

    webhook-id: the same in each attempt
    webhook-timestamp: seconds since 1970, of this attempt
    webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body"> …

Several signatures, one per secret that holds, stand apart by blanks.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def headers(
    *, message_id: str, timestamp: int, body: bytes, secrets: Iterable[bytes]
) -> dict[str, str]:
    """Return the headers that let the receiver tell who sent this, and when."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (
        base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
        for secret in secrets
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
