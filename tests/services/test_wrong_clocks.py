"""Phones with a wrong clock: the load has left all the same."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.story import Story
from zerowaste.models.tables import EVENT, LEG
from zerowaste.services.history.replay import replay
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


@pytest.fixture
def ref(story: Story) -> str:
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=3, packaging="桶")],
    )  # fmt: skip
    story.wait(hours=1)
    return str(filed.number)


def test_a_scan_from_a_phone_that_runs_ahead_counts_by_our_clock_and_is_noted(story: Story, ref: str) -> None:
    """Dan's phone is two hours ahead, and the scan waited for half an hour in a basement."""
    told = {"id": uuid.uuid4(), "at": story.now + 2 * HOUR - 30 * MINUTE, "offline": True}
    loaded = story.act(DAN, ref, Act.PICKUP, sent_at=story.now + 2 * HOUR, **told)
    assert (loaded.verdict, loaded.status) == (Verdict.APPLIED, Status.IN_TRANSIT)
    (finding,) = [each for each in loaded.findings if each.code == "clock_ahead"]
    assert finding.sentence("zh").startswith("设备时钟快了约 120 分钟")
    event = story.session.execute(select(EVENT.c.at).where(EVENT.c.id == told["id"])).scalar_one()
    began = story.session.execute(select(LEG.c.began_at)).scalar_one()
    assert event == began == story.now - 30 * MINUTE
    story.wait(minutes=1)
    again = story.act(DAN, ref, Act.PICKUP, sent_at=story.now + 2 * HOUR, **told)
    assert (again.created, again.findings) == (False, loaded.findings)
    assert replay(story.session, story.law) == []


def test_without_the_time_of_sending_it_counts_as_of_now(story: Story, ref: str) -> None:
    story.act(DAN, ref, Act.PICKUP, at=story.now + 2 * HOUR)
    assert story.session.execute(select(LEG.c.began_at)).scalar_one() == story.now


def test_who_sits_at_a_desk_is_asked_for_the_right_time(story: Story, ref: str) -> None:
    story.act(DAN, ref, Act.PICKUP)
    answer = story.act(FAY, ref, Act.ACCEPT, at=story.now + HOUR)
    assert [(each.path, each.code) for each in answer.errors] == [("at", "at_in_future")]
