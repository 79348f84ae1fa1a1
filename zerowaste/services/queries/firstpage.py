"""What a first page counts: what lies at one's own places, and what was sent lately."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlmodel import Session

from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, LINE, MANIFEST, SITE
from zerowaste.rules.access import Actor
from zerowaste.vocabulary import HoldingKind, Status

NEVER_LEFT = (Status.DRAFT, Status.CANCELLED, Status.EXPIRED)


class Stock(NamedTuple):
    """What lies of one waste at one site. `due_at`: when the first of it must go."""

    site: str
    stream: str
    waste_code: str
    mass_g: int
    lots: int
    due_at: datetime | None


class Sent(NamedTuple):
    """What was sent since a moment: loads, and what became of their mass so far; grams."""

    loads: int
    declared_g: int
    accepted_g: int
    refused_g: int


class Went(NamedTuple):
    """What one receiver accepted of what was sent since a moment, to be treated in one way; grams."""

    stream: str
    site: str
    operation: str
    accepted_g: int


def stock_of(session: Session, actor: Actor, *, limit: int) -> Sequence[Stock]:
    """What lies at the actor's own sites, by site and waste, what must go first first."""
    due = func.min(HOLDING.c.due_at)
    rows = session.execute(
        select(
            SITE.c.code, HOLDING.c.stream, HOLDING.c.waste_code, func.sum(HOLDING.c.grams), func.count(), due
        )
        .join(SITE, SITE.c.id == HOLDING.c.site_id)
        .where(
            HOLDING.c.site_id.in_(sorted(actor.sites)),
            OPEN_HOLDING,
            HOLDING.c.kind == HoldingKind.LOT,
        )
        .group_by(SITE.c.code, HOLDING.c.stream, HOLDING.c.waste_code)
        .order_by(due.is_(None), due, SITE.c.code, HOLDING.c.waste_code)
        .limit(limit)
    )
    return [Stock(site, stream, code, int(mass), lots, at) for site, stream, code, mass, lots, at in rows]


def sent_since(session: Session, actor: Actor, since: datetime) -> Mapping[str, Sent]:
    """What the actor's sites sent since then, by stream; what was called off is left out."""
    rows = session.execute(
        select(
            MANIFEST.c.stream,
            func.count(MANIFEST.c.id.distinct()),
            func.sum(LINE.c.declared_g),
            func.sum(LINE.c.accepted_g),
            func.sum(LINE.c.refused_g),
        )
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .where(
            and_(
                MANIFEST.c.consignor_id.in_(sorted(actor.sites)),
                MANIFEST.c.filed_at >= since,
                MANIFEST.c.status.not_in(NEVER_LEFT),
            )
        )
        .group_by(MANIFEST.c.stream)
        .order_by(MANIFEST.c.stream)
    )
    return {
        stream: Sent(loads, int(declared or 0), int(accepted or 0), int(refused or 0))
        for stream, loads, declared, accepted, refused in rows
    }


def went_since(session: Session, actor: Actor, since: datetime, *, limit: int) -> Sequence[Went]:
    """Where what the actor's sites sent since then was accepted, and for what, the most first."""
    accepted = func.sum(LINE.c.accepted_g)
    rows = session.execute(
        select(MANIFEST.c.stream, SITE.c.code, LINE.c.operation, accepted)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(SITE, SITE.c.id == MANIFEST.c.consignee_id)
        .where(
            MANIFEST.c.consignor_id.in_(sorted(actor.sites)),
            MANIFEST.c.filed_at >= since,
            LINE.c.accepted_g > 0,
        )
        .group_by(MANIFEST.c.stream, SITE.c.code, LINE.c.operation)
        .order_by(accepted.desc(), SITE.c.code, LINE.c.operation)
        .limit(limit)
    )
    return [Went(stream, site, operation, int(grams)) for stream, site, operation, grams in rows]
