"""Whole tables as numpy columns, a range of ids at a time.

PostgreSQL packs each range into one value itself, which is twice as fast as sending rows and leaves
Python nothing to do for each of them; SQLite sends rows."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import text
from sqlmodel import Session

Integers = npt.NDArray[np.int64]
RANGE = 200_000
_BYTES = 8


def integer_columns(session: Session, table: str, columns: tuple[str, ...]) -> Iterator[Integers]:
    """Arrays of shape (rows, columns), in ranges of the table's ids; every column must be an SQL
    expression of an integer that is never NULL. Names and expressions are the program's own."""
    first, last = session.execute(text(f"SELECT min(id), max(id) FROM {table}")).one()  # noqa: S608 - own names
    if first is None:
        return
    if session.get_bind().dialect.name == "postgresql":
        read = _packed(session, table, columns)
    else:
        read = _rows(session, table, columns)
    for start in range(first, last + 1, RANGE):
        found = read(start, start + RANGE)
        if len(found):
            yield found


def _packed(session: Session, table: str, columns: tuple[str, ...]) -> Any:
    packed = " || ".join(f"int8send(({column})::int8)" for column in columns)
    statement = f"SELECT string_agg({packed}, '') FROM {table} WHERE id >= %s AND id < %s"  # noqa: S608 - own names
    cursor = session.connection().connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]  # psycopg

    def read(start: int, end: int) -> Integers:
        (value,) = cursor.execute(statement, (start, end), prepare=True).fetchone()
        return np.frombuffer(value or b"", ">i8").reshape(-1, len(columns)).astype(np.int64)

    return read


def _rows(session: Session, table: str, columns: tuple[str, ...]) -> Any:
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE id >= ? AND id < ?"  # noqa: S608 - own names
    connection = session.connection()

    def read(start: int, end: int) -> Integers:
        rows = connection.exec_driver_sql(statement, (start, end)).fetchall()
        flat = chain.from_iterable(rows)
        found = np.fromiter(flat, np.int64, count=len(rows) * len(columns))
        return found.reshape(-1, len(columns))

    return read
