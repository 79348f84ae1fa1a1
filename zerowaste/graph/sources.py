"""Where waste came from: the manifests of its producers, behind whatever it has become since."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from zerowaste.graph.chain_rows import follow_indexes
from zerowaste.models.tables import DRAW, FLOW, HOLDING, MANIFEST
from zerowaste.vocabulary import Source

CAP = 20_000
FIRST_LOOK = 1_000


@dataclass(frozen=True, slots=True)
class Behind:
    """How many producers' manifests stand behind a holding; `exact` False: at least so many."""

    chains: int
    exact: bool = True


def chains_behind(session: Session, holdings: Collection[int], *, cap: int = CAP) -> dict[int, Behind]:
    """Holding → the chains that still have mass in it: one query for all that lies upstream, and
    one for what filed manifests still hold in registered lots.

    Most holdings have a short past, so few rows are asked for at first; where that was not enough,
    at most `cap` holdings are looked at, and a count that may be too low says so."""
    if not holdings:
        return {}
    held: dict[int, set[UUID]] = {}
    follow_indexes(session)
    for row in session.execute(_HELD, {"ids": sorted(holdings)}):
        held.setdefault(row.holding_id, set()).add(row.manifest_id)
    found: dict[int, Behind] = {}
    for limit in (min(cap, FIRST_LOOK), cap):
        rows = session.execute(_UPSTREAM, {"ids": sorted(holdings), "cap": limit}).all()
        found = count_sources(holdings, rows, held)
        if limit == cap or all(behind.exact for behind in found.values()):
            break
    return found


def _statement_upstream() -> Select[Any]:
    start = select(HOLDING.c.id).where(HOLDING.c.id.in_(bindparam("ids", expanding=True)))
    reached = start.cte("reached", recursive=True)
    reached = reached.union(
        select(FLOW.c.from_id).join(reached, FLOW.c.to_id == reached.c.id).where(FLOW.c.from_id.is_not(None))
    )
    capped = select(reached.c.id).limit(bindparam("cap")).cte("capped")
    holding = HOLDING.alias("reached_holding")
    return (
        select(
            holding.c.id, holding.c.manifest_id, holding.c.treatment_id, holding.c.part,
            FLOW.c.from_id.label("origin"), FLOW.c.source, func.sum(FLOW.c.grams).label("grams"),
        )
        .select_from(capped)
        .join(holding, holding.c.id == capped.c.id)
        .outerjoin(FLOW, FLOW.c.to_id == capped.c.id)
        .group_by(
            holding.c.id, holding.c.manifest_id, holding.c.treatment_id, holding.c.part,
            FLOW.c.from_id, FLOW.c.source,
        )
        .order_by(holding.c.id)
    )  # fmt: skip


_UPSTREAM = _statement_upstream()
# What is drawn on but not picked up stands in its lot still, and is a chain of its own already.
_HELD = (
    select(DRAW.c.holding_id, DRAW.c.manifest_id)
    .join(HOLDING, HOLDING.c.id == DRAW.c.holding_id)
    .join(MANIFEST, MANIFEST.c.id == DRAW.c.manifest_id)
    .where(
        DRAW.c.holding_id.in_(bindparam("ids", expanding=True)),
        DRAW.c.held_g > 0,
        MANIFEST.c.carried == 0,
        HOLDING.c.manifest_id.is_(None),
        HOLDING.c.treatment_id.is_(None),
    )
)


def count_sources(
    holdings: Iterable[int], rows: Iterable[Any], held: Mapping[int, set[UUID]]
) -> dict[int, Behind]:
    """From the edges upstream, in the order of their targets' ids, to the number behind each.

    A manifest is a source where its waste was generated: in its own yard, on loading, or in a lot
    that was registered without a manifest. Sets of manifests are bits of one integer a holding."""
    bits: dict[UUID, int] = {}
    behind: dict[int, int] = {}
    partial: set[int] = set()
    registered: set[int] = set()
    for row in rows:
        behind.setdefault(row.id, 0)
        if row.manifest_id is None and row.treatment_id is None:
            registered.add(row.id)
            continue
        if not row.grams:
            continue
        if row.origin is None:
            fresh = row.source == Source.GENERATION
        else:
            fresh = row.origin in registered
            behind[row.id] |= behind.get(row.origin, 0)
            if row.origin not in behind or row.origin in partial:
                partial.add(row.id)
        if fresh and row.manifest_id is not None:
            behind[row.id] |= 1 << bits.setdefault(row.manifest_id, len(bits))
    return {
        holding: Behind(
            behind.get(holding, 0).bit_count() + len(held.get(holding, ())),
            exact=holding not in partial,
        )
        for holding in holdings
    }
