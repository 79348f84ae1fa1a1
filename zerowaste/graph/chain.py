"""One chain: from rows to nodes, edges and the closure of one manifest's waste.

One capped recursive query finds what lies downstream, one more says what the nodes are. A chain
that runs into more holdings than the cap is cut there and says so; nothing is read uncapped."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zerowaste.graph import chain_rows
from zerowaste.graph.chain_rows import ChainEdge, ChainNode, Paper
from zerowaste.rules import closure
from zerowaste.rules.closure import Closure, Journey, Tolerance
from zerowaste.vocabulary import HoldingKind, Source, Status

CAP = 2_000
ToleranceOf = Callable[[str, int], Tolerance]
VOID = (Status.CANCELLED, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Chain:
    """One manifest's waste and where it went. `nodes` by id, which is their order in the flow;
    `origins` are the lots it was taken from: shown, but upstream of the chain's first grams."""

    nodes: Mapping[int, ChainNode] = field(default_factory=dict)
    edges: Sequence[ChainEdge] = ()
    origins: frozenset[int] = frozenset()
    declared_g: int = 0
    settled: bool = False
    closure: Closure = field(default_factory=Closure)
    truncated: bool = False

    @property
    def treated(self) -> bool:
        """All mass met its first fate, became a residue or left the city: the duty ends."""
        return self.settled and self.closure.treated

    @property
    def closed(self) -> bool:
        """Nothing is open any more, not even in residues."""
        return self.treated and self.closure.closed

    def share_g(self, edge: ChainEdge) -> int:
        """The chain's own grams on an edge between two holdings (nearest gram)."""
        if edge.origin is None:
            return 0
        if edge.origin in self.origins:
            return edge.grams
        share = self.closure.shares.get(edge.origin)
        return 0 if share is None else round(share.fraction * edge.grams)


def read_chain(
    session: Session, manifest: Any, tolerance_of: ToleranceOf, *, now: datetime, cap: int = CAP
) -> Chain:
    """The chain of a manifest's row. At most `cap` holdings are followed."""
    if manifest.status == Status.DRAFT:
        return _unfiled(session, manifest)
    if not manifest.carried:
        late = manifest.expires_at is not None and now > manifest.expires_at
        return _in_the_yard(session, manifest, void=late or manifest.status in VOID)
    edges, truncated = chain_rows.downstream(session, manifest.id, cap)
    targets = {edge.target for edge in edges}
    nodes = chain_rows.nodes(session, targets | {edge.origin for edge in edges if edge.origin is not None})
    origins = frozenset(nodes) - targets
    roots = _roots(edges, nodes, manifest.id)
    result = closure.close(
        [_law_node(node, manifest.id) for node in nodes.values() if node.id in targets],
        [closure.Edge(edge.origin, edge.target, edge.grams, edge.source) for edge in edges],
        roots,
    )
    kept = {i: node for i, node in nodes.items() if i in result.shares or i in origins}
    onward = _onward(edges, nodes)
    concerned = _reachable(manifest.id, onward)
    papers = chain_rows.papers(session, concerned)
    journeys = _journeys(papers, onward, _waiting(nodes.values()), tolerance_of)
    return Chain(
        nodes=chain_rows.with_plates(session, kept),
        edges=[e for e in edges if e.target in kept and (e.origin is None or e.origin in kept)],
        origins=origins,
        declared_g=_declared(papers, manifest.id),
        settled=closure.settled(str(manifest.id), journeys) and not (truncated and onward),
        closure=result,
        truncated=truncated,
    )


def _unfiled(session: Session, manifest: Any) -> Chain:
    return Chain(
        declared_g=_declared(chain_rows.papers(session, [manifest.id]), manifest.id),
        closure=Closure(treated=False, closed=False),
    )


def _declared(papers: Mapping[uuid.UUID, Paper], manifest: uuid.UUID) -> int:
    return sum(line.declared_g for line in papers[manifest].lines) if manifest in papers else 0


def _in_the_yard(session: Session, manifest: Any, *, void: bool) -> Chain:
    """Filed, not picked up: the mass still stands in the lots it will be taken from. Cancelled or
    expired: nothing was ever under way, so nothing is left to close."""
    declared = _declared(chain_rows.papers(session, [manifest.id]), manifest.id)
    if void:
        return Chain(declared_g=declared, settled=True)
    roots = chain_rows.standing(session, manifest.id)
    nodes = chain_rows.nodes(session, roots)
    result = closure.standing([_law_node(node, manifest.id) for node in nodes.values()], roots)
    return Chain(nodes=nodes, declared_g=declared, closure=result)


def _law_node(node: ChainNode, manifest: uuid.UUID) -> closure.Node:
    own = node.manifest_id == manifest
    return closure.Node(node.id, node.kind, node.grams, node.part == "residue", own)


def _roots(edges: Iterable[ChainEdge], nodes: Mapping[int, ChainNode], manifest: uuid.UUID) -> dict[int, int]:
    """What was loaded: where the chain's grams come from, whatever they were declared to be."""
    roots: dict[int, int] = {}
    for edge in edges:
        node = nodes[edge.target]
        loading = node.manifest_id == manifest and node.part == "load.1"
        if loading and edge.source != Source.GAIN:
            roots[edge.target] = roots.get(edge.target, 0) + edge.grams
    return roots


def _journeys(
    papers: Mapping[uuid.UUID, Paper],
    onward: Mapping[uuid.UUID, set[uuid.UUID]],
    waiting: Mapping[uuid.UUID, int],
    tolerance_of: ToleranceOf,
) -> dict[str, Journey]:
    """What the law asks of each manifest that was read."""
    return {
        str(key): Journey(
            lines=paper.lines,
            tolerance=tolerance_of(paper.stream, paper.edition),
            waiting_g=waiting.get(key, 0),
            onward=[str(other) for other in onward.get(key, ())],
            void=not paper.carried and paper.status in VOID,
        )
        for key, paper in papers.items()
    }


def _waiting(nodes: Iterable[ChainNode]) -> dict[uuid.UUID, int]:
    """manifest → grams at its gate, or on their way home."""
    waiting: dict[uuid.UUID, int] = {}
    for node in nodes:
        refused = node.part == "gate" or node.part.startswith("back.")
        if refused and node.manifest_id and node.kind is HoldingKind.LOAD:
            waiting[node.manifest_id] = waiting.get(node.manifest_id, 0) + node.grams
    return waiting


def _onward(edges: Iterable[ChainEdge], nodes: Mapping[int, ChainNode]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """manifest → the manifests that took refused mass from its gate."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for edge in edges:
        if edge.origin is None or nodes[edge.origin].part != "gate":
            continue
        refused, taker = nodes[edge.origin].manifest_id, nodes[edge.target].manifest_id
        if refused is not None and taker is not None and refused != taker:
            found.setdefault(refused, set()).add(taker)
    return found


def _reachable(first: uuid.UUID, onward: Mapping[uuid.UUID, set[uuid.UUID]]) -> list[uuid.UUID]:
    """A manifest, and all that stand for its refused mass, however far it was passed on."""
    found = {first: None}
    due = [first]
    while due:
        for other in sorted(onward.get(due.pop(), ())):
            if other not in found:
                found[other] = None
                due.append(other)
    return list(found)
