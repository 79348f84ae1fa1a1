"""Sessions and transactions on both databases: what is kept, and what happens when acts collide."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session

from zerowaste import db
from zerowaste.db import Database, Unavailable
from zerowaste.services.booking.ledger import SERIES, Contended
from zerowaste.services.register import MEMBERSHIP

ONLY_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
ONLY_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Work = Callable[[Session], Any]


def add(key: str, next_: int = 1) -> Work:
    return lambda session: session.execute(insert(SERIES).values(key=key, next=next_))


def value(database: Database, key: str) -> int | None:
    with database.session_for(write=False) as session:
        return session.execute(select(SERIES.c.next).where(SERIES.c.key == key)).scalar_one_or_none()


def at_once(*works: Callable[[], Any]) -> list[BaseException]:
    """Run all of them in threads; what they raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except (DBAPIError, Unavailable, threading.BrokenBarrierError) as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_returned_is_kept_and_raised_is_forgotten(database: Database) -> None:
    database.transact(add("kept"))

    def fail(session: Session) -> None:
        add("lost")(session)
        raise KeyError("lost")

    with pytest.raises(KeyError):
        database.transact(fail)
    assert (value(database, "kept"), value(database, "lost")) == (1, None)


def test_no_update_is_lost_among_eight_threads(database: Database) -> None:
    database.transact(add("count", 0))

    def increase() -> None:
        for _ in range(10):
            database.transact(
                lambda session: session.execute(
                    update(SERIES).where(SERIES.c.key == "count").values(next=SERIES.c.next + 1)
                )
            )

    assert at_once(*[increase] * 8) == []
    assert value(database, "count") == 80


def test_reading_then_writing_loses_nothing_on_sqlite(databases: Any) -> None:
    """What SQLite's default mode gets wrong: two that read before they write."""
    url = databases.lend("sqlite", "head")
    database = Database(url, durable=False)
    database.transact(add("count", 0))

    def increase() -> None:
        for _ in range(10):
            database.transact(_read_then_write)

    assert at_once(*[increase] * 4) == []
    assert value(database, "count") == 40
    database.close()
    databases.take_back(url, "head")


def _read_then_write(session: Session) -> None:
    seen = session.execute(select(SERIES.c.next).where(SERIES.c.key == "count")).scalar_one()
    session.execute(update(SERIES).where(SERIES.c.key == "count").values(next=seen + 1))


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    database.transact(add("seen", 1))
    with database.session_for(write=False) as session:
        question = select(SERIES.c.next).where(SERIES.c.key == "seen")
        before = session.execute(question).scalar_one()
        database.transact(
            lambda other: other.execute(update(SERIES).where(SERIES.c.key == "seen").values(next=2))
        )
        assert (before, session.execute(question).scalar_one()) == (1, 1)
    assert value(database, "seen") == 2


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        database.transact(add("sneaked"), write=False)
    database.transact(add("allowed"))
    assert (value(database, "sneaked"), value(database, "allowed")) == (None, 1)


def test_foreign_keys_hold(database: Database) -> None:
    of_nobody = insert(MEMBERSHIP).values(user_id=10**6, region="3601")
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        database.transact(lambda session: session.execute(of_nobody))


@ONLY_POSTGRESQL
def test_a_deadlock_never_reaches_the_caller(database: Database) -> None:
    database.transact(add("left", 0))
    database.transact(add("right", 0))
    both_hold_one = threading.Barrier(2)
    runs: list[str] = []

    def take(first: str, second: str) -> Work:
        def work(session: Session) -> None:
            runs.append(first)
            _increase(session, first)
            if runs.count(first) == 1:
                both_hold_one.wait(timeout=10)
            _increase(session, second)

        return work

    raised = at_once(
        lambda: database.transact(take("left", "right")),
        lambda: database.transact(take("right", "left")),
    )
    assert raised == []
    assert len(runs) > 2  # there was one, and somebody ran again
    assert (value(database, "left"), value(database, "right")) == (2, 2)


