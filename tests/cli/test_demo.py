"""`flask demo`: a city to try everything in, the same for the same seed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from tests.cli.conftest import clerk_at
from tests.story import audited
from zerowaste.cli.demo_city.history import Telling, tell
from zerowaste.cli.upgrade import upgrade_database
from zerowaste.config import PasswordCost, read_settings
from zerowaste.db import Database
from zerowaste.models.tables import EVENT, FLOW, HOLDING, LINE, MANIFEST, MESSAGE, ORGANISATION, SITE, USER
from zerowaste.rules.law import Law, read_law
from zerowaste.rules.streams import MANIFESTS
from zerowaste.services.demo import LOGINS, PASSWORD
from zerowaste.services.identity.passwords import Passwords
from zerowaste.vocabulary import Status

NOW = datetime(2026, 9, 10, 6, 30, tzinfo=UTC)  # a Thursday afternoon in the city
DAYS = 12
CHEAP = PasswordCost(rounds=1, memory_kib=8, lanes=1)


def told(home: Path, seed: int, law: Law, *, days: int = DAYS, now: datetime = NOW) -> Session:
    """A session in a demo city of few days, in a database of its own."""
    url = f"sqlite:///{home / 'demo.sqlite'}"
    environ = {"ZEROWASTE_INSTANCE": str(home), "ZEROWASTE_DATABASE_URL": url}
    settings = replace(read_settings(environ), password_cost=CHEAP)
    upgrade_database(url)
    session = Database(url, durable=False).session_for(write=True)
    tell(session, law, settings, Telling(seed, days, now))
    session.commit()
    return session


@pytest.fixture(scope="module")
def law() -> Law:
    return read_law(MANIFESTS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, law: Law) -> Iterator[Session]:
    session = told(tmp_path_factory.mktemp("demo"), 1, law)
    yield session
    session.close()
    session.get_bind().dispose()  # type: ignore[union-attr]  # an engine, not a connection


def everything(session: Session) -> list[Any]:
    """What a seed fixes: all but password hashes, salts, and hashes over them."""
    columns = (
        (EVENT.c.subject, EVENT.c.key, EVENT.c.number, EVENT.c.kind, EVENT.c.verdict, EVENT.c.at),
        (HOLDING.c.id, HOLDING.c.part, HOLDING.c.waste_code, HOLDING.c.grams, HOLDING.c.due_at),
        (FLOW.c.from_id, FLOW.c.to_id, FLOW.c.grams),
        (MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.status, MANIFEST.c.filed_at),
        (LINE.c.declared_g, LINE.c.loaded_g, LINE.c.received_g, LINE.c.accepted_g),
    )
    return [sorted(map(repr, session.execute(select(*group)))) for group in columns]


def test_the_same_seed_gives_the_same_city(demo: Session, law: Law, tmp_path: Path) -> None:
    again, other = told(tmp_path_at(tmp_path, "again"), 1, law), told(tmp_path_at(tmp_path, "other"), 2, law)
    try:
        assert everything(again) == everything(demo)
        assert everything(other) != everything(demo)
    finally:
        for session in (again, other):
            session.close()
            session.get_bind().dispose()  # type: ignore[union-attr]


def tmp_path_at(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


@pytest.mark.parametrize("moment", ["2026-09-10T00:05", "2026-10-03T04:10", "2026-11-29T15:50"])
def test_it_is_made_at_any_hour_of_any_day(moment: str, law: Law, tmp_path: Path) -> None:
    """Faults and ordinary days meet differently at every start; what is ordinary is always lawful."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with told(tmp_path, 1, law, days=26, now=now) as session:
        assert len(set(session.execute(select(MANIFEST.c.status)).scalars())) >= len(Status) - 1


def test_every_status_and_every_stream_has_something_to_show(demo: Session) -> None:
    statuses = set(demo.execute(select(MANIFEST.c.status).distinct()).scalars())
    assert statuses == set(Status)
    streams = demo.execute(select(MANIFEST.c.stream, func.count()).group_by(MANIFEST.c.stream)).all()
    assert {stream for stream, count in streams if count >= 5} == {
        "hazardous", "medical", "construction", "kitchen",
    }  # fmt: skip


def test_the_audit_finds_what_was_put_there_and_nothing_else(demo: Session, law: Law) -> None:
    found = audited(demo, law, now=NOW)
    assert sorted((one.audit, one.rule) for one in found) == [
        ("collection", "KW-DAILY"),  # used oil nobody fetched
        ("differs_at_gate", "HW-DIFF"),  # another waste than was declared
        ("elsewhere", "HW-DEST"),  # a driver in two places: told from somewhere else
        ("never_arrived", "setting"),  # the lost load
        ("over_quota", "HW-CAP120"),  # the full plant
        ("package_astray", "setting"),  # the missing box
        ("stuck_in_storage", "KW-DAILY"),  # the used oil again
        ("stuck_in_storage", "MW-2D"),  # medical waste over two days
        ("two_places", "setting"),  # the driver
        ("variance", "HW-DIFF"),  # a variance that one side has not spoken about
    ]


