"""What plants' books had to explain as a gain in a month: which lots, and nothing of what a gate weighs more.

Tess' station takes Paula's oil in and passes it on to Fay's plant."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import DAN, DREW, FAY, PAULA, TESS, Person
from tests.city import LORRY, PLANT, SECOND_LORRY, STATION, WORKS
from tests.story import Story
from zerowaste.models.tables import FLOW, HOLDING
from zerowaste.rules.state import LineReport
from zerowaste.services.acts import expiry
from zerowaste.services.reporting.indicator_rows import Window
from zerowaste.services.reporting.weighings import Added, gained
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Source, Verdict

OIL = "900-249-08"


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    return Story(session, city)


def send(story: Story, mass_g: int, *, draws: Sequence[tuple[int, int]] = (), by: Person = DAN) -> str:
    """From the works to the station, or with `draws` from the station to the plant."""
    onward = bool(draws)
    filed = story.file(
        TESS if onward else PAULA,
        stream="hazardous",
        consignor=STATION if onward else WORKS,
        consignee=PLANT if onward else STATION,
        lines=[LineRequest(OIL, mass_g, packages=1, packaging="罐车", draws=tuple(draws))],
        legs=[story.leg(LORRY if by is DAN else SECOND_LORRY, by)],
    )
    assert filed.number, filed.errors
    return filed.number


def did(story: Story, person: Person, ref: str, kind: Act, *lines: LineReport, **other: Any) -> Sequence[str]:
    """The codes of what was found at an act that was taken."""
    story.wait(minutes=20)
    recorded = story.act(person, ref, kind, lines, **other)
    assert recorded.verdict is Verdict.APPLIED, (kind, recorded.errors)
    return [found.code for found in recorded.findings]


def taken_in(story: Story) -> int:
    """The station's lot of 300 kg, which weighed ten more at its gate than when it was loaded."""
    ref = send(story, 290_000)
    did(story, DAN, ref, Act.PICKUP)
    did(story, TESS, ref, Act.ACCEPT, LineReport(1, received_g=300_000))
    lot: int = story.session.execute(select(HOLDING.c.id).where(HOLDING.c.part == "accepted")).scalar_one()
    return lot


def every_gain(story: Story) -> list[int]:
    story.session.flush()
    found = select(FLOW.c.grams).where(FLOW.c.source == Source.GAIN).order_by(FLOW.c.grams)
    return list(story.session.execute(found).scalars())


def in_lots(story: Story, *, days: float = 40) -> list[Added]:
    story.session.flush()
    return gained(story.session, Window(story.now - timedelta(days=days), story.now + timedelta(days=1)))


def test_more_that_came_home_than_was_sent_back_is_a_gain_of_the_station(story: Story) -> None:
    lot = taken_in(story)
    onward = send(story, 200_000, draws=[(lot, 200_000)])
    did(story, DAN, onward, Act.PICKUP)
    refused = LineReport(1, received_g=200_000, accepted_g=0, refused_g=200_000, reason="packaging")
    did(story, FAY, onward, Act.REFUSE, refused)
    did(story, FAY, onward, Act.RETURN)
    did(story, TESS, onward, Act.RECEIVE_BACK, LineReport(1, received_g=201_000))
    assert every_gain(story) == [1_000, 10_000]  # the larger at the gate, which is in no lot
    site = story.city.sites[STATION]
    assert in_lots(story) == [Added(site, Source.GAIN, "hazardous", OIL, 1_000, 1_000.0**2)]
    story.wait(days=40)
    assert in_lots(story, days=10) == []


def test_what_was_loaded_of_a_lot_that_had_gone_to_another_is_a_gain_of_it(story: Story) -> None:
    """Dan loads 200 kg and drives out of the network; his paper runs out, and Drew takes all that lies there.
    Then Dan's scan comes."""
    lot = taken_in(story)
    slow = send(story, 200_000, draws=[(lot, 200_000)])
    story.wait(days=2)
    loaded_at = story.now
    story.wait(days=2)
    assert expiry.expire_due(story.session, story.law, story.now) == 1
    quick = send(story, 300_000, draws=[(lot, 300_000)], by=DREW)
    did(story, DREW, quick, Act.PICKUP)
    assert in_lots(story) == []
    assert "lot_overdrawn" in did(story, DAN, slow, Act.PICKUP, at=loaded_at, offline=True)
    assert every_gain(story) == [10_000, 200_000]
    site = story.city.sites[STATION]
    assert in_lots(story) == [Added(site, Source.GAIN, "hazardous", OIL, 200_000, 200_000.0**2)]
    assert in_lots(story, days=1) == []  # it counts when it was loaded, not when it was told
