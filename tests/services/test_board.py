"""The capacity board and what if: by the limits of the papers, and by what really comes."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.city import CLINIC, LORRY, PLANT, SMALL, VAN, WORKS, City
from tests.story import Story, the_law
from zerowaste.models.instrument import Permit, PermitTerm
from zerowaste.models.tables import PERMIT
from zerowaste.rules.rates import DaysLeft
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.services.room.board import BoardRow, board
from zerowaste.services.room.gap import Extra, WhatIf, bottlenecks, gap, standby
from zerowaste.vocabulary import Act, Instrument, Period, Unit

TONNE = 1_000_000


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def load(story: Story, grams: int, *, accept: bool = True) -> None:
    """Waste oil to the small plant."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=SMALL, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", grams, packages=1, packaging="桶")],
    )  # fmt: skip
    assert filed.number, filed.errors
    if accept:
        story.act(DAN, filed.number, Act.PICKUP)
        story.act(FAY, filed.number, Act.ACCEPT, [LineReport(1, received_g=grams)])


def of_small(story: Story) -> BoardRow:
    rows = board(story.session, story.city.actor(RITA), now=story.now)
    return next(row for row in rows if row.site == SMALL and row.period is Period.YEAR)


def test_used_promised_coming_and_in_store(story: Story) -> None:
    load(story, 2 * TONNE)
    load(story, TONNE, accept=False)
    row = of_small(story)
    assert (row.limit, row.hard_limit, row.used, row.reserved) == (10 * TONNE, 12 * TONNE, 2 * TONNE, TONNE)
    assert (row.left, row.coming_g, row.stock_g) == (7 * TONNE, TONNE, 2 * TONNE)
    assert (row.intake, row.days_left) == (None, None)  # one day tells of no rate


