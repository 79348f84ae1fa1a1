"""Whole tables as numpy columns, a stretch of the table at a time.

PostgreSQL packs each stretch into one value itself, which is twice as fast as sending rows and leaves
Python nothing to do for each of them; columns that are known to be small share a word, because packing
is what the time goes into. It reads the blocks as they lie: by an index it would take a third longer. SQLite
sends rows."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, cycle, islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text
from sqlmodel import Session

from zerowaste.graph.moment import is_shared, second_look

Integers = npt.NDArray[np.int64]
# Columns beside each other
Part = npt.NDArray[Any] | Sequence[npt.NDArray[Any]]
# (first block or rowid, the one after the last) → the rows there
Read = Callable[[int, int], Integers]
AT_ONCE = 200_000
_ROWS_A_BLOCK = 100  # of PostgreSQL's; about, it only says how much is read at once
WORD = 64
_SPARE = 8  # a growing column takes an eighth more than it needs
_SHARED = 63  # bits of a word that several columns share: its sign stays clear


class Column(NamedTuple):
    """An SQL expression of an integer that is never NULL; with fewer bits than a word: never negative, and
    never larger than these hold (the largest key there is, which foreign keys keep)."""

    expression: str
    bits: int = WORD


class Table(NamedTuple):
    """What is read: the rows of `source` (one table or a join), about `at_once` of those of its table `of` at
    a time. All names and expressions are the program's own."""

    source: str
    of: str
    at_once: int


def whole_table(name: str) -> Table:
    """One table by itself."""
    return Table(name, name, AT_ONCE)


def integer_columns(session: Session, table: Table, columns: Sequence[Column]) -> Iterator[Integers]:
    """Arrays of shape (rows, columns), a stretch of the table each, in no order."""
    stretches = _stretches(session, table)
    with _readers(session, table, columns) as readers, ThreadPoolExecutor(len(readers)) as threads:
        # Each reader works on the next stretch while the ones before are used.
        turns = zip(stretches, cycle(readers), strict=False)
        coming = deque(threads.submit(read, *stretch) for stretch, read in islice(turns, len(readers)))
        while coming:
            found = coming.popleft().result()
            coming.extend(threads.submit(read, *stretch) for stretch, read in islice(turns, 1))
            if len(found):
                yield found


def _stretches(session: Session, table: Table) -> Iterator[tuple[int, int]]:
    """The whole table in blocks, or in rowids: every row that is seen at this moment lies in one of them."""
    if session.get_bind().dialect.name == "postgresql":
        size = text("SELECT pg_relation_size(CAST(:name AS regclass)) / current_setting('block_size')::int")
        first, end = 0, session.execute(size, {"name": table.of}).scalar_one()
        width = max(1, table.at_once // _ROWS_A_BLOCK)
    else:
        ends = text(f"SELECT coalesce(min(rowid), 0), coalesce(max(rowid) + 1, 0) FROM {table.of}")  # noqa: S608 - own names
        (first, end), width = session.execute(ends).one(), table.at_once
    return ((start, start + width) for start in range(first, end, width))


def stacked(parts: Iterable[Part], *types: npt.DTypeLike) -> list[npt.NDArray[Any]]:
    """Columns of parts one under another, each column in its own type. They grow where they lie: memory that
    is new to the process is as dear as reading."""
    columns: list[npt.NDArray[Any]] = [np.empty(0, each) for each in types]
    end = 0
    for part in parts:
        start, end = end, end + len(part[0])
        for column, values in zip(columns, part, strict=True):
            if end > len(column):
                column.resize(end + end // _SPARE, refcheck=False)
            column[start:end] = values
    for column in columns:
        column.resize(end, refcheck=False)
    return columns


@contextmanager
def _readers(session: Session, table: Table, columns: Sequence[Column]) -> Iterator[Sequence[Read]]:
    """What reads a stretch: on PostgreSQL two connections, if they can see the same moment, so that two of
    the server's processors pack at once."""
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
    row = f"{table.of}.ctid"
    statement = (
        f"SELECT string_agg({packed}, '') FROM {table.source} WHERE {row} >= %s::tid AND {row} < %s::tid"  # noqa: S608 - own names
    )
    cursor = connection.connection.driver_connection.cursor(binary=True)  # type: ignore[union-attr]  # psycopg

    def read(start: int, end: int) -> Integers:
        (value,) = cursor.execute(statement, (f"({start},0)", f"({end},0)"), prepare=True).fetchone()
        return _unpacked(np.frombuffer(value or b"", ">i8").reshape(-1, len(words)), places)

    return read


def _unpacked(words: npt.NDArray[np.generic], places: Sequence[_Place]) -> Integers:
    found = np.empty((len(words), len(places)), np.int64, order="F")  # columns are what is asked for
    native = [words[:, at].astype(np.int64) for at in range(words.shape[1])]
    for at, place in enumerate(places):
        word = native[place.word]
        if place.bits == WORD:
            found[:, at] = word
        else:
            np.right_shift(word, place.shift, out=found[:, at])
            found[:, at] &= (1 << place.bits) - 1
    return found


def _rows(session: Session, table: Table, columns: Sequence[Column]) -> Read:
    chosen = ", ".join(column.expression for column in columns)
    row = f"{table.of}.rowid"
    statement = f"SELECT {chosen} FROM {table.source} WHERE {row} >= ? AND {row} < ?"  # noqa: S608 - own names
    connection = session.connection()

    def read(start: int, end: int) -> Integers:
        rows = connection.exec_driver_sql(statement, (start, end)).fetchall()
        flat = chain.from_iterable(rows)
        found = np.fromiter(flat, np.int64, count=len(rows) * len(columns))
        return found.reshape(-1, len(columns))

    return read
