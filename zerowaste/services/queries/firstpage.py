"""What a first page counts: what lies at one's own places, and what was sent lately."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import Session

from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, LINE, MANIFEST, SITE
from zerowaste.rules.access import Actor
from zerowaste.vocabulary import NEVER_LEFT, HoldingKind, Status

TAKEN_IN = (Status.ACCEPTED, Status.SETTLED)
# Said by what it is not: asked for the most frequent statuses there are, SQLite would go through the whole
# city's manifests instead of the sites' own.
NOT_TAKEN_IN = tuple(status for status in Status if status not in TAKEN_IN)


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


NOTHING = Sent(0, 0, 0, 0)


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


def latest_taken_in(session: Session, actor: Actor) -> Any:
    """(id, number) of the latest load of the actor's sites that its receiver has taken in, or None."""
    return session.execute(
        select(MANIFEST.c.id, MANIFEST.c.number)
        .where(MANIFEST.c.consignor_id.in_(sorted(actor.sites)), MANIFEST.c.status.not_in(NOT_TAKEN_IN))
        .order_by(MANIFEST.c.filed_at.desc(), MANIFEST.c.id.desc())
        .limit(1)
    ).first()


def sent_since(session: Session, actor: Actor, since: datetime) -> tuple[Mapping[str, Sent], Sequence[Went]]:
    """(what the actor's sites sent since then, by stream; where it was accepted, and for what, the most
    first). What was called off is left out."""
    # A manifest's first line counts it: a sum over its lines, whatever they are grouped by.
    loads = func.sum(case((LINE.c.number == 1, 1), else_=0))
    grams = [func.sum(column) for column in (LINE.c.declared_g, LINE.c.accepted_g, LINE.c.refused_g)]
    rows = session.execute(
        select(MANIFEST.c.stream, SITE.c.code, LINE.c.operation, loads, *grams)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(SITE, SITE.c.id == MANIFEST.c.consignee_id)
        .where(
            MANIFEST.c.consignor_id.in_(sorted(actor.sites)),
            MANIFEST.c.filed_at >= since,
            MANIFEST.c.status.not_in(NEVER_LEFT),
        )
        .group_by(MANIFEST.c.stream, SITE.c.code, LINE.c.operation)
    )
    sent: dict[str, Sent] = {}
    went = []
    for stream, site, operation, *amounts in rows:
        more = Sent(*(int(amount or 0) for amount in amounts))
        sent[stream] = Sent(*map(sum, zip(sent.get(stream, NOTHING), more, strict=True)))
        if more.accepted_g:
            went.append(Went(stream, site, operation, more.accepted_g))
    went.sort(key=lambda each: (-each.accepted_g, each.site, each.operation))
    return sent, went
