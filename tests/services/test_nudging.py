"""Nudges: a reminder before, escalation after, each once, and silence when the deadline is met."""

import threading
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session

from tests.cast import DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import CANTEEN, LORRY, NOW, PLANT, SECOND_LORRY, SMALL, STATION, TONNE, WORKS, City
from tests.story import Story, the_law
from zerowaste.db import Database
from zerowaste.models.tables import MESSAGE, NUDGE, OUTBOX, PERMIT, TERM
from zerowaste.rules.state import LineReport
from zerowaste.services.acts.expiry import expire_due
from zerowaste.services.deadlines.deadlines import Wanted, deadlines
from zerowaste.services.messaging.messages import count_unread, mark_all_read, mark_read, messages_of
from zerowaste.services.messaging.notices import tell_notices
from zerowaste.services.messaging.nudging import make_nudges, met_nudges, withdraw
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis, DeadlineKind, NudgeKind, Period, Verdict

FOOD, OIL = "KW-1", "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def tick(story: Story) -> None:
    withdraw(story.session, met_nudges(story.session, story.law, now=story.now), now=story.now)
    make_nudges(story.session, story.law, now=story.now)
    tell_notices(story.session, now=story.now)


def inbox(story: Story, person: Person, unread: bool = True) -> list[tuple[str, str]]:
    """(kind, deadline or place) of what a person was told, the latest first."""
    user = story.city.actor(person).user_id
    return [
        (each.kind.value, each.content.get("deadline", each.content.get("place", "")))
        for each in messages_of(story.session, user, unread=unread)
    ]


def collected_before(story: Story) -> None:
    """Dan's firm called at the canteen the night before."""
    filed = story.file(
        PAULA, stream="kitchen", consignor=CANTEEN, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(FOOD, 50_000)],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP, [LineReport(1, mass_g=50_000, basis=Basis.SCALE)])
    story.act(FAY, str(filed.number), Act.ACCEPT)


def stored(told: list[tuple[str, str]]) -> list[str]:
    return [kind for kind, about in told if about == "store"]


def test_from_a_reminder_to_the_regulator_and_to_silence(story: Story) -> None:
    collected_before(story)
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.wait(hours=19)
    tick(story)
    assert stored(inbox(story, PAULA)) == [], "five hours are left"
    story.wait(hours=1)
    tick(story)
    assert stored(inbox(story, PAULA)) == ["reminder"]
    assert stored(inbox(story, DORA)) == []
    story.wait(hours=5)
    tick(story)
    assert stored(inbox(story, PAULA)) == ["overdue", "reminder"]
    assert stored(inbox(story, DORA)) == ["overdue"], "her firm collects there"
    assert stored(inbox(story, RUTH)) == []
    story.wait(hours=23)
    tick(story)
    assert stored(inbox(story, RUTH)) == stored(inbox(story, RITA)) == ["overdue"]
    assert stored(inbox(story, PAULA)) == ["overdue", "reminder"], "she was told"
    for stranger in (OLAF, FAY, TESS):
        assert stored(inbox(story, stranger)) == []

    filed = story.file(
        PAULA, stream="kitchen", consignor=CANTEEN, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(FOOD, 80_000)],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP, [LineReport(1, mass_g=80_000, basis=Basis.SCALE)])
    tick(story)
    for person in (PAULA, DORA, RUTH, RITA):
        assert stored(inbox(story, person)) == [], person.login
    assert stored(inbox(story, PAULA, unread=False)) == ["overdue", "reminder"], "what was said stays"
    story.wait(hours=100)
    tick(story)
    assert stored(inbox(story, PAULA)) == []


