"""The writes of one act: collected in the order of locks, then sent to the database together.

PostgreSQL gets them in one go (`services/together.py`); with a statement at a time most of an act would be
waiting for answers nobody needs yet. SQLite gets them one by one."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Table, and_, bindparam, insert, update
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel import Session

from zerowaste.services.together import compiled, has_pipeline, pipeline

Row = Mapping[str, Any]
Statement = Insert | Update
_KEY = "key_"


# In the `info` of a session whose work runs again because somebody else was faster.
AGAIN = "again"


class Contended(Exception):
    """A guarded write hit nothing: somebody else was faster. Judge again under lock."""


class _Write(NamedTuple):
    statement: Statement
    rows: Sequence[Row]
    columns: tuple[str, ...]
    guarded: bool


class Writes:
    """What is still to be written. Nothing is until `send`; reading before it sees none of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[_Write] = []

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """New rows; all of them name the same columns."""
        if rows:
            self._add(_inserting(table), rows)

    def update(self, table: Table, keys: Row, changes: Row) -> None:
        """New values for the row with these key columns."""
        values = {_KEY + name: value for name, value in keys.items()} | dict(changes)
        self._add(_updating(table, tuple(keys), tuple(changes)), [values])

    def run(self, statement: Statement, rows: Sequence[Row], *, guarded: bool = False) -> None:
        """A statement made once for the program, run for each row of its parameters; guarded: every
        run must hit exactly its row."""
        if rows:
            self._add(statement, rows, guarded)

    def _add(self, statement: Statement, rows: Sequence[Row], guarded: bool = False) -> None:
        self._waiting.append(_Write(statement, rows, tuple(rows[0]), guarded))

    def send(self) -> None:
        """Write all that waits. Raises Contended where a guarded write hit nothing."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        if has_pipeline(self._session):
            self._together(waiting)
        else:
            self._one_by_one(waiting)

    def _one_by_one(self, waiting: Sequence[_Write]) -> None:
        connection = self._session.connection()
        for write in waiting:
            result = connection.execute(write.statement, list(write.rows))
            if write.guarded and result.rowcount != len(write.rows):
                raise Contended

    def _together(self, waiting: Sequence[_Write]) -> None:
        guards: list[psycopg.Cursor[Any]] = []
        with pipeline(self._session) as driver:
            for write in waiting:
                text, values_of = compiled(write.statement, write.columns)
                for row in write.rows:
                    cursor = driver.execute(text, values_of(row))
                    if write.guarded:
                        guards.append(cursor)
        if any(cursor.rowcount != 1 for cursor in guards):
            raise Contended


@lru_cache(maxsize=64)
def _inserting(table: Table) -> Insert:
    return insert(table).inline()


@lru_cache(maxsize=512)
def _updating(table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Update:
    hit = and_(*(table.c[name] == bindparam(_KEY + name, type_=table.c[name].type) for name in keys))
    return update(table).where(hit).values({name: bindparam(name) for name in changed})
