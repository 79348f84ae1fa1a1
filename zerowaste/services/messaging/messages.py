"""Messages: what one person was told, the latest first, and what he has not read yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session

from zerowaste.models.tables import MESSAGE
from zerowaste.vocabulary import NudgeKind

COUNTED = 99


@dataclass(frozen=True, slots=True)
class MessageListed:
    """A message. `withdrawn_at`: what it asked for was done. `content`: plain values (`message_texts`)."""

    id: UUID
    kind: NudgeKind
    at: datetime
    read_at: datetime | None
    withdrawn_at: datetime | None
    link: str
    content: Mapping[str, Any]


def messages_of(
    session: Session,
    user_id: int,
    *,
    unread: bool = False,
    kind: NudgeKind | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[MessageListed]:
    """A person's messages, the latest first. `unread`: only what he has not read and still stands."""
    statement = select(MESSAGE).where(MESSAGE.c.user_id == user_id, MESSAGE.c.shown)
    if unread:
        statement = statement.where(MESSAGE.c.read_at.is_(None), MESSAGE.c.withdrawn_at.is_(None))
    if kind is not None:
        statement = statement.where(MESSAGE.c.kind == kind)
    if after is not None:
        at, last = after
        statement = statement.where(or_(MESSAGE.c.at < at, and_(MESSAGE.c.at == at, MESSAGE.c.id < last)))
    rows = session.execute(statement.order_by(MESSAGE.c.at.desc(), MESSAGE.c.id.desc()).limit(limit))
    return [
        MessageListed(
            row.id, NudgeKind(row.kind), row.at, row.read_at, row.withdrawn_at, row.link, row.content
        )
        for row in rows
    ]


def count_unread(session: Session, user_id: int) -> int:
    """How many messages still stand and were not read; counts no further than one above COUNTED."""
    unread = (
        select(MESSAGE.c.id)
        .where(
            MESSAGE.c.user_id == user_id,
            MESSAGE.c.shown,
            MESSAGE.c.read_at.is_(None),
            MESSAGE.c.withdrawn_at.is_(None),
        )
        .limit(COUNTED + 1)
        .subquery()
    )
    return int(session.execute(select(func.count()).select_from(unread)).scalar_one())


def mark_read(session: Session, user_id: int, message_id: UUID, *, now: datetime) -> MessageListed | None:
    """A message was read; None where the person has no such message."""
    mine = MESSAGE.c.id == message_id, MESSAGE.c.user_id == user_id, MESSAGE.c.shown
    row = session.execute(select(MESSAGE).where(*mine)).one_or_none()
    if row is None:
        return None
    session.execute(update(MESSAGE).where(*mine, MESSAGE.c.read_at.is_(None)).values(read_at=now))
    return MessageListed(
        row.id, NudgeKind(row.kind), row.at, row.read_at or now, row.withdrawn_at, row.link, row.content
    )


def mark_all_read(session: Session, user_id: int, *, now: datetime, until: datetime) -> None:
    """Everything up to a moment (that of the page he saw) was read."""
    session.execute(
        update(MESSAGE)
        .where(MESSAGE.c.user_id == user_id, MESSAGE.c.read_at.is_(None), MESSAGE.c.at <= until)
        .values(read_at=now)
    )
