"""Nudges: the steps of each deadline's plan, taken once when their time has come, and withdrawn when the
deadline is met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, exists, func, select, update
from sqlmodel import Session

from zerowaste.models.tables import DELIVERY, HOLDING, MESSAGE, NUDGE
from zerowaste.rules.law import Law
from zerowaste.rules.nudges import Plan, Step, plan_for, window
from zerowaste.services.deadlines.deadlines import HOLDINGS, Deadline, columns, read_rows, standing
from zerowaste.services.deadlines.papers import Scope
from zerowaste.services.deadlines.sources import Source, sources
from zerowaste.services.messaging.once import insert_new
from zerowaste.services.messaging.recipients import Concerned
from zerowaste.services.messaging.telling import News, tell
from zerowaste.vocabulary import Audience, DeadlineKind, DeliveryState

MOST = 500
_INSTANT = timedelta(microseconds=1)
_LIVE_AT_ONCE = 1_000
# Their deadlines never change, so whether a nudge was made can be asked of the database.
_FIXED = ("site", "road", "manifest")


class Made(NamedTuple):
    """What was done: steps taken, messages written; whether there is more to do at once."""

    nudges: int
    messages: int
    more: bool


class Turn(NamedTuple):
    """A step of one plan, for the deadlines of one source that follow it."""

    source: Source
    kind: DeadlineKind
    plan: Plan
    streams: tuple[str, ...]
    step: Step


def make_nudges(session: Session, law: Law, *, now: datetime, most: int = MOST) -> Made:
    """Take the steps that are due and were not taken: at most so many of each step at a time."""
    made = [take(session, law, turn, now=now, most=most) for turn in turns_due(session, law, now=now)]
    return Made(sum(each.nudges for each in made), sum(each.messages for each in made),
                any(each.more for each in made))  # fmt: skip


def turns_due(session: Session, law: Law, *, now: datetime) -> Sequence[Turn]:
    """The turns for which something waits; only reads."""
    return [turn for turn in _turns(session, law, now) if _waiting(session, law, turn, now, most=1)]


def take(session: Session, law: Law, turn: Turn, *, now: datetime, most: int = MOST) -> Made:
    """Take one turn, for so many deadlines at most, and tell whom it concerns."""
    found = _waiting(session, law, turn, now, most)
    new = _write(session, found, turn.step, now)
    told = tell(session, list(_news(new, turn.step)), now=now)
    return Made(len(new), told, len(found) == most)


def _turns(session: Session, law: Law, now: datetime) -> Iterator[Turn]:
    streams = sorted({stream.code for stream in law.streams})
    for source in sources(session, law, Scope(None, now)):
        own = source.name.removeprefix("visit-")
        concerned = [own] if own in streams else streams if source.name in _FIXED else [""]
        for kind in sorted(source.kinds):
            plans: dict[Plan, list[str]] = {}
            for stream in concerned:
                plans.setdefault(plan_for(kind, stream), []).append(stream)
            for plan, codes in plans.items():
                for step in plan.steps:
                    yield Turn(source, kind, plan, tuple(codes), step)


def _waiting(session: Session, law: Law, turn: Turn, now: datetime, most: int) -> Sequence[Deadline]:
    """Deadlines that have reached the step and whose step was not taken, the first due first."""
    source, step = turn.source, turn.step
    after, until = window(turn.plan, step, now)
    statement = source.statement(Scope(None, now))
    raw, key = columns(statement)
    statement = statement.where(raw >= source.least(after + _INSTANT), raw < source.least(until + _INSTANT))
    if source.name in _FIXED:
        statement = statement.where(
            statement.selected_columns["stream"].in_(turn.streams), ~_taken(source, key, step)
        ).limit(most)
        if len(source.kinds) > 1:
            statement = statement.where(HOLDING.c.kind == HOLDINGS[turn.kind])
    rows = session.execute(statement.order_by(raw, key)).all()
    found = read_rows(session, law, source, rows, now=now)
    return found if source.name in _FIXED else _not_taken(session, source, step, found)[:most]


def _not_taken(session: Session, source: Source, step: Step, found: Sequence[Deadline]) -> list[Deadline]:
    """Of deadlines that may change (they follow a paper's last day, or a visit), those without the step."""
    if not found:
        return []
    first, last = min(each.due_at for each in found), max(each.due_at for each in found)
    rows = session.execute(
        select(NUDGE.c.subject, NUDGE.c.due_at).where(
            NUDGE.c.source == source.name, NUDGE.c.step == step.name, NUDGE.c.due_at.between(first, last)
        )
    )
    taken = {(row.subject, row.due_at) for row in rows}
    return [each for each in found if (_subject(each), each.due_at) not in taken]


def _taken(source: Source, key: Any, step: Step) -> ColumnElement[bool]:
    return exists(select(NUDGE.c.id).where(
        NUDGE.c.source == source.name, NUDGE.c.subject == func.replace(cast(key, String), "-", ""),
        NUDGE.c.step == step.name,
    ).correlate_except(NUDGE))  # fmt: skip


def _write(
    session: Session, found: Sequence[Deadline], step: Step, now: datetime
) -> list[tuple[int, Deadline]]:
    """The nudges nobody has made yet, by id."""
    by_identity = {(_subject(each), each.due_at): each for each in found}
    rows = [
        {"source": each.source, "subject": subject, "due_at": due_at, "step": step.name, "kind": each.kind,
         "made_at": now, "content": content_of(each)}
        for (subject, due_at), each in by_identity.items()
    ]  # fmt: skip
    written = insert_new(session, NUDGE, rows, NUDGE.c.id, NUDGE.c.subject, NUDGE.c.due_at)
    return sorted((row.id, by_identity[row.subject, row.due_at]) for row in written)


def _subject(deadline: Deadline) -> str:
    return deadline.id.replace("-", "")


def content_of(each: Deadline) -> dict[str, Any]:
    """What is told of a deadline, in plain values."""
    told: Mapping[str, Any] = {
        "deadline": each.kind, "rule": each.rule, "holder": each.holder, "place": each.place,
        "subject": each.subject, "stream": each.stream, "waste_code": each.waste_code,
        "mass_g": each.mass_g, "due_at": each.due_at.isoformat(), "paper": each.paper,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _news(new: Iterable[tuple[int, Deadline]], step: Step) -> Iterator[News]:
    for nudge_id, each in new:
        yield News(
            origin=f"nudge:{nudge_id}",
            kind=step.kind,
            audiences=tuple(Audience(audience) for audience in step.tell),
            concerned=Concerned(
                organisation=each.holder_id,
                site=each.site_id,
                origin=each.consignor_id or each.site_id,
                carrier=each.carrier_id,
                streets=each.streets,
                people=(each.driver_id,) if each.driver_id else (),
            ),
            content={"step": step.name, **content_of(each)},
            link=each.link,
            nudge_id=nudge_id,
        )


def met_nudges(session: Session, law: Law, *, now: datetime) -> Sequence[int]:
    """The nudges whose deadline was met and that still stand; only reads."""
    found: list[int] = []
    for source in sources(session, law, Scope(None, now)):
        last = 0
        while live := _live(session, source, last):
            last = live[-1].id
            still = standing(session, source, sorted({row.subject for row in live}), now=now)
            found += [row.id for row in live if still.get(row.subject) != row.due_at]
    return found


def _live(session: Session, source: Source, after: int) -> Sequence[Any]:
    return session.execute(
        select(NUDGE.c.id, NUDGE.c.subject, NUDGE.c.due_at)
        .where(NUDGE.c.source == source.name, NUDGE.c.withdrawn_at.is_(None), NUDGE.c.id > after)
        .order_by(NUDGE.c.id)
        .limit(_LIVE_AT_ONCE)
    ).all()


def withdraw(session: Session, nudges: Sequence[int], *, now: datetime) -> int:
    """Withdraw these nudges; gives how many still stood."""
    return sum(
        _withdraw(session, nudges[start : start + _LIVE_AT_ONCE], now)
        for start in range(0, len(nudges), _LIVE_AT_ONCE)
    )


def _withdraw(session: Session, nudges: Sequence[int], now: datetime) -> int:
    gone = session.execute(
        update(NUDGE)
        .where(NUDGE.c.id.in_(nudges), NUDGE.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(NUDGE.c.id)
    ).all()
    session.execute(
        update(MESSAGE)
        .where(MESSAGE.c.nudge_id.in_(nudges), MESSAGE.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.nudge_id.in_(nudges), DELIVERY.c.state == DeliveryState.WAITING)
        .values(state=DeliveryState.WITHDRAWN)
    )
    return len(gone)
