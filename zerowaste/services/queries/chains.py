"""Chains: where every gram of one manifest is, shown to each as far as he may see.

A party of the manifest sees what lies downstream as his own share only; whoever runs a place sees
what is his there whole; a regulator sees whole the chains that touch his region."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.graph.chain import CAP, Chain, read_chain
from zerowaste.graph.chain_rows import ChainNode
from zerowaste.models.tables import LEG, SITE
from zerowaste.rules.access import Actor
from zerowaste.rules.closure import Tolerance
from zerowaste.rules.law import Law
from zerowaste.services.booking.manifest_state import find_row
from zerowaste.vocabulary import OPEN_KINDS, Basis, HoldingKind, Role, Status

OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """Grams of the chain that have met no end yet. `promised_g`: of these, what filed manifests will
    take from here (before pickup, this one: all of it). `place`: a site's code, or a plate; `holder`:
    who must act by `due_at`."""

    holding: int
    kind: HoldingKind
    place: str | None
    holder: str
    waste_code: str
    mass_g: int
    promised_g: int
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """A place the chain's grams came to. `mass_g`: the chain's own that ever came, `left_g`: that
    are there now. `total_g`: of all owners, only for those who may know (else None)."""

    id: int
    kind: HoldingKind
    part: str
    place: str | None
    name: str
    holder: str
    waste_code: str
    operation: str
    mass_g: int
    left_g: int
    since: datetime
    manifest: str | None
    total_g: int | None = None


@dataclass(frozen=True, slots=True)
class EdgeEntry:
    """The chain's own grams that went from one node (`origin`) to another, last booked `at`."""

    origin: int
    target: int
    mass_g: int
    at: datetime
    basis: Basis


@dataclass(frozen=True, slots=True)
class ChainView:
    """A chain as one actor sees it: net integer grams. `origin_g = closed_g + open_g + outside_g +
    variance_g` and `declared_g = origin_g + released_g`, exactly. `unfollowed_g`: the part of
    `open_g` that lies beyond what a truncated chain shows."""

    settled: bool
    treated: bool
    closed: bool
    declared_g: int
    released_g: int
    origin_g: int
    closed_g: int
    open_g: int
    outside_g: int
    variance_g: int
    open: tuple[OpenEntry, ...]
    nodes: tuple[NodeEntry, ...]
    edges: tuple[EdgeEntry, ...]
    truncated: bool
    unfollowed_g: int = 0


def tolerance_of(law: Law, stream: str, edition: int) -> Tolerance:
    """The variance the stream's edition lets pass."""
    found = law.streams.get(stream, edition)
    return Tolerance(found.tolerance_ppm, found.tolerance_min_g)


def chain(session: Session, law: Law, actor: Actor, ref: str, *, now: datetime, cap: int = CAP) -> ChainView:
    """The chain of the manifest with this id or number, as the actor may see it.

    At most `cap` holdings are followed. Raises `not_found` (404) where there is no such manifest or
    it does not concern the actor."""
    manifest = find_row(session, ref)
    party = _is_party(session, actor, manifest)
    if not party and actor.role not in OVERSEERS:
        raise Refusal("not_found")
    found = read_chain(
        session, manifest, lambda code, edition: tolerance_of(law, code, edition), now=now, cap=cap
    )
    whole = _oversees(session, actor, manifest, found)
    if not party and not whole:
        raise Refusal("not_found")
    return _view(found, manifest, actor, whole=whole)


def _is_party(session: Session, actor: Actor, manifest: Any) -> bool:
    """Consignor, consignee, driver or dispatcher of this manifest; of a draft only its author."""
    if actor.role in (Role.PRODUCER, Role.FACILITY):
        filed = manifest.status != Status.DRAFT
        return manifest.consignor_id in actor.sites or (
            filed and actor.role is Role.FACILITY and manifest.consignee_id in actor.sites
        )
    if manifest.status == Status.DRAFT or actor.role not in (Role.DRIVER, Role.DISPATCHER):
        return False
    legs = session.execute(select(LEG.c.driver_id, LEG.c.carrier_id).where(LEG.c.manifest_id == manifest.id))
    if actor.role is Role.DRIVER:
        return any(leg.driver_id == actor.user_id for leg in legs)
    return any(leg.carrier_id in actor.organisations for leg in legs)


