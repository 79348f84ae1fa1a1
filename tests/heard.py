"""What a database is asked: every statement that reaches it, whichever door it goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import Engine, event


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements of the block, in order; what PostgreSQL's driver frames a transaction with is none."""
    heard: list[str] = []
    if engine.dialect.name == "postgresql":
        with mock.patch.object(psycopg.Cursor, "execute", _noting(heard)):
            yield heard
        return

    def listen(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def _noting(heard: list[str]) -> Any:
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        heard.append(query.decode() if isinstance(query, bytes) else str(query))
        return execute(cursor, query, *rest, **options)

    return noted
