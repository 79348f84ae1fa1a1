"""Evidence: photos and files that acts refer to, each stored once under its SHA-256."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import Session

from zerowaste import models
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import table
from zerowaste.rules.access import Actor

EVIDENCE = table(models.Evidence)
LARGEST_BYTES = 8 * 1024 * 1024
# What the first bytes of a file say it is; the name or header it came with proves nothing.
_SIGNATURES: Sequence[tuple[int, bytes, str]] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (0, b"%PDF-", "application/pdf"),
)
MEDIA_TYPES = tuple(dict.fromkeys(media_type for _, _, media_type in _SIGNATURES))


def media_type_of(content: bytes) -> str | None:
    """What kind of photo or document this is, by its first bytes; None for anything else."""
    for offset, signature, media_type in _SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return media_type
    return None


def not_uploaded(session: Session, named: Iterable[str]) -> list[str]:
    """Which of these SHA-256 sums no file was uploaded for (yet)."""
    wanted = set(named)
    if not wanted:
        return []
    known = session.execute(select(EVIDENCE.c.sha256).where(EVIDENCE.c.sha256.in_(wanted))).scalars()
    return sorted(wanted - set(known))


def store_evidence(session: Session, actor: Actor, content: bytes, *, now: datetime) -> str:
    """Keep a file; gives its SHA-256. The same file again is stored only once.

    Raises `too_large` (over 8 MiB), `evidence_empty`, `evidence_type`."""
    if len(content) > LARGEST_BYTES:
        raise Refusal("too_large")
    if not content:
        raise Refusal("invalid", Problem("evidence_empty"))
    media_type = media_type_of(content)
    if media_type is None:
        raise Refusal("evidence_type")
    sha256 = hashlib.sha256(content).hexdigest()
    known = session.execute(select(EVIDENCE.c.sha256).where(EVIDENCE.c.sha256 == sha256)).first()
    if known is None:
        session.execute(
            insert(EVIDENCE).values(
                sha256=sha256,
                media_type=media_type,
                size=len(content),
                content=content,
                actor=actor.login,
                recorded_at=now,
            )
        )
    return sha256
