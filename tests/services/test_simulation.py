"""Bulk history is what the services would have written, act by act."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.databases import Databases
from tests.story import the_law
from zerowaste.db import Database
from zerowaste.errors import Refusal
from zerowaste.models.tables import (
    CHARGE,
    EVENT,
    FLOW,
    HOLDING,
    LEG,
    MANIFEST,
    OUTBOX,
    PROJECTIONS,
    QUOTA,
    SERIES,
    SITE,
)
from zerowaste.services.acts import custody, expiry, filing, lots, treatments
from zerowaste.services.desk import open_desk
from zerowaste.services.history.replay import differences
from zerowaste.services.history.verify import faults
from zerowaste.services.simulation.city import STREAMS
from zerowaste.services.simulation.lives import USUAL, Rates
from zerowaste.services.simulation.part import Part, parts_of
from zerowaste.services.simulation.play import Heard
from zerowaste.services.simulation.processes import BrokenOff
from zerowaste.services.simulation.simulation import Plan, Simulation, make_city
from zerowaste.vocabulary import Status

CITY = "3601"
END = datetime(2026, 3, 1, 16, tzinfo=UTC)
WRITTEN = (EVENT, HOLDING, FLOW, QUOTA, CHARGE, SERIES, OUTBOX, SITE, *PROJECTIONS.values())
# Random by nature is only the salt over people's names when the city itself is made: it is left out.
OF_THE_CITY = EVENT.c.subject == "organisation"


def plan(manifests: int, seed: int = 7, days: int = 20) -> Plan:
    return Plan(manifests, seed, END - timedelta(days=days), END)


# Where everything that is not usual is frequent, a short history has all of it.
EVENTFUL = Rates(
    onward=0.25, by_station=0.3, registered=0.5, two_legs=0.4, called_off=0.05, forgotten=0.03, lost=0.04,
    twice=0.05, refused=0.2, left=0.3, differs=0.15,
)  # fmt: skip


# All streams in one part, whose ids follow each other as those that the services give.
def as_one(manifests: int) -> list[Part]:
    return [Part(STREAMS, manifests, before=0, share=100)]


def simulate(
    session: Session,
    history: Plan,
    rates: Rates = USUAL,
    parts: Sequence[Part] | None = None,
) -> list[Heard]:
    """Make the city and its history; what every service would have been asked, in order."""
    make_city(session, the_law(), history, city=CITY)
    heard: list[Heard] = []
    for _ in Simulation(session, the_law(), history, rates, parts=parts, heard=heard).tell():
        pass
    session.flush()
    return heard


def ask_again(session: Session, heard: list[Heard]) -> None:
    """Ask the services themselves."""
    for one in heard:
        desk = open_desk(session, the_law(), one.actor, now=one.now)
        match one.kind:
            case "lot":
                lots.register_lot(desk, one.request)
            case "file":
                filing.file_manifest(desk, one.request)
            case "act":
                custody.record_act(desk, one.ref, one.request)
            case "expire":
                assert expiry.expire(desk, UUID(one.ref), one.request)
            case "treat":
                treatments.treat(desk, one.request)


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row that a history writes, by table."""
    found = {}
    for table in WRITTEN:
        statement = select(table).order_by(*table.primary_key)
        if table is EVENT:
            statement = statement.where(~OF_THE_CITY)
        found[table.name] = [dict(row._mapping) for row in session.execute(statement)]
    return found


@contextmanager
def another_database(databases: Databases, kind: str) -> Iterator[Session]:
    url = databases.lend(kind, "head")
    database = Database(url, durable=False)
    try:
        with database.session_for(write=True) as session:
            yield session
    finally:
        database.close()
        databases.take_back(url, "head")


