"""Master data: what may be loaded, what may change later, and what every change leaves behind."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, FAY, PASSWORD, PAULA
from tests.city import LORRY, NOW, PLANT, TONNE, WORKS, City
from tests.small_files import HOW, PASSWORDS, code_of, load, permit
from tests.story import Story, the_law
from zerowaste.errors import Refusal
from zerowaste.models.tables import EVENT, ORGANISATION, PERMIT, PRIVATE, QUOTA, SITE, TERM, USER, VEHICLE
from zerowaste.services.masterdata import masterdata
from zerowaste.services.masterdata.files import RawRow
from zerowaste.services.masterdata.masterdata import Loaded
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act


@pytest.fixture
def plant(session: Session, city: City) -> str:
    return code_of(session, city, "plant")


def events_of(session: Session, kind: str) -> Iterator[dict[str, Any]]:
    texts = session.execute(select(EVENT.c.text).where(EVENT.c.kind == kind).order_by(EVENT.c.number))
    return (json.loads(text) for text in texts.scalars())


def test_a_yearly_scale_blocks_where_the_law_says_unless_the_paper_does(session: Session, plant: str) -> None:
    """HW-CAP120: a fifth over the scale; 120 % itself may still go."""
    load(session, permit(plant, "100"))
    paper = select(PERMIT.c.id).where(PERMIT.c.number == "证-9")
    term = session.execute(select(TERM).where(TERM.c.permit_id.in_(paper))).one()
    assert (term.limit_g, term.hard_limit_g) == (100 * TONNE, 120 * TONNE)


def test_a_change_is_an_event_that_says_only_what_changed(session: Session, plant: str) -> None:
    load(session, permit(plant, "100"))
    again = load(session, permit(plant, "100"))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    changed = load(session, permit(plant, "80.5", suspended="true"))
    assert (changed.new, changed.changed) == (0, 1)
    first, second = events_of(session, "permit")
    assert first["act"]["set"]["valid_to"] == "2026-12-31"
    assert set(second["act"]["set"]) == {"suspended", "terms"}
    assert second["act"]["set"]["terms"][0]["limit_g"] == 80_500_000


def test_a_smaller_scale_binds_the_counter_that_runs_already(session: Session, city: City) -> None:
    """The city's small refinery is allowed ten tonnes; a quota row repeats the limit."""
    story = Story(session, city)
    plant = code_of(session, city, "plant")
    load(session, permit(plant, "100"))
    line = LineRequest("900-404-06", 500_000, packages=1, operation="R2")
    story.file(PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[line],
               legs=[story.leg(LORRY, DAN)])  # fmt: skip
    load(session, permit(plant, "60"))
    paper = select(TERM.c.id).join(PERMIT, PERMIT.c.id == TERM.c.permit_id).where(PERMIT.c.number == "证-9")
    counter = session.execute(select(QUOTA).where(QUOTA.c.term_id.in_(paper))).one()
    assert (counter.limit_g, counter.hard_limit_g, counter.reserved_g) == (60 * TONNE, 72 * TONNE, 500_000)


def test_a_published_price_changes_and_takes_no_counter_along(session: Session, plant: str) -> None:
    load(session, permit(plant, "100\nprice = 1250.5"))
    paper = select(PERMIT.c.id).where(PERMIT.c.number == "证-9")
    prices = select(TERM.c.price_fen).where(TERM.c.permit_id.in_(paper))
    assert session.execute(prices).scalar_one() == 125_050
    assert load(session, permit(plant, "100\nprice = 1250.5")).unchanged == 1
    assert load(session, permit(plant, "100\nprice = 900")).changed == 1
    assert session.execute(prices).scalar_one() == 90_000
    first, second = events_of(session, "permit")
    assert [each["act"]["set"]["terms"][0]["price_fen"] for each in (first, second)] == [125_050, 90_000]
    assert load(session, permit(plant, "100")).changed == 1
    assert session.execute(prices).scalar_one() is None


def test_a_storage_limit_counts_what_lies_there_already(session: Session, city: City) -> None:
    story = Story(session, city)
    line = LineRequest("900-249-08", 500_000, packages=1)
    filed = story.file(PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[line],
                       legs=[story.leg(LORRY, DAN)])  # fmt: skip
    assert filed.number is not None
    story.act(FAY, filed.number, Act.ACCEPT)
    level = permit(code_of(session, city, "plant"), "50").replace("HW06", "HW08").replace('"year"', '"level"')
    load(session, level.replace('operation = "R2"', ""))
    paper = select(TERM.c.id).join(PERMIT, PERMIT.c.id == TERM.c.permit_id).where(PERMIT.c.number == "证-9")
    assert session.execute(select(QUOTA.c.used_g).where(QUOTA.c.term_id.in_(paper))).scalar_one() == 500_000


