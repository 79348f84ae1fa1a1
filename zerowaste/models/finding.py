"""What the audits found, what overseers made of it, and when the city was audited."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, text
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import WideInteger, mass, moment, word
from zerowaste.vocabulary import Disposition

STANDS = text("gone_at IS NULL")


class Finding(SQLModel, table=True):
    """One finding, kept up by the audits: it may be thrown away and found again under the same id.

    `id` is made of `key`, so the same breach is the same finding in every run. `anchor` says what must
    be touched for it to be judged again. `rank`: how urgent its severity is, 0 first. `place`: a site's
    code; `from_street`, `to_street`: the grid's codes of its ends; `manifest`: its number or id.
    `evidence`: {events, holdings, lines}. `gone_at` is empty while it stands."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_anchor", "anchor"),
        Index("ix_finding_stands", "rank", "rule", "key", sqlite_where=STANDS, postgresql_where=STANDS),
        Index("ix_finding_manifest", "manifest"),
    )

    id: uuid.UUID = Field(primary_key=True)
    key: str = Field(sa_column=Column(String(240), nullable=False))
    anchor: str = Field(sa_column=Column(String(96), nullable=False))
    audit: str = word()
    rule: str = word()
    severity: str = word(length=12)
    rank: int = Field(sa_column=Column(Integer(), nullable=False))
    subject: str = Field(sa_column=Column(String(160), nullable=False))
    detail: str = Field(default="", sa_column=Column(String(120), nullable=False))
    grams: int = mass()
    holder: str = Field(default="", sa_column=Column(String(160), nullable=False))
    due_at: datetime | None = moment(nullable=True)
    since: datetime | None = moment(nullable=True)
    place: str = Field(default="", sa_column=Column(String(24), nullable=False))
    from_street: str = Field(default="", sa_column=Column(String(9), nullable=False))
    to_street: str = Field(default="", sa_column=Column(String(9), nullable=False))
    stream: str = word(default="")
    waste_code: str = Field(default="", sa_column=Column(String(32), nullable=False))
    manifest: str = Field(default="", sa_column=Column(String(40), nullable=False))
    treatment: str = Field(default="", sa_column=Column(String(40), nullable=False))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))
    found_at: datetime = moment()
    gone_at: datetime | None = moment(nullable=True)


class FindingDisposition(SQLModel, table=True):
    """What overseers made of a finding last. A projection of the events of its own chain; what was said
    in words stands apart, as all that is personal does. `grams`: what was at stake at that time."""

    __tablename__ = "disposition"

    id: uuid.UUID = Field(primary_key=True)
    disposition: Disposition = word(length=12)
    at: datetime = moment()
    actor: str = Field(sa_column=Column(String(64), nullable=False))
    grams: int = Field(sa_column=Column(BigInteger(), nullable=False))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))


class AuditRun(SQLModel, table=True):
    """One audit that was run. `whole`: of everything, not only of what had been touched. `judged`: how
    many events were new to it."""

    __tablename__ = "audit_run"

    id: int | None = Field(default=None, sa_column=Column(WideInteger, primary_key=True))
    at: datetime = moment()
    whole: bool = Field(sa_column=Column(Boolean(), nullable=False))
    judged: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    findings: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
