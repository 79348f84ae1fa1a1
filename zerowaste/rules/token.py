"""The QR token: what a printed code says, signed so that anyone can check it offline."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class TokenKind(StrEnum):
    """What the code is stuck on."""

    MANIFEST = "manifest"
    SITE = "site"
    PACKAGE = "package"


# A byte lasts as long as its paper (ten years): numbers are added, never given a new meaning.
KIND_BYTES: Mapping[TokenKind, int] = {
    TokenKind.MANIFEST: 1,
    TokenKind.SITE: 2,
    TokenKind.PACKAGE: 3,
}
_KINDS = {number: kind for kind, number in KIND_BYTES.items()}

# The signature covers this prefix too, so it can never be taken for a signature on anything else.
PURPOSE = b"zerowaste-qr-1\x00"
_BODY_BYTES = 18
_TOKEN_BYTES = _BODY_BYTES + 64
TOKEN_LENGTH = 132
_PADDING = "=" * (-TOKEN_LENGTH % 8)
_TOKEN_TEXT = re.compile(f"[A-Za-z2-7]{{{TOKEN_LENGTH}}}")

# Upper case keeps the whole address in QR's alphanumeric mode (ISO/IEC 18004): 5.5 bits a letter.
# Of a base address only scheme, host and port are safe to raise: a path would change its meaning.
_BASE_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as read; `signature` is only a claim until `verify` has agreed with it."""

    kind: TokenKind
    id: UUID
    key_id: int
    signature: bytes

    @property
    def body(self) -> bytes:
        """The 18 bytes in front of the signature: kind, key id, id."""
        return _body(self.kind, self.id, self.key_id)


def sign(kind: TokenKind, uuid: UUID, key: Ed25519PrivateKey, key_id: int) -> str:
    """The token for one thing: 132 characters of base32, upper case, no padding.

    `key_id` (0 to 255) names the public key that checks it. Raises ValueError outside."""
    body = _body(kind, uuid, key_id)
    return _base32(body + key.sign(PURPOSE + body))


def read(token: str) -> Token | None:
    """What the token claims, in upper or lower case; None if it is none. Proves nothing."""
    if not _TOKEN_TEXT.fullmatch(token):
        return None
    text = token.upper()
    try:
        raw = base64.b32decode(text + _PADDING)
    except binascii.Error:
        return None
    # The last character carries four spare bits; only one spelling of a token may be valid.
    if len(raw) != _TOKEN_BYTES or _base32(raw) != text or raw[0] not in _KINDS:
        return None
    return Token(_KINDS[raw[0]], UUID(bytes=raw[2:18]), raw[1], raw[_BODY_BYTES:])


def verify(token: str, public_keys: Mapping[int, Ed25519PublicKey]) -> Token | None:
    """The token if one of our keys signed it, else None. `public_keys`: key id → key, old too."""
    claim = read(token)
    if claim is None or claim.key_id not in public_keys:
        return None
    try:
        public_keys[claim.key_id].verify(claim.signature, PURPOSE + claim.body)
    except InvalidSignature:
        return None
    return claim


def address(base_url: str, token: str) -> str:
    """The address printed as QR: `HTTPS://HOST/Q/TOKEN`, all upper case.

    `base_url` is scheme and host (and port) only; raises ValueError for anything else."""
    base = base_url.rstrip("/")
    if not _BASE_ADDRESS.fullmatch(base):
        raise ValueError(f"{base_url!r} is not a scheme and host that may be written in upper case")
    return f"{base}/Q/{token}".upper()


def _body(kind: TokenKind, uuid: UUID, key_id: int) -> bytes:
    if not 0 <= key_id <= 255:
        raise ValueError(f"key id {key_id} does not fit in one byte")
    return bytes((KIND_BYTES[kind], key_id)) + uuid.bytes


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=")
