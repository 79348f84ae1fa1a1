"""Which events prove a chain to whom: a party its own manifest's, an overseer all on the way."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from zerowaste.documents.evidence import Sealed
from zerowaste.models.tables import EVENT, HOLDING
from zerowaste.services.desk import Desk
from zerowaste.services.queries.chains import OVERSEERS, ChainView
from zerowaste.services.queries.manifests import visible


def sealed_events(desk: Desk, ref: str, seen: ChainView) -> list[Sealed]:
    """The events of the manifest `ref`; for an overseer those of every manifest and treatment of its
    chain, as far as `seen` follows it. Raises `not_found`."""
    row = visible(desk.session, desk.actor, ref)
    keys = {"manifest": {row.id}, "treatment": set[UUID]()}
    if desk.actor.role in OVERSEERS:
        _follow(desk.session, [node.id for node in seen.nodes], keys)
    # A list for each subject: a condition for each key is deeper than SQLite reads.
    chosen = (
        and_(EVENT.c.subject == subject, EVENT.c.key.in_(sorted(map(str, some))))
        for subject, some in keys.items()
    )
    rows = desk.session.execute(
        select(EVENT.c.id, EVENT.c.subject, EVENT.c.key, EVENT.c.number, EVENT.c.text, EVENT.c.hash)
        .where(or_(*chosen))
        .order_by(EVENT.c.subject, EVENT.c.key, EVENT.c.number)
    )
    return [Sealed(*each) for each in rows]


def _follow(session: Session, holdings: Iterable[int], keys: Mapping[str, set[UUID]]) -> None:
    """Adds every manifest and treatment on the way to `keys`."""
    rows = session.execute(
        select(HOLDING.c.manifest_id, HOLDING.c.treatment_id).where(HOLDING.c.id.in_(list(holdings)))
    ).all()
    keys["manifest"].update(row.manifest_id for row in rows if row.manifest_id)
    keys["treatment"].update(row.treatment_id for row in rows if row.treatment_id)