def test_every_fault_left_its_trace(demo: Session) -> None:
    texts = [json.loads(text) for text in demo.execute(select(EVENT.c.text)).scalars()]
    findings = Counter(problem[0] for text in texts for problem in text.get("findings", ()))
    assert set(findings) == {
        "mass_refused",  # sent back, sent onward, turned away
        "variance_over_tolerance",
        "code_differs",
        "tag_missing",
        "scan_missing",  # accepted before the driver's scan came in
        "scan_late",
        "far_from_site",  # a driver in two places
    }
    full = [text for text in texts if text["verdict"] == "refused"]
    assert [error[0] for text in full for error in text["errors"]] == ["capacity_exceeded"]
    offered = full[0]["errors"][0][2]["alternatives"]
    assert {offer["code"] for offer in offered} == {"NC-HAZARDOUS", "NC-STATION-HW"}


def test_residues_enter_another_stream(demo: Session) -> None:
    residues = select(SITE.c.code, HOLDING.c.stream).join(HOLDING, HOLDING.c.site_id == SITE.c.id)
    found = {tuple(row) for row in demo.execute(residues.where(HOLDING.c.part == "residue"))}
    assert {("NC-MEDICAL", "medical"), ("NC-MEDICAL", "hazardous"), ("NC-WTE", "hazardous")} <= found


def test_a_load_mixes_what_two_clinics_gave(demo: Session) -> None:
    """A load that draws on more than one lot of the transfer point, and leaves part of one behind."""
    lot, load = HOLDING.alias(), HOLDING.alias()
    drawn = (
        select(load.c.id, func.count(lot.c.id.distinct()).label("lots"))
        .join(FLOW, FLOW.c.to_id == load.c.id)
        .join(lot, lot.c.id == FLOW.c.from_id)
        .join(SITE, SITE.c.id == lot.c.site_id)
        .where(SITE.c.code == "NC-STATION-MW", load.c.part == "load.1")
        .group_by(load.c.id)
    )
    assert {row.lots for row in demo.execute(drawn)} == {1, 2}


def test_everybody_is_invented_and_says_so(demo: Session) -> None:
    names = demo.execute(select(ORGANISATION.c.name, ORGANISATION.c.name_en, ORGANISATION.c.demo)).all()
    assert all(row.demo and "演示数据" in row.name and "demo data" in row.name_en for row in names)
    assert all("演示数据" in name for name in demo.execute(select(SITE.c.name)).scalars())


def test_only_the_printed_logins_have_the_printed_password(demo: Session) -> None:
    passwords = Passwords(CHEAP)
    people = demo.execute(select(USER.c.login, USER.c.password)).all()
    open_doors = {person.login for person in people if passwords.verify(PASSWORD, person.password)}
    assert open_doors == set(LOGINS)
    assert len(people) > len(open_doors)


def test_the_command_makes_it_once(blank_url: str, tmp_path: Path) -> None:
    clerk = clerk_at(blank_url, tmp_path)
    made = clerk.flask("demo", "--days", "10", "--seed", "7")
    assert (made.exit_code, made.stderr) == (0, "")
    assert all(f"  {login}" in made.output for login in LOGINS)
    assert PASSWORD in made.output
    again = clerk.flask("demo")
    assert again.exit_code == 1
    assert "not empty" in again.stderr
    assert clerk.flask("replay").exit_code == 0
    assert clerk.flask("verify").exit_code == 0
    assert clerk.flask("tick").exit_code == 0


def test_it_refuses_a_real_city(database_url: str, city: object, tmp_path: Path) -> None:
    clerk = clerk_at(database_url, tmp_path)
    assert clerk.flask("demo").exit_code == 1
    database = Database(database_url)
    with database.session_for(write=False) as session:
        assert not session.execute(select(ORGANISATION.c.id).where(ORGANISATION.c.demo)).first()
        assert not session.execute(select(USER.c.id).where(USER.c.login == "producer")).first()
    database.close()


def test_people_find_messages_when_they_sign_in(demo: Session) -> None:
    told = demo.execute(
        select(USER.c.login, MESSAGE.c.kind).join(MESSAGE, MESSAGE.c.user_id == USER.c.id).distinct()
    ).all()
    assert {kind for _, kind in told} >= {"overdue", "reminder", "difference"}
    assert {login for login, _ in told} >= {"regulator", "producer", "facility", "dispatcher"}
