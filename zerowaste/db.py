"""The database: one engine, sessions for reading and writing, and what to do when two acts collide.

SQLite writes `BEGIN IMMEDIATE` (its default mode loses updates silently) and reads from a snapshot,
in WAL with synchronous=FULL: an act that was answered survives a power cut. PostgreSQL writes at
READ COMMITTED with guarded updates, and reads from one snapshot (REPEATABLE READ), so the parts of
an answer agree with each other. On both a reading session cannot write."""

import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from zerowaste.services.booking.writing import AGAIN, Contended

LONGEST_STATEMENT_MS = 30_000
ATTEMPTS = 6
PATIENCE_S = 12.0
_FOR_ONE_LOCK = 0.4  # of the patience
# serialization failure, deadlock, lock not available, too many connections, shutting down
_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03"})
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_TAKEN = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_QUERY_CANCELED = "57014"
# Nothing can be kept here, now or a moment later: disk or memory are full, or fail. Classes of states.
_OUT_OF_ORDER = ("53", "58", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
# The disk was mounted again without leave to write; a standby was taken for the main server.
_READ_ONLY = ("25006", "SQLITE_READONLY")


T = TypeVar("T")


class Unavailable(Exception):
    """The database stayed busy or away through every attempt, or is out of order; nothing was written."""


class Database:
    """One engine. `session_for` gives a session in its own transaction; `transact` runs work in one
    and runs it again where another act was in the way."""

    def __init__(
        self,
        url: str,
        *,
        connections: int = 8,
        longest_statement_ms: int = LONGEST_STATEMENT_MS,
        patience_s: float = PATIENCE_S,
        durable: bool = True,
    ) -> None:
        """`longest_statement_ms` 0: no limit, for long work at the command line. `patience_s`: no try begins
        later than this after the first. `durable` False: tests that throw the database away need not wait
        for the disk."""
        parsed = make_url(url)
        self._patience_s = patience_s
        wait_ms = int(patience_s * _FOR_ONE_LOCK * 1000)
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            self.engine = _sqlite(url, wait_ms, durable=durable)
            self._reading = self.engine.execution_options(immediate=False)
            self._writing = self.engine.execution_options(immediate=True)
        elif self.dialect == "postgresql":
            self.engine = _postgresql(
                parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False),
                connections,
                {"lock_timeout": wait_ms, "statement_timeout": longest_statement_ms},
            )
            self._writing = self.engine.execution_options()
            self._reading = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            raise ValueError(f"{self.dialect} is not a database this service knows")

    def session_for(self, *, write: bool) -> Session:
        """A session of its own; use it in a `with`. Rows stay usable after a commit."""
        return Session(self._writing if write else self._reading, expire_on_commit=False)

    def transact(self, work: Callable[[Session], T], *, write: bool = True) -> T:
        """Run `work` in one transaction: returned → committed, raised → rolled back.

        Where another act was in the way (deadlock, busy, a guarded write that hit nothing, the same
        id at the same moment) it runs again from the start. Unavailable: that was no use."""
        give_up = time.monotonic() + self._patience_s
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(work, write, again=attempt > 1)
            except (DBAPIError, Contended) as error:
                if not _passing(error):
                    if _no_use(error, write):
                        raise Unavailable from error
                    raise
                if attempt == ATTEMPTS or time.monotonic() > give_up:
                    if isinstance(error, IntegrityError):
                        raise
                    raise Unavailable from error
                time.sleep(random.uniform(0.002, 0.01) * 2**attempt)  # noqa: S311 - not a secret
            except PoolTimeout as error:
                raise Unavailable from error
        raise AssertionError("the loop returns or raises")

    def _once(self, work: Callable[[Session], T], write: bool, *, again: bool) -> T:
        with closing(self.session_for(write=write)) as session:
            session.info[AGAIN] = again and write  # reading locks nothing
            result = work(session)
            if write:
                _commit(session)
            return result

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _commit(session: Session) -> None:
    try:
        session.commit()
    except OperationalError as error:
        if _lost(error):
            # Nobody knows whether it was written: running it again could do it twice.
            raise Unavailable from error
        raise


def _passing(error: DBAPIError | Contended) -> bool:
    """Whether the same work may well succeed a moment later."""
    if isinstance(error, Contended):
        return True
    if isinstance(error, IntegrityError):
        # The same id sent twice at once: the second run finds what the first one stored.
        return _state(error) in _TAKEN
    state = _state(error)
    return state.startswith(_BUSY) or state in _PASSING_STATES or _lost(error)


def _no_use(error: DBAPIError | Contended, write: bool) -> bool:
    """Whether another try would only end the same: it was cut off by the limit on statements, or the
    database is out of order. (What writes in a reading session is a bug.)"""
    if not isinstance(error, DBAPIError):
        return False
    hopeless = (_QUERY_CANCELED, *_OUT_OF_ORDER, *(_READ_ONLY if write else ()))
    return _state(error).startswith(hopeless)


def _lost(error: DBAPIError) -> bool:
    """The server is away: nothing it could have said about the statement has arrived."""
    unheard = isinstance(error, OperationalError) and not _state(error)
    return unheard or error.connection_invalidated


def _state(error: DBAPIError) -> str:
    """PostgreSQL's five-letter state, or SQLite's name of the error; empty if it has none."""
    return str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or "")


def _sqlite(url: str, wait_ms: int, *, durable: bool) -> Engine:
    memory = make_url(url).database in (None, "", ":memory:")
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "timeout": wait_ms / 1000,
                      "check_same_thread": False},
        hide_parameters=True,
        **({"poolclass": StaticPool} if memory else {}),
    )  # fmt: skip

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "foreign_keys=ON",
            f"busy_timeout={wait_ms}",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("immediate", True)
        if connection.info.get("writes") is not writes:
            connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            connection.info["writes"] = writes
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _postgresql(url: str, connections: int, limits_ms: Mapping[str, int]) -> Engine:
    # No plan is worth compiling (jit) here; it would be set off by estimates that are far too high, since the
    # planner cannot know how little of all there is is open. And no city lies on a turning disk: at its usual
    # price of looking rows up one by one, PostgreSQL reads whole tables for one month of them. A second
    # process for one answer takes milliseconds to start, which is more than most answers take.
    settings = {
        **limits_ms, "idle_in_transaction_session_timeout": 60_000, "jit": "off", "random_page_cost": 1.1,
        "parallel_setup_cost": 10_000,
    }  # fmt: skip
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=2,
        pool_timeout=10,
        pool_recycle=1800,
        pool_use_lifo=True,
        hide_parameters=True,  # errors are logged; what people sent is not
        connect_args={
            "application_name": "zerowaste",
            "connect_timeout": 10,
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )
