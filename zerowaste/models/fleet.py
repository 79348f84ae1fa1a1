"""What carries: vehicles."""

from datetime import date

from sqlalchemy import Boolean, Column, Date, String
from sqlmodel import Field, SQLModel


class Vehicle(SQLModel, table=True):
    """A vehicle of a carrier. `streams`: what its road licence allows, blank-separated stream codes.
    `dedicated`: built for medical waste (GB 19217), used for nothing else."""

    __tablename__ = "vehicle"

    id: int | None = Field(default=None, primary_key=True)
    plate: str = Field(sa_column=Column(String(12), nullable=False, unique=True))
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    streams: str = Field(default="", sa_column=Column(String(200), nullable=False))
    licence_number: str = Field(default="", sa_column=Column(String(60), nullable=False))
    licence_to: date = Field(sa_column=Column(Date(), nullable=False))
    dedicated: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    withdrawn: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
