"""The papers that allow: permits, approvals, plans, consents and licences, and the quotas they grant."""

import uuid
from datetime import date

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import WideInteger, mass, word
from zerowaste.vocabulary import Instrument, Period, Unit

# The column first: SQLite turns the comparison round otherwise, and no longer knows it again.
OVERDRAWN = text("limit_g < used_g + reserved_g")


class Permit(SQLModel, table=True):
    """One instrument of one holder, valid from day to day (both inclusive, city days).

    `site_id` empty: it holds for every site of the organisation (a carrier's licence).
    `counterpart_id`: the one receiver a plan or consent names. `collecting`: 收集 permits, whose
    holder must pass the waste on. `streams`: stream codes, blank-separated; empty: as the terms say."""

    __tablename__ = "permit"

    id: int | None = Field(default=None, primary_key=True)
    kind: Instrument = word()
    number: str = Field(sa_column=Column(String(60), nullable=False))
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    counterpart_id: int | None = Field(default=None, foreign_key="site.id")
    valid_from: date = Field(sa_column=Column(Date(), nullable=False))
    valid_to: date = Field(sa_column=Column(Date(), nullable=False))
    suspended: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    collecting: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    streams: str = Field(default="", sa_column=Column(String(200), nullable=False))


class PermitTerm(SQLModel, table=True):
    """What an instrument covers: a stream, a code pattern (`*`, `HW08`, `900-249-08`), an operation
    (empty: any), and, where `limit` is given, how much in each period. `price_fen`: what its holder
    publishes that a tonne costs, in fen."""

    __tablename__ = "permit_term"

    id: int | None = Field(default=None, primary_key=True)
    permit_id: int = Field(foreign_key="permit.id", index=True)
    stream: str = word(default="")
    pattern: str = Field(sa_column=Column(String(32), nullable=False))
    operation: str = Field(default="", sa_column=Column(String(8), nullable=False))
    period: Period = word()
    unit: Unit = word(length=4)
    limit: int | None = Field(default=None, sa_column=Column("limit_g", BigInteger(), nullable=True))
    hard_limit: int | None = Field(
        default=None, sa_column=Column("hard_limit_g", BigInteger(), nullable=True)
    )
    price_fen: int | None = Field(default=None, sa_column=Column(BigInteger(), nullable=True))


class Quota(SQLModel, table=True):
    """One counter of one term in one window of days. `reserved` and `used` are sums of charges."""

    __tablename__ = "quota"
    __table_args__ = (
        UniqueConstraint("term_id", "starts"),
        CheckConstraint("reserved_g >= 0", name="reserved_not_negative"),
        CheckConstraint("used_g >= 0", name="used_not_negative"),
        Index("ix_quota_site_id_starts", "site_id", "starts"),
        Index("ix_quota_overdrawn", "starts", sqlite_where=OVERDRAWN, postgresql_where=OVERDRAWN),
    )

    id: int | None = Field(default=None, primary_key=True)
    term_id: int = Field(foreign_key="permit_term.id")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    period: Period = word()
    starts: date = Field(sa_column=Column(Date(), nullable=False))
    ends: date = Field(sa_column=Column(Date(), nullable=False))
    unit: Unit = word(length=4)
    limit_g: int = mass()
    hard_limit_g: int = mass()
    reserved_g: int = mass()
    used_g: int = mass()


class Charge(SQLModel, table=True):
    """What one event did to one quota, for one line of a manifest or for a site's stock."""

    __tablename__ = "charge"
    __table_args__ = (Index("ix_charge_manifest_id", "manifest_id"),)

    id: int | None = Field(default=None, sa_column=Column(WideInteger, primary_key=True))
    quota_id: int = Field(foreign_key="quota.id", index=True)
    event_id: uuid.UUID = Field(foreign_key="event.id")
    manifest_id: uuid.UUID | None = Field(default=None)
    line: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    reserved_g: int = mass()
    used_g: int = mass()