def test_the_services_asked_the_same_write_the_same_rows(
    session: Session, databases: Databases, database_kind: str
) -> None:
    history = plan(100, seed=7)  # in which a lorry that never came back is asked to take another load
    heard = simulate(session, history, EVENTFUL, as_one(100))
    kinds = {one.request.kind for one in heard if one.kind == "act"}
    assert kinds >= {"pickup", "handover", "arrive", "accept", "return", "receive_back", "opinion", "cancel"}
    assert {one.kind for one in heard} == {"lot", "file", "act", "expire", "treat"}
    with another_database(databases, database_kind) as other:
        make_city(other, the_law(), history, city=CITY)
        ask_again(other, heard)
        simulated, served = rows(session), rows(other)
    statuses = {row["status"] for row in simulated["manifest"]}
    assert statuses >= {
        Status.FILED,
        Status.IN_TRANSIT,
        Status.ACCEPTED,
        Status.SETTLED,
        Status.CANCELLED,
        Status.EXPIRED,
    }
    for table, expected in served.items():
        for row, same in zip(simulated[table], expected, strict=True):
            assert row == same, table


def test_the_books_are_what_the_events_say_and_the_chains_are_whole(session: Session) -> None:
    simulate(session, plan(100, seed=3), EVENTFUL)
    assert list(differences(session, the_law())) == []
    assert list(faults(session, the_law())) == []


def test_the_same_seed_gives_the_same_rows_and_another_one_others(
    session: Session, databases: Databases, database_kind: str
) -> None:
    simulate(session, plan(30))
    first = rows(session)
    with another_database(databases, database_kind) as other:
        simulate(other, plan(30))
        assert rows(other) == first
    with another_database(databases, database_kind) as other:
        simulate(other, plan(30, seed=8))
        assert rows(other)["flow"] != first["flow"]


def test_parts_told_at_once_give_the_rows_they_give_one_after_another(
    session: Session, databases: Databases, database_kind: str
) -> None:
    history = plan(30)
    simulate(session, history)
    with another_database(databases, database_kind) as other:
        make_city(other, the_law(), history, city=CITY)
        counted = list(Simulation(other, the_law(), history, at_once=True).tell())
        other.flush()
        assert rows(other) == rows(session)
    assert counted == sorted(counted)
    assert counted[-1] == 30


def test_a_process_that_ends_too_early_is_noticed(session: Session) -> None:
    history = plan(30)
    make_city(session, the_law(), history, city=CITY)
    nobodys = [Part(("radioactive",), 30, before=0, share=100)]
    with pytest.raises(BrokenOff):
        list(Simulation(session, the_law(), history, parts=nobodys, at_once=True).tell())


def test_a_history_has_as_many_manifests_as_were_asked_for_in_parts_that_share_no_id() -> None:
    for manifests in (1, 2, 3, 101):
        parts = parts_of(manifests)
        assert sum(part.manifests for part in parts) == manifests
    numbers = sorted(part.number(nth) for part in parts for nth in range(1, 5 * part.share + 1))
    assert numbers == list(range(1, 501))


def test_no_part_touches_what_is_another_s(session: Session) -> None:
    simulate(session, plan(200), EVENTFUL)
    first, second = (part.streams for part in parts_of(200))
    quotas = select(CHARGE.c.quota_id).join(MANIFEST, MANIFEST.c.id == CHARGE.c.manifest_id)
    vehicles = select(LEG.c.vehicle_id).join(MANIFEST, MANIFEST.c.id == LEG.c.manifest_id)
    for touched in (quotas, vehicles):
        ones, others = (
            set(session.execute(touched.where(MANIFEST.c.stream.in_(streams))).scalars())
            for streams in (first, second)
        )
        assert ones
        assert others
        assert ones.isdisjoint(others)


def test_the_city_goes_on_after_its_bulk_history(session: Session) -> None:
    history = plan(40)
    heard = simulate(session, history)
    last = next(
        one
        for one in reversed(heard)
        if one.kind == "file" and not any(line.draws for line in one.request.lines)
    )
    desk = open_desk(session, the_law(), last.actor, now=END)
    again = replace(last.request, id=None, trip=None, planned_at=END)
    filed = filing.file_manifest(desk, again)
    assert filed.status is Status.FILED
    assert list(differences(session, the_law())) == []


def test_a_database_that_holds_anything_is_refused(session: Session, city: Any) -> None:
    with pytest.raises(Refusal, match="database_not_empty"):
        make_city(session, the_law(), plan(1), city=CITY)
