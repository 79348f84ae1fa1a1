"""What is read beside sees the same moment, or is read before; what fails there is heard here."""

import threading

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import Session

from tests.city import City
from zerowaste.db import Database
from zerowaste.graph.moment import beside
from zerowaste.models.tables import SERIES


def series(session: Session) -> int:
    return session.execute(select(func.count()).select_from(SERIES)).scalar_one()


def test_what_happens_meanwhile_is_seen_by_neither(database: Database, city: City) -> None:
    with database.session_for(write=False) as session:
        before = series(session)
        database.transact(lambda other: other.execute(insert(SERIES).values(key="meanwhile", next=2)))
        with beside(session, series) as counted:
            assert counted() == series(session) == before
    with database.session_for(write=False) as session:
        assert series(session) == before + 1


def test_two_processors_work_at_once_where_they_can(database: Database, database_kind: str) -> None:
    """PostgreSQL reads beside: what waits for the other is not stuck. SQLite reads before."""
    met = threading.Barrier(2, timeout=20)

    def meet(session: Session) -> int:
        if database_kind == "postgresql":
            met.wait()
        return series(session)

    with database.session_for(write=False) as session, beside(session, meet) as counted:
        if database_kind == "postgresql":
            met.wait()
        assert counted() == 0


def test_who_writes_sees_what_he_has_written(session: Session) -> None:
    session.execute(insert(SERIES).values(key="mine", next=2))
    with beside(session, series) as counted:
        assert counted() == 1


@pytest.mark.parametrize("write", [True, False])
def test_what_fails_beside_is_heard(database: Database, write: bool) -> None:
    def fail(session: Session) -> int:
        raise LookupError("nothing there")

    with (
        pytest.raises(LookupError, match="nothing there"),
        database.session_for(write=write) as session,
        beside(session, fail) as counted,
    ):
        counted()
