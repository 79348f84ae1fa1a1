"""Reconciled masses of a month: what every site and every load weighed, made to balance.

A report: the evidence stays as it is. The network: a load from site to site is one mass, measured when it
was declared, loaded and received; at every receiver what came = what was fed into batches + what went on +
what its stock grew by; and of its batches, what went in = what came out + what is still in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from sqlmodel import Session

from zerowaste.clock import day_start
from zerowaste.models.tables import SITE
from zerowaste.rules.law import Law
from zerowaste.rules.precision import Precision, precision
from zerowaste.rules.spans import Span
from zerowaste.services.reporting.indicator_rows import Window
from zerowaste.services.reporting.weighings import Added, Fed, Load, Output, gained, loads, outputs, put_in
from zerowaste.vocabulary import Basis, SiteKind, Source

Node = tuple[str, int, str, str]  # lots or batches, site, stream, group
LOTS, BATCHES = "lots", "batches"
Summed = TypeVar("Summed", Fed, Output)


class Measured(NamedTuple):
    """One measurement: what it says, how well it is known, how far it stands from what is reconciled
    (standardised; 0: nothing checks it), and whether it was set aside as a gross error."""

    what: str
    reported_g: int
    sigma_g: int
    score: float
    suspect: bool


class Mass(NamedTuple):
    """One reconciled mass. `kind`: load (from `origin` to `target`), or at a site (`origin`): fed,
    product, residue, fate, additive, stock, in_batches. `group`: the category of the waste."""

    kind: str
    origin: int
    target: int
    stream: str
    group: str
    loads: int
    adjusted_g: int
    measured: Sequence[Measured]

    @property
    def score(self) -> float:
        """The worst of its measurements."""
        return max(abs(each.score) for each in self.measured)

    @property
    def suspect(self) -> bool:
        return any(each.suspect for each in self.measured)


@dataclass(frozen=True, slots=True)
class Month:
    """A month reconciled. `masses`: the most doubtful first. `undecided`: loads left out because their
    gate has not spoken. `statistic`, `freedom`, `probability`: the global test of the whole network as it
    was reported; `sound`: whether it passes at `level`; `bound`: scores beyond it are suspect."""

    span: Span
    masses: Sequence[Mass] = ()
    undecided: int = 0
    statistic: float = 0.0
    freedom: int = 0
    probability: float = 1.0
    bound: float = 0.0
    level: float = 0.0

    @property
    def sound(self) -> bool:
        return self.probability >= self.level and not any(each.suspect for each in self.masses)


@dataclass(slots=True)
class _Flow:
    kind: str
    origin: int
    target: int
    stream: str
    group: str
    loads: int
    measured: list[tuple[str, int, float]] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """The network while it is drawn: flows, and the signs and constants of each node."""

    flows: list[_Flow] = field(default_factory=list)
    signs: dict[Node, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[Node, float] = field(default_factory=lambda: defaultdict(float))
    books: dict[Node, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, flow: _Flow, *ends: tuple[Node, int]) -> None:
        """A flow that enters (+1) or leaves (-1) these nodes."""
        for node, sign in ends:
            self.signs[node].append((len(self.flows), sign))
            self.books[node] += sign * flow.measured[-1][1]
        self.flows.append(flow)


def reconcile_month(session: Session, law: Law, over: Span) -> Month:
    """The whole city's network of a month, balanced. The same rows always give the same."""
    window = Window(day_start(over.first), day_start(over.after))
    kinds = {
        row.id: row
        for row in session.execute(SITE.select().with_only_columns(SITE.c.id, SITE.c.kind, SITE.c.outside))
    }
    receivers = {site for site, row in kinds.items() if row.kind != SiteKind.PRODUCER and not row.outside}
    found, undecided = loads(session, window)
    groups = _Groups(law)
    draft = _Draft()
    for load in _merged(found, groups):
        _draw_load(draft, load, receivers)
    into, added = put_in(session, window)
    _draw_batches(draft, groups, into, outputs(session, window), [*added, *gained(session, window)])
    _draw_stocks(draft, precision())
    return _solved(draft, over, undecided)


