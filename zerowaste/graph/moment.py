"""One moment of the city, looked at by several connections at once.

PostgreSQL works for each connection with a processor of its own, and they can share what one of them sees.
SQLite, and a session that writes (what it has not committed is its own), are asked one thing after the
other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlmodel import Session

T = TypeVar("T")
Read = Callable[[Session], T]


def is_shared(connection: Connection) -> bool:
    """Whether other connections can see what this one sees."""
    reads = connection.get_execution_options().get("postgresql_readonly")
    return connection.dialect.name == "postgresql" and bool(reads)


@contextmanager
def second_look(connection: Connection) -> Iterator[Connection]:
    """Another connection at the moment of a shared one."""
    moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    with connection.engine.connect() as second:
        second.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        yield second


@contextmanager
def beside(session: Session, read: Read[T]) -> Iterator[Callable[[], T]]:
    """Reads beside what is done in the `with` if it can, or else before it; gives what says the outcome."""
    connection = session.connection()
    if not is_shared(connection):
        found = read(session)
        yield lambda: found
        return
    with second_look(connection) as second, Session(second) as other, ThreadPoolExecutor(1) as thread:
        outcome: Future[T] = thread.submit(read, other)
        yield outcome.result
