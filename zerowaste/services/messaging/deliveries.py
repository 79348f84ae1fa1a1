"""Deliveries: what waits to leave the service. Claimed for a while, sent by whoever claimed it outside of any
transaction, then marked; what is never marked is claimed again under the same id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from zerowaste.models.tables import DELIVERY
from zerowaste.rules.nudges import pause_after
from zerowaste.vocabulary import Channel, DeliveryState

MOST = 40
MOST_MAILED = 5_000  # together: statements take no more values than some tens of thousands
LEASE = timedelta(minutes=5)
LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes out together: one mail of several messages, or one call. `id` stays through all attempts."""

    id: UUID
    channel: Channel
    user_id: int | None
    webhook_id: int | None
    attempts: int
    deliveries: tuple[UUID, ...]
    messages: tuple[UUID, ...]
    content: Mapping[str, Any]


def claim(session: Session, *, now: datetime, channels: Sequence[Channel], most: int = MOST) -> list[Batch]:
    """Take what is due, for as long as LEASE; whoever comes at the same time takes others. All that waits
    for one person's mailbox goes together."""
    due = (
        select(DELIVERY)
        .where(DELIVERY.c.state == DeliveryState.WAITING, DELIVERY.c.next_at <= now,
               DELIVERY.c.channel.in_(channels))
        .order_by(DELIVERY.c.next_at, DELIVERY.c.id)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    rows = list(session.execute(due.limit(most)))
    if readers := {row.user_id for row in rows if row.message_id is not None}:
        known = {row.id for row in rows}
        mails = due.where(DELIVERY.c.user_id.in_(readers), DELIVERY.c.message_id.is_not(None))
        rows += [row for row in session.execute(mails.limit(MOST_MAILED)) if row.id not in known]
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(_together(row), []).append(row)
    batches = [_batch(several) for several in groups.values()]
    taken = [{"b_id": each, "b_batch": batch.id} for batch in batches for each in batch.deliveries]
    if taken:
        session.execute(
            update(DELIVERY)
            .where(DELIVERY.c.id == bindparam("b_id"))
            .values(batch=bindparam("b_batch"), attempts=DELIVERY.c.attempts + 1, next_at=now + LEASE)
            .execution_options(synchronize_session=False),
            taken,
        )
    return batches


def _together(row: Any) -> Any:
    if row.message_id is None:
        return row.id
    return row.user_id, row.batch


def _batch(rows: Sequence[Any]) -> Batch:
    first = rows[0]
    alone = first.message_id is None
    return Batch(
        id=first.batch or (first.id if alone else uuid7.uuid7()),
        channel=Channel(first.channel),
        user_id=first.user_id,
        webhook_id=first.webhook_id,
        attempts=max(row.attempts for row in rows) + 1,
        deliveries=tuple(row.id for row in rows),
        messages=tuple(row.message_id for row in rows if row.message_id is not None),
        content=first.content if alone else {},
    )


def mark_sent(session: Session, batch: Batch, *, now: datetime) -> None:
    """It got there. What it said of secrets is forgotten."""
    _mark(session, batch, state=DeliveryState.SENT, sent_at=now, error="", content={})


def mark_withdrawn(session: Session, batch: Batch) -> None:
    """There is nothing left to say."""
    _mark(session, batch, state=DeliveryState.WITHDRAWN)


def mark_failed(
    session: Session, batch: Batch, reason: str, *, for_good: bool, now: datetime, chance: float
) -> bool:
    """It did not get there: later again, or never; gives whether it was given up. Whatever else waits for
    the same webhook waits as long."""
    pause = None if for_good else pause_after(batch.attempts, chance)
    error = reason[:LONGEST_ERROR]
    if pause is None:
        _mark(session, batch, state=DeliveryState.GIVEN_UP, error=error)
        return True
    _mark(session, batch, next_at=now + pause, error=error)
    if batch.webhook_id is not None:
        session.execute(
            update(DELIVERY)
            .where(DELIVERY.c.webhook_id == batch.webhook_id, DELIVERY.c.state == DeliveryState.WAITING,
                   DELIVERY.c.next_at < now + pause)
            .values(next_at=now + pause)
        )  # fmt: skip
    return False


def _mark(session: Session, batch: Batch, **changes: Any) -> None:
    session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id.in_(batch.deliveries), DELIVERY.c.state == DeliveryState.WAITING)
        .values(**changes)
    )
