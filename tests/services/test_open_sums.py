"""What is open, added up: every gram once, in the region that asks."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.cast import PAULA, RITA, RUTH
from tests.city import CLINIC, NOW, OTHER, City
from tests.graph.drawing import Paper, draw
from zerowaste.errors import Refusal
from zerowaste.services.queries.open_sums import open_sums

DRAWN = """
    generation > a.lot 500
    generation > m.load.1 90
    m.load.1 > m.gate 90
    m.gate > m.accepted 70
    generation > s.load.1 50
"""
WHOLE = 500 + 20 + 70 + 50 + 40


@pytest.fixture(autouse=True)
def drawn(session: Session, city: City) -> None:
    draw(DRAWN).write(session, city, {"m": Paper(), "s": Paper(consignor=OTHER)}, at=NOW - timedelta(days=9))
    draw("generation > c.lot 40", first=100).write(
        session, city, places={"c": CLINIC}, stream="medical", waste_code="841-001-01"
    )


@pytest.mark.parametrize("by", ["stream", "district", "street", "kind", "age", "holder", "stream,kind,age"])
def test_however_it_is_told_apart_the_sum_is_the_same(session: Session, city: City, by: str) -> None:
    sums = open_sums(session, city.actor(RITA), by.split(","), now=NOW)
    assert sums.whole
    assert sum(row["mass_g"] for row in sums.rows) == WHOLE
    assert sum(row["holdings"] for row in sums.rows) == 5
    assert all(set(row) == {*by.split(","), "mass_g", "overdue_g", "holdings"} for row in sums.rows)


def test_ages_are_days_and_what_is_late_is_told(session: Session, city: City) -> None:
    sums = open_sums(session, city.actor(RITA), ["age"], now=NOW)
    assert {row["age"]: row["mass_g"] for row in sums.rows} == {7: WHOLE - 40, 0: 40}
    assert next(row for row in sums.rows if row["age"] == 7)["overdue_g"] == WHOLE - 40


def test_a_district_adds_up_its_own(session: Session, city: City) -> None:
    """The plant's gate and store; and the load on its way there."""
    sums = open_sums(session, city.actor(RUTH), ["kind"], now=NOW)
    assert {row["kind"]: row["mass_g"] for row in sums.rows} == {"lot": 70, "load": 20 + 50}
    assert open_sums(session, city.actor(RITA), ["kind"], now=NOW, region="360111").rows == sums.rows
    assert open_sums(session, city.actor(PAULA), ["kind"], now=NOW).rows == []


def test_a_stream_by_itself_and_a_word_nobody_knows(session: Session, city: City) -> None:
    (row,) = open_sums(session, city.actor(RITA), ["stream"], now=NOW, stream="medical").rows
    assert row["mass_g"] == 40
    with pytest.raises(Refusal) as wrong:
        open_sums(session, city.actor(RITA), ["colour", "stream"], now=NOW)
    assert [problem.params["name"] for problem in wrong.value.problems] == ["colour"]
