"""What a scanned QR code stands for, as much of it as anybody may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.tables import PROJECTIONS, SITE
from zerowaste.rules.token import Token, TokenKind, verify

MANIFEST = PROJECTIONS["manifest"]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code says. `genuine`: signed by this service; `known`: and still on its books.

    Only what is printed beside the code, and how the manifest stands: no names of people or firms."""

    genuine: bool
    known: bool = False
    kind: TokenKind | None = None
    number: str | None = None
    stream: str | None = None
    status: str | None = None
    planned_on: date | None = None


def site_identity(site_id: int) -> UUID:
    """The id that a site's own fixed code carries."""
    return UUID(int=site_id)


def read_code(session: Session, text: str, keys: Mapping[int, Ed25519PublicKey]) -> Scanned:
    """Check a token's signature and look up what it is stuck on."""
    token = verify(text, keys)
    if token is None:
        return Scanned(genuine=False)
    if token.kind is TokenKind.MANIFEST:
        return _manifest(session, token)
    if token.kind is TokenKind.SITE:
        return _site(session, token)
    return Scanned(genuine=True, kind=token.kind)


def _manifest(session: Session, token: Token) -> Scanned:
    row = session.execute(select(MANIFEST).where(MANIFEST.c.id == token.id)).one_or_none()
    if row is None:
        return Scanned(genuine=True, kind=token.kind)
    return Scanned(
        genuine=True,
        known=True,
        kind=token.kind,
        number=row.number,
        stream=row.stream,
        status=row.status,
        planned_on=local_day(row.planned_at),
    )


def _site(session: Session, token: Token) -> Scanned:
    # Ids made otherwise are wider than the column; asking for them would be an error, not a miss.
    if token.id.int >= 2**31:
        return Scanned(genuine=True, kind=token.kind)
    code = session.execute(select(SITE.c.code).where(SITE.c.id == token.id.int)).scalar_one_or_none()
    return Scanned(genuine=True, known=code is not None, kind=token.kind, number=code)