def test_nobody_is_told_twice(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.wait(hours=30)
    for _ in range(3):
        tick(story)
    counted = Counter(inbox(story, PAULA))
    assert counted == {("overdue", "store"): 1, ("overdue", "visit"): 1}


def test_who_comes_late_is_not_reminded_of_what_has_passed(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.wait(hours=49)
    tick(story)
    assert stored(inbox(story, PAULA)) == ["overdue"]
    assert stored(inbox(story, RUTH)) == ["overdue"]


def test_what_was_due_long_ago_is_for_the_audits(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.wait(days=40)
    tick(story)
    assert inbox(story, PAULA) == inbox(story, RITA) == []


def test_a_manifest_nobody_picked_up_reminds_the_producer_and_its_own_carrier(story: Story) -> None:
    story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=3)],
    )  # fmt: skip
    ends = story.session.execute(select(NUDGE)).all()
    assert ends == []
    story.now = _expiry(story) - timedelta(hours=5)
    tick(story)
    assert ("reminder", "pickup") in inbox(story, PAULA)
    assert inbox(story, DORA) == [("reminder", "pickup")]
    story.now = _expiry(story) + timedelta(minutes=1)
    expire_due(story.session, story.law, story.now)
    tick(story)
    assert inbox(story, DORA) == []


def _expiry(story: Story):  # type: ignore[no-untyped-def]
    from zerowaste.models.tables import MANIFEST

    return story.session.execute(select(MANIFEST.c.expires_at)).scalar_one()


def test_a_driver_hears_of_the_load_he_carries(story: Story) -> None:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=3)],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP)
    story.wait(days=4)
    tick(story)
    assert ("overdue", "transit") in inbox(story, DAN)
    assert ("overdue", "transit") in inbox(story, DORA)
    assert ("overdue", "transit") in inbox(story, RITA)


def test_a_permit_that_ends_is_told_of_early_and_a_longer_one_ends_the_matter(story: Story) -> None:
    mine = PERMIT.c.site_id == story.city.sites[STATION]
    story.session.execute(update(PERMIT).where(mine).values(valid_to=date(2026, 4, 30)))
    tick(story)
    assert inbox(story, TESS) == [("reminder", "permit")]
    story.session.execute(update(PERMIT).where(mine).values(valid_to=date(2031, 4, 30)))
    tick(story)
    assert inbox(story, TESS) == []
    story.session.execute(update(PERMIT).where(mine).values(valid_to=date(2026, 4, 28)))
    tick(story)
    assert inbox(story, TESS) == [("reminder", "permit")], "another day is another deadline"


def test_a_landfill_that_will_be_full_is_told_to_it_to_who_brings_and_to_the_authority(story: Story) -> None:
    """CW-FULL30: at the rate of the last weeks it is full within thirty days. A day later it is another
    forecast, and still the same notice."""
    life = buried_at_the_small_plant(story)
    brought(story, days=5, kilograms=300)
    tick(story)
    assert inbox(story, FAY) == inbox(story, DORA) == inbox(story, RITA) == []
    brought(story, days=5, kilograms=1_000)
    assert landfills(story, FAY) == landfills(story, RITA) == [story.now - timedelta(hours=9)]
    assert landfills(story, PAULA) == landfills(story, TESS) == []
    for _ in range(2):
        tick(story)
        story.wait(days=1)
        assert inbox(story, FAY) == inbox(story, DORA) == [("overdue", "landfill")]
        assert inbox(story, RITA) == []
    story.wait(days=9)
    tick(story)
    assert inbox(story, RITA) == [("overdue", "landfill")]
    story.session.execute(update(TERM).where(life).values(limit_g=900 * TONNE))
    tick(story)
    assert inbox(story, FAY) == inbox(story, RITA) == landfills(story, FAY) == []


def test_who_fetches_refused_waste_from_a_landfill_does_not_bring_there(story: Story) -> None:
    """Drew of the second firm takes Dan's last load home again: what fills up is still Dan's firm's way."""
    buried_at_the_small_plant(story)
    brought(story, days=5, kilograms=300)
    brought(story, days=5, kilograms=1_000)
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=SMALL, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 10_000, packages=1, packaging="桶")],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP)
    refused = LineReport(1, received_g=10_000, accepted_g=0, refused_g=10_000, reason="packaging")
    story.act(FAY, str(filed.number), Act.REFUSE, [refused])
    story.wait(hours=1)
    home = story.act(FAY, str(filed.number), Act.RETURN, leg_by=story.leg(SECOND_LORRY, DREW))
    assert home.verdict is Verdict.APPLIED, home.errors
    tick(story)
    assert ("overdue", "landfill") in inbox(story, DORA)


