"""Who is told of a deadline, and when: the steps of its plan (manifests/nudges/plans.toml), and how fast each
person wants to hear of it. Pure: what is sent, and how, is not here."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from zerowaste.clock import CITY_ZONE, local
from zerowaste.rules.stream_fields import Strict
from zerowaste.rules.stream_files import StreamFileError
from zerowaste.rules.streams import MANIFESTS
from zerowaste.vocabulary import Audience, Channel, DeadlineKind, NudgeKind, Pace, Role

FILE = MANIFESTS / "nudges" / "plans.toml"
# What was due longer ago than this when it is first seen is for the audits, not for nudges.
LONGEST_AGO = timedelta(days=30)
DIGEST_HOUR = 8
MONDAY = 0
_DAY = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
MOST_ATTEMPTS = 12

Word = Annotated[str, Field(pattern=r"^[a-z]{2,16}$")]
Hours = Annotated[int, Field(ge=0, le=24 * 365)]


class Step(Strict):
    """One step of a plan: so many hours before the deadline, or after it, and who is told."""

    name: Word
    before_hours: Annotated[int, Field(ge=1, le=24 * 365)] | None = None
    after_hours: Hours | None = None
    tell: tuple[Audience, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if (self.before_hours is None) == (self.after_hours is None):
            raise ValueError("a step stands before_hours or after_hours, not both")
        return self

    @property
    def offset(self) -> timedelta:
        """From the deadline to the step; negative before it."""
        return timedelta(
            hours=self.after_hours if self.after_hours is not None else -(self.before_hours or 0)
        )

    @property
    def kind(self) -> NudgeKind:
        return NudgeKind.REMINDER if self.before_hours is not None else NudgeKind.OVERDUE


class Plan(Strict):
    """The steps of some kinds of deadlines, in order of time."""

    kinds: tuple[DeadlineKind, ...] = Field(min_length=1)
    streams: tuple[str, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        offsets = [step.offset for step in self.steps]
        if offsets != sorted(offsets) or len({step.name for step in self.steps}) < len(self.steps):
            raise ValueError("steps stand in order of time, each with a name of its own")
        return self


class _File(Strict):
    plan: tuple[Plan, ...]

    @model_validator(mode="after")
    def _for_every_kind(self) -> Self:
        general = {kind for plan in self.plan if not plan.streams for kind in plan.kinds}
        if missing := sorted(set(DeadlineKind) - general):
            raise ValueError(f"no plan for: {', '.join(missing)}")
        return self


def read_plans(file: Path) -> Sequence[Plan]:
    """The plans of a file. Raises StreamFileError."""
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).plan
    except tomllib.TOMLDecodeError as error:
        raise StreamFileError(file.name, "", f"not a TOML file: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise StreamFileError(file.name, ".".join(map(str, first["loc"])), first["msg"]) from error


@cache
def plans() -> Sequence[Plan]:
    """This city's plans."""
    return read_plans(FILE)


def plan_for(kind: DeadlineKind, stream: str, of: Sequence[Plan] | None = None) -> Plan:
    """The first plan that fits."""
    return next(
        plan
        for plan in (plans() if of is None else of)
        if kind in plan.kinds and (not plan.streams or stream in plan.streams)
    )


def reached(plan: Plan, due_at: datetime, now: datetime) -> Iterator[Step]:
    """The steps whose moment has come. Once the deadline has passed nobody is reminded of it; and of several
    reminders that were missed only the last is given."""
    come = [step for step in plan.steps if due_at + step.offset <= now]
    before = [step for step in come if step.kind is NudgeKind.REMINDER]
    if now < due_at:
        yield from before[-1:]
    yield from (step for step in come if step.kind is NudgeKind.OVERDUE)


def window(plan: Plan, step: Step, now: datetime) -> tuple[datetime, datetime]:
    """(after, until): the step is reached for deadlines later than the one and not later than the other; the
    same as `reached`, for a search. What is long overdue when it is first seen is left out."""
    until = now - step.offset
    if step.kind is NudgeKind.OVERDUE:
        return now - LONGEST_AGO, until
    later = [other for other in plan.steps if other.kind is NudgeKind.REMINDER and other.offset > step.offset]
    return max([now, *(now - other.offset for other in later)]), until


def pace_for(role: Role, channel: Channel, kind: NudgeKind, chosen: Pace | None) -> Pace:
    """How fast this person is told of this on this channel: what he chose, but not less than he must know.

    In the service itself there is only at once or never. Nobody can shut out incidents, and no regulator
    what is overdue: they stand in the service, and by e-mail come once a day at least."""
    pace = chosen if chosen is not None else _usual(channel, kind)
    if not must_know(role, kind):
        return pace
    if channel is Channel.IN_APP:
        return Pace.AT_ONCE
    return Pace.DAILY if pace in (Pace.NEVER, Pace.WEEKLY) else pace


def must_know(role: Role, kind: NudgeKind) -> bool:
    """Whether somebody in this role cannot choose not to be told."""
    return kind is NudgeKind.INCIDENT or (kind is NudgeKind.OVERDUE and role is Role.REGULATOR)


def _usual(channel: Channel, kind: NudgeKind) -> Pace:
    if channel is Channel.IN_APP or kind is NudgeKind.INCIDENT:
        return Pace.AT_ONCE
    return Pace.DAILY


def send_at(pace: Pace, kind: NudgeKind, now: datetime, quiet: tuple[int, int]) -> datetime:
    """When a mail goes out: at once, but after the quiet hours (an incident does not wait for them); or with
    the next digest, at eight in the morning, weekly ones on Monday."""
    if pace is Pace.AT_ONCE:
        return now if kind is NudgeKind.INCIDENT else _after_quiet(now, quiet)
    here = local(now)
    day = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if day <= here:
        day += _DAY
    while pace is Pace.WEEKLY and day.weekday() != MONDAY:
        day += _DAY
    return day.astimezone(now.tzinfo)


def _after_quiet(now: datetime, quiet: tuple[int, int]) -> datetime:
    begins, ends = quiet
    hour = local(now).hour
    inside = begins <= hour < ends if begins <= ends else hour >= begins or hour < ends
    if not inside:
        return now
    end = local(now).replace(hour=ends, minute=0, second=0, microsecond=0, tzinfo=CITY_ZONE)
    return (end if end > local(now) else end + _DAY).astimezone(now.tzinfo)


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after so many attempts that failed; None: give up. Doubles from half a minute to six
    hours, and `chance` (0 to 1) spreads it by half either way, so that not everybody comes back at once."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * int(2 ** (attempts - 1)))
    return timedelta(seconds=pause.total_seconds() * (0.5 + chance))
