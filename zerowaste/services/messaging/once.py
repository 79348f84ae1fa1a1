"""Writing what must be there once, whoever writes it first and however many try at the same time."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

_AT_ONCE = 200


def insert_new(
    session: Session, target: Table, rows: Sequence[Mapping[str, Any]], *returning: Any
) -> list[Any]:
    """Insert the rows that no unique key knows yet; gives `returning` of those, and of no others."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    written: list[Any] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = [dict(row) for row in rows[start : start + _AT_ONCE]]
        statement = build(target).values(part).on_conflict_do_nothing().returning(*returning)
        written += session.execute(statement).all()
    return written
