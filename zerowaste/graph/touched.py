"""What acts have touched since the last audit: all that must be judged again, and nothing else."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import EVENT, FLOW, HOLDING, LINE, MANIFEST, SITE
from zerowaste.rules.law import Law
from zerowaste.vocabulary import HoldingKind, SiteKind

# An event's moment is taken when its transaction begins; none lasts that long.
OVERLAP = timedelta(minutes=5)
_AT_ONCE = 1_000
T = TypeVar("T")


RUN_UP = 5  # months before a month that a carrier's habits are told by


class Haul(NamedTuple):
    """What one carrier (an organisation's id) brought in a month, told by its first day."""

    carrier: int
    month: date

    @property
    def anchor(self) -> str:
        """What findings on it hang on."""
        return f"haul:{self.month:%Y-%m}:{self.carrier}"


class Lane(NamedTuple):
    """The ways one waste went in a month, by manifests filed in it."""

    month: date
    stream: str
    waste_code: str

    @property
    def anchor(self) -> str:
        """What findings on it hang on."""
        return f"lane:{self.month:%Y-%m}:{self.stream}:{self.waste_code}"


@dataclass(frozen=True, slots=True)
class Touched:
    """`chains`: (subject, key) of events. `sites`: by id. `months`: their first days. `days`: (vehicle |
    driver, id, day) on which somebody may have been somewhere else than was known. `hauls`: of every carrier
    that ever stood on a touched manifest, and those that are told by them. `lanes`: of the wastes on these,
    but for what producers sent, and of the month after."""

    chains: frozenset[tuple[str, str]] = frozenset()
    holdings: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    manifests: frozenset[UUID] = frozenset()
    treatments: frozenset[UUID] = frozenset()
    trips: frozenset[UUID] = frozenset()
    months: frozenset[date] = frozenset()
    days: frozenset[tuple[str, int, date]] = frozenset()
    hauls: frozenset[Haul] = frozenset()
    lanes: frozenset[Lane] = frozenset()
    events: int = 0


def touched_since(session: Session, law: Law, last: datetime, *, now: datetime) -> Touched:
    """By the events recorded since `last` (a little before it, so that none is missed that was written
    meanwhile), by deadlines that have passed since, and by months that are over since."""
    rows = session.execute(
        select(EVENT.c.subject, EVENT.c.key).where(EVENT.c.recorded_at >= last - OVERLAP)
    ).all()
    chains = frozenset((row.subject, row.key) for row in rows)
    manifests = frozenset(UUID(key) for subject, key in chains if subject == "manifest")
    treatments = frozenset(UUID(key) for subject, key in chains if subject == "treatment")
    holdings = _holdings(session, last, now, manifests, treatments)
    named = {key for subject, key in chains if subject == "site"}
    days, hauls, trips = _carriage(session, manifests, now)
    return Touched(
        chains,
        frozenset(holdings),
        frozenset(_sites(session, law, holdings, named, now=now)),
        manifests,
        treatments,
        frozenset(trips),
        frozenset(_months(session, manifests, last, now)),
        frozenset(days),
        frozenset(hauls),
        frozenset(_lanes(session, manifests, now)),
        len(rows),
    )


def events_since(session: Session, last: datetime) -> int:
    """How many were recorded since then."""
    since = EVENT.c.recorded_at >= last - OVERLAP
    return int(session.execute(select(func.count()).select_from(EVENT).where(since)).scalar_one())


def in_parts(values: Iterable[T], size: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """The values in an order of their own, a bounded number at a time: statements take no more."""
    ordered = sorted(values)  # type: ignore[type-var]  # ids and codes, of one kind at a time
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _holdings(
    session: Session, last: datetime, now: datetime, manifests: Iterable[UUID], treatments: Iterable[UUID]
) -> set[int]:
    """Those of the manifests and treatments, what flowed into or out of them by new events, what was
    registered, and what has become due."""
    found: set[int] = set()
    for column, keys in ((HOLDING.c.manifest_id, manifests), (HOLDING.c.treatment_id, treatments)):
        for named in in_parts(keys):
            found.update(session.execute(select(HOLDING.c.id).where(column.in_(named))).scalars())
    for some in in_parts(frozenset(found)):
        for end, other in ((FLOW.c.to_id, FLOW.c.from_id), (FLOW.c.from_id, FLOW.c.to_id)):
            found.update(session.execute(select(other).where(end.in_(some), other.is_not(None))).scalars())
    new = select(FLOW.c.to_id, FLOW.c.from_id).join(EVENT, EVENT.c.id == FLOW.c.event_id)
    for row in session.execute(new.where(EVENT.c.recorded_at >= last - OVERLAP)):
        found.update(end for end in row if end is not None)
    became_due = select(HOLDING.c.id).where(OPEN_HOLDING, HOLDING.c.due_at >= last, HOLDING.c.due_at < now)
    found.update(session.execute(became_due).scalars())
    return found


def _sites(
    session: Session, law: Law, holdings: Iterable[int], named: Iterable[str], *, now: datetime
) -> set[int]:
    """Where these lie; those that acted as sites; and where a visit may be overdue by now."""
    found: set[int] = set()
    for some in in_parts(holdings):
        where = select(HOLDING.c.site_id).where(HOLDING.c.id.in_(some), HOLDING.c.site_id.is_not(None))
        found.update(session.execute(where.distinct()).scalars())
    for codes in in_parts(named):
        found.update(session.execute(select(SITE.c.id).where(SITE.c.code.in_(codes))).scalars())
    visits = [(stream.code, stream.clocks.collect_every) for stream in law.streams]
    waits = [
        (HOLDING.c.stream == code) & (HOLDING.c.since < now - timedelta(hours=clock.hours or 24))
        for code, clock in visits
        if clock is not None
    ]
    overdue = (
        select(HOLDING.c.site_id)
        .join(SITE, SITE.c.id == HOLDING.c.site_id)
        .where(OPEN_HOLDING, HOLDING.c.kind == HoldingKind.LOT, SITE.c.kind == SiteKind.PRODUCER, or_(*waits))
    )
    if waits:
        found.update(session.execute(overdue.distinct()).scalars())
    return found


def month_of(moment: datetime) -> date:
    """The first day of the city's month."""
    return local_day(moment).replace(day=1)


def next_month(month: date) -> date:
    """The month after."""
    return (month + timedelta(days=32)).replace(day=1)


def month_before(month: date) -> date:
    """The month before."""
    return (month - timedelta(days=1)).replace(day=1)


def months_from(month: date, following: int, now: datetime) -> Iterator[date]:
    """The month and so many that follow it, as far as they have begun."""
    for _ in range(following + 1):
        if month <= local_day(now):
            yield month
        month = next_month(month)


def months_up_to(month: date, before: int) -> Iterator[date]:
    """The month and so many before it, the latest first."""
    for _ in range(before + 1):
        yield month
        month = month_before(month)


def _months(session: Session, manifests: Iterable[UUID], last: datetime, now: datetime) -> set[date]:
    """The months these were filed in, and those that have ended or begun since."""
    found: set[date] = set()
    for some in in_parts(manifests):
        rows = session.execute(select(MANIFEST.c.filed_at).where(MANIFEST.c.id.in_(some)))
        found.update(month_of(row.filed_at) for row in rows)
    if month_of(last) != month_of(now):
        found.update((month_of(last), month_of(now)))
    return found


def _lanes(session: Session, manifests: Iterable[UUID], now: datetime) -> set[Lane]:
    found: set[Lane] = set()
    for some in in_parts(manifests):
        rows = session.execute(
            select(MANIFEST.c.filed_at, MANIFEST.c.stream, LINE.c.waste_code)
            .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
            .join(SITE, SITE.c.id == MANIFEST.c.consignor_id)
            .where(
                MANIFEST.c.id.in_(some), SITE.c.kind != SiteKind.PRODUCER, MANIFEST.c.filed_at.is_not(None)
            )
        )
        found.update(
            Lane(month, stream, code)
            for filed_at, stream, code in rows
            for month in months_from(month_of(filed_at), 1, now)
        )
    return found


def _carriage(
    session: Session, manifests: Iterable[UUID], now: datetime
) -> tuple[set[tuple[str, int, date]], set[Haul], set[UUID]]:
    """Every vehicle and driver that ever stood on these, on the days of their acts and the day after; every
    carrier, in the months in which a leg was ever said to have ended; and every trip they ever were on."""
    days: set[tuple[str, int, date]] = set()
    hauls: set[Haul] = set()
    trips: set[UUID] = set()
    for some in in_parts(str(manifest) for manifest in manifests):
        rows = session.execute(
            select(EVENT.c.key, EVENT.c.at, EVENT.c.text).where(
                EVENT.c.subject == "manifest", EVENT.c.key.in_(some), EVENT.c.verdict == "applied"
            )
        ).all()
        told: dict[str, _Told] = defaultdict(_Told)
        for row in rows:
            day = local_day(row.at)
            told[row.key].days.update((day, day + timedelta(days=1)))
            told[row.key].listen(row.text)
        for each in told.values():
            days.update((*who, day) for day in each.days for who in each.movers)
            ended = {later for month in each.months for later in months_from(month, RUN_UP, now)}
            hauls.update(Haul(carrier, month) for carrier in each.carriers for month in ended)
            trips |= each.trips
    return days, hauls, trips


@dataclass(slots=True)
class _Told:
    """What the events of one manifest say of its legs and trips. `months` in which a leg ended."""

    days: set[date] = field(default_factory=set)
    movers: set[tuple[str, int]] = field(default_factory=set)
    carriers: set[int] = field(default_factory=set)
    months: set[date] = field(default_factory=set)
    trips: set[UUID] = field(default_factory=set)

    def listen(self, written: str) -> None:
        """To an event's text."""
        content: dict[str, Any] = json.loads(written)
        changes = [content.get(change, {}) for change in ("put", "set")]
        for row in chain.from_iterable(change.get("manifest", ()) for change in changes):
            if row.get("trip_id") is not None:
                self.trips.add(UUID(row["trip_id"]))
        for leg in chain.from_iterable(change.get("leg", ()) for change in changes):
            self.movers.update(
                (kind, leg[f"{kind}_id"])
                for kind in ("vehicle", "driver")
                if leg.get(f"{kind}_id") is not None
            )
            if leg.get("carrier_id") is not None:
                self.carriers.add(leg["carrier_id"])
            if leg.get("ended_at") is not None:
                self.months.add(month_of(datetime.fromisoformat(leg["ended_at"])))
