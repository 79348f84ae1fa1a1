"""The region at a glance: what was sent and what became of it, what is open, and who is filling up.

Bounded by whoever looks: sums over one region, a period and if wanted a stream. Grams throughout."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlmodel import Session

from zerowaste.models.conditions import ENDED_HOLDING, OPEN_HOLDING
from zerowaste.models.tables import (
    HOLDING,
    LINE,
    MANIFEST,
    PERMIT,
    QUOTA,
    SITE,
    TERM,
    TREATMENT,
)
from zerowaste.rules.access import Actor
from zerowaste.rules.regions import DIGITS
from zerowaste.services.regions import inside
from zerowaste.vocabulary import NEVER_LEFT, Instrument

AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30), timedelta(days=365))
MOST_FLOWS, MOST_BOARD = 40, 12
_MASSES = ("declared_g", "loaded_g", "accepted_g", "refused_g")
_CONSIGNOR, _CONSIGNEE, _END = SITE.alias("consignor"), SITE.alias("consignee"), SITE.alias("way_end")


class Sums(NamedTuple):
    """Of the manifests filed in the period by sites of the region."""

    loads: int
    declared_g: int
    loaded_g: int
    accepted_g: int
    refused_g: int


class Moved(NamedTuple):
    """Accepted mass from a district to a receiver (its code and name)."""

    district: str
    receiver: str
    name: str
    name_en: str
    mass_g: int


class Ended(NamedTuple):
    """What treatments of the period made of it, at a receiver; `part`: fate or product."""

    receiver: str
    operation: str
    part: str
    mass_g: int


class Open(NamedTuple):
    """Open mass of a stream in a district ("" where it is on the road), `age`: how many of AGES have
    passed; `overdue_g`: of it, past its deadline."""

    stream: str
    district: str
    age: int
    mass_g: int
    holdings: int
    overdue_g: int


class Filling(NamedTuple):
    """A yearly or daily limit of a receiver and what is taken of it, in `unit`."""

    site: str
    name: str
    name_en: str
    stream: str
    pattern: str
    operation: str
    period: str
    unit: str
    limit: int
    used: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The largest flows and ends; `ended_g`: of all ends, shown or not."""

    sums: Sums
    moved: Sequence[Moved]
    ended: Sequence[Ended]
    ended_g: int
    open: Sequence[Open]
    filling: Sequence[Filling]


def overview(
    session: Session, actor: Actor, *, since: datetime, today: date, now: datetime, stream: str | None
) -> Overview:
    """The actor's region since a moment. Four queries, whatever there is to count."""
    pairs, ends = _pairs(session, actor, since, stream), _ended(session, actor, since, stream)
    return Overview(
        sums=_sums(pairs),
        moved=_moved(pairs),
        ended=ends[:MOST_FLOWS],
        ended_g=sum(end.mass_g for end in ends),
        open=_open(session, actor, now, stream),
        filling=_filling(session, actor, today, stream),
    )


def _of(column: Any, stream: str | None) -> ColumnElement[bool]:
    return true() if stream is None else column == stream


def _pairs(session: Session, actor: Actor, since: datetime, stream: str | None) -> list[Any]:
    """What went from where to where: the period's lines added up by both ends, then the ends' names."""
    # A manifest's first line counts it: cheaper than counting distinct ids.
    loads = func.sum(case((LINE.c.number == 1, 1), else_=0)).label("loads")
    grams = [func.sum(LINE.c[name]).label(name) for name in _MASSES]
    pairs = (
        select(MANIFEST.c.consignor_id, MANIFEST.c.consignee_id, loads, *grams)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .where(
            MANIFEST.c.filed_at >= since,
            MANIFEST.c.status.not_in(NEVER_LEFT),
            _of(MANIFEST.c.stream, stream),
        )
        .group_by(MANIFEST.c.consignor_id, MANIFEST.c.consignee_id)
        .subquery()
    )
    here = [case((inside(actor, end), 1), else_=0) for end in (_CONSIGNOR, _CONSIGNEE)]
    return list(
        session.execute(
            select(
                pairs, func.substr(_CONSIGNOR.c.street, 1, DIGITS).label("district"), _CONSIGNEE.c.code,
                _CONSIGNEE.c.name, _CONSIGNEE.c.name_en, here[0].label("from_here"),
                here[1].label("to_here"),
            )
            .join(_CONSIGNOR, _CONSIGNOR.c.id == pairs.c.consignor_id)
            .join(_CONSIGNEE, _CONSIGNEE.c.id == pairs.c.consignee_id)
        )
    )  # fmt: skip


