"""A passkey in software: what a browser and its device would answer (WebAuthn level 2)."""

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import websafe_encode

ORIGIN = "http://localhost"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Passkey:
    """One key for this site; `is_verified` says whether it asked for finger or PIN."""

    def __init__(self, *, is_verified: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(b"passkey").digest()[:16]
        self.flags = PRESENT | (VERIFIED if is_verified else 0)
        self.user_handle = ""

    def create(self, options: Any, origin: str = ORIGIN) -> str:
        """Return what the browser sends when a passkey was made."""
        self.user_handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        public = cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(HAS_KEY) + made
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": self._client("webauthn.create", options, origin),
                "attestationObject": attested,
            }
        )

    def get(self, options: Any, origin: str = ORIGIN) -> str:
        """Return what the browser sends when a passkey was shown."""
        client = self._client("webauthn.get", options, origin)
        data = self._data()
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            },
            userHandle=self.user_handle,
        )

    def _data(self, flags: int = 0) -> bytes:
        site = hashlib.sha256(b"localhost").digest()
        return site + bytes([self.flags | flags]) + bytes(4)

    def _client(self, kind: str, options: Any, origin: str) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": origin}
        return json.dumps(said).encode()

    def _answer(self, parts: dict[str, bytes], **more: str) -> str:
        name = websafe_encode(self.id)
        response = {key: websafe_encode(value) for key, value in parts.items()}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response | more,
            }
        )
