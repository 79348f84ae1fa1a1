"""Closure: which part of every holding belongs to one chain, and how far that chain is closed.

Law: 固废法 36 (法典 from 2026-08-15): the producer answers for the whole way of his waste;
转移管理办法 18: what differs or is refused is decided on. A mixed batch knows no owners, so each
chain has a share of it in proportion to the grams it put in. Shares are exact fractions, computed
on reading; only the leaves are rounded, once, so that to the gram

    origin = closed + open + outside + variance        declared = origin + released
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from zerowaste.rules.balance import LineFacts
from zerowaste.vocabulary import HoldingKind, Source

NONE, WHOLE = Fraction(0), Fraction(1)
BOTH_OPINIONS = frozenset("cr")
PER_MILLION = 1_000_000


class Node(NamedTuple):
    """A holding. `left`: its balance. `residue`: a lot that a treatment left behind. `own`: a step
    of the chain's own manifest."""

    id: int
    kind: HoldingKind
    left: int
    residue: bool = False
    own: bool = False


class Edge(NamedTuple):
    """Net grams that came into `target`: from a holding; or from nowhere (`source` is a word of
    Source); or from holdings that do not concern the chain (neither)."""

    origin: int | None
    target: int
    grams: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What of one holding is the chain's.

    `fraction` of all that ever came in; `came_g` that many grams (nearest); `left_g` still there;
    `beyond_g` went where the caller did not look. `primary`: at least some of it has not been through a
    residue yet."""

    fraction: Fraction
    came_g: int
    left_g: int
    beyond_g: int
    primary: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """Where the mass of a chain is, net grams. `beyond_g` is the part of `open_g` whose whereabouts
    lie beyond what was looked at. `treated` and `closed` look at exact shares: a third of a gram
    left in a batch is still open, though `open_g` may round it to 0."""

    origin_g: int = 0
    closed_g: int = 0
    open_g: int = 0
    outside_g: int = 0
    variance_g: int = 0
    beyond_g: int = 0
    treated: bool = True
    closed: bool = True
    shares: Mapping[int, Share] = field(default_factory=dict)


class _Content(NamedTuple):
    """The chain's part of one holding, exact."""

    fraction: Fraction
    total: int
    gain: int
    primary: bool


def close(nodes: Sequence[Node], edges: Iterable[Edge], roots: Mapping[int, int]) -> Closure:
    """Follow the grams of `roots` (holding → grams that enter the chain there) down the graph.

    `nodes` in the order of their ids, which is topological order. `edges`: everything that came
    into each node, so that the shares of a mixed batch are right. Grams that leave a node for one
    that is not among `nodes` count as open (`beyond_g`)."""
    inputs: dict[int, list[Edge]] = {node.id: [] for node in nodes}
    for edge in edges:
        inputs[edge.target].append(edge)
    contents: dict[int, _Content] = {}
    sent: dict[int, int] = {}
    for node in nodes:
        content = _content(node, inputs[node.id], roots, contents)
        if content.fraction:
            contents[node.id] = content
            for edge in inputs[node.id]:
                if edge.origin is not None and edge.origin in contents:
                    sent[edge.origin] = sent.get(edge.origin, 0) + edge.grams
    return _total([node for node in nodes if node.id in contents], contents, sent, sum(roots.values()))


def standing(nodes: Sequence[Node], roots: Mapping[int, int]) -> Closure:
    """A chain before pickup: all of it still stands in the lots it will be taken from."""
    shares = {
        node.id: Share(Fraction(grams, max(node.left, grams)), grams, grams, 0, primary=True)
        for node in nodes
        if (grams := roots.get(node.id, 0))
    }
    origin = sum(share.left_g for share in shares.values())
    still_there = not shares
    return Closure(origin, open_g=origin, treated=still_there, closed=still_there, shares=shares)


def _content(
    node: Node, inputs: Iterable[Edge], roots: Mapping[int, int], known: Mapping[int, _Content]
) -> _Content:
    """A gain scales all that is in a holding, so it changes no share; an additive dilutes."""
    base = gain = 0
    primary = node.id in roots
    parts: list[tuple[Fraction, int]] = []
    for edge in inputs:
        if edge.source == Source.GAIN:
            gain += edge.grams
            continue
        base += edge.grams
        if edge.origin is not None and edge.origin in known:
            origin = known[edge.origin]
            parts.append((origin.fraction, edge.grams))
            primary = primary or origin.primary
    fraction = _fraction(parts, roots.get(node.id, 0), base)
    if not base and gain and node.own:
        fraction, primary = WHOLE, True
    return _Content(fraction, base + gain, gain, primary and not node.residue)


