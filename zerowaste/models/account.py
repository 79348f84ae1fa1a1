"""Accounts: who may log in, for which places he acts, with which tokens; and failed log-ins."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, String
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import moment, word
from zerowaste.vocabulary import Role


class User(SQLModel, table=True):
    """One person's account. One role; his memberships say where it counts.

    `password` is an argon2id hash. `fs_uniquifier` names him in browser sessions: a new value ends
    them all. `licence_number`, `licence_to`: a driver's (道路运输从业资格). `language`: zh | en."""

    __tablename__ = "user"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    name: str = Field(sa_column=Column(String(60), nullable=False))
    phone: str = Field(default="", sa_column=Column(String(40), nullable=False))
    role: Role = word()
    password: str = Field(sa_column=Column(String(255), nullable=False))
    fs_uniquifier: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    active: bool = Field(default=True, sa_column=Column(Boolean(), nullable=False))
    language: str = Field(default="zh", sa_column=Column(String(8), nullable=False))
    licence_number: str = Field(default="", sa_column=Column(String(60), nullable=False))
    licence_to: date | None = Field(default=None, sa_column=Column(Date(), nullable=True))


class Membership(SQLModel, table=True):
    """Where a user's role counts: a whole organisation, one site of an organisation, or, for a
    regulator, a region (a code prefix: city `3601`, district `360111`, street `360111001`)."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (region IS NULL)", name="organisation_or_region"),
        CheckConstraint("site_id IS NULL OR organisation_id IS NOT NULL", name="site_within_organisation"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    region: str | None = Field(default=None, sa_column=Column(String(9), nullable=True))


class ApiToken(SQLModel, table=True):
    """A bearer token: only the SHA-256 of its 256 random bits is kept. `scope`: read | write."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    scope: str = word(length=8)
    name: str = Field(default="", sa_column=Column(String(60), nullable=False))
    created_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


class LoginFailure(SQLModel, table=True):
    """Failed log-ins since a moment, counted for logins nobody has just as for real ones, so that
    being locked out says nothing about whether an account exists.

    `key`: SHA-256 of the login as typed, or of the network address."""

    __tablename__ = "login_failure"

    key: str = Field(sa_column=Column(String(64), primary_key=True))
    failures: int = Field(sa_column=Column(Integer(), nullable=False))
    since: datetime = moment(index=True)
    locked_until: datetime | None = moment(nullable=True)
