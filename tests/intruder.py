"""Somebody with a password to the database itself, who goes round the service and all that guards it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, and_, create_engine, delete, event, insert, select, text, update

from tests.rich_story import Told
from zerowaste.models.tables import EVENT, MANIFEST
from zerowaste.rules import evidence

FORGED = UUID(int=7)


@contextmanager
def intruding(url: str) -> Iterator[Connection]:
    """A connection that no trigger and no foreign key holds back; what it wrote is kept."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _leave_transactions_to_sqlite(engine)
    try:
        with engine.begin() as connection:
            _unguard(connection)
            yield connection
    finally:
        engine.dispose()


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """What is done in here is taken back."""
    savepoint = connection.begin_nested()
    yield
    savepoint.rollback()


def _leave_transactions_to_sqlite(engine: Engine) -> None:
    """Python's driver opens them late, which savepoints do not survive."""

    @event.listens_for(engine, "connect")
    def connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's own connection

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _unguard(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in triggers.scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


class Intruder:
    """What he can do to the events of the settled manifest, and to whatever else he likes."""

    def __init__(self, connection: Connection, told: Told) -> None:
        self.connection = connection
        self.told = told
        number = MANIFEST.c.number == told.settled
        self.id, self.events = connection.execute(
            select(MANIFEST.c.id, MANIFEST.c.events).where(number)
        ).one()
        self.own = and_(EVENT.c.subject == "manifest", EVENT.c.key == str(self.id))

    def run(self, statement: Any) -> None:
        assert self.connection.execute(statement).rowcount

    def event(self, number: int) -> Any:
        return self.connection.execute(select(EVENT).where(self.own, EVENT.c.number == number)).one()

    def change(self, number: int, /, **values: Any) -> None:
        self.run(update(EVENT).where(self.own, EVENT.c.number == number).values(values))

    def take_out(self, number: int) -> None:
        self.run(delete(EVENT).where(self.own, EVENT.c.number == number))

    def rewrite(self, number: int, old: str, new: str) -> None:
        text = self.event(number).text
        assert old in text
        self.change(number, text=text.replace(old, new))

    def seal_anew(self, number: int) -> None:
        """As somebody does who knows how events are sealed."""
        before = self.event(number - 1).hash if number > 1 else ""
        self.change(number, hash=evidence.seal(before, self.event(number).text))

    def swap(self, first: int, second: int) -> None:
        self.change(first, number=-1)
        self.change(second, number=first)
        self.change(-1, number=second)

    def add(self, number: int) -> None:
        """One more event at the end of the chain, sealed as it should be."""
        last = self.event(number - 1)
        text = evidence.canonical(
            {**json.loads(last.text), "number": number, "id": evidence.identity(FORGED)}
        )
        row = last._asdict() | {"id": FORGED, "number": number, "text": text}
        self.run(insert(EVENT).values(row | {"hash": evidence.seal(last.hash, text)}))

    def another_driver(self) -> None:
        """A forgery of one who knows everything but forgets that the manifest keeps its head."""
        content = json.loads(self.event(3).text) | {"actor": "dan"}
        act = [content["kind"], content["act"], None]
        content["digest"] = evidence.act_digest("dan", "manifest", str(self.id), act)
        self.change(3, actor="dan", text=evidence.canonical(content))
        for number in range(3, self.events + 1):
            self.seal_anew(number)

    def remove(self, *, row: bool) -> None:
        self.run(delete(EVENT).where(self.own))
        if row:
            self.run(delete(MANIFEST).where(MANIFEST.c.id == self.id))


def at(subject: str, key: str) -> tuple[Any, Any]:
    return EVENT.c.subject == subject, EVENT.c.key == key