def test_a_steady_intake_says_when_it_is_full(story: Story) -> None:
    for _ in range(14):
        load(story, TONNE // 2)
        story.wait(hours=24)
    row = of_small(story)
    assert row.intake is not None
    assert row.days_left is not None
    assert row.intake.mean_g == 14 * (TONNE // 2) // 28
    assert row.days_left.earliest <= row.days_left.days == row.left // row.intake.mean_g


def test_what_is_promised_fills_a_limit_at_the_same_rate(story: Story) -> None:
    """What is left already lacks what is promised: a rate that did not count it would never see it come."""
    for day in range(14):
        load(story, TONNE // 2, accept=day < 3)
        story.wait(hours=24)
    row = of_small(story)
    assert (row.used, row.reserved) == (3 * TONNE // 2, 11 * TONNE // 2)
    assert row.intake is not None
    assert row.intake.mean_g == 14 * (TONNE // 2) // 28


def test_a_load_of_the_night_counts_in_the_day_that_began_at_midnight(story: Story) -> None:
    """At three in the morning UTC still says yesterday; here it is today, which is not over yet."""
    story.wait(hours=18)  # three in the morning of Tuesday
    for _ in range(3):
        load(story, TONNE // 2)
        story.wait(hours=24)
    load(story, TONNE // 2)
    assert of_small(story).intake is None  # three days that are over, and today
    story.wait(hours=24)
    row = of_small(story)
    assert row.intake is not None
    assert row.intake.mean_g == round(4 * (TONNE // 2) / 28)


def test_everybody_sees_his_own_region_or_sites(story: Story) -> None:
    everything = {row.site for row in board(story.session, story.city.actor(RITA), now=story.now)}
    lake = {row.site for row in board(story.session, story.city.actor(RUTH), now=story.now)}
    assert lake < everything
    assert {row.site for row in board(story.session, story.city.actor(FAY), now=story.now)} >= {PLANT, SMALL}
    assert board(story.session, story.city.actor(PAULA), now=story.now) == []


def test_what_if_plants_stand_still(story: Story) -> None:
    load(story, 4 * TONNE)
    story.wait(hours=24 * 10)
    _, usual = gap(story.session, the_law(), WhatIf(365), now=story.now)
    assert sum(usual.supplies.values()) == 4_000 * 365 // 10
    assert usual.unserved_kg == 0
    down, same = gap(story.session, the_law(), WhatIf(14, down=(PLANT, SMALL)), now=story.now)
    assert same.unserved_kg == 0
    assert down.unserved_kg == sum(down.supplies.values()) == 4_000 * 14 // 10
    helped, _ = gap(
        story.session, the_law(),
        WhatIf(14, down=(PLANT,), percent={"hazardous": 300}, extra=(Extra(SMALL, "hazardous", 100),)),
        now=story.now,
    )  # fmt: skip
    assert 0 < helped.unserved_kg < 3 * 4_000 * 14 // 10
    assert SMALL in bottlenecks(helped)


def line_of(story: Story, site: str, pattern: str, limit: int, period: Period = Period.YEAR) -> None:
    """One more line on the permit of a site."""
    permit = story.session.execute(
        select(PERMIT.c.id).where(PERMIT.c.site_id == story.city.sites[site], PERMIT.c.kind == "permit")
    ).scalars().first()  # fmt: skip
    assert permit is not None
    story.session.add(
        PermitTerm(
            permit_id=permit, stream="hazardous", pattern=pattern, operation="R9", period=period,
            unit=Unit.GRAM, limit=limit, hard_limit=limit,
        )
    )  # fmt: skip
    story.session.flush()


def test_a_line_within_a_wider_line_is_no_room_of_its_own(story: Story) -> None:
    """The small plant may take ten tonnes of oil a year; of engine oil, a line below it says, two."""
    load(story, 4 * TONNE)
    story.wait(hours=24 * 10)
    year = WhatIf(365, down=(PLANT,))
    before, _ = gap(story.session, the_law(), year, now=story.now)
    assert before.unserved_kg == 4_000 * 365 // 10 - 10_000
    line_of(story, SMALL, "900-249-08", 2 * TONNE)
    found, _ = gap(story.session, the_law(), year, now=story.now)
    assert found.unserved_kg == 4_000 * 365 // 10 - 2_000
    assert sum(found.allocation.taken.values()) == 2_000


def test_a_full_landfill_has_no_years_left(story: Story) -> None:
    """What is left of the whole life of a line bounds what it takes in a year."""
    load(story, 4 * TONNE)
    story.wait(hours=24 * 10)
    line_of(story, SMALL, "*", 3 * TONNE, Period.TERM)
    found, _ = gap(story.session, the_law(), WhatIf(365, down=(PLANT,)), now=story.now)
    assert sum(found.allocation.taken.values()) == 3_000


def listed(story: Story, grams_a_day: int) -> None:
    """The small plant on the emergency list, for medical waste."""
    permit = Permit(
        kind=Instrument.STANDBY, number="应急-1", organisation_id=story.city.organisations["plant"],
        site_id=story.city.sites[SMALL], valid_from=date(2020, 1, 1), valid_to=date(2040, 12, 31),
    )  # fmt: skip
    story.session.add(permit)
    story.session.flush()
    assert permit.id is not None
    story.session.add(
        PermitTerm(
            permit_id=permit.id,
            stream="medical",
            pattern="*",
            operation="Y10",
            period=Period.DAY,
            unit=Unit.GRAM,
            limit=grams_a_day,
            hard_limit=grams_a_day,
        )
    )
    story.session.flush()


def test_the_emergency_list_opens_only_in_an_emergency(story: Story) -> None:
    """S2: the medical plant stands still; the plants of the list take what it says, and no more."""
    story.file(
        PAULA, stream="medical", consignor=CLINIC, consignee=PLANT, legs=[story.leg(VAN, DAN)],
        lines=[LineRequest("841-001-01", 300_000, packages=1, packaging="箱")],
    )  # fmt: skip
    listed(story, 100_000)
    assert [row.code for row in standby(story.session, now=story.now)] == [SMALL]
    story.wait(hours=24)

    def unserved(**what: Any) -> int:
        found, _ = gap(story.session, the_law(), WhatIf(10, down=(PLANT,), **what), now=story.now)
        return sum(
            each for (_, waste), each in found.allocation.unserved.items() if waste.startswith("medical")
        )

    assert unserved() == 10 * 300
    assert unserved(emergency=True) == 10 * (300 - 100)


def test_the_emergency_list_allows_nothing_by_itself(story: Story) -> None:
    listed(story, 100_000)
    filed = story.file(
        PAULA, stream="medical", consignor=CLINIC, consignee=SMALL, legs=[story.leg(VAN, DAN)],
        lines=[LineRequest("841-001-01", 3_000, packages=1, packaging="箱")],
    )  # fmt: skip
    assert not filed.number


def test_a_landfill_says_beforehand_that_it_will_be_full(story: Story) -> None:
    """CW-FULL30: its life is a quota of its permit; thirty days before it is full, notice is due."""
    row = of_small(story)
    life = replace(row, period=Period.TERM, operation="L1", limit=100 * TONNE, used=10 * TONNE)
    assert life.notice_due is False  # nobody knows how fast it fills
    assert replace(life, days_left=DaysLeft(45, 31, 60)).notice_due is False
    assert replace(life, days_left=DaysLeft(40, 30, 60)).notice_due is True
    assert replace(life, used=100 * TONNE).notice_due is True
    assert replace(life, operation="U1", used=100 * TONNE).notice_due is False


def test_a_board_counts_only_for_the_facilities_it_shows(story: Story) -> None:
    """However much goes on elsewhere, a clerk's board of one site asks for that site's rows alone."""
    load(story, TONNE)
    asked: list[Any] = []

    @event.listens_for(story.session.connection(), "before_cursor_execute")
    def hear(*call: Any) -> None:
        asked.append(" ".join(call[2].split()))

    board(story.session, story.city.actor(RUTH), now=story.now)
    event.remove(story.session.connection(), "before_cursor_execute", hear)
    sums = [each for each in asked if "sum(" in each]
    assert len(sums) == 5
    assert all(re.search(r"(consignee_id|site_id|term_id) IN ", each) for each in sums)
