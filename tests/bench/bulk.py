"""A city of any size: copies of the pattern, made by PostgreSQL itself, that look as if many chains
had been under way at once."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from sqlmodel import SQLModel

from tests.bench.ground import Ground, connect
from tests.bench.pattern import Pattern, tell
from tests.cast import DAN
from tests.city import LORRY, WORKS
from tests.story import Story
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.models.columns import UtcTime

# So many copies are under way at the same time: their rows lie among each other.
TOGETHER = 200
TABLES = ("event", "manifest", "line", "leg", "draw", "trip", "treatment", "holding", "flow")
HOLDINGS = {
    "holding": ("id",),
    "flow": ("from_id", "to_id"),
    "draw": ("holding_id",),
    "treatment": ("batch_id",),
}
UUIDS = {
    "event": (), "manifest": ("id", "trip_id"), "line": ("manifest_id",), "leg": ("manifest_id",),
    "draw": ("manifest_id",), "trip": ("id",), "treatment": ("id",),
    "holding": ("manifest_id", "treatment_id"), "flow": (),
}  # fmt: skip
KNOWN_BY = {
    "event": "id", "manifest": "id", "line": "manifest_id", "leg": "manifest_id", "draw": "manifest_id",
    "trip": "id", "treatment": "id", "holding": "event_id", "flow": "event_id",
}  # fmt: skip
EVENTS = {"event": "id", "holding": "event_id", "flow": "event_id"}
UNDER_WAY_EVERY = 8  # the loads that are not through yet are in every so many copies only
LATE_EVERY = 48  # in every so many copies, what is still open is overdue
SPREAD_DAYS = 365
# A larger city has more producers, lorries and drivers, each as busy as in a small one, and busier plants.
COPIES_A_TOWN = 770
MORE = {"site": ("code", WORKS), "vehicle": ("plate", LORRY), "user": ("login", DAN.login)}
MORE_OF = {
    ("holding", "site_id"): "site", ("manifest", "consignor_id"): "site", ("leg", "vehicle_id"): "vehicle",
    ("leg", "driver_id"): "user",
}  # fmt: skip
TEXT_KEPT = 400  # characters of an event's text, where the audits and chains read none of it


@dataclass(frozen=True, slots=True)
class Bulk:
    """A city of `manifests` manifests; `copies` of the pattern, each with one long chain."""

    url: str
    manifests: int
    copies: int
    pattern: Pattern

    def long(self, copy: int) -> uuid.UUID:
        """The manifest with the long chain in this copy (0: the original)."""
        return _renamed(self.pattern.long, copy) if copy else self.pattern.long


def city_of(ground: Ground, manifests: int) -> Bulk:
    """The city of that size; built once in a run."""
    if manifests not in ground.cities:
        ground.cities[manifests] = build(ground, manifests)
    city: Bulk = ground.cities[manifests]
    return city


def build(ground: Ground, manifests: int) -> Bulk:
    """A fresh database with at least so many manifests; read-only from now on (it has no foreign
    keys left)."""
    url = ground.city()
    database = Database(url)
    began = clock.now()
    city = ground.databases.city("postgresql")
    pattern = database.transact(lambda session: tell(Story(session, city, began - timedelta(days=3))))
    database.close()
    copies = max(1, -(-manifests // pattern.done))
    with connect(url, autocommit=True) as connection:
        _multiply(connection, copies - 1, pattern)
        count = _one(connection, "SELECT count(*) FROM manifest")[0]
    return Bulk(url, count, copies, pattern)


def _multiply(connection: psycopg.Connection[Any], further: int, pattern: Pattern) -> None:
    left_out = _of_those_under_way(connection, pattern)
    made_again = _without_keys(connection)
    connection.execute("SET synchronous_commit = off")
    width = {name: _width(connection, name) for name in ("holding", "flow")}
    towns = _more_towns(connection, max(1, further // COPIES_A_TOWN))
    for table in TABLES:
        values = {"further": further, "left_out": left_out[table], **towns}
        connection.execute(_copying(connection, table, width).encode(), values)
    for statement in made_again:
        connection.execute(statement.encode())
    connection.execute("VACUUM (FREEZE, ANALYZE)")
    connection.execute("CHECKPOINT")


def _of_those_under_way(connection: psycopg.Connection[Any], pattern: Pattern) -> dict[str, list[uuid.UUID]]:
    """Table → the values of its KNOWN_BY column that belong to loads that are not through yet."""
    manifests = list(pattern.under_way)
    events = connection.execute(
        "SELECT id FROM event WHERE key = ANY(%s)", ([str(one) for one in manifests],)
    ).fetchall()
    trips = connection.execute("SELECT trip_id FROM manifest WHERE id = ANY(%s)", (manifests,)).fetchall()
    found = dict.fromkeys(TABLES, manifests)
    for table in EVENTS:
        found[table] = [row[0] for row in events]
    return found | {"trip": [row[0] for row in trips], "treatment": []}


def _more_towns(connection: psycopg.Connection[Any], towns: int) -> dict[str, int]:
    """As many of who makes and who carries waste as there are towns. Table → the id of the first one, and
    from where on those of the other towns count."""
    found = {"towns": towns}
    for table, (name, known) in MORE.items():
        first, last = _one(
            connection,
            f'SELECT (SELECT id FROM "{table}" WHERE {name} = \'{known}\'), max(id) FROM "{table}"',
        )
        found |= {f"first_{table}": first, f"last_{table}": last}
        columns = [column.name for column in SQLModel.metadata.tables[table].columns]
        apart = {
            "id": f"{last} + town",
            **{each: f"{each} || '.' || town" for each in (name, "fs_uniquifier")},
        }
        chosen = ", ".join(apart.get(each, f'"{each}"') for each in columns)
        connection.execute(
            f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {chosen} FROM "{table}", '
            f"generate_series(1, {towns - 1}) town WHERE id = {first}".encode()
        )
    return found


def _width(connection: psycopg.Connection[Any], table: str) -> tuple[int, int]:
    """(first id, how many ids the pattern takes)."""
    first, last = _one(connection, f"SELECT min(id), max(id) FROM {table}")
    return first, last - first + 1


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query.encode()).fetchone()


def _copying(connection: psycopg.Connection[Any], table: str, width: dict[str, tuple[int, int]]) -> str:
    """INSERT … SELECT of all further copies of one table's pattern rows."""
    columns = [column.name for column in SQLModel.metadata.tables[table].columns]
    chosen = ", ".join(_value(table, column, width) for column in columns)
    order = f"k / {TOGETHER}, p.id, k" if table in width else f"k / {TOGETHER}, k"
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f'INSERT INTO "{table}" ({names}) '
        f'SELECT {chosen} FROM "{table}" p, generate_series(1, %(further)s) k '
        f"WHERE k %% {UNDER_WAY_EVERY} = 0 OR p.{KNOWN_BY[table]} <> ALL (%(left_out)s) ORDER BY {order}"
    )


