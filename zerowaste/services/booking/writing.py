"""The writes of one act: collected in the order of locks, then sent to the database together.

PostgreSQL gets them in one go (the driver's pipeline) and answers once; with a statement at a time most
of an act would be waiting for answers nobody needs yet. SQLite has no network to save and gets them one
by one."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import psycopg
from sqlalchemy import BindParameter, Dialect, Table, and_, bindparam, insert, update
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel import Session

Row = Mapping[str, Any]
Statement = Insert | Update
_KEY = "key_"
_POSTGRESQL: Dialect = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


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
        if self._session.get_bind().dialect.name == "postgresql":
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
        connection = self._session.connection()
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        guards: list[psycopg.Cursor[Any]] = []
        try:
            with driver.pipeline():
                for write in waiting:
                    text, values_of = _compiled(write.statement, write.columns)
                    for row in write.rows:
                        cursor = driver.execute(text, values_of(row))
                        if write.guarded:
                            guards.append(cursor)
        except psycopg.Error as error:
            # What the rest of the program knows how to read.
            raise DBAPIError.instance(
                None, None, error, psycopg.Error, connection_invalidated=driver.closed, dialect=_POSTGRESQL
            ) from error
        if any(cursor.rowcount != 1 for cursor in guards):
            raise Contended


@lru_cache(maxsize=64)
def _inserting(table: Table) -> Insert:
    return insert(table).inline()


@lru_cache(maxsize=512)
def _updating(table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Update:
    hit = and_(*(table.c[name] == bindparam(_KEY + name, type_=table.c[name].type) for name in keys))
    return update(table).where(hit).values({name: bindparam(name) for name in changed})


@lru_cache(maxsize=1024)
def _compiled(
    statement: Statement, columns: tuple[str, ...]
) -> tuple[bytes, Callable[[Row], dict[str, Any]]]:
    """The statement's text for the driver, and what turns a row into the values it is sent with."""
    compiled = statement.compile(dialect=_POSTGRESQL, column_keys=list(columns))
    fixed = {name: value for name, value in compiled.params.items() if name not in columns}
    processes = [(name, _process(compiled.binds[name])) for name in columns]
    turned = [(name, process) for name, process in processes if process is not None]

    def values_of(row: Row) -> dict[str, Any]:
        values = {**fixed, **row}
        for name, process in turned:
            values[name] = process(values[name])
        return values

    return str(compiled).encode(), values_of


def _process(parameter: BindParameter[Any]) -> Callable[[Any], Any] | None:
    """What its column's type does to a value on its way to the driver."""
    return parameter.type.dialect_impl(_POSTGRESQL).bind_processor(_POSTGRESQL)
