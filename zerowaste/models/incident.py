"""Incidents at a site: a spill, a fire, a furnace that stands still. A projection of the site's events."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, Column, Index
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import moment, word
from zerowaste.vocabulary import IncidentKind


class Incident(SQLModel, table=True):
    """One incident. `stops`: while it lasts the site takes nothing in. `ended_at` empty: it lasts."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_site_id", "site_id", "ended_at"),)

    id: uuid.UUID = Field(primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    kind: IncidentKind = word()
    stops: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
