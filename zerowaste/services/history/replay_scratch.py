"""Empty tables for a replay: a database of its own that lives on disk as long as it is used.

Its columns have no types: it holds the plain values of the events' texts."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zerowaste.rules.evidence import canonical

BATCH = 5_000
CACHE_KIB = 64 * 1024
# No holding of a city comes near this; beyond it sums could overflow.
MOST = 10**15


class Scratch:
    """Tables of plain rows. `columns`: table → its columns. Use it in a `with`."""

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        self._columns = columns
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in columns}
        # An empty name is a temporary file that is gone with the connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode=OFF")
        for name, its_columns in columns.items():
            self._database.execute(f'CREATE TABLE "{name}" ({_quoted(its_columns)})')
        self._database.execute("BEGIN")

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, table: str, row: Sequence[Any]) -> None:
        """Add a row, its values in the order of the table's columns."""
        waiting = self._waiting[table]
        waiting.append(tuple([plain_cell(value) for value in row]))
        if len(waiting) >= BATCH:
            self._write(table)

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The answer to a query over all that was added."""
        for table in self._waiting:
            self._write(table)
        yield from self._database.execute(query)

    def _write(self, table: str) -> None:
        marks = ", ".join("?" * len(self._columns[table]))
        self._database.executemany(f'INSERT INTO "{table}" VALUES ({marks})', self._waiting[table])  # noqa: S608 - own names
        self._waiting[table].clear()


def plain_cell(value: Any) -> Any:
    """A value of a text as a table without types holds it: what is no number or word, as canonical text."""
    if type(value) is int:
        return value if -MOST < value < MOST else str(value)
    if type(value) is str:
        return value if value.isascii() else value.encode(errors="replace").decode()
    if value is None:
        return None
    return int(value) if type(value) is bool else canonical(value)


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