def _oversees(session: Session, actor: Actor, manifest: Any, found: Chain) -> bool:
    """Whether the chain's origin, an end or any place on its way lies in the actor's region."""
    if actor.role not in OVERSEERS or manifest.status == Status.DRAFT:
        return actor.role is Role.ADMINISTRATOR
    ends = session.execute(
        select(SITE.c.street).where(SITE.c.id.in_([manifest.consignor_id, manifest.consignee_id]))
    ).scalars()
    streets = {*ends, *(node.street for node in found.nodes.values())}
    return any(actor.oversees(street) for street in streets)


def _view(found: Chain, manifest: Any, actor: Actor, *, whole: bool) -> ChainView:
    totals = _totals(found)
    result = found.closure
    return ChainView(
        settled=found.settled,
        treated=found.treated,
        closed=found.closed,
        declared_g=found.declared_g,
        released_g=found.declared_g - result.origin_g,
        origin_g=result.origin_g,
        closed_g=result.closed_g,
        open_g=result.open_g,
        outside_g=result.outside_g,
        variance_g=result.variance_g,
        open=tuple(_open_entry(found, node) for node in _open_nodes(found)),
        nodes=tuple(
            _node_entry(
                found, node, show_manifest=whole or node.manifest_id == manifest.id,
                total_g=totals[node.id] if whole or _runs(actor, node) else None,
            )
            for node in found.nodes.values()
        ),
        edges=tuple(
            EdgeEntry(edge.origin, edge.target, found.share_g(edge), edge.at, edge.basis)
            for edge in found.edges
            if edge.origin is not None
        ),
        truncated=found.truncated,
        unfollowed_g=result.beyond_g,
    )  # fmt: skip


def _runs(actor: Actor, node: ChainNode) -> bool:
    """Whether the actor answers for this place or load as a whole. A driver never does: he drives
    his own loads, which are his share already."""
    if actor.role in (Role.PRODUCER, Role.FACILITY):
        return node.site_id is not None and node.organisation_id in actor.organisations
    return actor.role is Role.DISPATCHER and node.organisation_id in actor.organisations


def _totals(found: Chain) -> Mapping[int, int | None]:
    """Holding → all grams that ever came in, of all owners; None for lots upstream, whose other
    inputs nobody asked for."""
    came = dict.fromkeys(found.nodes, 0)
    for edge in found.edges:
        came[edge.target] += edge.grams
    return {
        identity: None if identity in found.origins else came[identity] or node.grams
        for identity, node in found.nodes.items()
    }


def _open_nodes(found: Chain) -> list[ChainNode]:
    """Where the chain still has mass, however little of it."""
    return [
        node
        for node in found.nodes.values()
        if node.kind in OPEN_KINDS and node.grams and node.id in found.closure.shares
    ]


def _open_entry(found: Chain, node: ChainNode) -> OpenEntry:
    share = found.closure.shares[node.id]
    promised = int(share.fraction * node.held_g) if found.edges else share.left_g
    return OpenEntry(
        holding=node.id,
        kind=node.kind,
        place=node.place,
        holder=node.holder,
        waste_code=node.waste_code,
        mass_g=share.left_g,
        promised_g=min(share.left_g, promised),
        since=node.since,
        due_at=node.due_at,
    )


def _node_entry(found: Chain, node: ChainNode, *, show_manifest: bool, total_g: int | None) -> NodeEntry:
    share = found.closure.shares.get(node.id)
    taken = 0
    if share is None:
        taken = sum(edge.grams for edge in found.edges if edge.origin == node.id)
    return NodeEntry(
        id=node.id,
        kind=node.kind,
        part=node.part,
        place=node.place,
        name=node.name or node.site_name or "",
        holder=node.holder,
        waste_code=node.waste_code,
        operation=node.operation,
        mass_g=taken if share is None else share.came_g,
        left_g=0 if share is None else share.left_g,
        since=node.since,
        manifest=node.manifest if show_manifest else None,
        total_g=total_g,
    )
