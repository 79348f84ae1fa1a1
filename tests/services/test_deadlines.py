"""Deadlines: what must be done by when, told to whom it concerns and nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlmodel import Session

from tests.cast import ADA, CAST, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import CANTEEN, CLINIC, LORRY, NOW, PLANT, STATION, WORKS, City
from tests.graph.drawing import DUE_AFTER, Paper, draw
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.models.tables import HOLDING, PERMIT, USER, VEHICLE
from zerowaste.rules.papers_due import end_of, renewal_due
from zerowaste.services.deadlines.deadlines import Deadline, Wanted, deadlines, read_place
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, DeadlineKind

FOOD, SHARPS, OIL = "KW-1", "841-002-01", "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def asked(story: Story, person: Person, **wanted: Any) -> list[Deadline]:
    found = deadlines(
        story.session, story.law, story.city.actor(person), Wanted(**wanted), now=story.now, limit=200
    )
    soon = story.now + timedelta(days=400)
    return [each.deadline for each in found if each.deadline.due_at < soon]


def kinds(found: list[Deadline]) -> list[str]:
    return [each.kind.value for each in found]


def test_a_restaurants_waste_is_due_after_a_day_and_its_visit_too(story: Story) -> None:
    lot = story.lot(PAULA, CANTEEN, FOOD, 80_000)
    found = asked(story, PAULA)
    assert kinds(found) == ["store", "visit"]
    stored, visit = found
    assert stored.due_at == visit.due_at == NOW + timedelta(hours=24)
    assert (stored.rule, visit.rule) == ("KW-DAILY", "KW-DAILY")
    assert (stored.place, stored.waste_code, stored.mass_g, stored.subject) == (
        CANTEEN,
        FOOD,
        80_000,
        str(lot.lot),
    )
    assert stored.holder == "彭氏实业（测试）"
    assert not stored.overdue
    story.wait(hours=25)
    assert [each.overdue for each in asked(story, PAULA)] == [True, True]


def test_who_has_nothing_to_do_with_it_does_not_see_it(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    seen = {person.login for person in CAST if asked(story, person)}
    assert seen == {"paula", "rita", "ruth", "ada"}  # the canteen stands in Ruth's district


def load(story: Story) -> str:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=3)],
    )  # fmt: skip
    return str(filed.number)


def test_a_load_has_a_deadline_at_every_step_for_those_who_carry_and_await_it(story: Story) -> None:
    number = load(story)
    (waiting,) = [each for each in asked(story, DORA) if each.kind is DeadlineKind.PICKUP]
    assert (waiting.subject, waiting.place, waiting.link) == (number, WORKS, f"/manifests/{number}")
    assert kinds(asked(story, DAN)) == ["pickup"]
    story.act(DAN, number, Act.PICKUP)
    (driven,) = asked(story, DAN)
    assert (driven.kind, driven.place, driven.holder) == ("transit", LORRY, "单氏运输（测试）")
    assert asked(story, DREW) == []
    story.wait(hours=2)
    story.act(DAN, number, Act.ARRIVE)
    assert asked(story, DAN) == []
    (gate,) = asked(story, FAY)
    assert (gate.kind, gate.rule, gate.subject) == ("gate", "HW-ACC5", number)


def test_permits_are_due_thirty_working_days_before_they_end(story: Story) -> None:
    last = date(2026, 6, 30)
    story.session.execute(
        update(PERMIT).where(PERMIT.c.site_id == story.city.sites[STATION]).values(valid_to=last)
    )
    (permit,) = asked(story, TESS)
    assert (permit.kind, permit.rule, permit.due_at) == ("permit", "HW-RENEW", renewal_due(last))
    assert local_text(permit) == "2026-05-18"
    assert kinds(asked(story, RUTH)) == ["permit"]
    assert asked(story, FAY) == []


def local_text(each: Deadline) -> str:
    from zerowaste.clock import local_day

    return local_day(each.due_at).isoformat()


def test_a_renewed_permit_waits_for_nobody(story: Story) -> None:
    old = story.session.execute(select(PERMIT).where(PERMIT.c.site_id == story.city.sites[STATION])).one()
    values = {name: value for name, value in old._mapping.items() if name != "id"}
    story.session.execute(update(PERMIT).where(PERMIT.c.id == old.id).values(valid_to=date(2026, 6, 30)))
    story.session.execute(PERMIT.insert().values({**values, "number": "新证", "valid_to": date(2031, 6, 30)}))
    assert asked(story, TESS) == []


def test_licences_of_vehicles_and_drivers_run_out(story: Story) -> None:
    day = date(2026, 3, 20)
    story.session.execute(update(VEHICLE).where(VEHICLE.c.plate == LORRY).values(licence_to=day))
    story.session.execute(update(USER).where(USER.c.login == "dan").values(licence_to=day))
    assert kinds(asked(story, DORA)) == ["vehicle", "driver"]
    assert [each.subject for each in asked(story, DORA)] == [LORRY, DAN.name]
    assert [(each.kind, each.due_at) for each in asked(story, DAN)] == [("driver", end_of(day))]
    assert kinds(asked(story, RITA)) == ["vehicle", "driver"]  # a firm without a site is the city's
    assert asked(story, OLAF) == []


def test_filters(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.lot(PAULA, CLINIC, SHARPS, 4_000)
    story.wait(hours=30)
    assert {each.place for each in asked(story, PAULA, overdue=True)} == {CANTEEN}
    assert {each.place for each in asked(story, PAULA, overdue=False)} == {CLINIC}
    assert {each.place for each in asked(story, PAULA, site=CLINIC)} == {CLINIC}
    assert {each.place for each in asked(story, PAULA, before=story.now)} == {CANTEEN}
    assert kinds(asked(story, PAULA, kind=DeadlineKind.STORE)) == ["store", "store"]


def test_page_by_page_is_the_whole_list_once(story: Story) -> None:
    """Many share a moment, and come from rows of every kind."""
    for _ in range(3):
        story.lot(PAULA, CANTEEN, FOOD, 80_000)
        story.lot(PAULA, CLINIC, SHARPS, 4_000)
    load(story)
    story.session.execute(update(PERMIT).values(valid_to=date(2026, 12, 31)))
    story.session.execute(update(VEHICLE).values(licence_to=date(2026, 3, 4)))
    actor = story.city.actor(ADA)
    whole = deadlines(story.session, story.law, actor, Wanted(), now=story.now, limit=200)
    for size in (1, 2, 5):
        seen, place = [], None
        while True:
            page = deadlines(
                story.session, story.law, actor, Wanted(), now=story.now,
                after=read_place(str(place)) if place else None, limit=size,
            )  # fmt: skip
            seen += [each.deadline for each in page]
            if len(page) < size:
                break
            place = page[-1].place
        assert seen == [each.deadline for each in whole]
    assert len({(each.deadline.source, each.deadline.id) for each in whole}) == len(whole) > 20


def test_however_many_there_are_it_takes_the_same_queries(story: Story, session: Session, city: City) -> None:
    drawing = draw("\n".join(f"generation > a{n}.lot 70" for n in range(40)) + "\ngeneration > s.load.1 5")
    drawing.write(session, city, {"s": Paper()})
    asked_for: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *said: asked_for.append(said[2]))
    found = asked(story, ADA)
    assert len([each for each in found if each.due_at == NOW + DUE_AFTER]) == 41
    assert len(asked_for) <= 13


@pytest.mark.parametrize(
    "place",
    ["x", "2026-03-02T01:00:00+00:00|0|2026-03-02|1", "2026-03-02T01:00:00|0|a|1", "|||",
     "2026-03-02T01:00:00+00:00|2|2026-03-02T01:00:00+00:00|7", "9999-12-31T23:59:59+00:00|1|2026-03-02|1",
     "2026-03-02T01:00:00+00:00|0|2026-03-02T01:00:00+00:00|11111111-1111-1111-1111-111111111111"],
)  # fmt: skip
def test_a_cursor_nobody_gave_is_refused(story: Story, place: str) -> None:
    with pytest.raises(Refusal):
        deadlines(story.session, story.law, story.city.actor(ADA), Wanted(), now=NOW, after=read_place(place))


def test_the_books_hold_no_other_clock(story: Story) -> None:
    """What the list says of a lot is what its row says."""
    story.lot(PAULA, CLINIC, SHARPS, 4_000)
    row = story.session.execute(select(HOLDING.c.due_at)).scalar_one()
    (lot,) = asked(story, PAULA, kind=DeadlineKind.STORE)
    assert lot.due_at == row
    assert asked(story, PAULA, kind=DeadlineKind.VEHICLE) == []