def _value(table: str, column: str, width: dict[str, tuple[int, int]]) -> str:
    """What a further copy has in this column."""
    name = f'p."{column}"'
    if column in HOLDINGS.get(table, ()):
        return _moved(name, *width["holding"])
    if column == EVENTS.get(table):
        return f"md5(k || '.' || {name})::uuid"  # scanning devices number their events at random
    if column in UUIDS[table]:
        return _copied_uuid(name)
    if kind := MORE_OF.get((table, column)):
        town = "(k %% %(towns)s)"
        moved = f"%(last_{kind})s + {town}"
        return f"CASE WHEN {name} = %(first_{kind})s AND {town} > 0 THEN {moved} ELSE {name} END"
    if (table, column) == ("flow", "id"):
        return _moved(name, *width["flow"])
    if isinstance(SQLModel.metadata.tables[table].columns[column].type, UtcTime):
        name = f"{name} - {_earlier(table)}"
        if (table, column) == ("holding", "due_at"):
            name += f" - CASE WHEN k %% {LATE_EVERY} = 0 THEN interval '400 days' ELSE interval '0' END"
    return SPECIAL.get((table, column), name)


def _earlier(table: str) -> str:
    """Copies lie spread over the year before, the first the earliest; what is under way is of today."""
    return (
        f"CASE WHEN p.{KNOWN_BY[table]} = ANY (%(left_out)s) THEN interval '0' "
        f"ELSE interval '{SPREAD_DAYS} days' * (1 - k::float8 / %(further)s) END"
    )


def _copied_uuid(name: str) -> str:
    return f"(lpad(to_hex(k), 8, '0') || substr(replace({name}::text, '-', ''), 9))::uuid"


SPECIAL = {
    ("manifest", "number"): "'C' || k || '.' || right(p.number, 6)",
    ("event", "key"): "CASE WHEN p.subject IN ('manifest', 'treatment') "
    f"THEN ({_copied_uuid('p.key::uuid')})::text ELSE p.key || '.' || k END",
    ("event", "text"): "CASE WHEN p.findings > 0 OR p.kind = 'reverse' THEN p.text "
    f"ELSE left(p.text, {TEXT_KEPT}) END",
}


def _moved(name: str, first: int, count: int) -> str:
    """Ids of copies that are under way together lie among each other, the pattern's order kept."""
    block = f"(k / {TOGETHER}) * {TOGETHER * count}::bigint"
    return f"{first + count} + {block} + ({name} - {first}) * {TOGETHER} + k %% {TOGETHER}"


def _renamed(original: uuid.UUID, copy: int) -> uuid.UUID:
    return uuid.UUID(f"{copy:08x}{original.hex[8:]}")


def _without_keys(connection: psycopg.Connection[Any]) -> list[str]:
    """Drops foreign keys, keys and indexes of the tables to be filled; what makes the last two again."""
    again = []
    rows = connection.execute(
        "SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace "
        "ORDER BY contype = 'f' DESC, contype = 'u' DESC"
    ).fetchall()
    for table, name, kind, definition in rows:
        if kind == "f" or table in TABLES:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
            if kind != "f":
                again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)",
        (list(TABLES),),
    ).fetchall()
    for name, definition in indexes:
        connection.execute(f'DROP INDEX "{name}"'.encode())
        again.append(definition)
    for table in TABLES:
        connection.execute(f'ALTER TABLE "{table}" SET UNLOGGED'.encode())
    return again
