"""Rows on their way into the tables by the thousand: COPY on PostgreSQL, executemany on SQLite."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Date, Table, Uuid, text
from sqlmodel import Session

from zerowaste.models.columns import UtcTime
from zerowaste.models.tables import (
    CHARGE,
    DRAW,
    EVENT,
    FLOW,
    HOLDING,
    LEG,
    LINE,
    LINE_PACKAGE,
    MANIFEST,
    OUTBOX,
    PACKAGE,
    PRIVATE,
    QUOTA,
    TREATMENT,
    TRIP,
)

# In the order in which they are written: what is pointed at before what points at it.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        EVENT, PRIVATE, MANIFEST, LINE, LEG, TRIP, PACKAGE, LINE_PACKAGE, HOLDING, DRAW, TREATMENT,
        QUOTA, FLOW, CHARGE, OUTBOX,
    )
}  # fmt: skip
MOST_WAITING = 40_000

Values = tuple[Any, ...]
Rows = dict[str, list[Values]]


class Sheaf:
    """Rows that wait to be written, as the driver of `dialect` takes them. `number`: the id of the nth row
    of a table whose rows are numbered; `counts`: how many of these there are."""

    def __init__(self, dialect: str, number: Callable[[int], int]) -> None:
        self.number = number
        self.counts = {"flow": 0, "charge": 0, "outbox": 0}
        self._waiting: Rows = {name: [] for name in TABLES}
        self._layouts = {name: Layout(table, dialect) for name, table in TABLES.items()}

    def add(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of a table, by column; what a row does not name is null."""
        values, waiting = self._layouts[name].values, self._waiting[name]
        for row in rows:
            waiting.append(values(row))

    def add_objects(self, name: str, rows: Iterable[Any]) -> None:
        """Rows of a table whose columns are attributes."""
        take, waiting = self._layouts[name].take, self._waiting[name]
        for row in rows:
            waiting.append(take(row))

    def numbered(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        """Rows that are numbered as they come."""
        values, waiting, count = self._layouts[name].values, self._waiting[name], self.counts[name]
        for row in rows:
            count += 1
            row["id"] = self.number(count)
            waiting.append(values(row))
        self.counts[name] = count

    @property
    def full(self) -> bool:
        return len(self._waiting["event"]) * 8 > MOST_WAITING

    def take(self) -> Rows:
        """What waits, by table; from now on nothing does."""
        taken, self._waiting = self._waiting, {name: [] for name in TABLES}
        return taken


class Writer:
    """Writes through the session's own connection and transaction. `rows`, `seconds`: how many it wrote,
    and how long the bare inserts took."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.dialect = session.get_bind().dialect.name
        self.rows = 0
        self.seconds = 0.0
        self._layouts = {name: Layout(table, self.dialect) for name, table in TABLES.items()}

    def write(self, rows: Rows) -> None:
        cursor = self.session.connection().connection.cursor()
        for name, waiting in rows.items():
            if not waiting:
                continue
            layout = self._layouts[name]
            started = time.perf_counter()
            if self.dialect == "postgresql":
                with cursor.copy(layout.copy) as copy:
                    for row in waiting:
                        copy.write_row(row)
            else:
                cursor.executemany(layout.insert, waiting)
            self.seconds += time.perf_counter() - started
            self.rows += len(waiting)
        cursor.close()

    def set_sequences(self, last: Mapping[str, int]) -> None:
        """Rows that come later are numbered after these."""
        if self.dialect == "postgresql":
            for name, number in last.items():
                if number:
                    self.session.execute(
                        text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)"),
                        {"name": name, "number": number},
                    )


class Layout:
    """How a table's rows become what its driver takes: tuples in the order of its columns."""

    def __init__(self, table: Table, dialect: str) -> None:
        columns = list(table.columns)
        names = ", ".join(f'"{column.name}"' for column in columns)
        self.names = [column.name for column in columns]
        self.take_all = attrgetter(*self.names)
        self.take_items = itemgetter(*self.names)
        self.convert = [
            (at, change)
            for at, column in enumerate(columns)
            if (change := _change(column.type, dialect)) is not None
        ]
        # Names of our own tables and columns; nothing in it comes from outside.
        self.insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
        self.copy = f'COPY "{table.name}" ({names}) FROM STDIN'

    def values(self, row: Mapping[str, Any]) -> Values:
        try:
            return self._changed(list(self.take_items(row)))
        except KeyError:
            return self._changed(list(map(row.get, self.names)))

    def take(self, row: Any) -> Values:
        return self._changed(list(self.take_all(row)))

    def _changed(self, values: list[Any]) -> Values:
        for at, change in self.convert:
            value = values[at]
            if value is not None:
                values[at] = change(value)
        return tuple(values)


def _change(kind: Any, dialect: str) -> Callable[[Any], Any] | None:
    """What a driver needs done to a column's values: the same as the models' own types do. Text wherever
    both take it: it goes from one process to another in a fraction of the time."""
    if isinstance(kind, JSON):
        return _json_text
    if isinstance(kind, UtcTime):
        return _utc_text if dialect == "sqlite" else _zoned_text
    if isinstance(kind, Uuid):
        return attrgetter("hex")
    if isinstance(kind, Date):
        return date.isoformat
    return None


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


@lru_cache(maxsize=256)  # a row's moments are those of the rows beside it
def _utc_text(moment: datetime) -> str:
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=256)
def _zoned_text(moment: datetime) -> str:
    return moment.isoformat(" ")
