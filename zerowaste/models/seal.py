"""Seals: what the history was at a moment, as a Merkle tree over every event, signed and published."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Text, Uuid
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import WideInteger, moment


class Seal(SQLModel, table=True):
    """One seal over the first `size` leaves. `text` is what is signed, canonical JSON; `hash` its SHA-256,
    which the next seal names; `signature`: Ed25519, hexadecimal. `complete`: every event there was had been
    looked for, not only the recent ones."""

    __tablename__ = "seal"

    number: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger(), nullable=False, unique=True))
    at: datetime = moment()
    complete: bool = Field(sa_column=Column(Boolean(), nullable=False))
    text: str = Field(sa_column=Column(Text(), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
    signature: str = Field(sa_column=Column(String(128), nullable=False))


class SealLeaf(SQLModel, table=True):
    """An event's place among all that were ever sealed, and its hash as it was then (32 bytes)."""

    __tablename__ = "seal_leaf"

    position: int = Field(sa_column=Column(WideInteger, primary_key=True, autoincrement=False))
    event_id: uuid.UUID = Field(sa_column=Column(Uuid(), ForeignKey("event.id"), nullable=False, unique=True))
    hash: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))


class SealNode(SQLModel, table=True):
    """The hash over a full block of 2^level leaves, from `first` on; only of blocks worth keeping."""

    __tablename__ = "seal_node"

    level: int = Field(sa_column=Column(Integer(), primary_key=True, autoincrement=False))
    first: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
