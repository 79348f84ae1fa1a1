"""What a month saw: what producers sent, which ways waste went between all others, and what carriers brought.

Producers receive nothing (rules/filing.py), so their loads and the ways between the others have nothing in
common, and each is asked for by whoever judges it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.graph.cycles import Way
from zerowaste.graph.touched import (
    RUN_UP,
    Haul,
    Lane,
    in_parts,
    month_before,
    month_of,
    months_up_to,
    next_month,
)
from zerowaste.models.city_days import city_month
from zerowaste.models.tables import LEG, LINE, MANIFEST, ORGANISATION, SITE
from zerowaste.vocabulary import NEVER_LEFT, Basis, SiteKind

_LINES = LINE.join(MANIFEST, MANIFEST.c.id == LINE.c.manifest_id)
_SENT = _LINES.join(SITE, SITE.c.id == MANIFEST.c.consignor_id)

# (site, stream)
Who = tuple[int, str]


class Sender(NamedTuple):
    """What a producer's site sent of one stream in a month, by manifests filed in it; net grams."""

    loads: int = 0
    grams: int = 0


class Weighed(NamedTuple):
    """A carrier's load that both ends put on a scale: what travelled, and what came."""

    carrier: str
    at: datetime
    travelling_g: int
    received_g: int


class Ways(NamedTuple):
    """Of one waste from whom to whom: by manifests filed in a month, and in the month before."""

    own: Sequence[Way] = ()
    before: Sequence[Way] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """`first`: its first day; `over`: it has ended, and was told from its first day on. `days` in it."""

    first: date
    over: bool
    sent: Mapping[Who, Sender]

    @property
    def days(self) -> int:
        return (next_month(self.first) - self.first).days


def months(session: Session, *, now: datetime, wanted: Iterable[date] | None = None) -> dict[date, Month]:
    """What producers sent in every month since the first manifest but the present one, or only in these,
    by their first days."""
    began = session.execute(select(func.min(MANIFEST.c.filed_at))).scalar_one() or now
    chosen = _all(began, now) if wanted is None else sorted(wanted)
    sent = _sent(session, chosen)
    return {
        first: Month(first, began < day_start(first) and is_over(first, now), sent.get(first, {}))
        for first in chosen
    }


def is_over(month: date, now: datetime) -> bool:
    """Whether the month has ended."""
    return next_month(month) <= local_day(now)


def _all(began: datetime, now: datetime) -> list[date]:
    found = []
    month = month_of(began)
    while is_over(month, now):
        found.append(month)
        month = next_month(month)
    return found


def _sent(session: Session, chosen: Sequence[date]) -> dict[date, dict[Who, Sender]]:
    found: dict[date, dict[Who, Sender]] = defaultdict(dict)
    if not chosen:
        return found
    month = city_month(MANIFEST.c.filed_at)
    keys = (month, MANIFEST.c.consignor_id, MANIFEST.c.stream)
    rows = session.execute(
        select(*keys, func.count(), func.sum(LINE.c.declared_g))
        .select_from(_SENT)
        .where(
            _within(MANIFEST.c.filed_at, chosen), MANIFEST.c.status.not_in(NEVER_LEFT),
            MANIFEST.c.consignee_id.is_not(None), SITE.c.kind == SiteKind.PRODUCER,
        )
        .group_by(*keys)
    )  # fmt: skip
    for first, site, stream, loads, grams in rows:
        found[first][site, stream] = Sender(loads, int(grams))
    return found


def ways(session: Session, wanted: Collection[Lane] | None = None) -> dict[Lane, Ways]:
    """By month and waste, what came from whom to whom between sites that do not make it; of all lanes, or
    only of these."""
    read = None if wanted is None else {lane._replace(month=each) for lane in wanted
                                        for each in months_up_to(lane.month, 1)}  # fmt: skip
    found = _ways(session, read)
    return {
        lane: Ways(own, found.get(lane._replace(month=month_before(lane.month)), ()))
        for lane, own in found.items()
        if wanted is None or lane in wanted
    }


