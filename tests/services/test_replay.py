"""Replay: the stored tables are what the events say, and whoever changed them is found out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Session

from tests.city import City
from tests.intruder import intruding, undone
from tests.rich_story import Told, tell
from tests.story import Story, the_law
from zerowaste.db import Database
from zerowaste.models.tables import (
    CHARGE,
    DRAW,
    EVENT,
    FLOW,
    HOLDING,
    LEG,
    LINE,
    LINE_PACKAGE,
    MANIFEST,
    ORGANISATION,
    PACKAGE,
    QUOTA,
    SERIES,
    SITE,
    TREATMENT,
    TRIP,
)
from zerowaste.services.history.replay import Difference, replay


@pytest.fixture
def told(database: Database, city: City) -> Told:
    return database.transact(lambda session: tell(Story(session, city)))


def found(database: Database) -> list[Difference]:
    """What replay finds, in a session that the database lets write nothing."""
    with database.session_for(write=False) as session:
        return replay(session, the_law())


def where(differences: list[Difference]) -> set[tuple[str, str]]:
    return {(one.table, one.column) for one in differences}


def test_a_rich_story_replays_without_difference(database: Database, told: Told) -> None:
    assert [str(one) for one in found(database)] == []


def test_an_empty_city_replays_without_difference(database: Database) -> None:
    assert found(database) == []


def manifest_of(connection: Connection, number: str) -> UUID:
    return connection.execute(select(MANIFEST.c.id).where(MANIFEST.c.number == number)).scalar_one()


def test_a_changed_balance_is_found_and_named(database: Database, database_url: str, told: Told) -> None:
    with intruding(database_url) as connection:
        connection.execute(
            update(HOLDING).where(HOLDING.c.id == told.lot).values(grams=HOLDING.c.grams - 1_000)
        )
    (one,) = found(database)
    assert one == Difference("holding", (("id", told.lot),), "grams", 299_000, 300_000)
    assert str(one) == (
        f"holding id={told.lot}：grams 现存 299000，按事件应为 300000。"
        f" holding id={told.lot}: grams is 299000, by the events it is 300000."
    )


def test_a_deleted_flow_is_found_and_named(database: Database, database_url: str, told: Told) -> None:
    with intruding(database_url) as connection:
        flow = connection.execute(select(FLOW).where(FLOW.c.to_id == told.lot)).one()
        connection.execute(delete(FLOW).where(FLOW.c.id == flow.id))
    (one,) = found(database)
    assert (one.table, one.column, one.stored, one.replayed) == ("flow", "", False, True)
    assert one.key == (
        ("event_id", str(flow.event_id)), ("from_id", 0), ("to_id", told.lot), ("source", "generation")
    )  # fmt: skip
    assert "the events say it is" in str(one)


def test_a_row_that_no_event_made_is_found(database: Database, database_url: str, told: Told) -> None:
    with intruding(database_url) as connection:
        row = connection.execute(select(MANIFEST).where(MANIFEST.c.number == told.settled)).one()._asdict()
        connection.execute(insert(MANIFEST).values({**row, "id": uuid4(), "number": "20263601999999"}))
    (one,) = found(database)
    assert (one.table, one.stored, one.replayed) == ("manifest", True, False)
    assert "no event says so" in str(one)


def registration(connection: Connection, told: Told) -> Any:
    """The event that registered the story's last lot."""
    opened_by = select(HOLDING.c.event_id).where(HOLDING.c.id == told.lot).scalar_subquery()
    return connection.execute(select(EVENT).where(EVENT.c.id == opened_by)).one()


