"""Nudges: a reminder before, escalation after, each once, and silence when the deadline is met."""

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session

from tests.cast import DAN, DORA, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import CANTEEN, LORRY, NOW, PLANT, STATION, WORKS, City
from tests.story import Story, the_law
from zerowaste.db import Database
from zerowaste.models.tables import MESSAGE, NUDGE, OUTBOX, PERMIT
from zerowaste.rules.state import LineReport
from zerowaste.services.acts.expiry import expire_due
from zerowaste.services.messaging.messages import count_unread, mark_all_read, mark_read, messages_of
from zerowaste.services.messaging.notices import tell_notices
from zerowaste.services.messaging.nudging import make_nudges, met_nudges, withdraw
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis, NudgeKind

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
