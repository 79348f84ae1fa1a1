"""What a month saw: how much went from where to where, and how much less its carriers brought."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.graph.touched import month_of, next_month
from zerowaste.models.tables import LEG, LINE, MANIFEST, ORGANISATION
from zerowaste.vocabulary import Basis, Status

_NEVER_LEFT = (Status.DRAFT, Status.CANCELLED, Status.EXPIRED)


class Sent(NamedTuple):
    """Of one waste from one site to another, by manifests filed that month; net grams."""

    consignor: int
    consignee: int
    stream: str
    waste_code: str
    loads: int
    declared_g: int
    accepted_g: int


class Weighed(NamedTuple):
    """A carrier's load that both ends put on a scale: what travelled, and what came."""

    carrier: str
    at: datetime
    travelling_g: int
    received_g: int


@dataclass(frozen=True, slots=True)
class Month:
    """`first`: its first day; `over`: it has ended, and was told from its first day on. `days` in it."""

    first: date
    over: bool
    sent: Sequence[Sent]
    weighed: Sequence[Weighed]

    @property
    def days(self) -> int:
        return (next_month(self.first) - self.first).days


def months(session: Session, *, now: datetime, wanted: Iterable[date] | None = None) -> dict[date, Month]:
    """Every month since the first manifest, or only these, by their first days."""
    began = session.execute(select(func.min(MANIFEST.c.filed_at))).scalar_one() or now
    chosen = _all(began, now) if wanted is None else sorted(wanted)
    return {first: _month(session, first, began, now) for first in chosen}


def _all(began: datetime, now: datetime) -> list[date]:
    found = []
    month = month_of(began)
    while month <= local_day(now):
        found.append(month)
        month = next_month(month)
    return found


def _month(session: Session, first: date, began: datetime, now: datetime) -> Month:
    since, until = day_start(first), day_start(next_month(first))
    filed = (
        MANIFEST.c.filed_at >= since, MANIFEST.c.filed_at < until, MANIFEST.c.status.not_in(_NEVER_LEFT),
    )  # fmt: skip
    pairs = (MANIFEST.c.consignor_id, MANIFEST.c.consignee_id, MANIFEST.c.stream, LINE.c.waste_code)
    masses = (func.count(), func.sum(LINE.c.declared_g), func.coalesce(func.sum(LINE.c.accepted_g), 0))
    line = LINE.join(MANIFEST, MANIFEST.c.id == LINE.c.manifest_id)
    sent = session.execute(
        select(*pairs, *masses)
        .select_from(line)
        .where(*filed, MANIFEST.c.consignee_id.is_not(None))
        .group_by(*pairs)
        .order_by(*pairs)
    )
    weighed = session.execute(
        select(ORGANISATION.c.name, LEG.c.ended_at, LINE.c.loaded_g, LINE.c.received_g)
        .select_from(
            line.join(LEG, LEG.c.manifest_id == MANIFEST.c.id).join(
                ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id
            )
        )
        .where(
            *filed,
            ~LEG.c.back,
            LEG.c.number == MANIFEST.c.carried,
            LEG.c.ended_at.is_not(None),
            LINE.c.loaded_g > 0,
            LINE.c.accepted_g.is_not(None),
            LINE.c.basis == Basis.SCALE,
            LINE.c.received_basis == Basis.SCALE,
        )
        .order_by(ORGANISATION.c.name, LEG.c.ended_at, LINE.c.manifest_id, LINE.c.number)
    )
    return Month(
        first,
        began < since and until <= now,
        [
            Sent(consignor, consignee, stream, code, loads, int(declared), int(accepted))
            for consignor, consignee, stream, code, loads, declared, accepted in sent
        ],
        [Weighed(*row) for row in weighed],
    )
