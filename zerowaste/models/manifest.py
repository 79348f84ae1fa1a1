"""The manifest and what hangs on it: lines, legs, draws, trips, packages. Projections of events."""

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
    text,
)
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import mass, moment, word
from zerowaste.vocabulary import Basis, Status


class Trip(SQLModel, table=True):
    """One vehicle on one journey; ties the manifests that travel on it."""

    __tablename__ = "trip"

    id: uuid.UUID = Field(primary_key=True)
    vehicle_id: int = Field(foreign_key="vehicle.id", index=True)
    day: str = Field(sa_column=Column(String(10), nullable=False))


FILED = text("status = 'filed'")


class Manifest(SQLModel, table=True):
    """One e-manifest (电子联单). `number` is our city serial, `national_number` the legal one.

    `edition`: the law of its day. `carried`, `at_gate`, `back_legs`: how far along its path it is
    (legs begun, gate reached, return legs begun). `settled`: every line decided and every difference
    dealt with. `turn_id`: the organisation that must act next.
    `ticket`: the weighbridge slip {number, gross_g, tare_g, net_g} of its trip.
    `events` and `head` count and seal its chain of events."""

    __tablename__ = "manifest"
    __table_args__ = (
        Index("ix_manifest_filed_at", "filed_at", "id"),
        Index("ix_manifest_status_filed_at", "status", "filed_at"),
        Index("ix_manifest_consignor_id", "consignor_id", "filed_at"),
        Index("ix_manifest_consignee_id", "consignee_id", "filed_at"),
        Index("ix_manifest_stream", "stream", "consignor_id"),
        Index("ix_manifest_turn_id", "turn_id"),
        Index("ix_manifest_trip_id", "trip_id"),
        Index("ix_manifest_expires_at", "expires_at", "id", sqlite_where=FILED, postgresql_where=FILED),
    )

    id: uuid.UUID = Field(primary_key=True)
    number: str | None = Field(default=None, sa_column=Column(String(24), nullable=True, unique=True))
    national_number: str | None = Field(default=None, sa_column=Column(String(24), nullable=True, index=True))
    stream: str = word()
    edition: int = Field(sa_column=Column(Integer(), nullable=False))
    status: Status = word(length=16)
    consignor_id: int = Field(foreign_key="site.id")
    consignee_id: int | None = Field(default=None, foreign_key="site.id")
    planned_at: datetime | None = moment(nullable=True)
    filed_at: datetime = moment()
    expires_at: datetime | None = moment(nullable=True)
    trip_id: uuid.UUID | None = Field(default=None)
    carried: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    at_gate: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    back_legs: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    settled: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    turn_id: int | None = Field(default=None, foreign_key="organisation.id")
    ticket: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(), nullable=True))
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))


class Line(SQLModel, table=True):
    """One waste on a manifest, and what each step found its mass to be (null: not known yet)."""

    __tablename__ = "line"
    __table_args__ = (
        CheckConstraint("declared_g > 0", name="declared_positive"),
        CheckConstraint("accepted_g IS NULL OR received_g = accepted_g + refused_g", name="decided_whole"),
    )

    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", primary_key=True)
    number: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    waste_code: str = Field(sa_column=Column(String(32), nullable=False))
    found_code: str | None = Field(default=None, sa_column=Column(String(32), nullable=True))
    operation: str = Field(default="", sa_column=Column(String(8), nullable=False))
    basis: Basis = word(length=12)
    received_basis: Basis | None = word(length=12, nullable=True, default=None)
    declared_g: int = mass()
    loaded_g: int | None = mass(nullable=True, default=None)
    received_g: int | None = mass(nullable=True, default=None)
    accepted_g: int | None = mass(nullable=True, default=None)
    refused_g: int | None = mass(nullable=True, default=None)
    sent_back_g: int | None = mass(nullable=True, default=None)
    returned_g: int | None = mass(nullable=True, default=None)
    reassigned_g: int | None = mass(nullable=True, default=None)
    reassigned_code: str | None = Field(default=None, sa_column=Column(String(32), nullable=True))
    volume_l: int | None = Field(default=None, sa_column=Column(BigInteger(), nullable=True))
    packages: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    packaging: str = Field(default="", sa_column=Column(String(60), nullable=False))
    reason: str = Field(default="", sa_column=Column(String(32), nullable=False))
    # Who has given an opinion on a variance over the tolerance: c(onsignor), r(eceiver), both, none.
    opinions: str = Field(default="", sa_column=Column(String(2), nullable=False))


class Leg(SQLModel, table=True):
    """One carrier's stretch of the way (联运段次). `back`: it carries refused mass home."""

    __tablename__ = "leg"
    __table_args__ = (
        Index("ix_leg_driver_id", "driver_id", "manifest_id"),
        Index("ix_leg_carrier_id", "carrier_id", "manifest_id"),
        Index("ix_leg_vehicle_id", "vehicle_id", "ended_at", "began_at", "manifest_id"),
    )

    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", primary_key=True)
    number: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    back: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    carrier_id: int = Field(foreign_key="organisation.id")
    vehicle_id: int = Field(foreign_key="vehicle.id")
    driver_id: int = Field(foreign_key="user.id")
    began_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)


class Draw(SQLModel, table=True):
    """What a line means to take from a lot: `grams` planned, `held_g` still held for it there."""

    __tablename__ = "draw"
    __table_args__ = (
        CheckConstraint("held_g BETWEEN 0 AND grams", name="held_within_plan"),
        Index("ix_draw_holding_id", "holding_id"),
    )

    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", primary_key=True)
    line: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    holding_id: int = Field(
        sa_column=Column(BigInteger(), ForeignKey("holding.id"), primary_key=True, autoincrement=False)
    )
    grams: int = mass()
    held_g: int = mass()


class Package(SQLModel, table=True):
    """A tagged box, bag or drum. Its tag outlives every line it travels on."""

    __tablename__ = "package"

    tag: str = Field(sa_column=Column(String(64), primary_key=True))


class LinePackage(SQLModel, table=True):
    """Which package travelled on which line, and whether the gate received it."""

    __tablename__ = "line_package"
    __table_args__ = (Index("ix_line_package_tag", "tag"),)

    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", primary_key=True)
    line: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    tag: str = Field(foreign_key="package.tag", primary_key=True)
    loaded: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    received: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))


class Treatment(SQLModel, table=True):
    """One batch at one facility: lots and additives in, products, residues and a fate out."""

    __tablename__ = "treatment"
    __table_args__ = (
        Index("ix_treatment_site_id", "site_id", "at"),
        Index("ix_treatment_at", "at"),
    )

    id: uuid.UUID = Field(primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    operation: str = Field(sa_column=Column(String(8), nullable=False))
    at: datetime = moment()
    batch_id: int = Field(sa_column=Column(BigInteger(), ForeignKey("holding.id"), nullable=False))
    done: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))
