"""Whole tables as numpy columns, a range of a key at a time.

PostgreSQL packs each range into one value itself, which is twice as fast as sending rows and leaves
Python nothing to do for each of them; columns that are known to be small share a word, because packing
is what the time goes into. SQLite sends rows."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, cycle, islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text
from sqlmodel import Session

from zerowaste.graph.moment import is_shared, second_look

Integers = npt.NDArray[np.int64]
# (first key, the key after the last) → its rows
Read = Callable[[int, int], Integers]
RANGE = 200_000
WORD = 64
_SHARED = 63  # bits of a word that several columns share: its sign stays clear


class Column(NamedTuple):
    """An SQL expression of an integer that is never NULL; with fewer bits than a word: never negative, and
    never larger than these hold (the largest key there is, which foreign keys keep)."""

    expression: str
    bits: int = WORD


class Table(NamedTuple):
    """What is read, by ranges of the integer `key` from `first` to `last`, `width` at a time. All names and
    expressions are the program's own."""

    name: str
    key: str
    first: int
    last: int
    width: int = RANGE


def whole_table(session: Session, name: str) -> Table:
    """A table by its ids."""
    first, last = session.execute(text(f"SELECT min(id), max(id) FROM {name}")).one()  # noqa: S608 - own names
    return Table(name, "id", 1, 0) if first is None else Table(name, "id", first, last)


def integer_columns(session: Session, table: Table, columns: Sequence[Column]) -> Iterator[Integers]:
    """Arrays of shape (rows, columns), a range of the table's keys each."""
    if table.first > table.last:
        return
    with _readers(session, table, columns) as readers, ThreadPoolExecutor(len(readers)) as threads:
        # Each reader works on the next range while the ones before are used.
        starts = zip(range(table.first, table.last + 1, table.width), cycle(readers), strict=False)
        coming = deque(
            threads.submit(read, start, start + table.width) for start, read in islice(starts, len(readers))
        )
        while coming:
            found = coming.popleft().result()
            coming.extend(
                threads.submit(read, start, start + table.width) for start, read in islice(starts, 1)
            )
            if len(found):
                yield found


@contextmanager
def _readers(session: Session, table: Table, columns: Sequence[Column]) -> Iterator[Sequence[Read]]:
    """What reads a range: on PostgreSQL two connections, if they can see the same moment, so that two of the
    server's processors pack at once."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield [_rows(session, table, columns)]
    elif not is_shared(connection):
        yield [_packed(connection, table, columns)]
    else:
        with second_look(connection) as second:
            yield [_packed(each, table, columns) for each in (connection, second)]


class _Place(NamedTuple):
    """Where a column lies: in which word, how far from its end, how wide."""

    word: int
    shift: int
    bits: int


def _places(columns: Sequence[Column]) -> list[_Place]:
    """Columns in their order; a small one joins the word before it where there is room."""
    places: list[_Place] = []
    word, used = -1, WORD
    for column in columns:
        if used + column.bits > _SHARED:
            word, used = word + 1, 0
        places.append(_Place(word, used, column.bits))
        used += column.bits
    return places


def _packed(connection: Connection, table: Table, columns: Sequence[Column]) -> Read:
    places = _places(columns)
    words: list[list[str]] = [[] for _ in range(places[-1].word + 1)]
    for column, place in zip(columns, places, strict=True):
        words[place.word].append(f"(({column.expression})::int8 << {place.shift})")
    packed = " || ".join(f"int8send({' | '.join(word)})" for word in words)
    statement = (
        f"SELECT string_agg({packed}, '') FROM {table.name} WHERE {table.key} >= %s AND {table.key} < %s"  # noqa: S608 - own names
    )
    cursor = connection.connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]  # psycopg

    def read(start: int, end: int) -> Integers:
        (value,) = cursor.execute(statement, (start, end), prepare=True).fetchone()
        return _unpacked(np.frombuffer(value or b"", ">i8").reshape(-1, len(words)), places)

    return read


def _unpacked(words: npt.NDArray[np.generic], places: Sequence[_Place]) -> Integers:
    found = np.empty((len(words), len(places)), np.int64)
    native = words.astype(np.int64)
    for at, place in enumerate(places):
        word = native[:, place.word]
        found[:, at] = word if place.bits == WORD else (word >> place.shift) & ((1 << place.bits) - 1)
    return found


def _rows(session: Session, table: Table, columns: Sequence[Column]) -> Read:
    chosen = ", ".join(column.expression for column in columns)
    statement = f"SELECT {chosen} FROM {table.name} WHERE {table.key} >= ? AND {table.key} < ?"  # noqa: S608 - own names
    connection = session.connection()

    def read(start: int, end: int) -> Integers:
        rows = connection.exec_driver_sql(statement, (start, end)).fetchall()
        flat = chain.from_iterable(rows)
        found = np.fromiter(flat, np.int64, count=len(rows) * len(columns))
        return found.reshape(-1, len(columns))

    return read
