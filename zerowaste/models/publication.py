"""The yearly public information: drafts, and what the authority published. A projection of events."""

import uuid
from datetime import datetime

from sqlalchemy import Column, Integer, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import moment, word


class Publication(SQLModel, table=True):
    """One compilation of one year. `version` counts what was published of that year (empty: a draft).

    `content`: canonical JSON as it was compiled; `sha256` its hash. Neither ever changes: who wants
    other figures compiles anew. `events` and `head` count and seal its chain of events."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("year", "version"),)

    id: uuid.UUID = Field(primary_key=True)
    year: int = Field(sa_column=Column(Integer(), nullable=False))
    version: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    content: str = Field(sa_column=Column(Text(), nullable=False))
    sha256: str = word(length=64)
    compiled_at: datetime = moment()
    compiled_by: str = Field(sa_column=Column(String(64), nullable=False))
    published_at: datetime | None = moment(nullable=True)
    published_by: str = Field(default="", sa_column=Column(String(64), nullable=False))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))
