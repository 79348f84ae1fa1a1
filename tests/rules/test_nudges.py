"""Who is told when: the plans' steps, people's paces, quiet hours, digests and pauses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zerowaste.clock import local
from zerowaste.rules.nudges import (
    FILE,
    LONGEST_AGO,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    pace_for,
    pause_after,
    plan_for,
    plans,
    reached,
    read_plans,
    send_at,
    window,
)
from zerowaste.rules.stream_files import StreamFileError
from zerowaste.vocabulary import Channel, DeadlineKind, NudgeKind, Pace, Role

DUE = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # Tuesday, nine in the morning
FOOD = plan_for(DeadlineKind.STORE, "kitchen")


def names(hours: float) -> list[str]:
    return [step.name for step in reached(FOOD, DUE, DUE + timedelta(hours=hours))]


@pytest.mark.parametrize(
    ("hours", "told"),
    [(-5, []), (-4, ["soon"]), (-0.1, ["soon"]), (0, ["due"]), (1, ["due"]), (24, ["due", "late"])],
)
def test_the_steps_of_a_restaurants_day(hours: float, told: list[str]) -> None:
    assert names(hours) == told


def test_of_two_reminders_that_were_missed_the_last_is_given() -> None:
    plan = plan_for(DeadlineKind.PERMIT, "")
    assert [step.name for step in reached(plan, DUE, DUE - timedelta(days=10))] == ["early"]
    assert [step.name for step in reached(plan, DUE, DUE - timedelta(days=3))] == ["soon"]


@given(
    st.sampled_from(list(DeadlineKind)), st.sampled_from(["kitchen", "medical", "hazardous", ""]),
    st.integers(-24 * 40, 24 * 29),
)  # fmt: skip
def test_the_search_finds_what_the_plan_says(kind: DeadlineKind, stream: str, hours: int) -> None:
    plan, now = plan_for(kind, stream), DUE + timedelta(hours=hours)
    searched = [step for step in plan.steps if window(plan, step, now)[0] < DUE <= window(plan, step, now)[1]]
    assert searched == list(reached(plan, DUE, now))


def test_what_is_long_overdue_is_not_begun() -> None:
    after, _ = window(FOOD, FOOD.steps[-1], DUE)
    assert after == DUE - LONGEST_AGO


def test_every_kind_has_a_plan() -> None:
    assert all(plan_for(kind, "a stream of tomorrow").steps for kind in DeadlineKind)
    assert plans() == read_plans(FILE)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("[[plan]", "not a TOML file"),
        ('[[plan]]\nkinds = ["store"]\nsteps = []', "at least 1"),
        ('[[plan]]\nkinds = ["stor"]\nsteps = [{name="due", after_hours=0, tell=["party"]}]', "Input should"),
        ('[[plan]]\nkinds = ["store"]\nsteps = [{name="due", tell=["party"]}]', "not both"),
        ('[[plan]]\nkinds = ["store"]\nsteps = [{name="due", after_hours=0, tell=["all"]}]', "Input should"),
        (
            '[[plan]]\nkinds = ["store"]\nsteps = [{name="due", after_hours=0, tell=["party"]},'
            ' {name="soon", before_hours=1, tell=["party"]}]',
            "order of time",
        ),
        ('[[plan]]\nkinds = ["store"]\nsteps = [{name="due", after_hours=0, tell=["party"]}]', "no plan for"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, wrong: str, why: str) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(wrong)
    with pytest.raises(StreamFileError, match=why):
        read_plans(file)


E, A = Channel.EMAIL, Channel.IN_APP


@pytest.mark.parametrize(
    ("role", "channel", "kind", "chosen", "pace"),
    [
        (Role.PRODUCER, A, NudgeKind.REMINDER, None, Pace.AT_ONCE),
        (Role.PRODUCER, E, NudgeKind.REMINDER, None, Pace.DAILY),
        (Role.PRODUCER, E, NudgeKind.INCIDENT, None, Pace.AT_ONCE),
        (Role.PRODUCER, A, NudgeKind.OVERDUE, Pace.NEVER, Pace.NEVER),
        (Role.PRODUCER, E, NudgeKind.OVERDUE, Pace.WEEKLY, Pace.WEEKLY),
        (Role.PRODUCER, A, NudgeKind.INCIDENT, Pace.NEVER, Pace.AT_ONCE),
        (Role.PRODUCER, E, NudgeKind.INCIDENT, Pace.NEVER, Pace.DAILY),
        (Role.REGULATOR, A, NudgeKind.OVERDUE, Pace.NEVER, Pace.AT_ONCE),
        (Role.REGULATOR, E, NudgeKind.OVERDUE, Pace.WEEKLY, Pace.DAILY),
        (Role.REGULATOR, E, NudgeKind.OVERDUE, Pace.AT_ONCE, Pace.AT_ONCE),
        (Role.REGULATOR, E, NudgeKind.DIFFERENCE, Pace.NEVER, Pace.NEVER),
    ],
)
def test_everybody_chooses_but_not_less_than_he_must_know(
    role: Role, channel: Channel, kind: NudgeKind, chosen: Pace | None, pace: Pace
) -> None:
    assert pace_for(role, channel, kind, chosen) is pace


def at(day: int, hour: int) -> datetime:
    from zerowaste.clock import CITY_ZONE

    return datetime(2026, 3, day, hour, 0, tzinfo=CITY_ZONE)


@pytest.mark.parametrize(
    ("pace", "now", "quiet", "sent"),
    [
        (Pace.AT_ONCE, at(3, 12), (22, 7), at(3, 12)),
        (Pace.AT_ONCE, at(3, 23), (22, 7), at(4, 7)),
        (Pace.AT_ONCE, at(3, 3), (22, 7), at(3, 7)),
        (Pace.AT_ONCE, at(3, 7), (22, 7), at(3, 7)),
        (Pace.AT_ONCE, at(3, 13), (12, 14), at(3, 14)),
        (Pace.AT_ONCE, at(3, 23), (5, 5), at(3, 23)),
        (Pace.DAILY, at(3, 7), (22, 7), at(3, 8)),
        (Pace.DAILY, at(3, 8), (22, 7), at(4, 8)),
        (Pace.WEEKLY, at(3, 8), (22, 7), at(9, 8)),
        (Pace.WEEKLY, at(9, 7), (22, 7), at(9, 8)),
        (Pace.WEEKLY, at(9, 9), (22, 7), at(16, 8)),
    ],
)
def test_when_a_mail_goes_out(pace: Pace, now: datetime, quiet: tuple[int, int], sent: datetime) -> None:
    assert send_at(pace, NudgeKind.REMINDER, now, quiet) == sent


def test_an_incident_does_not_wait_for_the_morning() -> None:
    assert send_at(Pace.AT_ONCE, NudgeKind.INCIDENT, at(3, 23), (22, 7)) == at(3, 23)
    assert local(DUE).hour == 9


def test_pauses_double_spread_and_end() -> None:
    middle = [pause_after(attempts, 0.5) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert middle[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert middle[-2] == LONGEST_PAUSE
    assert middle[-1] is None
    assert pause_after(1, 0.0) == timedelta(seconds=15)
    assert pause_after(1, 1.0) == timedelta(seconds=45)