class _Groups:
    """The category of a waste code, asked of the catalogue once a code."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._known: dict[tuple[str, str], str] = {}

    def of(self, stream: str, code: str) -> str:
        key = (stream, code)
        if key not in self._known:
            waste = self._law.catalogue.waste(stream, code)
            self._known[key] = waste.category if waste else code
        return self._known[key]


def _merged(found: Iterable[Load], groups: _Groups) -> list[Load]:
    """Loads of one category between the same sites are one edge; their variances add up."""
    edges: dict[tuple[int, int, str, str], Load] = {}
    for load in sorted(found):
        key = (load.origin, load.target, load.stream, groups.of(load.stream, load.code))
        before = edges.get(key)
        edges[key] = load._replace(code=key[3]) if before is None else _sum(before, load)
    return list(edges.values())


def _sum(one: Load, other: Load) -> Load:
    return one._replace(
        loads=one.loads + other.loads,
        declared=one.declared + other.declared,
        loaded=one.loaded + other.loaded,
        received=one.received + other.received,
        refused_g=one.refused_g + other.refused_g,
    )


def _draw_load(draft: _Draft, load: Load, receivers: set[int]) -> None:
    told = (("declared", load.declared), ("loaded", load.loaded), ("received", load.received))
    flow = _Flow("load", load.origin, load.target, load.stream, load.code, load.loads)
    flow.measured = [(what, weighed.grams, weighed.variance**0.5) for what, weighed in told]
    here, there = ((LOTS, site, load.stream, load.code) for site in (load.origin, load.target))
    ends = []
    if load.target in receivers:
        ends.append((there, 1))
        # What was refused never reached the lots: it is as sure as the decision.
        draft.constants[there] += load.refused_g
        draft.books[there] -= load.refused_g
    if load.origin in receivers:
        ends.append((here, -1))
        draft.books[here] += load.received.grams - load.loaded.grams  # they book what they loaded
    draft.add(flow, *ends)


def _draw_batches(
    draft: _Draft, groups: _Groups, into: Sequence[Fed], out: Sequence[Output], other: Sequence[Added]
) -> None:
    for each in _by_group(into, groups):
        flow = _at_site("fed", each, each.loads)
        draft.add(flow, ((LOTS, each.site, each.stream, flow.group), -1), (_batches(each.site), 1))
    for end in _by_group(out, groups):
        flow = _at_site(end.part, end, end.loads)
        ends = [(_batches(end.site), -1)]
        if end.part == "residue":
            ends.append(((LOTS, end.site, end.stream, flow.group), 1))
        draft.add(flow, *ends)
    for more in sorted(other):
        if more.source == Source.ADDITIVE:
            draft.add(_at_site("additive", more, 1), (_batches(more.site), 1))
            continue
        lots = (LOTS, more.site, more.stream, groups.of(more.stream, more.code))
        draft.books[lots if more.code else _batches(more.site)] += more.grams  # what they had to explain


def _by_group(rows: Iterable[Summed], groups: _Groups) -> list[Summed]:
    """Sums of the same thing by category instead of by code, in one order."""
    found: dict[tuple[object, ...], Summed] = {}
    for row in sorted(rows):
        row = row._replace(code=groups.of(row.stream, row.code))
        key = tuple(row)[: row._fields.index("loads")]
        if before := found.get(key):
            row = row._replace(
                loads=before.loads + row.loads,
                grams=before.grams + row.grams,
                squares=before.squares + row.squares,
            )
        found[key] = row
    return list(found.values())


def _at_site(kind: str, each: Fed | Output | Added, count: int) -> _Flow:
    """What is weighed within a site; a fate is no more than the rest that the books have left."""
    known = precision()
    spread, what = (known.told["fate"], "rest") if kind == "fate" else (known.basis[Basis.SCALE], "weighed")
    sigma = spread.variance(each.squares, each.grams, count, known.least_g) ** 0.5
    measured = [(what, each.grams, sigma)]
    return _Flow(kind, each.site, each.site, each.stream, each.code, count, measured)


def _batches(site: int) -> Node:
    return (BATCHES, site, "", "")


def _draw_stocks(draft: _Draft, known: Precision) -> None:
    """What the books say each stock grew by; without it a node would have nothing to give way."""
    for node in sorted(draft.signs):
        kind, site, stream, group = node
        turned = sum(abs(draft.flows[flow].measured[-1][1]) for flow, _ in draft.signs[node])
        what = "stock" if kind == LOTS else "in_batches"
        sigma = known.told[what].variance(0.0, turned, 1, known.least_g) ** 0.5
        flow = _Flow(what, site, site, stream, group, 1)
        flow.measured = [("books", draft.books[node], sigma)]
        draft.signs[node].append((len(draft.flows), -1))
        draft.flows.append(flow)


def _solved(draft: _Draft, over: Span, undecided: int) -> Month:
    if not draft.flows:
        return Month(over, undecided=undecided, level=precision().level)
    # Late: only who reconciles pays for loading the solver.
    from zerowaste.graph.reconciliation import network_of, reconcile

    known = precision()
    nodes = sorted(draft.signs)
    measured = [
        (number, grams, sigma) for number, flow in enumerate(draft.flows) for _, grams, sigma in flow.measured
    ]
    entries = [(row, *entry) for row, node in enumerate(nodes) for entry in draft.signs[node]]
    constants = [draft.constants.get(node, 0.0) for node in nodes]
    found = reconcile(
        network_of(measured, len(draft.flows), entries, constants),
        level=known.level,
        most=known.most_suspects,
    )
    suspects, at, masses = set(found.suspects), 0, []
    for number, flow in enumerate(draft.flows):
        told = []
        for what, grams, sigma in flow.measured:
            score = round(float(found.scores[at]), 3)
            told.append(Measured(what, grams, round(sigma), score, at in suspects))
            at += 1
        ends = (flow.origin, flow.target, flow.stream, flow.group, flow.loads)
        masses.append(Mass(flow.kind, *ends, round(float(found.masses[number])), told))
    masses.sort(key=lambda each: (-each.suspect, -each.score, each[:5]))
    first = found.first
    return Month(
        over, masses, undecided, first.statistic, first.freedom, first.probability, found.bound, known.level
    )
