"""Accounts: who may log in, for which places he acts, with which factors and tokens; failed log-ins."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlmodel import Field, SQLModel

from zerowaste.models.columns import moment, word
from zerowaste.vocabulary import Role


class User(SQLModel, table=True):
    """One person's account. One role; his memberships say where it counts.

    `password` is an argon2id hash. `fs_uniquifier` names him in browser sessions: a new value ends
    them all. `licence_number`, `licence_to`: a driver's (道路运输从业资格). `language`: zh | en.
    `events` and `head` count and seal the account's own chain of events: its factors and passwords."""

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
    events: int = Field(default=0, sa_column=Column(Integer(), nullable=False))
    head: str = Field(default="", sa_column=Column(String(64), nullable=False))


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
    """A bearer token: only the SHA-256 of its 256 random bits is kept. `scope`: read | write. `client`: with
    what somebody signed in, as it names itself; None for a token that was made for a program."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    scope: str = word(length=8)
    name: str = Field(default="", sa_column=Column(String(60), nullable=False))
    client: str | None = Field(default=None, sa_column=Column(String(60), nullable=True))
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


class Authenticator(SQLModel, table=True):
    """The app on somebody's phone that shows codes (TOTP, RFC 6238), once he confirmed it with one.

    `secret`: encrypted with a key of the instance. `counter`: the 30-second step of the last code that
    was taken; no code of that step or an earlier one is taken again."""

    __tablename__ = "authenticator"

    user_id: int = Field(foreign_key="user.id", primary_key=True)
    secret: str = Field(sa_column=Column(Text(), nullable=False))
    counter: int = Field(sa_column=Column(BigInteger(), nullable=False))
    since: datetime = moment()


class RecoveryCode(SQLModel, table=True):
    """A code for who lost his phone: only the SHA-256 of its 80 random bits is kept. Taken once."""

    __tablename__ = "recovery_code"

    hash: str = Field(sa_column=Column(String(64), primary_key=True))
    user_id: int = Field(foreign_key="user.id", index=True)
    used_at: datetime | None = moment(nullable=True)


class Passkey(SQLModel, table=True):
    """A passkey (WebAuthn): the public half of a key pair that never leaves its owner's device.

    `credential`: its id, base64url. `sign_count`: how often it signed, as far as its device counts."""

    __tablename__ = "passkey"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    credential: str = Field(sa_column=Column(String(1400), nullable=False, unique=True))
    public_key: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    sign_count: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    name: str = Field(sa_column=Column(String(60), nullable=False))
    created_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


class Errand(SQLModel, table=True):
    """Something begun that must be finished soon, and once, by whoever holds its key: the second step
    of signing in, a passkey's challenge, an invitation. Only the key's SHA-256 is kept."""

    __tablename__ = "errand"

    hash: str = Field(sa_column=Column(String(64), primary_key=True))
    purpose: str = word(length=16)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    content: str = Field(default="", sa_column=Column(Text(), nullable=False))
    expires_at: datetime = moment(index=True)
