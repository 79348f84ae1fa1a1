"""Where the mass of one manifest is right now, before it is treated or leaves for elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.graph.chain_rows import plates
from zerowaste.models.tables import HOLDING, ORGANISATION, SITE
from zerowaste.vocabulary import HoldingKind

STANDING = (HoldingKind.LOT, HoldingKind.LOAD)


class Standing(NamedTuple):
    """Mass of a manifest in one place. `place`: a site's code, or the plate of what carries it."""

    kind: HoldingKind
    part: str
    place: str | None
    holder: str
    waste_code: str
    mass_g: int
    due_at: datetime | None


def standing(session: Session, manifest_id: UUID) -> Sequence[Standing]:
    """What is still in the yard, on the road, at the gate or in store, what must move first first."""
    rows = session.execute(
        select(HOLDING, SITE.c.code.label("site"), ORGANISATION.c.name.label("holder"))
        .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
        .outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
        .where(HOLDING.c.manifest_id == manifest_id, HOLDING.c.grams > 0, HOLDING.c.kind.in_(STANDING))
        .order_by(HOLDING.c.due_at.is_(None), HOLDING.c.due_at, HOLDING.c.id)
    ).all()
    road = plates(session, {manifest_id}) if any(row.site is None for row in rows) else {}
    return [
        Standing(
            HoldingKind(row.kind), row.part, row.site or road.get((manifest_id, row.part)), row.holder,
            row.waste_code, row.grams, row.due_at,
        )
        for row in rows
    ]  # fmt: skip
