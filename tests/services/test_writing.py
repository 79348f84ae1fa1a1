"""What an act writes goes to the database together, and what stops it comes out as ever."""

import uuid

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.city import PLANT, WORKS, City
from zerowaste.models.tables import SERIES, SITE, TRIP
from zerowaste.services.booking.writing import Contended, Writes

COUNT_UP = (
    update(SERIES)
    .where(SERIES.c.key == bindparam("b_key"), SERIES.c.next < bindparam("b_most"))
    .values(next=SERIES.c.next + 1)
)


def test_nothing_is_written_before_it_is_sent(session: Session, city: City) -> None:
    writes = Writes(session)
    writes.insert(SERIES, [{"key": "a", "next": 1}, {"key": "b", "next": 5}])
    writes.update(SITE, {"code": WORKS}, {"events": 7, "head": "f" * 64})
    assert session.execute(select(SERIES.c.key)).all() == []
    writes.send()
    assert session.execute(select(SERIES.c.key, SERIES.c.next).order_by(SERIES.c.key)).all() == [
        ("a", 1),
        ("b", 5),
    ]
    rows = session.execute(select(SITE.c.code, SITE.c.events).where(SITE.c.code.in_([WORKS, PLANT]))).all()
    assert dict(rows) == {WORKS: 7, PLANT: 0}


def test_later_writes_see_earlier_ones(session: Session, city: City) -> None:
    writes = Writes(session)
    writes.insert(SERIES, [{"key": "a", "next": 1}])
    writes.run(COUNT_UP, [{"b_key": "a", "b_most": 9}] * 3, guarded=True)
    writes.send()
    assert session.execute(select(SERIES.c.next)).scalar_one() == 4


def test_a_guard_that_hits_nothing_is_contention(session: Session, city: City) -> None:
    writes = Writes(session)
    writes.insert(SERIES, [{"key": "a", "next": 1}])
    writes.run(COUNT_UP, [{"b_key": "a", "b_most": 2}, {"b_key": "a", "b_most": 2}], guarded=True)
    with pytest.raises(Contended):
        writes.send()


def test_an_id_that_is_taken_is_an_integrity_error(session: Session, city: City) -> None:
    writes, trip = Writes(session), uuid.uuid4()
    row = {"id": trip, "vehicle_id": next(iter(city.vehicles.values())), "day": "2026-03-02"}
    writes.insert(TRIP, [row])
    writes.insert(TRIP, [row])
    with pytest.raises(IntegrityError) as caught:
        writes.send()
    state = getattr(caught.value.orig, "sqlstate", None) or getattr(caught.value.orig, "sqlite_errorname", "")
    assert state in ("23505", "SQLITE_CONSTRAINT_PRIMARYKEY")
    session.rollback()
    assert session.execute(select(TRIP.c.id)).all() == []
