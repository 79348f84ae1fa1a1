"""Whole tables as columns: every row once, in however many stretches, whatever has happened to it before."""

import numpy as np
import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import Session

from tests.city import City
from zerowaste.db import Database
from zerowaste.graph import columns
from zerowaste.graph.columns import Column, Table, integer_columns, stacked, whole_table
from zerowaste.models.tables import SERIES

MANY = 2_000  # more than a block or two
NEXT = (Column("next", 40), Column("next & 7", 3), Column("-next"))


def write(session: Session) -> None:
    session.execute(insert(SERIES), [{"key": f"series {n}", "next": n} for n in range(MANY)])


def read(session: Session, table: Table) -> list[list[int]]:
    found = stacked((rows.T for rows in integer_columns(session, table, NEXT)), np.int64, np.int8, np.int64)
    return sorted(np.column_stack(found).tolist())


@pytest.mark.parametrize("at_once", [1, 300, 1_000_000])
def test_every_row_is_read_once(
    database: Database, city: City, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(columns, "AT_ONCE", at_once)
    database.transact(write)
    with database.session_for(write=False) as session:
        assert read(session, whole_table("series")) == [[n, n & 7, -n] for n in range(MANY)]


def test_rows_that_moved_are_read_where_they_are_now(database: Database, city: City) -> None:
    """A third changed, a third gone; and what another does meanwhile is of another moment."""

    def live(session: Session) -> None:
        session.execute(update(SERIES).where(SERIES.c.next % 3 == 1).values(next=SERIES.c.next + MANY * 3))
        session.execute(delete(SERIES).where(SERIES.c.next % 3 == 2))

    database.transact(write)
    database.transact(live)
    left = sorted(n + MANY * 3 * (n % 3) for n in range(MANY) if n % 3 < 2)
    with database.session_for(write=False) as session:
        assert [row[0] for row in read(session, whole_table("series"))] == left
        database.transact(lambda other: other.execute(update(SERIES).values(next=0)))
        assert [row[0] for row in read(session, Table("series", "series", 50))] == left


def test_a_join_is_read_by_the_rows_of_one_of_its_tables(database: Database, city: City) -> None:
    database.transact(write)
    pairs = Table("series JOIN series AS after ON after.next = series.next + 1", "series", 100)
    with database.session_for(write=False) as session:
        (found,) = stacked(
            (rows.T for rows in integer_columns(session, pairs, [Column("after.next")])), np.int32
        )
    assert sorted(found.tolist()) == list(range(1, MANY))


def test_an_empty_table_has_columns_too(database: Database, city: City) -> None:
    with database.session_for(write=False) as session:
        assert read(session, whole_table("series")) == []
