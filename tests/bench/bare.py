"""Bare psycopg: what one act wrote, found by comparing tables, and the same written again with
nothing around it."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Json
from sqlalchemy import JSON, Table
from sqlmodel import SQLModel

from zerowaste.models import tables

assert tables  # read for its tables

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Counters that many acts write at once: they are moved by a difference, as the service moves them.
COUNTERS = frozenset({"quota", "series"})
# Columns that hold the number of a holding.
OF_HOLDINGS = {"holding": ("id",), "flow": ("from_id", "to_id"), "draw": ("holding_id",)}
NUMBERED_BY_SERVER = frozenset({"flow", "charge", "outbox"})

Row = dict[str, Any]
Snapshot = dict[str, dict[tuple[Any, ...], Row]]


@dataclass(frozen=True, slots=True)
class Write:
    """Rows of one table: inserted, or (`keys` not empty) changed where the key columns say."""

    table: str
    rows: Sequence[Row]
    keys: Sequence[str] = ()


Script = list[Write]


def snapshot(connection: psycopg.Connection[Any]) -> Snapshot:
    """Every row of every table, by primary key."""
    found: Snapshot = {}
    for table in SQLModel.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        statement = sql.SQL("SELECT * FROM {}").format(sql.Identifier(table.name))
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement).fetchall()
        found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    connection.rollback()
    return found


def difference(before: Snapshot, after: Snapshot) -> Script:
    """What was written between two snapshots, tables before those that refer to them."""
    script: Script = []
    for table in SQLModel.metadata.sorted_tables:
        old, new = before[table.name], after[table.name]
        fresh = [row for key, row in new.items() if key not in old]
        if fresh:
            script.append(Write(table.name, fresh))
        keys = tuple(column.name for column in table.primary_key)
        for key, row in new.items():
            changed = _changed(table, old.get(key, row), row)
            if changed:
                script.append(Write(table.name, [dict(zip(keys, key, strict=True)) | changed], keys))
    return script


def _changed(table: Table, old: Row, new: Row) -> Row:
    names = [name for name in new if new[name] != old[name]]
    if table.name in COUNTERS:
        return {name: new[name] - old[name] for name in names}
    return {name: new[name] for name in names}


@dataclass(slots=True)
class Copies:
    """Makes further manifests out of the captured one: the same rows under other ids."""

    scripts: Sequence[Script]
    first_holding: int
    number: str
    made: int = 0
    holdings: dict[int, int] = field(default_factory=dict)
    ids: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def next(self) -> list[Script]:
        """The scripts of one more manifest, one an act."""
        self.made += 1
        self.holdings, self.ids = {}, {}
        for row in _inserted(self.scripts, "holding"):
            self.holdings[row["id"]] = self.first_holding
            self.first_holding += 1
        for name in ("event", "manifest", "trip"):
            self.ids |= {row["id"]: uuid.uuid4() for row in _inserted(self.scripts, name)}
        # Filing's event bears the manifest's id.
        return [[self._copy(write) for write in script] for script in self.scripts]

    def _copy(self, write: Write) -> Write:
        numbers = OF_HOLDINGS.get(write.table, ())
        rows = []
        for row in write.rows:
            values = {
                name: self.holdings.get(value, value) if name in numbers else self._renamed(value)
                for name, value in row.items()
            }
            if write.table in NUMBERED_BY_SERVER and not write.keys:
                del values["id"]
            rows.append({name: _adapted(write.table, name, value) for name, value in values.items()})
        return Write(write.table, rows, write.keys)

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return self.ids.get(value, value)
        if isinstance(value, str):
            if value == self.number:
                return f"B{self.made:013d}"
            return UUID_TEXT.sub(lambda found: str(self._renamed(uuid.UUID(found[0]))), value)
        return value


def _inserted(scripts: Sequence[Script], table: str) -> Iterator[Row]:
    for script in scripts:
        for write in script:
            if write.table == table and not write.keys:
                yield from write.rows


def _adapted(table: str, column: str, value: Any) -> Any:
    kind = SQLModel.metadata.tables[table].c[column].type
    return Json(value) if isinstance(kind, JSON) and value is not None else value


def prepared(scripts: Sequence[Script]) -> list[list[tuple[bytes, Sequence[Mapping[str, Any]]]]]:
    """Per act: statements and their rows, so that nothing is left to do but send them."""
    return [[(_statement(write), write.rows) for write in script] for script in scripts]


def write_act(connection: psycopg.Connection[Any], act: Sequence[tuple[bytes, Sequence[Any]]]) -> None:
    """One act in one transaction."""
    cursor = connection.cursor()
    for statement, rows in act:
        if len(rows) == 1:
            cursor.execute(statement, rows[0], prepare=True)
        else:
            cursor.executemany(statement, rows)
    connection.commit()


_statements: dict[tuple[Any, ...], bytes] = {}


def _statement(write: Write) -> bytes:
    names = tuple(write.rows[0])
    known = _statements.get((write.table, names, write.keys))
    if known is None:
        table = sql.Identifier(write.table)
        if write.keys:
            text = sql.SQL("UPDATE {} SET {} WHERE {}").format(
                table,
                sql.SQL(", ").join(_set(write, name) for name in names if name not in write.keys),
                sql.SQL(" AND ").join(_equals(key) for key in write.keys),
            )
        else:
            text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                table,
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(map(sql.Placeholder, names)),
            )
        known = _statements[write.table, names, write.keys] = text.as_bytes(None)
    return known


def _equals(name: str) -> sql.Composed:
    return sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))


def _set(write: Write, name: str) -> sql.Composed:
    if write.table in COUNTERS:
        return sql.SQL("{0} = {0} + {1}").format(sql.Identifier(name), sql.Placeholder(name))
    return _equals(name)