def _ways(session: Session, wanted: Collection[Lane] | None) -> dict[Lane, list[Way]]:
    month = city_month(MANIFEST.c.filed_at)
    keys = (month, MANIFEST.c.stream, LINE.c.waste_code, MANIFEST.c.consignor_id, MANIFEST.c.consignee_id)
    came = func.sum(LINE.c.accepted_g)
    statement = (
        select(*keys, came)
        .select_from(_SENT)
        .where(
            MANIFEST.c.status.not_in(NEVER_LEFT), SITE.c.kind != SiteKind.PRODUCER,
            MANIFEST.c.consignee_id.is_not(None), MANIFEST.c.filed_at.is_not(None),
        )
        .group_by(*keys)
        .having(came > 0)
        .order_by(*keys)
    )  # fmt: skip
    if wanted is not None:
        statement = statement.where(
            _within(MANIFEST.c.filed_at, [lane.month for lane in wanted]),
            LINE.c.waste_code.in_({lane.waste_code for lane in wanted}),
        )
    found: dict[Lane, list[Way]] = defaultdict(list)
    for first, stream, code, consignor, consignee, grams in session.execute(statement):
        found[Lane(first, stream, code)].append((consignor, consignee, int(grams)))
    return found


def weighed(session: Session, wanted: Collection[Haul] | None = None) -> dict[Haul, list[Weighed]]:
    """By carrier and month of arrival, the loads that both ends weighed, in their order, after those of the
    months before by which a habit is told; all of them, or only these carriers' of these months."""
    read = None if wanted is None else {haul._replace(month=each) for haul in wanted
                                        for each in months_up_to(haul.month, RUN_UP)}  # fmt: skip
    found = _weighed(session, read)
    return {
        haul: [
            load
            for each in reversed(list(months_up_to(haul.month, RUN_UP)))
            for load in found.get(haul._replace(month=each), ())
        ]
        for haul in found
        if wanted is None or haul in wanted
    }


def _weighed(session: Session, wanted: Collection[Haul] | None) -> dict[Haul, list[Weighed]]:
    statement = (
        select(LEG.c.carrier_id, ORGANISATION.c.name, LEG.c.ended_at, LINE.c.loaded_g, LINE.c.received_g)
        .select_from(
            _LINES.join(LEG, (LEG.c.manifest_id == MANIFEST.c.id) & (LEG.c.number == MANIFEST.c.carried))
            .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        )
        .where(
            MANIFEST.c.status.not_in(NEVER_LEFT),
            ~LEG.c.back,
            LEG.c.ended_at.is_not(None),
            LINE.c.loaded_g > 0,
            LINE.c.accepted_g.is_not(None),
            LINE.c.basis == Basis.SCALE,
            LINE.c.received_basis == Basis.SCALE,
        )
        .order_by(LEG.c.carrier_id, LEG.c.ended_at, LINE.c.manifest_id, LINE.c.number)
    )  # fmt: skip
    found: dict[Haul, list[Weighed]] = defaultdict(list)
    for some in [None] if wanted is None else in_parts(wanted):
        asked = statement if some is None else statement.where(_brought(some))
        for carrier, *load in session.execute(asked):
            found[Haul(carrier, month_of(load[1]))].append(Weighed(*load))
    return found


def _brought(wanted: Iterable[Haul]) -> ColumnElement[bool]:
    chosen = list(wanted)
    whose = LEG.c.carrier_id.in_({haul.carrier for haul in chosen})
    return whose & _within(LEG.c.ended_at, [haul.month for haul in chosen])


def _within(column: ColumnElement[Any], chosen: Iterable[date]) -> ColumnElement[bool]:
    """In one of these months; those that follow each other are one span."""
    spans: list[list[date]] = []
    for first in sorted(set(chosen)):
        if spans and spans[-1][1] == first:
            spans[-1][1] = next_month(first)
        else:
            spans.append([first, next_month(first)])
    return or_(
        false(), *((column >= day_start(since)) & (column < day_start(until)) for since, until in spans)
    )
