"""What an act asks: one answer for several questions, the same rows as asked the usual way."""

import uuid
from contextlib import ExitStack
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, NOW, PLANT, WORKS, City
from tests.heard import statements
from tests.story import Story
from zerowaste.db import Database
from zerowaste.models.tables import EVENT, MANIFEST, SITE
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.services.together import ask
from zerowaste.vocabulary import Act

CALLED = SITE.c.code.in_(bindparam("codes", expanding=True))
SITES_CALLED = select(SITE.c.code).where(CALLED).order_by(SITE.c.code)
EVENTS_SINCE = select(EVENT.c.kind).where(EVENT.c.at >= bindparam("since")).order_by(EVENT.c.number)


@pytest.fixture
def filed(session: Session, city: City) -> uuid.UUID:
    story = Story(session, city)
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 5_000, packages=1, packaging="桶")],
    )  # fmt: skip
    story.act(DAN, str(filed.id), Act.PICKUP, [LineReport(1, mass_g=4_990)], note="two drums")
    story.act(DAN, str(filed.id), Act.ARRIVE, ticket={"net_g": 4_990})
    story.act(FAY, str(filed.id), Act.ACCEPT, [LineReport(1, received_g=4_990, accepted_g=4_990)])
    return filed.id


def test_every_table_reads_the_same_as_asked_the_usual_way(session: Session, filed: uuid.UUID) -> None:
    tables = SQLModel.metadata.sorted_tables
    answers = ask(session, *((select(table), {}) for table in tables))
    for table, rows in zip(tables, answers, strict=True):
        usual = session.execute(select(table)).all()
        assert sorted(map(repr, map(tuple, rows))) == sorted(map(repr, map(tuple, usual))), table.name
        assert {name for row in rows for name in row._fields} <= set(table.c.keys())
    assert {len(rows) > 0 for table, rows in zip(tables, answers, strict=True) if table.name in
            ("event", "holding", "flow", "manifest", "private", "permit", "quota")} == {True}  # fmt: skip


def test_lists_may_be_of_any_length(session: Session, city: City) -> None:
    answers = ask(session, *((SITES_CALLED, {"codes": codes}) for codes in ([], [WORKS], [WORKS, PLANT])))
    assert [[row.code for row in rows] for rows in answers] == [[], [WORKS], sorted([WORKS, PLANT])]


def test_parameters_are_sent_as_their_columns_want_them(session: Session, filed: uuid.UUID) -> None:
    after = NOW + timedelta(seconds=1)
    answers = ask(session, (EVENTS_SINCE, {"since": NOW}), (EVENTS_SINCE, {"since": after}))
    assert [[row.kind for row in rows] for rows in answers] == [["file", "pickup", "arrive", "accept"], []]
    with pytest.raises(Exception, match="a moment needs its zone"):
        ask(session, (EVENTS_SINCE, {"since": NOW.replace(tzinfo=None)}))


def test_what_goes_wrong_is_an_error_the_program_knows(session: Session, city: City) -> None:
    missing = select(MANIFEST.c.id).where(MANIFEST.c.number.op("no_such_operator")(bindparam("number")))
    with pytest.raises(DBAPIError):
        ask(session, (missing, {"number": "1"}))


def test_a_statement_is_heard_once(session: Session, city: City) -> None:
    with statements(session.get_bind().engine) as heard:
        ask(session, (SITES_CALLED, {"codes": [WORKS]}), (SITES_CALLED, {"codes": [PLANT]}))
    assert len([each for each in heard if "SELECT site.code" in each]) == 2


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_server_that_was_away_breaks_every_connection_and_nobody_notices(database_url: str) -> None:
    """Its connections wait in the pool, all of them dead: they are not tried one after the other."""
    database = Database(database_url)
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(database.session_for(write=False)).execute(text("SELECT 1"))
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}".encode())
    ((answer,),) = database.transact(lambda session: ask(session, (select(literal(7).label("seven")), {})))
    assert answer.seven == 7
    database.close()
