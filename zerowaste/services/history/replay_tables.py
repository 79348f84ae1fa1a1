"""What a replay compares: for each table its rows' key, its other columns, and how the stored and the
replayed rows are asked for, in one order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement, Date, Integer, Select, Table, Uuid, func, or_, select

from zerowaste.models.columns import UtcTime
from zerowaste.models.tables import (
    CHARGE,
    FLOW,
    HOLDING,
    ORGANISATION,
    PROJECTIONS,
    QUOTA,
    SERIES,
    SITE,
    USER,
)
from zerowaste.rules.evidence import canonical, stamp
from zerowaste.services.history.replay_series import NUMBERS

# The only texts without types whose order could differ between databases.
BYTEWISE = {"postgresql": "C", "sqlite": "BINARY"}


@dataclass(frozen=True, slots=True)
class Proved:
    """One table that a replay proves, whole or in some of its columns.

    `key` names a row, `values` is compared; several rows may share a key only where `repeats`. `where`:
    which stored rows count. `absent`: what a row says that is not there, if that is not a difference by
    itself. `query`: the replayed rows, where they are more than what was added."""

    name: str
    table: Table
    key: tuple[str, ...]
    values: tuple[str, ...]
    repeats: bool = False
    where: ColumnElement[bool] | None = None
    absent: tuple[Any, ...] | None = None
    query: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.values)

    def stored(self, dialect: str) -> Select[Any]:
        """The stored rows, by key, and by value where keys repeat."""
        columns = [self._column(name) for name in self.columns]
        statement = select(*columns).select_from(self.table)
        if self.where is not None:
            statement = statement.where(self.where)
        order = columns if self.repeats else columns[: len(self.key)]
        return statement.order_by(*(_in_order(column, dialect) for column in order))

    def replayed(self) -> str:
        """The replayed rows in the same order."""
        order = self.columns if self.repeats else self.key
        base = self.query or f'SELECT {_listed(self.columns)} FROM "{self.name}"'  # noqa: S608 - own names
        return f"{base} ORDER BY {_listed(order)}"

    def plain(self) -> list[Callable[[Any], Any] | None]:
        """For each column how a stored value is said as the events' texts say it (None: as it is)."""
        return [_PLAIN.get(type(self.table.c[name].type)) for name in self.columns]

    def key_types(self) -> tuple[type, ...]:
        """What a key is made of: integers or text."""
        return tuple(int if isinstance(self.table.c[name].type, Integer) else str for name in self.key)

    def _column(self, name: str) -> ColumnElement[Any]:
        column = self.table.c[name]
        # In a key nothing is zero, as the events' texts write it.
        return func.coalesce(column, 0).label(name) if name in self.key and column.nullable else column


def _in_order(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    words = not isinstance(column.type, Integer | Uuid)
    return column.collate(BYTEWISE[dialect]) if words else column


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    UtcTime: stamp,
    Uuid: lambda value: None if value is None else str(value),
    Date: lambda day: None if day is None else day.isoformat(),
    Boolean: lambda value: None if value is None else int(value),
    JSON: lambda value: None if value is None else canonical(value),
}


def _whole(name: str, table: Table, query: str = "") -> Proved:
    key = tuple(column.name for column in table.primary_key)
    values = tuple(column.name for column in table.columns if column.name not in key)
    return Proved(name, table, key, values, query=query)


def _counted(name: str, table: Table, key: str) -> Proved:
    """Whose row counts its chain of events; all else in it is master data."""
    said = or_(table.c.events != 0, table.c.head != "")
    return Proved(name, table, (key,), ("events", "head"), where=said, absent=(0, ""))


# Balances and holds are sums over everything; the openings alone do not say them.
_BALANCES = """
SELECT "holding".*, coalesce("grams", 0) AS "grams", coalesce("held_g", 0) AS "held_g" FROM "holding"
LEFT JOIN (
    SELECT "at", sum("by") AS "grams" FROM (
        SELECT "to_id" AS "at", "grams" AS "by" FROM "flow"
        UNION ALL SELECT "from_id", -"grams" FROM "flow" WHERE "from_id" <> 0
    ) GROUP BY "at"
) AS "balance" ON "balance"."at" = "holding"."id"
LEFT JOIN (
    SELECT "holding_id", sum("grams") AS "held_g" FROM "hold" GROUP BY "holding_id"
) AS "holds" ON "holds"."holding_id" = "holding"."id"
"""
_COUNTERS = """
SELECT "quota_id" AS "id", sum("reserved_g") AS "reserved_g", sum("used_g") AS "used_g" FROM "charge"
GROUP BY "quota_id" HAVING sum("reserved_g") <> 0 OR sum("used_g") <> 0
"""
SUMS = ("grams", "held_g")

PROVED: tuple[Proved, ...] = (
    *(_whole(name, table) for name, table in PROJECTIONS.items()),
    _whole("holding", HOLDING, _BALANCES),
    Proved("flow", FLOW, ("event_id", "from_id", "to_id", "source"), ("basis", "grams"), repeats=True),
    Proved(
        "charge", CHARGE, ("event_id", "quota_id", "line"), ("manifest_id", "reserved_g", "used_g"),
        repeats=True,
    ),
    Proved(
        "quota", QUOTA, ("id",), ("reserved_g", "used_g"),
        where=or_(QUOTA.c.reserved_g != 0, QUOTA.c.used_g != 0), absent=(0, 0), query=_COUNTERS,
    ),
    Proved("series", SERIES, ("key",), ("next",), where=SERIES.c.key.startswith(NUMBERS)),
    _counted("site", SITE, "code"),
    _counted("organisation", ORGANISATION, "credit_code"),
    _counted("account", USER, "login"),
)  # fmt: skip


def scratch_columns() -> dict[str, tuple[str, ...]]:
    """The tables a replay fills: balances and counters come of flows, holds and charges."""
    columns = {proved.name: proved.columns for proved in PROVED if proved.name != "quota"}
    columns["holding"] = tuple(name for name in columns["holding"] if name not in SUMS)
    return columns | {"hold": ("holding_id", "grams")}