def test_an_act_sees_new_papers_at_once(session: Session, city: City) -> None:
    """A lorry withdrawn in the morning is refused at noon."""
    story = Story(session, city)
    line = LineRequest("900-249-08", 500_000, packages=1)
    way: dict[str, Any] = {"stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "lines": [line]}
    assert story.file(PAULA, **way, legs=[story.leg(LORRY, DAN)]).number
    row = session.execute(select(VEHICLE).where(VEHICLE.c.plate == LORRY)).one()
    load(session, f"""
        [[vehicle]]
        plate = "{LORRY}"
        organisation = "{code_of(session, city, "carrier")}"
        streams = ["{row.streams.split()[0]}"]
        licence_to = 2099-12-31
        withdrawn = true
    """)  # fmt: skip
    errors = story.file(PAULA, **way, legs=[story.leg(LORRY, DAN)]).errors
    assert {error.code for error in errors} == {"vehicle_not_of_carrier"}


def test_what_is_personal_stands_apart_from_the_events_text(session: Session, city: City) -> None:
    """It can be erased, and the chain of events still holds."""
    plant = code_of(session, city, "plant")
    load(session, f"""
        [[person]]
        login = "wang"
        name = "王敏"
        phone = "0791-12345"
        role = "facility"
        organisation = "{plant}"
        password = "{PASSWORD}"
    """)  # fmt: skip
    event = next(events_of(session, "person"))
    assert event["act"]["name"] == "wang"
    assert "王敏" not in json.dumps(event, ensure_ascii=False)
    kept = session.execute(select(PRIVATE.c.text)).scalar_one()
    assert json.loads(kept) == {"name": "王敏", "phone": "0791-12345"}


def test_an_account_can_be_shut_and_given_a_new_password(session: Session, city: City) -> None:
    plant = code_of(session, city, "plant")
    how = replace(HOW, now=NOW + timedelta(days=1))
    new = "another-long-password"
    person = f"""
        [[person]]
        login = "{FAY.login}"
        name = "{FAY.name}"
        role = "facility"
        organisation = "{plant}"
        password = "{new}"
        active = false
    """
    loaded = load(session, person, how)
    user = session.execute(select(USER).where(USER.c.login == FAY.login)).one()
    assert (loaded.changed, dict(loaded.passwords), user.active) == (1, {}, False)
    assert PASSWORDS.verify(new, user.password)
    assert load(session, person, how).unchanged == 1


def test_the_demo_marks_its_organisations(session: Session) -> None:
    text = '[[organisation]]\ncredit_code = "91360103900000001A"\nname = "演示"\n'
    load(session, text, replace(HOW, demo=True))
    assert session.execute(select(ORGANISATION.c.demo)).scalars().all() == [True]


def test_every_row_is_told_to_whoever_watches(session: Session) -> None:
    seen: list[str] = []

    def watch(entries: Any) -> Iterator[Any]:
        for entry in entries:
            seen.append(entry.raw.table)
            yield entry

    text = """
        [[site]]
        code = "N-NEW"
        organisation = "91360103900000001A"
        kind = "producer"
        name = "新厂"
        street = "360102002"
        lat = 28.5
        lon = 115.9

        [[organisation]]
        credit_code = "91360103900000001A"
        name = "某厂"
    """
    load(session, text, replace(HOW, watch=watch))
    assert seen == ["organisation", "site"]  # what others belong to comes first
    site = session.execute(select(SITE)).one()
    assert (site.lat_e6, site.lon_e6) == (28_500_000, 115_900_000)


def test_one_account_is_made_and_a_taken_login_is_not(session: Session, city: City, plant: str) -> None:
    def add(login: str) -> Loaded:
        values = {"login": login, "name": "王敏", "role": "facility", "organisation": plant}
        return masterdata.add_person(session, the_law(), RawRow("person", values, "user add", 1), HOW)

    assert list(add("wang").passwords) == ["wang"]
    with pytest.raises(Refusal) as caught:
        add(" Wang ")
    assert "login_taken" in {problem.code for problem in caught.value.problems}
