"""Column types all tables share: words stored by value, times that keep their zone, wide integers.

Every table module imports this one first, so the naming convention stands before any table does."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite only counts a plain INTEGER PRIMARY KEY up by itself.
WideInteger = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment. Refuses naive values on the way in; gives UTC on the way out, also where the
    database forgets zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


_REQUIRED: Any = ...


def word(*, length: int = 32, nullable: bool = False, default: Any = _REQUIRED, **column: Any) -> Any:
    """A field for a StrEnum or a short code: plain text, so a new word is no migration."""
    return Field(default=default, sa_column=Column(String(length), nullable=nullable, **column))


def moment(*, nullable: bool = False, **column: Any) -> Any:
    """A field for an aware datetime."""
    return Field(
        default=None if nullable else _REQUIRED, sa_column=Column(UtcTime(), nullable=nullable, **column)
    )


def mass(*, nullable: bool = False, default: int | None = 0, **column: Any) -> Any:
    """A field for net integer grams (or litres, where the unit says so)."""
    return Field(default=default, sa_column=Column(BigInteger(), nullable=nullable, **column))
