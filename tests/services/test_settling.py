"""Refused mass that travels onward under a manifest of its own."""

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, STATION, WORKS, City
from tests.story import Story
from zerowaste.models.tables import EVENT, HOLDING, MANIFEST
from zerowaste.rules.state import LineReport
from zerowaste.services.history.replay import replay
from zerowaste.services.queries.manifests import actions_for
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status

OIL = "900-249-08"


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def refused_at_the_gate(story: Story) -> str:
    """Half a tonne of oil came to the plant, and a fifth of it was refused."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, 500_000, packages=1, packaging="桶")],
    )  # fmt: skip
    assert filed.number is not None
    story.act(DAN, filed.number, Act.PICKUP)
    part = LineReport(1, received_g=500_000, accepted_g=400_000, refused_g=100_000, reason="packaging")
    story.act(FAY, filed.number, Act.ACCEPT, [part])
    return filed.number


def onward(story: Story, mass_g: int) -> str:
    """Fay sends so much of what she refused on to the transfer station."""
    gate = story.session.execute(select(HOLDING.c.id).where(HOLDING.c.part == "gate")).scalar_one()
    filed = story.file(
        FAY, stream="hazardous", consignor=PLANT, consignee=STATION, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest(OIL, mass_g, packages=1, packaging="桶", draws=((gate, mass_g),))],
    )  # fmt: skip
    assert filed.number is not None, filed.errors
    return filed.number


def state(story: Story, ref: str) -> tuple[str, bool]:
    row = story.session.execute(select(MANIFEST).where(MANIFEST.c.number == ref)).one()
    return row.status, row.settled


def test_the_last_of_it_settles_the_first_manifest(story: Story) -> None:
    first = refused_at_the_gate(story)
    assert state(story, first) == (Status.PARTLY_ACCEPTED, False)
    story.act(DAN, onward(story, 60_000), Act.PICKUP)
    assert state(story, first) == (Status.PARTLY_ACCEPTED, False)
    last = onward(story, 40_000)
    story.act(DAN, last, Act.PICKUP)
    assert state(story, first) == (Status.SETTLED, True)
    kinds = story.session.execute(
        select(EVENT.c.kind).where(EVENT.c.kind == Act.SETTLE)
    ).scalars().all()  # fmt: skip
    assert kinds == [Act.SETTLE]


def test_taking_the_pickup_back_opens_it_again(story: Story) -> None:
    first = refused_at_the_gate(story)
    last = onward(story, 100_000)
    story.act(DAN, last, Act.PICKUP)
    assert state(story, first) == (Status.SETTLED, True)
    assert story.act(DAN, last, Act.REVERSE).status is Status.FILED
    assert state(story, first) == (Status.PARTLY_ACCEPTED, False)


def test_once_nothing_takes_it_onward_the_refusal_can_be_taken_back(story: Story) -> None:
    first = refused_at_the_gate(story)
    last = onward(story, 100_000)
    story.act(DAN, last, Act.PICKUP)
    hanging = story.act(FAY, first, Act.REVERSE)
    assert [problem.code for problem in hanging.errors] == ["hangs_on_it"]
    assert hanging.errors[0].params["names"] == last
    story.act(DAN, last, Act.REVERSE)
    story.act(FAY, last, Act.CANCEL)
    assert Act.REVERSE in [act for act, _ in actions_for(story.desk(FAY), first)]
    assert story.act(FAY, first, Act.REVERSE).status is Status.IN_TRANSIT
    assert replay(story.session, story.law) == []


def test_a_late_scan_taken_back_leaves_it_settled(story: Story) -> None:
    first = refused_at_the_gate(story)
    story.act(DAN, onward(story, 100_000), Act.PICKUP)
    story.act(DAN, first, Act.ARRIVE, offline=True)
    assert state(story, first) == (Status.SETTLED, True)
    assert story.act(DAN, first, Act.REVERSE).status is Status.SETTLED
    assert state(story, first) == (Status.SETTLED, True)
    assert replay(story.session, story.law) == []
