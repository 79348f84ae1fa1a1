"""By which index a question goes: without it, one page would read years of a city.

Asked of SQLite, which decides without having seen a row, and so always alike."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlmodel import Session, SQLModel

from tests.heard import statements
from zerowaste.models.tables import LEG, MANIFEST
from zerowaste.rules.access import Actor
from zerowaste.services.queries.firstpage import latest_taken_in, stock_of
from zerowaste.services.queries.manifest_lists import Search, find_manifests, manifests_where
from zerowaste.services.reporting.indicator_rows import Window
from zerowaste.services.reporting.weighings import gained
from zerowaste.vocabulary import Role, Status

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RITA = Actor(1, "rita", Role.REGULATOR, frozenset(), frozenset(), ("3601",))
PAULA = Actor(2, "paula", Role.PRODUCER, frozenset({1}), frozenset({1, 2}))
DAN = Actor(3, "dan", Role.DRIVER, frozenset({2}), frozenset())
Question = Callable[[Session], object]


@pytest.fixture(scope="module")
def empty() -> Iterator[Session]:
    """Tables with nothing in them."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def ways(session: Session, question: Question) -> list[str]:
    """How SQLite goes about all that a question asks, step by step."""
    connection = session.connection()
    with statements(connection.engine) as asked:
        question(session)
    plans = (
        connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", (None,) * each.count("?")) for each in asked
    )
    return [str(step.detail) for plan in plans for step in plan]


def carried_by_the_lorry(session: Session) -> object:
    on_it = MANIFEST.c.id.in_(select(LEG.c.manifest_id).where(LEG.c.vehicle_id == 1))
    return manifests_where(session, RITA, on_it, now=NOW, limit=20)


def on_the_road(session: Session) -> object:
    moving = Search(status=Status.IN_TRANSIT)
    return find_manifests(session, DAN, moving, now=NOW, after=None, limit=8)


def gains_of_a_month(session: Session) -> object:
    return gained(session, Window(NOW - timedelta(days=30), NOW))


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        (carried_by_the_lorry, ["ix_leg_vehicle_id"]),
        (on_the_road, ["ix_manifest_status_filed_at"]),
        (lambda session: stock_of(session, PAULA, limit=8), ["ix_holding_open"]),
        (lambda session: latest_taken_in(session, PAULA), ["ix_manifest_consignor_id"]),
        (gains_of_a_month, ["ix_holding_returned", "ix_event_remarkable"]),
    ],
    ids=["loads of a lorry", "loads on the road", "what lies here", "the latest load", "gains of a month"],
)  # fmt: skip
def test_a_question_goes_by_its_index(empty: Session, question: Question, indexes: list[str]) -> None:
    steps = ways(empty, question)
    for index in indexes:
        assert any(f"INDEX {index}" in step for step in steps), (index, steps)
    whole = {f"SCAN {table}" for table in ("manifest", "leg", "holding", "flow", "event")}
    assert not whole & set(steps)