Attack = Callable[[Connection, Told], object]
ATTACKS: dict[str, tuple[set[tuple[str, str]], Attack]] = {
    "a hold": (
        {("holding", "held_g")},
        lambda c, t: c.execute(update(HOLDING).where(HOLDING.c.id == t.lot).values(held_g=7)),
    ),
    "a due date": (
        {("holding", "due_at")},
        lambda c, t: c.execute(update(HOLDING).where(HOLDING.c.id == t.lot).values(due_at=None)),
    ),
    "a holding's waste": (
        {("holding", "waste_code")},
        lambda c, t: c.execute(update(HOLDING).where(HOLDING.c.id == t.lot).values(waste_code="900-999-49")),
    ),
    "a holding": (
        {("holding", "")},
        lambda c, t: c.execute(delete(HOLDING).where(HOLDING.c.id == t.lot)),
    ),
    "the grams of a flow": (
        {("flow", "grams")},
        lambda c, t: c.execute(update(FLOW).where(FLOW.c.to_id == t.lot).values(grams=1)),
    ),
    "a charge": (
        {("charge", "used_g")},
        lambda c, t: c.execute(
            update(CHARGE)
            .where(CHARGE.c.id == select(CHARGE.c.id).order_by(CHARGE.c.id).limit(1).scalar_subquery())
            .values(used_g=CHARGE.c.used_g + 5)
        ),
    ),
    "a quota's counter": (
        {("quota", "used_g")},
        lambda c, t: c.execute(
            update(QUOTA).where(QUOTA.c.used_g > 0, QUOTA.c.period == "year").values(used_g=0)
        ),
    ),
    "what a line received": (
        {("line", "received_g"), ("line", "accepted_g")},
        lambda c, t: c.execute(
            update(LINE)
            .where(LINE.c.manifest_id == manifest_of(c, t.onward))
            .values(received_g=1, accepted_g=None)
        ),
    ),
    "a draw": (
        {("draw", "grams")},
        lambda c, t: c.execute(
            update(DRAW).where(DRAW.c.manifest_id == manifest_of(c, t.onward)).values(grams=DRAW.c.grams + 1)
        ),
    ),
    "a leg": (
        {("leg", "")},
        lambda c, t: c.execute(delete(LEG).where(LEG.c.manifest_id == manifest_of(c, t.settled))),
    ),
    "when a leg began": (
        {("leg", "began_at")},
        lambda c, t: c.execute(
            update(LEG).where(LEG.c.manifest_id == manifest_of(c, t.onward)).values(began_at=None)
        ),
    ),
    "a manifest's status": (
        {("manifest", "status")},
        lambda c, t: c.execute(
            update(MANIFEST).where(MANIFEST.c.number == t.expired).values(status="settled")
        ),
    ),
    "a manifest's fields": (
        {("manifest", "fields")},
        lambda c, t: c.execute(
            update(MANIFEST).where(MANIFEST.c.number == t.expired).values(fields={"a": 1})
        ),
    ),
    "a manifest's head": (
        {("manifest", "head")},
        lambda c, t: c.execute(update(MANIFEST).where(MANIFEST.c.number == t.expired).values(head="0" * 64)),
    ),
    "a batch": (
        {("treatment", "done")},
        lambda c, t: c.execute(update(TREATMENT).where(TREATMENT.c.id == t.treatment).values(done=False)),
    ),
    "the day of a trip": ({("trip", "day")}, lambda c, t: c.execute(update(TRIP).values(day="2020-01-01"))),
    "a package": (
        {("package", "")},
        lambda c, t: c.execute(delete(PACKAGE).where(PACKAGE.c.tag == "T-1")),
    ),
    "whether a package arrived": (
        {("line_package", "received")},
        lambda c, t: c.execute(
            update(LINE_PACKAGE).where(LINE_PACKAGE.c.tag == "T-3").values(received=True)
        ),
    ),
    "a series": (
        {("series", "next")},
        lambda c, t: c.execute(
            update(SERIES).where(SERIES.c.key.startswith("manifest/2026")).values(next=1)
        ),
    ),
    "how many events a site has": (
        {("site", "events")},
        lambda c, t: c.execute(update(SITE).where(SITE.c.code == "N-WORKS").values(events=0)),
    ),
    "an organisation's head": (
        {("organisation", "head")},
        lambda c, t: c.execute(update(ORGANISATION).where(ORGANISATION.c.events > 0).values(head="")),
    ),
}  # fmt: skip


def test_every_change_behind_the_services_back_is_found(
    database: Database, database_url: str, told: Told
) -> None:
    named = {}
    with intruding(database_url) as connection:
        for what, (_, attack) in ATTACKS.items():
            with undone(connection), Session(connection) as session:
                attack(connection, told)
                named[what] = where(replay(session, the_law()))
    assert named == {what: expected for what, (expected, _) in ATTACKS.items()}
    assert found(database) == []


def test_a_changed_decision_no_longer_gives_the_books(
    database: Database, database_url: str, told: Told
) -> None:
    with intruding(database_url) as connection:
        event = registration(connection, told)
        text = event.text.replace("300000", "290000")
        connection.execute(update(EVENT).where(EVENT.c.id == event.id).values(text=text))
    assert where(found(database)) >= {("holding", "grams"), ("flow", "grams")}


def test_a_text_that_nobody_can_read_is_named_and_the_rest_goes_on(
    database: Database, database_url: str, told: Told
) -> None:
    with intruding(database_url) as connection:
        event = registration(connection, told)
        for text in ("", "[]", "{}", '{"verdict": "applied", "open": 7}', "[" * 100_000):
            with undone(connection), Session(connection) as session:
                connection.execute(update(EVENT).where(EVENT.c.id == event.id).values(text=text))
                differences = replay(session, the_law())
            assert differences[0].table == "event"
            assert dict(differences[0].key) == {
                "subject": "site", "key": "N-WORKS", "number": event.number, "id": str(event.id)
            }  # fmt: skip
            assert ("holding", "") in where(differences)


def test_an_event_may_say_nonsense_without_stopping_the_replay(
    database: Database, database_url: str, told: Told
) -> None:
    with intruding(database_url) as connection:
        event = registration(connection, told)
        text = event.text.replace(f"[0,{told.lot},300000", f'[0,"{told.lot}\\ud800",{10**30}')
        assert text != event.text
        connection.execute(update(EVENT).where(EVENT.c.id == event.id).values(text=text))
    differences = found(database)
    assert sorted(one.stored for one in differences if one.table == "flow") == [False, True]
