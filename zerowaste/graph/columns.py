"""Whole tables as numpy columns, a range of ids at a time.

PostgreSQL packs each range into one value itself, which is twice as fast as sending rows and leaves
Python nothing to do for each of them; SQLite sends rows."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, cycle, islice

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text
from sqlmodel import Session

Integers = npt.NDArray[np.int64]
# (first id, the id after the last) → its rows
Read = Callable[[int, int], Integers]
RANGE = 200_000
_BYTES = 8


def integer_columns(session: Session, table: str, columns: tuple[str, ...]) -> Iterator[Integers]:
    """Arrays of shape (rows, columns), in ranges of the table's ids; every column must be an SQL
    expression of an integer that is never NULL. Names and expressions are the program's own."""
    first, last = session.execute(text(f"SELECT min(id), max(id) FROM {table}")).one()  # noqa: S608 - own names
    if first is None:
        return
    with _readers(session, table, columns) as readers, ThreadPoolExecutor(len(readers)) as threads:
        # Each reader works on the next range while the ones before are used.
        starts = zip(range(first, last + 1, RANGE), cycle(readers), strict=False)
        coming = deque(
            threads.submit(read, start, start + RANGE) for start, read in islice(starts, len(readers))
        )
        while coming:
            found = coming.popleft().result()
            coming.extend(threads.submit(read, start, start + RANGE) for start, read in islice(starts, 1))
            if len(found):
                yield found


@contextmanager
def _readers(session: Session, table: str, columns: tuple[str, ...]) -> Iterator[Sequence[Read]]:
    """What reads a range: on PostgreSQL two connections that see the same moment, so that two of the
    server's processors pack at once. Only a session that cannot write shares its moment: what
    another one has not committed is its own."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield [_rows(session, table, columns)]
    elif not connection.get_execution_options().get("postgresql_readonly"):
        yield [_packed(connection, table, columns)]
    else:
        moment = session.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        with connection.engine.connect() as second:
            second.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
            yield [_packed(each, table, columns) for each in (connection, second)]


def _packed(connection: Connection, table: str, columns: tuple[str, ...]) -> Read:
    packed = " || ".join(f"int8send(({column})::int8)" for column in columns)
    statement = f"SELECT string_agg({packed}, '') FROM {table} WHERE id >= %s AND id < %s"  # noqa: S608 - own names
    cursor = connection.connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]  # psycopg

    def read(start: int, end: int) -> Integers:
        (value,) = cursor.execute(statement, (start, end), prepare=True).fetchone()
        return np.frombuffer(value or b"", ">i8").reshape(-1, len(columns)).astype(np.int64)

    return read


def _rows(session: Session, table: str, columns: tuple[str, ...]) -> Read:
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE id >= ? AND id < ?"  # noqa: S608 - own names
    connection = session.connection()

    def read(start: int, end: int) -> Integers:
        rows = connection.exec_driver_sql(statement, (start, end)).fetchall()
        flat = chain.from_iterable(rows)
        found = np.fromiter(flat, np.int64, count=len(rows) * len(columns))
        return found.reshape(-1, len(columns))

    return read
