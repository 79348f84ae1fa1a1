"""Landfills that fill up (CW-FULL30): who is told of it, since when, and how long the notice stands."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session

from tests.cast import DAN, DORA, DREW, FAY, PAULA, RITA, TESS, Person
from tests.city import LORRY, SECOND_LORRY, SMALL, TONNE, WORKS, City
from tests.services.test_nudging import inbox, tick
from tests.story import Story
from zerowaste.models.tables import PERMIT, TERM
from zerowaste.rules.state import LineReport
from zerowaste.services.deadlines.deadlines import Wanted, deadlines
from zerowaste.services.requests import LineRequest
from zerowaste.services.room.board import board
from zerowaste.vocabulary import Act, DeadlineKind, Period, Verdict

OIL = "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


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


def test_a_notice_stands_until_there_is_clearly_room_again(story: Story) -> None:
    """With a little more room the forecast is six weeks: nothing is taken back, and the authority hears of it
    ten days after the first word as ever. A new cell of the landfill ends it."""
    life = buried_at_the_small_plant(story)
    brought(story, days=5, kilograms=300)
    brought(story, days=5, kilograms=1_000)
    tick(story)
    assert inbox(story, FAY) == [("overdue", "landfill")]
    story.session.execute(update(TERM).where(life).values(limit_g=20 * TONNE))
    assert 30 < earliest(story) < 60
    tick(story)
    assert inbox(story, FAY) == inbox(story, DORA) == [("overdue", "landfill")]
    story.wait(days=10)
    tick(story)
    assert inbox(story, FAY) == inbox(story, RITA) == [("overdue", "landfill")]
    story.session.execute(update(TERM).where(life).values(limit_g=900 * TONNE))
    tick(story)
    assert inbox(story, FAY) == inbox(story, RITA) == []


def test_nobody_is_told_first_of_what_may_be_full_in_six_weeks(story: Story) -> None:
    life = buried_at_the_small_plant(story)
    story.session.execute(update(TERM).where(life).values(limit_g=20 * TONNE))
    brought(story, days=5, kilograms=300)
    brought(story, days=5, kilograms=1_000)
    assert 30 < earliest(story) < 60
    tick(story)
    assert inbox(story, FAY) == landfills(story, FAY) == []


def earliest(story: Story) -> int:
    """In how many days the small plant may be full."""
    rows = board(story.session, story.city.actor(RITA), now=story.now)
    (left,) = (row.days_left for row in rows if row.site == SMALL and row.period is Period.TERM)
    assert left is not None
    return left.earliest


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
