"""A device with passkeys, made of plain mathematics: what a browser would send in its name."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One key pair; it signs for the pages of one origin. `verifies`: it asks for a finger or PIN.
    `public`: what it tells of its key, where that is not the truth."""

    origin: str = "http://localhost"
    host: str = "localhost"
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    signed: int = 0
    public: bytes = b""

    def make(self, options: dict[str, Any]) -> str:
        """What it answers when asked for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + (self.public or public)
        stated = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(NEW) + attested})
        told = self._told("webauthn.create", options["challenge"])
        return self._answer({"attestationObject": b64(stated), "clientDataJSON": b64(told)})

    def sign(self, options: dict[str, Any]) -> str:
        """What it answers when asked who is there."""
        self.signed += 1
        data, told = self._data(0), self._told("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"authenticatorData": b64(data), "clientDataJSON": b64(told), "signature": b64(signature)}
        )

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.signed)

    def _told(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
        )
