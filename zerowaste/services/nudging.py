"""Nudges: the steps of each deadline's plan, taken once when their time has come, and withdrawn when the
deadline is met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, exists, func, select, update
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.tables import DELIVERY, HOLDING, MESSAGE, NUDGE
from zerowaste.rules.law import Law
from zerowaste.rules.nudges import Plan, Step, plan_for, window
from zerowaste.services.deadline_papers import Scope
from zerowaste.services.deadline_sources import Source, sources
from zerowaste.services.deadlines import HOLDINGS, Deadline, columns, read_rows, standing
from zerowaste.services.once import insert_new
from zerowaste.services.recipients import Concerned
from zerowaste.services.telling import News, tell
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


class _Group(NamedTuple):
    """Deadlines of one source that follow one plan."""

    source: Source
    kind: DeadlineKind
    plan: Plan
    streams: tuple[str, ...]


def make_nudges(session: Session, law: Law, *, now: datetime, most: int = MOST) -> Made:
    """Take the steps that are due and were not taken: at most so many of each step at a time."""
    nudges = messages = 0
    more = False
    for group in _groups(law, now):
        for step in group.plan.steps:
            found = _waiting(session, law, group, step, now, most)
            more = more or (len(found) == most and group.source.name in _FIXED)
            new = _write(session, found, step, now)
            nudges += len(new)
            messages += tell(session, list(_news(new, step)), now=now)
    return Made(nudges, messages, more)


def _groups(law: Law, now: datetime) -> Iterator[_Group]:
    streams = sorted({stream.code for stream in law.streams})
    for source in sources(law, local_day(now)):
        own = source.name.removeprefix("visit-")
        concerned = [own] if own in streams else streams if source.name in _FIXED else [""]
        for kind in sorted(source.kinds):
            plans: dict[Plan, list[str]] = {}
            for stream in concerned:
                plans.setdefault(plan_for(kind, stream), []).append(stream)
            for plan, codes in plans.items():
                yield _Group(source, kind, plan, tuple(codes))


def _waiting(
    session: Session, law: Law, group: _Group, step: Step, now: datetime, most: int
) -> Sequence[Deadline]:
    """Deadlines that have reached the step."""
    source = group.source
    after, until = window(group.plan, step, now)
    statement = source.statement(Scope(None, now))
    raw, key = columns(statement)
    statement = statement.where(raw >= source.least(after + _INSTANT), raw < source.least(until + _INSTANT))
    if source.name in _FIXED:
        statement = statement.where(
            statement.selected_columns["stream"].in_(group.streams), ~_taken(source, key, step)
        ).limit(most)
        if len(source.kinds) > 1:
            statement = statement.where(HOLDING.c.kind == HOLDINGS[group.kind])
    rows = session.execute(statement.order_by(raw, key)).all()
    return read_rows(session, law, source, rows, now=now)


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


def withdraw_met(session: Session, law: Law, *, now: datetime) -> int:
    """Withdraw the nudges whose deadline was met, their messages, and what has not been sent of them."""
    withdrawn = 0
    for source in sources(law, local_day(now)):
        last = 0
        while True:
            live = session.execute(
                select(NUDGE.c.id, NUDGE.c.subject, NUDGE.c.due_at)
                .where(NUDGE.c.source == source.name, NUDGE.c.withdrawn_at.is_(None), NUDGE.c.id > last)
                .order_by(NUDGE.c.id)
                .limit(_LIVE_AT_ONCE)
            ).all()
            if not live:
                break
            last = live[-1].id
            still = standing(session, source, sorted({row.subject for row in live}), now=now)
            met = [row.id for row in live if still.get(row.subject) != row.due_at]
            withdrawn += _withdraw(session, met, now)
    return withdrawn


def _withdraw(session: Session, nudges: Sequence[int], now: datetime) -> int:
    if not nudges:
        return 0
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
