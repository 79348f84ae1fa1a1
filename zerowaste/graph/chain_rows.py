"""The rows of one chain: each statement that reads them, and what a node and an edge are."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, select, text
from sqlmodel import Session

from zerowaste.models.tables import (
    DRAW,
    EVENT,
    FLOW,
    HOLDING,
    LEG,
    LINE,
    MANIFEST,
    ORGANISATION,
    SITE,
    VEHICLE,
)
from zerowaste.rules.balance import LineFacts
from zerowaste.vocabulary import Basis, HoldingKind


@dataclass(frozen=True, slots=True)
class ChainNode:
    """A holding as the chain meets it; `grams` its whole balance, `plate` what carries it."""

    id: int
    kind: HoldingKind
    part: str
    waste_code: str
    operation: str
    name: str
    since: datetime
    due_at: datetime | None
    grams: int
    held_g: int
    manifest_id: uuid.UUID | None
    manifest: str | None
    site_id: int | None
    site: str | None
    site_name: str | None
    street: str | None
    organisation_id: int
    holder: str
    plate: str | None = None

    @property
    def place(self) -> str | None:
        """Where it is: the site's code, or on the road the vehicle's plate."""
        return self.site if self.site_id is not None else self.plate


class Paper(NamedTuple):
    """A manifest of the chain, and what is on it."""

    stream: str
    edition: int
    status: str
    carried: int
    lines: list[LineFacts]


@dataclass(frozen=True, slots=True)
class ChainEdge:
    """Net grams from one holding to another, of all who are in it. `origin` None: from nowhere
    (`source` says why), or from holdings that do not concern this chain (`source` empty)."""

    origin: int | None
    target: int
    grams: int
    source: str
    at: datetime
    basis: Basis


def _statement_standing() -> Select[Any]:
    drawn = select(DRAW.c.holding_id.label("id"), DRAW.c.grams.label("grams")).where(
        DRAW.c.manifest_id == bindparam("manifest")
    )
    yard = select(HOLDING.c.id, HOLDING.c.grams).where(
        HOLDING.c.manifest_id == bindparam("manifest"),
        HOLDING.c.part == "yard",
        HOLDING.c.id.not_in(select(DRAW.c.holding_id).where(DRAW.c.manifest_id == bindparam("manifest"))),
    )
    both = drawn.union_all(yard).subquery()
    return select(both.c.id, both.c.grams).where(both.c.grams > 0)


def _statement_downstream() -> Select[Any]:
    """Everything that came into the holdings downstream of a manifest's own; inputs of others
    summed up to one row a holding, so that a batch of a thousand lots stays one row."""
    own = select(HOLDING.c.id).where(HOLDING.c.manifest_id == bindparam("manifest"), HOLDING.c.part != "yard")
    reached = own.cte("reached", recursive=True)
    reached = reached.union(select(FLOW.c.to_id).join(reached, FLOW.c.from_id == reached.c.id))
    capped = select(reached.c.id).limit(bindparam("rows")).cte("capped")
    inside = capped.alias("inside")
    target = HOLDING.alias("target")
    loading = (target.c.manifest_id == bindparam("manifest")) & (target.c.part == "load.1")
    origin = case((inside.c.id.is_not(None) | loading, FLOW.c.from_id)).label("origin")
    alike = (origin, FLOW.c.to_id, FLOW.c.source)
    net = (
        select(
            origin, FLOW.c.to_id.label("target"), FLOW.c.source, FLOW.c.basis, FLOW.c.event_id,
            func.sum(FLOW.c.grams).over(partition_by=alike).label("grams"),
            func.row_number().over(partition_by=alike, order_by=FLOW.c.id.desc()).label("from_last"),
        )
        .select_from(capped)
        .join(target, target.c.id == capped.c.id)
        .join(FLOW, FLOW.c.to_id == capped.c.id)
        .outerjoin(inside, inside.c.id == FLOW.c.from_id)
        .subquery("net")
    )  # fmt: skip
    return (
        select(
            net.c.origin, net.c.target, net.c.source, net.c.grams, net.c.basis, EVENT.c.at,
            select(func.count()).select_from(capped).scalar_subquery().label("reached"),
        )
        .join(EVENT, EVENT.c.id == net.c.event_id)
        .where(net.c.from_last == 1, net.c.grams != 0)
        .order_by(net.c.target, net.c.origin, net.c.source)
    )  # fmt: skip


_NO_WHOLE_TABLES = text("SET LOCAL enable_seqscan = off")
_STANDING = _statement_standing()
_DOWNSTREAM = _statement_downstream()
_NODES = (
    select(
        HOLDING.c.id, HOLDING.c.kind, HOLDING.c.part, HOLDING.c.waste_code, HOLDING.c.operation,
        HOLDING.c.name, HOLDING.c.since, HOLDING.c.due_at, HOLDING.c.grams, HOLDING.c.held_g,
        HOLDING.c.manifest_id, MANIFEST.c.number.label("manifest"), HOLDING.c.site_id,
        SITE.c.code.label("site"), SITE.c.name.label("site_name"), SITE.c.street,
        HOLDING.c.organisation_id, ORGANISATION.c.name.label("holder"),
    )
    .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
    .outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
    .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
    .where(HOLDING.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(HOLDING.c.id)
)  # fmt: skip
_PAPERS = (
    select(
        MANIFEST.c.id, MANIFEST.c.stream, MANIFEST.c.edition, MANIFEST.c.status, MANIFEST.c.carried,
        LINE.c.number, LINE.c.waste_code, LINE.c.declared_g, LINE.c.loaded_g, LINE.c.received_g,
        LINE.c.accepted_g, LINE.c.refused_g, LINE.c.sent_back_g, LINE.c.returned_g, LINE.c.opinions,
    )
    .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
    .where(MANIFEST.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(MANIFEST.c.id, LINE.c.number)
)  # fmt: skip
_PLATES = (
    select(LEG.c.manifest_id, LEG.c.number, LEG.c.back, VEHICLE.c.plate)
    .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
    .where(LEG.c.manifest_id.in_(bindparam("ids", expanding=True)))
    .order_by(LEG.c.manifest_id, LEG.c.number)
)


def follow_indexes(session: Session) -> None:
    """PostgreSQL takes a recursion to reach ten times what it does and would rather read all flows
    than look up a few. For the rest of this transaction it must not."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_NO_WHOLE_TABLES)