def buried_at_the_small_plant(story: Story) -> ColumnElement[bool]:
    """All that its permit allows it, for as long as the permit lasts. Returns which limits these are."""
    there = PERMIT.c.site_id == story.city.sites[SMALL]
    life = TERM.c.permit_id.in_(select(PERMIT.c.id).where(there))
    story.session.execute(update(TERM).where(life).values(operation="D1", period=Period.TERM))
    return life


def brought(story: Story, *, days: int, kilograms: int) -> None:
    """Each day a load of waste oil to the small plant, and on to nine in the next morning."""
    for _ in range(days):
        filed = story.file(
            PAULA, stream="hazardous", consignor=WORKS, consignee=SMALL, legs=[story.leg(LORRY, DAN)],
            lines=[LineRequest(OIL, kilograms * 1_000, packages=1, packaging="桶")],
        )  # fmt: skip
        assert filed.number, filed.errors
        story.act(DAN, filed.number, Act.PICKUP)
        story.act(FAY, filed.number, Act.ACCEPT, [LineReport(1, received_g=kilograms * 1_000)])
        story.wait(days=1)


def landfills(story: Story, person: Person) -> list[datetime]:
    """Since when notice is due, as far as the person sees."""
    wanted = Wanted(kind=DeadlineKind.LANDFILL, overdue=True)
    found = deadlines(story.session, story.law, story.city.actor(person), wanted, now=story.now)
    assert all(each.deadline.rule == "CW-FULL30" for each in found)
    return [each.deadline.due_at for each in found]


def test_a_difference_is_told_to_sender_and_authority_once(story: Story) -> None:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=3)],
    )  # fmt: skip
    story.act(DAN, str(filed.number), Act.PICKUP)
    story.act(FAY, str(filed.number), Act.ACCEPT, [LineReport(1, received_g=400_000)])
    for _ in range(2):
        tick(story)
    user = story.city.actor(PAULA).user_id
    (told,) = [each for each in messages_of(story.session, user) if each.kind is NudgeKind.DIFFERENCE]
    assert told.link == f"/manifests/{filed.number}"
    assert told.content["subject"] == filed.number
    assert ("difference", PLANT) in inbox(story, RUTH)
    assert story.session.execute(select(func.count()).where(OUTBOX.c.sent_at.is_(None))).scalar_one() == 0


def test_reading(story: Story) -> None:
    story.lot(PAULA, CANTEEN, FOOD, 80_000)
    story.wait(hours=30)
    tick(story)
    paula, olaf = (story.city.actor(person).user_id for person in (PAULA, OLAF))
    first, second = messages_of(story.session, paula)
    assert count_unread(story.session, paula) == 2
    assert mark_read(story.session, olaf, first.id, now=story.now) is None
    assert mark_read(story.session, paula, first.id, now=story.now) is not None
    assert [each.id for each in messages_of(story.session, paula, unread=True)] == [second.id]
    mark_all_read(story.session, paula, now=story.now, until=story.now)
    assert count_unread(story.session, paula) == 0
    assert len(messages_of(story.session, paula, limit=1)) == 1
    assert messages_of(story.session, paula, after=(first.at, first.id))[0].id == second.id


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_two_runners_at_once_tell_everybody_once(database: Database, session: Session, city: City) -> None:
    story = Story(session, city)
    for _ in range(20):
        story.lot(PAULA, CANTEEN, FOOD, 80_000)
    session.commit()
    story.wait(hours=30)
    ready = threading.Barrier(4)

    def run() -> None:
        ready.wait()
        for _ in range(3):
            database.transact(lambda one: make_nudges(one, the_law(), now=story.now))

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    session.rollback()
    steps = session.execute(select(NUDGE.c.source, NUDGE.c.subject, NUDGE.c.step)).all()
    assert len(steps) == len(set(steps)) == 21
    told = session.execute(select(MESSAGE.c.user_id, MESSAGE.c.nudge_id)).all()
    assert len(told) == len(set(told)) >= 21
    assert story.now > NOW