def _increase(session: Session, key: str) -> None:
    session.execute(update(SERIES).where(SERIES.c.key == key).values(next=SERIES.c.next + 1))


@ONLY_POSTGRESQL
def test_a_lost_connection_is_tried_again(database: Database) -> None:
    database.transact(add("before"))
    turns: list[int] = []

    def work(session: Session) -> None:
        turns.append(1)
        if len(turns) == 1:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        add("after")(session)

    database.transact(work)
    assert len(turns) == 2
    assert value(database, "after") == 1


@ONLY_POSTGRESQL
def test_what_takes_too_long_is_cut_off_and_not_repeated(database_url: str) -> None:
    database = Database(database_url, longest_statement_ms=50)
    turns: list[int] = []

    def work(session: Session) -> None:
        turns.append(1)
        session.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(Unavailable):
        database.transact(work)
    assert len(turns) == 1
    database.close()


def test_a_commit_nobody_heard_of_is_not_run_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    def cut(session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr(Session, "commit", cut)
    with pytest.raises(Unavailable):
        database.transact(lambda session: turns.append(1))
    assert turns == [1]


def test_after_some_tries_the_caller_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.time, "sleep", lambda seconds: None)
    turns: list[int] = []

    def contended(session: Session) -> None:
        turns.append(1)
        raise Contended

    with pytest.raises(Unavailable):
        database.transact(contended)
    assert len(turns) == db.ATTEMPTS


def test_a_database_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.time, "sleep", lambda seconds: None)
    nobody = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        nobody.transact(lambda session: session.execute(text("SELECT 1")))
    nobody.close()


def test_a_database_that_may_only_be_read_is_unavailable(database: Database) -> None:
    """A disk mounted again without leave to write, a standby that was taken for the main server: no bug of
    ours, so the caller is told to come again."""
    only = "PRAGMA query_only=ON" if database.dialect == "sqlite" else "SET TRANSACTION READ ONLY"

    def write(session: Session) -> None:
        session.execute(text(only))
        add("lost")(session)

    with pytest.raises(Unavailable):
        database.transact(write)
    assert value(database, "lost") is None


@ONLY_SQLITE
def test_so_is_one_whose_disk_is_full(database: Database) -> None:
    def write(session: Session) -> None:
        session.execute(text("PRAGMA max_page_count=1"))  # no more than there are
        for number in range(1000):
            add(f"{number}" * 60)(session)

    with pytest.raises(Unavailable):
        database.transact(write)
    assert value(database, "0" * 60) is None


def test_an_error_that_is_logged_holds_nothing_of_what_was_sent(database: Database) -> None:
    database.transact(add("somebody's telephone"))
    with pytest.raises(IntegrityError) as error, database.session_for(write=True) as session:
        add("somebody's telephone", next_=7654321)(session)
    assert "7654321" not in str(error.value)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://localhost/city")


@ONLY_SQLITE
def test_sqlite_is_set_up_to_keep_what_it_said(database_url: str) -> None:
    database = Database(database_url)
    with database.session_for(write=True) as session:
        told = {
            pragma: session.execute(text(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 4800}
    database.close()


@ONLY_SQLITE
def test_sqlite_takes_the_write_lock_at_the_start(database: Database) -> None:
    begun: list[str] = []

    def listen(engine: Engine) -> None:
        event.listen(engine, "before_cursor_execute", lambda *call: begun.append(call[2]))

    listen(database.engine)
    database.transact(lambda session: session.execute(text("SELECT 1")))
    database.transact(lambda session: session.execute(text("SELECT 1")), write=False)
    assert [statement for statement in begun if statement.startswith("BEGIN")] == [
        "BEGIN IMMEDIATE",
        "BEGIN",
    ]


def test_postgresql_compiles_no_plans(databases: Any) -> None:
    """Whatever the server is set to: the service says so itself."""
    opened = Database(databases.lend("postgresql", "head"))
    with opened.session_for(write=False) as session:
        found = session.execute(text("SELECT setting, source FROM pg_settings WHERE name = 'jit'")).one()
    opened.close()
    assert tuple(found) == ("off", "client")