def downstream(session: Session, manifest: uuid.UUID, cap: int) -> tuple[list[ChainEdge], bool]:
    """(edges into at most `cap` holdings, whether there were more)."""
    follow_indexes(session)
    rows = session.execute(_DOWNSTREAM, {"manifest": manifest, "rows": cap + 1}).all()
    edges = [
        ChainEdge(row.origin, row.target, int(row.grams), row.source, row.at, Basis(row.basis))
        for row in rows
    ]
    truncated = bool(rows) and rows[0].reached > cap
    if truncated:
        kept = set(sorted({edge.target for edge in edges})[:cap])
        edges = [edge for edge in edges if edge.target in kept]
    return edges, truncated


def nodes(session: Session, ids: Iterable[int]) -> dict[int, ChainNode]:
    """The holdings with these ids, in the order of their ids."""
    return {row.id: _node(row) for row in session.execute(_NODES, {"ids": sorted(ids)})}


def _node(row: Any) -> ChainNode:
    identity, kind, *rest = row
    return ChainNode(identity, HoldingKind(kind), *rest)


def standing(session: Session, manifest: uuid.UUID) -> dict[int, int]:
    """Lot → grams that a filed manifest means to take from it."""
    found: dict[int, int] = {}
    for row in session.execute(_STANDING, {"manifest": manifest}):
        found[row.id] = found.get(row.id, 0) + row.grams
    return found


def papers(session: Session, manifests: Collection[uuid.UUID]) -> dict[uuid.UUID, Paper]:
    """Those of these manifests that have lines; a draft may have none yet."""
    found: dict[uuid.UUID, Paper] = {}
    for row in session.execute(_PAPERS, {"ids": list(manifests)}):
        facts = dict(row._mapping)
        said = {name: facts.pop(name) for name in ("stream", "edition", "status", "carried")}
        paper = found.setdefault(facts.pop("id"), Paper(**said, lines=[]))
        paper.lines.append(LineFacts(**facts))
    return found


def with_plates(session: Session, found: dict[int, ChainNode]) -> dict[int, ChainNode]:
    """The same nodes; those on the road know their vehicle."""
    road = {n.manifest_id for n in found.values() if n.site_id is None and n.manifest_id}
    known = plates(session, road)
    if not known:
        return found
    return {
        i: replace(n, plate=known.get((n.manifest_id, n.part))) if n.manifest_id in road else n
        for i, n in found.items()
    }


def plates(session: Session, manifests: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], str]:
    """(manifest, part) → plate, for every leg: `load.1` …, and `back.1` … for those going home."""
    found: dict[tuple[uuid.UUID, str], str] = {}
    if not manifests:
        return found
    home: dict[uuid.UUID, int] = {}
    for row in session.execute(_PLATES, {"ids": list(manifests)}):
        if row.back:
            home[row.manifest_id] = home.get(row.manifest_id, 0) + 1
            found[row.manifest_id, f"back.{home[row.manifest_id]}"] = row.plate
        else:
            found[row.manifest_id, f"load.{row.number}"] = row.plate
    return found