def _fraction(parts: Sequence[tuple[Fraction, int]], root: int, base: int) -> Fraction:
    """The chain's share of `base` grams, of which `root` enter the chain here."""
    if base <= 0:
        return NONE
    if len(parts) == 1 and not root and parts[0][1] == base:
        return parts[0][0]
    whole = root + sum(grams for fraction, grams in parts if fraction is WHOLE)
    if whole == base:
        return WHOLE
    mixed = sum((fraction * grams for fraction, grams in parts if fraction is not WHOLE), NONE)
    share = (mixed + whole) / base
    return WHOLE if share == WHOLE else share


def _total(
    nodes: Sequence[Node], contents: Mapping[int, _Content], sent: Mapping[int, int], origin: int
) -> Closure:
    """The leaves of every node (left there, gained there, gone beyond), rounded, and their sums."""
    exact: list[Fraction | int] = []
    for node in nodes:
        fraction, total, gain, _ = contents[node.id]
        for grams in (node.left, -gain, total - node.left - sent.get(node.id, 0)):
            exact.append(grams if fraction is WHOLE or not grams else fraction * grams)
    rounded = largest_remainder(exact, origin)
    sums = dict.fromkeys(HoldingKind, 0)
    beyond = gained = 0
    untreated = unclosed = False
    shares: dict[int, Share] = {}
    for index, node in enumerate(nodes):
        fraction, total, _, primary = contents[node.id]
        left, minus_gain, gone = rounded[3 * index : 3 * index + 3]
        still = node.kind in _OPEN and bool(exact[3 * index])
        still = still or bool(exact[3 * index + 2])
        unclosed = unclosed or still
        untreated = untreated or (still and primary)
        sums[node.kind] += left
        gained += minus_gain
        beyond += gone
        shares[node.id] = Share(fraction, round(fraction * total), left, gone, primary)
    return Closure(
        origin_g=origin,
        closed_g=sums[HoldingKind.FATE],
        open_g=beyond + sum(sums[kind] for kind in _OPEN),
        outside_g=sums[HoldingKind.OUTSIDE],
        variance_g=sums[HoldingKind.VARIANCE] + gained,
        beyond_g=beyond,
        treated=not untreated,
        closed=not unclosed,
        shares=shares,
    )


_OPEN = frozenset({HoldingKind.LOT, HoldingKind.LOAD, HoldingKind.BATCH})


def largest_remainder(exact: Sequence[Fraction | int], total: int) -> list[int]:
    """Whole grams that sum up to `total`, as the exact values do: all rounded down, then the
    missing grams go where most was cut off (the first ones, where equal)."""
    floors = [value if isinstance(value, int) else value.__floor__() for value in exact]
    missing = total - sum(floors)
    cut = [index for index, value in enumerate(exact) if value != floors[index]]
    cut.sort(key=lambda index: (floors[index] - exact[index], index))
    for index in cut[:missing]:
        floors[index] += 1
    return floors


class Tolerance(NamedTuple):
    """The variance a stream lets pass: a share of what travelled, but never less than its least."""

    ppm: int
    min_g: int

    def allowed_g(self, travelling_g: int) -> int:
        """The grams that may be missing, or be too many, of what travelled."""
        return max(self.min_g, travelling_g * self.ppm // PER_MILLION)

    def allows(self, line: LineFacts) -> bool:
        """Whether the line's variance is one that needs no opinions."""
        return abs(line.variance_g) <= self.allowed_g(line.travelling_g)


@dataclass(frozen=True, slots=True)
class Journey:
    """One manifest as far as its being settled goes. `waiting_g`: refused mass that still stands at
    the gate or travels home; `onward`: the manifests that took refused mass from its gate.
    `void`: cancelled or expired before pickup."""

    lines: Sequence[LineFacts]
    tolerance: Tolerance
    waiting_g: int = 0
    onward: Collection[str] = ()
    void: bool = False


def settled(key: str, journeys: Mapping[str, Journey]) -> bool:
    """转移管理办法 18: every line is decided, each variance is small or both sides have spoken, and
    what was refused is back or on a manifest that is settled itself. An onward manifest that is not
    among `journeys` is unknown, hence not settled."""
    due, seen = [key], {key}
    while due:
        journey = journeys.get(due.pop())
        if journey is None or not _settled_by_itself(journey):
            return False
        due.extend(set(journey.onward) - seen)
        seen.update(journey.onward)
    return True


def _settled_by_itself(journey: Journey) -> bool:
    if journey.void:
        return True
    return (
        bool(journey.lines)
        and not journey.waiting_g
        and all(_line_settled(line, journey.tolerance) for line in journey.lines)
    )


def _line_settled(line: LineFacts, tolerance: Tolerance) -> bool:
    if not line.decided or (line.sent_back_g and line.returned_g is None):
        return False
    return tolerance.allows(line) or frozenset(line.opinions) >= BOTH_OPINIONS
