"""Phones with a wrong clock: the load has left all the same."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from tests.cast import DAN, DREW, FAY, PAULA, Person
from tests.city import LORRY, PLANT, SECOND_LORRY, WORKS, City
from tests.story import Story, audited
from zerowaste.models.tables import EVENT, LEG
from zerowaste.services.history.replay import replay
from zerowaste.services.requests import LegRequest, LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def filed(story: Story, legs: Sequence[LegRequest]) -> str:
    answer = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=legs,
        lines=[LineRequest("900-249-08", 500_000, packages=3, packaging="桶")],
    )  # fmt: skip
    return str(answer.number)


@pytest.fixture
def ref(story: Story) -> str:
    number = filed(story, [story.leg(LORRY, DAN)])
    story.wait(hours=1)
    return number


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


def test_nothing_arrives_before_it_left(story: Story) -> None:
    """Dan loads at eleven, hands over to Drew at twelve, and the plant writes the arrival down as of ten, the
    acceptance as of nine; what fits in between, told late, is in order."""
    ref = filed(story, [story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)])
    nine = story.now
    story.wait(hours=6)

    def noted(person: Person, kind: Act, hours: float, **other: Any) -> bool:
        said = story.act(person, ref, kind, at=nine + hours * HOUR, **other)
        assert said.verdict is Verdict.APPLIED
        return "times_contradict" in {finding.code for finding in said.findings}

    assert not noted(DREW, Act.HANDOVER, 3)
    assert not noted(DAN, Act.PICKUP, 2, offline=True)
    assert noted(FAY, Act.ARRIVE, 1)
    assert noted(FAY, Act.ACCEPT, 0)
    found = [finding.audit for finding in audited(story.session, story.law, now=story.now)]
    assert found.count("back_dated") == 2


def test_who_loads_after_it_arrived_is_noted(story: Story, ref: str) -> None:
    """Told late, the loading lies an hour after the arrival."""
    story.act(FAY, ref, Act.ARRIVE, at=story.now)
    story.wait(hours=2)
    late = story.act(DAN, ref, Act.PICKUP, at=story.now - HOUR, offline=True)
    assert {finding.code for finding in late.findings} == {"scan_late", "times_contradict"}