def _sums(pairs: Sequence[Any]) -> Sums:
    own = [pair for pair in pairs if pair.from_here]
    return Sums(*(sum(int(getattr(pair, name) or 0) for pair in own) for name in ("loads", *_MASSES)))


def _moved(pairs: Sequence[Any]) -> list[Moved]:
    """The largest flows that begin or end in the region."""
    grams: Counter[tuple[str, str, str, str]] = Counter()
    for pair in pairs:
        if pair.accepted_g and (pair.from_here or pair.to_here):
            grams[pair.district, pair.code, pair.name, pair.name_en or pair.name] += int(pair.accepted_g)
    largest = sorted(grams.items(), key=lambda each: (-each[1], each[0]))[:MOST_FLOWS]
    return [Moved(*way, mass) for way, mass in largest]


def _ended(session: Session, actor: Actor, since: datetime, stream: str | None) -> list[Ended]:
    """What left the batches of the period for good: nothing ever leaves an end, so its balance is it.

    One row a site, operation and kind of end: as many as there are, so that their sum is whole."""
    mass = func.sum(HOLDING.c.grams)
    rows = session.execute(
        select(SITE.c.code, TREATMENT.c.operation, HOLDING.c.part, mass)
        .select_from(TREATMENT)
        .join(SITE, SITE.c.id == TREATMENT.c.site_id)
        .join(HOLDING, and_(HOLDING.c.treatment_id == TREATMENT.c.id, ENDED_HOLDING))
        .where(TREATMENT.c.at >= since, _of(HOLDING.c.stream, stream), inside(actor, SITE))
        .group_by(SITE.c.code, TREATMENT.c.operation, HOLDING.c.part)
        .order_by(mass.desc(), SITE.c.code)
    )
    return [Ended(code, operation, part, int(grams)) for code, operation, part, grams in rows]


def _open(session: Session, actor: Actor, now: datetime, stream: str | None) -> list[Open]:
    district = func.coalesce(func.substr(SITE.c.street, 1, DIGITS), "")
    passed = case(
        *((HOLDING.c.since > now - age, number) for number, age in enumerate(AGES)), else_=len(AGES)
    )
    overdue = case((HOLDING.c.due_at < now, HOLDING.c.grams), else_=0)
    rows = session.execute(
        select(HOLDING.c.stream, district, passed, func.sum(HOLDING.c.grams), func.count(), func.sum(overdue))
        .select_from(HOLDING)
        .outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
        .where(
            OPEN_HOLDING,
            _of(HOLDING.c.stream, stream),
            or_(inside(actor, SITE), and_(HOLDING.c.site_id.is_(None), _on_the_road_of(actor) > 0)),
        )
        .group_by(HOLDING.c.stream, district, passed)
        .order_by(HOLDING.c.stream, district, passed)
    )
    return [
        Open(kind, where, age, int(grams), count, int(late or 0))
        for kind, where, age, grams, count, late in rows
    ]


def _on_the_road_of(actor: Actor) -> Any:
    """How many ends of a load's way lie in the region. Asked for each load that is on the road: joined, the
    planner would read every manifest there ever was, since it cannot know how little is open."""
    return (
        select(func.count())
        .select_from(MANIFEST)
        .join(_END, _END.c.id.in_([MANIFEST.c.consignor_id, MANIFEST.c.consignee_id]))
        .where(MANIFEST.c.id == HOLDING.c.manifest_id, inside(actor, _END))
        .correlate(HOLDING)
        .scalar_subquery()
    )


def _filling(session: Session, actor: Actor, today: date, stream: str | None) -> list[Filling]:
    taken = QUOTA.c.used_g + QUOTA.c.reserved_g
    share = taken * 1.0 / case((QUOTA.c.limit_g > 0, QUOTA.c.limit_g), else_=1)
    rows = session.execute(
        select(
            SITE.c.code, SITE.c.name, SITE.c.name_en, TERM.c.stream, TERM.c.pattern, TERM.c.operation,
            QUOTA.c.period, QUOTA.c.unit, QUOTA.c.limit_g, QUOTA.c.used_g, QUOTA.c.reserved_g,
        )
        .join(TERM, TERM.c.id == QUOTA.c.term_id)
        .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
        .join(SITE, SITE.c.id == QUOTA.c.site_id)
        .where(
            PERMIT.c.kind == Instrument.PERMIT,
            QUOTA.c.starts <= today,
            QUOTA.c.ends >= today,
            taken > 0,
            _of(TERM.c.stream, stream),
            inside(actor, SITE),
        )
        .order_by(share.desc(), SITE.c.code)
        .limit(MOST_BOARD)
    )  # fmt: skip
    return [Filling(code, name, name_en or name, *rest) for code, name, name_en, *rest in map(tuple, rows)]
