"""Who and where: organisations and their sites."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Text
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import word
from zerowaste.vocabulary import SiteKind


class Organisation(SQLModel, table=True):
    """A legal person, known by its unified social credit code (GB 32100-2015).

    `events` and `head` count and seal its own chain of events: what changed in its master data."""

    __tablename__ = "organisation"

    id: int | None = Field(default=None, primary_key=True)
    credit_code: str = Field(sa_column=Column(String(18), nullable=False, unique=True))
    # Some real codes fail the check digit: an administrator may let one in and says why.
    credit_code_reason: str = Field(default="", sa_column=Column(Text(), nullable=False))
    name: str = Field(sa_column=Column(String(120), nullable=False))
    name_en: str = Field(default="", sa_column=Column(String(160), nullable=False))
    address: str = Field(default="", sa_column=Column(String(200), nullable=False))
    phone: str = Field(default="", sa_column=Column(String(40), nullable=False))
    demo: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))


class Site(SQLModel, table=True):
    """A place where waste may lie: a producer's yard, a transfer station, a facility.

    `street` is the nine-digit code of the grid (its first six are the district, four the city);
    a site whose city is not ours is outside: what arrives there has left the city.
    `storage` (warm | cold | remote) picks the clock of medical stores (GB 39707-2020 5.4.6).
    `beds`, `seats`, `product_t` (tonnes of product a year): how large it is, each where it has some.
    `events` and `head` count and seal the site's own chain of events."""

    __tablename__ = "site"
    __table_args__ = (Index("ix_site_kind_street", "kind", "street"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_column=Column(String(24), nullable=False, unique=True))
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    kind: SiteKind = word()
    name: str = Field(sa_column=Column(String(120), nullable=False))
    name_en: str = Field(default="", sa_column=Column(String(160), nullable=False))
    street: str = Field(sa_column=Column(String(9), nullable=False))
    address: str = Field(default="", sa_column=Column(String(200), nullable=False))
    contact: str = Field(default="", sa_column=Column(String(60), nullable=False))
    phone: str = Field(default="", sa_column=Column(String(40), nullable=False))
    lat_e6: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    lon_e6: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    outside: bool = Field(default=False, sa_column=Column(Boolean(), nullable=False))
    storage: str = Field(default="warm", sa_column=Column(String(12), nullable=False))
    beds: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    seats: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    product_t: int | None = Field(default=None, sa_column=Column(Integer(), nullable=True))
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))
