"""Several statements in one go: how an act asks the database, and how it writes to it.

PostgreSQL gets them through the driver's pipeline and answers once, and their texts are made once for the
program: asked one by one and anew, most of an act would be waiting and rendering. SQLite has no network
to save and is asked the usual way, one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import BindParameter, Dialect, Select
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel import Session

Values = Mapping[str, Any]
Question = tuple[Select[Any], Values]
_POSTGRESQL: Dialect = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


def ask(session: Session, *questions: Question) -> list[Sequence[Any]]:
    """The rows that answer each question; rows know their columns by name. What a question locks is locked
    before the next one looks. Its statement is one made once for the program."""
    if not has_pipeline(session):
        return [session.execute(statement, values).all() for statement, values in questions]
    with pipeline(session) as driver:
        asked = [
            driver.cursor(row_factory=namedtuple_row).execute(*_prepared(statement, values))
            for statement, values in questions
        ]
    return [cursor.fetchall() for cursor in asked]


def has_pipeline(session: Session) -> bool:
    """Whether this session's database takes several statements at once."""
    return session.get_bind().dialect.name == "postgresql"


@contextmanager
def pipeline(session: Session) -> Iterator["psycopg.Connection[Any]"]:
    """The driver's own connection, in the session's transaction: what it is given inside is answered at the
    end. What goes wrong is raised as the rest of the program knows how to read it."""
    driver = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    try:
        with driver.pipeline():
            yield driver
    except psycopg.Error as error:
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=driver.closed, dialect=_POSTGRESQL
        ) from error


class Compiled(NamedTuple):
    """A statement's text for the driver, and what turns its parameters into the values they are sent as."""

    text: bytes
    values_of: Callable[[Values], dict[str, Any]]


@lru_cache(maxsize=2048)
def compiled(
    statement: Insert | Update | Select[Any],
    names: tuple[str, ...],
    lists: tuple[tuple[str, int, int], ...] = (),
) -> Compiled:
    """A statement with these parameters. `lists`: those that stand for several values, with how many, and of
    how many parts each is (0: it is one number or text)."""
    made = statement.compile(dialect=_POSTGRESQL, column_keys=list(names))
    blanks = {name: [(None,) * parts if parts else None] * count for name, count, parts in lists}
    whole = made.construct_expanded_state({**dict.fromkeys(names), **blanks})
    places = {name: (whole.parameter_expansion or {})[name] for name, _, _ in lists}
    ours = {*names, *(place for several in places.values() for place in several)}
    fixed = {name: value for name, value in whole.parameters.items() if name not in ours}
    processes = [
        (name, _process(made.binds[name])) for name in names if name in made.binds and name not in places
    ]
    turned = [(name, process) for name, process in processes if process is not None]

    def values_of(given: Values) -> dict[str, Any]:
        values = {**fixed, **given}
        for name, process in turned:
            values[name] = process(values[name])
        for name, _, parts in lists:
            several = values.pop(name)
            flat = [part for one in several for part in one] if parts else several
            values.update(zip(places[name], flat, strict=True))
        return values

    return Compiled(whole.statement.encode(), values_of)


def _prepared(statement: Select[Any], values: Values) -> tuple[bytes, dict[str, Any]]:
    lists = tuple(
        (name, len(value), len(value[0]) if value and isinstance(value[0], tuple) else 0)
        for name, value in values.items()
        if isinstance(value, list)
    )
    text, values_of = compiled(statement, tuple(values), lists)
    return text, values_of(values)


def _process(parameter: BindParameter[Any]) -> Callable[[Any], Any] | None:
    """What its column's type does to a value on its way to the driver."""
    return parameter.type.dialect_impl(_POSTGRESQL).bind_processor(_POSTGRESQL)
