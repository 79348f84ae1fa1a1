"""The events behind findings that add up many loads: each leads to what brought them, the latest first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from zerowaste.audits import Finding
from zerowaste.audits.finding import Loads
from zerowaste.clock import day_start
from zerowaste.graph.touched import in_parts, next_month
from zerowaste.models.tables import CHARGE, EVENT, HOLDING, LEG, LINE, MANIFEST, ORGANISATION
from zerowaste.vocabulary import NEVER_LEFT, Basis

MOST = 50  # loads that are named; whoever wants all of them has the registers


def with_loads(session: Session, found: Sequence[Finding]) -> Iterator[Finding]:
    """The findings in the same order, those of many loads with the events that brought these."""
    for finding in found:
        if finding.loads is None:
            yield finding
        else:
            yield replace(finding, events=_events(session, finding.loads) or finding.events)


def _events(session: Session, loads: Loads) -> tuple[UUID, ...]:
    if loads.quota is not None:
        return tuple(session.execute(_charging(loads.quota)).scalars())
    manifests = list(session.execute(_carried(loads)).scalars())
    came: dict[UUID, UUID] = {}
    for some in in_parts(manifests):
        # The last holding of a load on its way: at the gate, or still on the lorry.
        parts = or_(HOLDING.c.part == "gate", HOLDING.c.part.startswith("load"))
        rows = session.execute(
            select(HOLDING.c.manifest_id, HOLDING.c.event_id)
            .where(HOLDING.c.manifest_id.in_(some), parts)
            .order_by(HOLDING.c.id)
        )
        came.update((row.manifest_id, row.event_id) for row in rows)
    return tuple(came[manifest] for manifest in manifests if manifest in came)


def _charging(quota: int) -> Any:
    return (
        select(EVENT.c.id)
        .where(EVENT.c.id.in_(select(CHARGE.c.event_id).where(CHARGE.c.quota_id == quota)))
        .order_by(EVENT.c.at.desc(), EVENT.c.id)
        .limit(MOST)
    )


def _carried(loads: Loads) -> Any:
    return (
        select(MANIFEST.c.id)
        .where(MANIFEST.c.status.not_in(NEVER_LEFT), *_meant(loads))
        .order_by(MANIFEST.c.filed_at.desc(), MANIFEST.c.id)
        .limit(MOST)
    )


def _meant(loads: Loads) -> Iterator[ColumnElement[bool]]:
    if loads.months is not None:
        first, last = loads.months
        yield MANIFEST.c.filed_at >= day_start(first)
        yield MANIFEST.c.filed_at < day_start(next_month(last))
    if loads.ways:
        yield or_(*(_way(*way) for way in loads.ways))
    if loads.stream:
        yield MANIFEST.c.stream == loads.stream
    if loads.trip is not None:
        yield MANIFEST.c.trip_id == loads.trip
    if loads.waste_code:
        code = LINE.c.waste_code == loads.waste_code
        yield select(LINE.c.number).where(LINE.c.manifest_id == MANIFEST.c.id, code).exists()
    if loads.arrived is not None:
        yield MANIFEST.c.id.in_(_brought(loads.carrier, loads.arrived))


def _way(origin: int, target: int | None) -> ColumnElement[bool]:
    from_there = MANIFEST.c.consignor_id == origin
    return from_there if target is None else and_(from_there, MANIFEST.c.consignee_id == target)


def _brought(carrier: str, arrived: tuple[Any, Any]) -> Any:
    """What he brought to a gate in that time, weighed at both ends."""
    on_scales = and_(
        LINE.c.manifest_id == LEG.c.manifest_id, LINE.c.basis == Basis.SCALE,
        LINE.c.received_basis == Basis.SCALE, LINE.c.accepted_g.is_not(None),
    )  # fmt: skip
    return (
        select(LEG.c.manifest_id)
        .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        .where(
            ORGANISATION.c.name == carrier, ~LEG.c.back, LEG.c.ended_at.between(*arrived),
            select(LINE.c.number).where(on_scales).exists(),
        )
    )  # fmt: skip
