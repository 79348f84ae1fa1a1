"""Who was told of what, and how it got there: nudges, messages, deliveries, webhooks and choices."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import WideInteger, moment, word
from zerowaste.vocabulary import Channel, DeadlineKind, DeliveryState, NudgeKind, Pace

LIVE = text("withdrawn_at IS NULL")
UNREAD = text("shown AND read_at IS NULL AND withdrawn_at IS NULL")
WAITING = text("state = 'waiting'")


class Nudge(SQLModel, table=True):
    """One step of the plan of one deadline, taken once: the deadline (`source`, `subject`, `due_at`) and
    the step are its identity. `withdrawn_at`: the deadline was met. `content`: what it said then."""

    __tablename__ = "nudge"
    __table_args__ = (
        UniqueConstraint("source", "subject", "due_at", "step"),
        Index("ix_nudge_live", "source", "id", sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: int | None = Field(default=None, sa_column=Column(WideInteger, primary_key=True))
    source: str = word(length=16)
    subject: str = Field(sa_column=Column(String(40), nullable=False))
    due_at: datetime = moment()
    step: str = word(length=16)
    kind: DeadlineKind = word(length=16)
    made_at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


class Message(SQLModel, table=True):
    """What one person is told. `origin` (`nudge:7`, `notice:12`) makes it once a person; `shown` False: he
    wants it by e-mail only. `content`: plain values, made a sentence of in the reader's language."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("user_id", "origin"),
        Index("ix_message_nudge_id", "nudge_id"),
        Index("ix_message_listed", "user_id", "at", "id"),
        Index("ix_message_unread", "user_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )

    id: uuid.UUID = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id")
    kind: NudgeKind = word(length=16)
    origin: str = Field(sa_column=Column(String(40), nullable=False))
    nudge_id: int | None = Field(
        default=None, sa_column=Column(BigInteger(), ForeignKey("nudge.id"), nullable=True)
    )
    at: datetime = moment()
    shown: bool = Field(default=True, sa_column=Column(Boolean(), nullable=False))
    read_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)
    link: str = Field(default="", sa_column=Column(String(200), nullable=False))
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


class Delivery(SQLModel, table=True):
    """A message on its way out of the service: to a person's mailbox, or to a webhook.

    Who sends it claims it first: `batch` names the mail or call and stays the same when it is tried again;
    `next_at` is then when the claim is over. `error`: why the last attempt failed."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id"),
        UniqueConstraint("webhook_id", "origin"),
        CheckConstraint("(user_id IS NULL) <> (webhook_id IS NULL)", name="person_or_webhook"),
        Index("ix_delivery_nudge_id", "nudge_id"),
        Index("ix_delivery_waiting", "next_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_delivery_webhook_id", "webhook_id", "made_at"),
    )

    id: uuid.UUID = Field(primary_key=True)
    channel: Channel = word(length=12)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    webhook_id: int | None = Field(default=None, foreign_key="webhook.id")
    message_id: uuid.UUID | None = Field(default=None, foreign_key="message.id")
    nudge_id: int | None = Field(
        default=None, sa_column=Column(BigInteger(), ForeignKey("nudge.id"), nullable=True)
    )
    origin: str = Field(sa_column=Column(String(40), nullable=False))
    state: DeliveryState = word(length=12)
    attempts: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    made_at: datetime = moment()
    next_at: datetime = moment()
    batch: uuid.UUID | None = Field(default=None)
    sent_at: datetime | None = moment(nullable=True)
    error: str = Field(default="", sa_column=Column(String(200), nullable=False))
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


class Webhook(SQLModel, table=True):
    """Where a program wants to be told: of what concerns an organisation, or a region (a code prefix).

    `secret`: signs every call; encrypted with a key of the instance. `kinds`: of nudges, blank-separated."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (region IS NULL)", name="organisation_or_region"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    region: str | None = Field(default=None, sa_column=Column(String(9), nullable=True))
    url: str = Field(sa_column=Column(String(500), nullable=False))
    secret: str = Field(sa_column=Column(Text(), nullable=False))
    kinds: str = Field(sa_column=Column(String(100), nullable=False))
    made_by: int = Field(foreign_key="user.id")
    made_at: datetime = moment()
    removed_at: datetime | None = moment(nullable=True)


class Mailbox(SQLModel, table=True):
    """Where a person reads mail, once he showed that he does, and when he does not want to be disturbed.

    `quiet_from`, `quiet_to`: hours of the city's day (22 and 7: from ten in the evening to seven); the same
    hour twice: never quiet."""

    __tablename__ = "mailbox"

    user_id: int = Field(foreign_key="user.id", primary_key=True)
    address: str = Field(default="", sa_column=Column(String(254), nullable=False))
    confirmed_at: datetime | None = moment(nullable=True)
    quiet_from: int = Field(default=22, sa_column=Column(Integer(), nullable=False))
    quiet_to: int = Field(default=7, sa_column=Column(Integer(), nullable=False))


class Choice(SQLModel, table=True):
    """How fast a person wants to be told of a kind of thing on a channel, where he chose."""

    __tablename__ = "choice"

    user_id: int = Field(foreign_key="user.id", primary_key=True)
    channel: Channel = word(length=12, primary_key=True)
    kind: NudgeKind = word(length=16, primary_key=True)
    pace: Pace = word(length=12)
