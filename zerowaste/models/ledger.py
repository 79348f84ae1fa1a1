"""The graph as a ledger: holdings (nodes), flows (edges), and the events that made them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import WideInteger, mass, moment, word
from zerowaste.vocabulary import Basis, HoldingKind, Verdict

TREATED = text("treatment_id IS NOT NULL")
UNSENT = text("sent_at IS NULL")
OPEN = text("grams > 0 AND kind IN ('lot', 'load', 'batch')")
REMARKABLE = text("findings > 0 OR kind = 'reverse'")
# What treatments brought to its end, added up from the index alone.
ENDED = text("kind = 'fate'")
# What a producer made: filed from his yard, or registered as a lot.
MADE = text("part IN ('yard', 'lot')")
# What came home refused.
RETURNED = text("part = 'returned'")
GENERATED = text("source = 'generation'")


class Event(SQLModel, table=True):
    """One act and the decision on it. Append-only.

    `subject` and `key` say whose chain it belongs to (manifest, site, treatment, organisation …);
    `number` counts in that chain in order of arrival. `text` is the canonical text of act and
    decision; `hash` = SHA-256(previous hash ‖ text). The other columns repeat what the text says,
    to be searched by; `flask verify` compares them."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject", "key", "number"),
        Index("ix_event_recorded_at", "recorded_at"),
        # What audits read of events: those that something was found at, and those that took back another.
        Index(
            "ix_event_remarkable",
            "subject",
            "key",
            "at",
            sqlite_where=REMARKABLE,
            postgresql_where=REMARKABLE,
        ),
    )

    id: uuid.UUID = Field(primary_key=True)
    subject: str = word(length=16)
    key: str = Field(sa_column=Column(String(64), nullable=False))
    number: int = Field(sa_column=Column(Integer(), nullable=False))
    kind: str = word()
    verdict: Verdict = word(length=12)
    at: datetime = moment()
    recorded_at: datetime = moment()
    actor: str = Field(sa_column=Column(String(64), nullable=False))
    findings: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    text: str = Field(sa_column=Column(Text(), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))


class Private(SQLModel, table=True):
    """What is personal in an event (notes, positions, names, phone numbers), apart from it so it can
    be erased: the event keeps only SHA-256(salt ‖ text)."""

    __tablename__ = "private"

    event_id: uuid.UUID = Field(foreign_key="event.id", primary_key=True)
    salt: str = Field(sa_column=Column(String(32), nullable=False))
    text: str = Field(sa_column=Column(Text(), nullable=False))


class Holding(SQLModel, table=True):
    """Grams of one waste code at one place with one holder, since one moment, due by one moment.

    Never changes its waste, place or holder; only `grams` (the balance) and `held_g` (what filed
    manifests will take). `part` says which step of a line or treatment opened it."""

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("grams >= 0", name="grams_not_negative"),
        CheckConstraint("held_g BETWEEN 0 AND grams", name="held_within_grams"),
        Index("ix_holding_open", "site_id", "waste_code", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_holding_open_since", "since", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_holding_open_due", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_holding_made", "since", sqlite_where=MADE, postgresql_where=MADE),
        Index(
            "ix_holding_made_at", "site_id", "stream", "waste_code", sqlite_where=MADE, postgresql_where=MADE
        ),
        Index("ix_holding_returned", "site_id", sqlite_where=RETURNED, postgresql_where=RETURNED),
        Index("ix_holding_manifest_id", "manifest_id", "line"),
        Index("ix_holding_treatment_id", "treatment_id", sqlite_where=TREATED, postgresql_where=TREATED),
        Index(
            "ix_holding_ended",
            "treatment_id",
            sqlite_where=ENDED,
            postgresql_where=ENDED,
            postgresql_include=["stream", "part", "grams"],
        ),
    )

    id: int = Field(sa_column=Column(WideInteger, primary_key=True))
    kind: HoldingKind = word(length=12)
    part: str = Field(sa_column=Column(String(16), nullable=False))
    stream: str = word()
    waste_code: str = Field(sa_column=Column(String(32), nullable=False))
    site_id: int | None = Field(default=None, foreign_key="site.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    manifest_id: uuid.UUID | None = Field(default=None)
    line: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    treatment_id: uuid.UUID | None = Field(default=None)
    event_id: uuid.UUID = Field(foreign_key="event.id")
    operation: str = Field(default="", sa_column=Column(String(8), nullable=False))
    name: str = Field(default="", sa_column=Column(String(120), nullable=False))
    since: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    grams: int = mass()
    held_g: int = mass()


class Flow(SQLModel, table=True):
    """Grams moved from one holding to another by one event; a correction is a flow of its own, the
    difference, and may be negative. `from_id` empty: `source` says why it comes from nowhere."""

    __tablename__ = "flow"
    __table_args__ = (
        CheckConstraint("from_id < to_id", name="acyclic"),
        CheckConstraint("grams <> 0", name="moves_something"),
        CheckConstraint("(from_id IS NULL) = (source <> '')", name="source_where_from_nowhere"),
        Index("ix_flow_from_id", "from_id"),
        Index("ix_flow_to_id", "to_id"),
        Index(
            "ix_flow_generated",
            "to_id",
            sqlite_where=GENERATED,
            postgresql_where=GENERATED,
            postgresql_include=["grams", "basis"],
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(WideInteger, primary_key=True))
    event_id: uuid.UUID = Field(foreign_key="event.id", index=True)
    from_id: int | None = Field(default=None, sa_column=Column(BigInteger(), nullable=True))
    to_id: int = Field(sa_column=Column(BigInteger(), nullable=False))
    grams: int = mass()
    basis: Basis = word(length=12)
    # A word of Source where from_id is empty, else nothing.
    source: str = word(length=12, default="")


class Series(SQLModel, table=True):
    """The next serial of a number series (one row a city, year and kind of manifest)."""

    __tablename__ = "series"

    key: str = Field(sa_column=Column(String(40), primary_key=True))
    next: int = Field(sa_column=Column(BigInteger(), nullable=False))


class Outbox(SQLModel, table=True):
    """Who must be told of an event; written in the event's own transaction. `organisation_id` empty: the
    authority. `sent_at`: when messages were made of it."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unsent", "id", sqlite_where=UNSENT, postgresql_where=UNSENT),)

    id: int | None = Field(default=None, sa_column=Column(WideInteger, primary_key=True))
    event_id: uuid.UUID = Field(foreign_key="event.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    topic: str = word()
    at: datetime = moment()
    sent_at: datetime | None = moment(nullable=True)
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


class Evidence(SQLModel, table=True):
    """A photo or file, known by its SHA-256 and stored once."""

    __tablename__ = "evidence"

    sha256: str = Field(sa_column=Column(String(64), primary_key=True))
    media_type: str = Field(sa_column=Column(String(60), nullable=False))
    size: int = Field(sa_column=Column(Integer(), nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    actor: str = Field(sa_column=Column(String(64), nullable=False))
    recorded_at: datetime = moment()
