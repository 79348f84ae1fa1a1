"""Verify: an untouched history is whole; in any other the first broken, missing or surplus event is named."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tests.city import NOW, City
from tests.intruder import FORGED, Intruder, at, intruding, undone
from tests.rich_story import Told, tell
from tests.story import Story, the_law
from zerowaste.db import Database
from zerowaste.models.tables import (
    CHARGE,
    EVENT,
    EVIDENCE,
    FLOW,
    MANIFEST,
    ORGANISATION,
    PRIVATE,
    SERIES,
    TREATMENT,
)
from zerowaste.services.history.verify import Fault, verify

PHOTO = b"a photo"


@pytest.fixture
def told(database: Database, city: City) -> Told:
    return database.transact(lambda session: tell(Story(session, city)))


def found(database: Database) -> list[Fault]:
    """What verify finds, in a session that the database lets write nothing."""
    with database.session_for(write=False) as session:
        return verify(session, the_law())


Seen = set[tuple[str, str, int]]  # code, subject, number of the event
Attack = Callable[[Intruder], object]
ATTACKS: dict[str, tuple[Seen, Attack]] = {
    "the act is rewritten": (
        {("chain_event_altered", "manifest", 5)},
        lambda i: i.rewrite(5, "300500", "300400"),
    ),
    "the decision is rewritten": (
        {("chain_event_altered", "manifest", 5)},
        lambda i: i.rewrite(5, '"flows":[[', '"flows":[[0,1,1,"scale","gain"],['),
    ),
    "the text is no text of ours": (
        {("chain_event_altered", "manifest", 5)},
        lambda i: i.change(5, text="[]"),
    ),
    "the act is one that could not be, but sealed": (
        {("chain_event_altered", "manifest", 7)},
        lambda i: (i.rewrite(7, '"act":{', '"act":{"a":NaN,"b":"\\ud800",'), i.seal_anew(7)),
    ),
    "the hash is changed": ({("chain_event_altered", "manifest", 4)}, lambda i: i.change(4, hash="0" * 64)),
    "an event is rewritten and sealed anew": (
        {("chain_event_altered", "manifest", 5)},
        lambda i: (i.rewrite(4, "500500", "500400"), i.seal_anew(4)),
    ),
    "an event is rewritten and all after it sealed anew": (
        {("chain_head_differs", "manifest", 7)},
        lambda i: i.another_driver(),
    ),
    "the first event is rewritten": (
        {("chain_event_altered", "manifest", 1)},
        lambda i: i.rewrite(1, "500000", "500001"),
    ),
    "the actor's column is changed": (
        {("chain_event_relabelled", "manifest", 3)},
        lambda i: i.change(3, actor="dan"),
    ),
    "the actor is changed in the text": (
        {("chain_event_altered", "manifest", 3)},
        lambda i: (i.rewrite(3, '"actor":"drew"', '"actor":"dan"'), i.change(3, actor="dan")),
    ),
    "the time is changed": ({("chain_event_relabelled", "manifest", 6)}, lambda i: i.change(6, at=NOW)),
    "the verdict is changed": (
        {("chain_event_relabelled", "manifest", 7)},
        lambda i: i.change(7, verdict="refused"),
    ),
    "the findings are hushed up": (
        {("chain_event_relabelled", "manifest", 5)},
        lambda i: i.change(5, findings=99),
    ),
    "a number is changed": ({("chain_event_missing", "manifest", 4)}, lambda i: i.change(4, number=40)),
    "two events are swapped": ({("chain_event_relabelled", "manifest", 3)}, lambda i: i.swap(3, 4)),
    "the tail is cut": ({("chain_cut", "manifest", 7)}, lambda i: i.take_out(7)),
    "a longer tail is cut": (
        {("chain_cut", "manifest", 5)},
        lambda i: [i.take_out(number) for number in (5, 6, 7)],
    ),
    "the first event is taken out": ({("chain_event_missing", "manifest", 1)}, lambda i: i.take_out(1)),
    "an event in the middle is taken out": (
        {("chain_event_missing", "manifest", 4)},
        lambda i: i.take_out(4),
    ),
    "an event is put on the end": ({("chain_event_surplus", "manifest", 8)}, lambda i: i.add(8)),
    "an event is moved to another manifest": (
        {("chain_cut", "manifest", 7), ("chain_event_relabelled", "manifest", 1)},
        lambda i: i.change(7, key=str(FORGED), number=1),
    ),
    "all events of a manifest are taken out": (
        {("chain_gone", "manifest", 1)},
        lambda i: i.remove(row=False),
    ),
    "a manifest is removed with all its events": (
        {("number_missing", "series", 2)},
        lambda i: i.remove(row=True),
    ),
    "a manifest's row alone is removed": (
        {("chain_subject_missing", "manifest", 7), ("number_missing", "series", 2)},
        lambda i: i.run(delete(MANIFEST).where(MANIFEST.c.id == i.id)),
    ),
    "a manifest's count is changed": (
        {("chain_event_surplus", "manifest", 7)},
        lambda i: i.run(update(MANIFEST).where(MANIFEST.c.id == i.id).values(events=6)),
    ),
    "a manifest's head is changed": (
        {("chain_head_differs", "manifest", 7)},
        lambda i: i.run(update(MANIFEST).where(MANIFEST.c.id == i.id).values(head="0" * 64)),
    ),
    "a treatment's row is removed": (
        {("chain_subject_missing", "treatment", 3)},
        lambda i: i.run(delete(TREATMENT).where(TREATMENT.c.id == i.told.treatment)),
    ),
    "a site's last lot is unregistered": (
        {("chain_cut", "site", 2)},
        lambda i: i.run(delete(EVENT).where(*at("site", "N-WORKS"), EVENT.c.number == 2)),
    ),
    "a refusal at a site is taken out": (
        {("chain_gone", "site", 1)},
        lambda i: i.run(delete(EVENT).where(*at("site", "N-OTHER"))),
    ),
    "an organisation's name is rewritten": (
        {("chain_event_altered", "organisation", 1)},
        lambda i: i.run(
            update(EVENT)
            .where(EVENT.c.subject == "organisation", EVENT.c.kind == "organisation")
            .values(text=func.replace(EVENT.c.text, "新来单位", "旧来单位"))
        ),
    ),
    "an organisation's head is changed": (
        {("chain_head_differs", "organisation", 2)},
        lambda i: i.run(update(ORGANISATION).where(ORGANISATION.c.events > 0).values(head="0" * 64)),
    ),
    "a note is rewritten": (
        {("chain_private_altered", "manifest", 2)},
        lambda i: i.run(
            update(PRIVATE).where(PRIVATE.c.event_id == i.event(2).id).values(text='{"note":"nothing"}')
        ),
    ),
    "a note is slipped in": (
        {("chain_private_altered", "manifest", 4)},
        lambda i: i.run(
            insert(PRIVATE).values(event_id=i.event(4).id, salt="", text='{"note":"he was drunk"}')
        ),
    ),
    "the serials are turned back": (
        set(),  # replay finds that: the numbers are there
        lambda i: i.run(update(SERIES).where(SERIES.c.key == "manifest/20263601").values(next=2)),
    ),
    "the serials are turned on": (
        {("number_missing", "series", 8)},
        lambda i: i.run(update(SERIES).where(SERIES.c.key == "manifest/20263601").values(next=10**11)),
    ),
    "a photo is replaced": (
        {("evidence_altered", "evidence", 0)},
        lambda i: i.run(update(EVIDENCE).values(content=b"another photo")),
    ),
}  # fmt: skip


@pytest.fixture
def photo(database: Database) -> None:
    row = {
        "sha256": sha256(PHOTO).hexdigest(), "media_type": "image/jpeg", "size": len(PHOTO), "content": PHOTO,
        "actor": "dan", "recorded_at": NOW,
    }  # fmt: skip
    database.transact(lambda session: session.execute(insert(EVIDENCE).values(row)))


@pytest.mark.usefixtures("photo")
def test_a_rich_story_is_whole(database: Database, told: Told) -> None:
    assert [str(one) for one in found(database)] == []


def test_an_empty_city_is_whole(database: Database) -> None:
    assert found(database) == []


@pytest.mark.usefixtures("photo")
def test_every_forgery_is_found_and_its_event_named(
    database: Database, database_url: str, told: Told
) -> None:
    named = {}
    with intruding(database_url) as connection:
        for what, (_, attack) in ATTACKS.items():
            with undone(connection), Session(connection) as session:
                attack(Intruder(connection, told))
                named[what] = {(one.code, one.subject, one.number) for one in verify(session, the_law())}
    assert named == {what: expected for what, (expected, _) in ATTACKS.items()}
    assert found(database) == []


def test_a_fault_is_told_in_both_languages(database: Database, database_url: str, told: Told) -> None:
    with intruding(database_url) as connection:
        intruder = Intruder(connection, told)
        intruder.rewrite(5, "300500", "300400")
        event = intruder.event(5).id
    assert [str(one) for one in found(database)] == [
        f"联单 {told.settled} 第 5 条事件（{event}）与其散列值不符：正文或前一条被改动过。"
        f" manifest {told.settled}: event 5 ({event}) does not give its hash: its text, or the event before"
        " it, was changed."
    ]


def test_what_is_personal_may_be_erased(database: Database, told: Told) -> None:
    assert database.transact(lambda session: session.execute(delete(PRIVATE)).rowcount)  # type: ignore[attr-defined]
    assert found(database) == []


@pytest.mark.parametrize("table", [EVENT, FLOW, CHARGE], ids=str)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_change_history(
    session: Session, city: City, table: Any, act: str
) -> None:
    tell(Story(session, city))
    changed = table.c.actor if table is EVENT else table.c.id
    statement = update(table).values({changed: changed}) if act == "update" else delete(table)
    with pytest.raises(DBAPIError, match=f"rows of {table.name} are never changed or taken out"):
        session.execute(statement)
