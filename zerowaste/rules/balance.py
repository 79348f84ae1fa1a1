"""Which grams lie on which edge: what a line's facts say should be booked.

An event never says what to move. It says what is now known; `edges` says what follows from all that
is known; the event books the difference to what followed before. So late scans, corrections,
cancellation and reversal are one mechanism, and the order of arrival cannot matter.

Parts of a line's path, in the order in which they are opened (a holding only takes from older ones):
yard → load.1 → load.2 … → gate → accepted | outside, variance, back.1 … → returned, back.variance
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from zerowaste.vocabulary import Basis, Source


class Edge(NamedTuple):
    """From a lot (its id), a part of the line, or nowhere (None, then `source` says why) to a part."""

    origin: int | str | None
    target: str
    source: str = ""


class Portion(NamedTuple):
    """What a line means to take from one holding."""

    holding: int
    grams: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is known of one line. Masses are net grams; None: not known yet.

    `draws`: lots (or refused loads) it takes from, in order. `yard`: whether filing opened a lot for
    what no registered lot covers (only a producer's filing may)."""

    number: int
    waste_code: str
    declared_g: int
    draws: tuple[Portion, ...] = ()
    yard: bool = False
    found_code: str | None = None
    operation: str = ""
    basis: Basis = Basis.SCALE
    received_basis: Basis | None = None
    loaded_g: int | None = None
    received_g: int | None = None
    accepted_g: int | None = None
    refused_g: int | None = None
    sent_back_g: int | None = None
    returned_g: int | None = None
    reassigned_g: int | None = None
    reassigned_code: str | None = None
    volume_l: int | None = None
    packages: int = 0
    packaging: str = ""
    reason: str = ""
    opinions: str = ""

    @property
    def travelling_g(self) -> int:
        """What travels: as loaded, or as declared where nobody has scanned the loading."""
        return self.declared_g if self.loaded_g is None else self.loaded_g

    @property
    def decided(self) -> bool:
        return self.accepted_g is not None

    @property
    def code(self) -> str:
        """The waste code as found at the gate, or as declared."""
        return self.found_code or self.waste_code

    @property
    def variance_g(self) -> int:
        """Loaded minus received (positive: missing; negative: more than was loaded)."""
        return 0 if self.received_g is None else self.travelling_g - self.received_g

    def litres(self, grams: int) -> int:
        """The volume that goes with a part of the declared mass (rounded up: a quota is never undersold)."""
        return -(-(self.volume_l or 0) * grams // self.declared_g)


@dataclass(frozen=True, slots=True)
class Path:
    """How far the whole manifest is along its way.

    `carried`: legs begun (0: still in the yard); `back_legs`: return legs begun; `void`: cancelled or
    expired before pickup; `outside`: the consignee lies outside the city."""

    carried: int = 0
    at_gate: bool = False
    back_legs: int = 0
    void: bool = False
    outside: bool = False


def edges(line: LineFacts, path: Path) -> dict[Edge, int]:
    """The grams that lie on each edge of the line, zero edges left out. Never negative."""
    wanted: dict[Edge, int] = {}
    if path.carried:
        _load(line, wanted)
        _travel(line, path, wanted)
        if path.at_gate:
            _decide(line, path, wanted)
            _send_back(line, path, wanted)
    elif line.yard and not path.void:
        wanted[Edge(None, "yard", Source.GENERATION)] = unregistered(line)
    return {edge: grams for edge, grams in wanted.items() if grams}


def unregistered(line: LineFacts) -> int:
    """What the declared mass needs beyond the registered lots."""
    return line.declared_g - sum(portion.grams for portion in line.draws)


def _load(line: LineFacts, wanted: dict[Edge, int]) -> None:
    rest = line.travelling_g
    for portion in line.draws:
        taken = min(portion.grams, rest)
        wanted[Edge(portion.holding, "load.1")] = taken
        rest -= taken
    if line.yard:
        wanted[Edge(None, "yard", Source.GENERATION)] = rest
        wanted[Edge("yard", "load.1")] = rest
    else:
        wanted[Edge(None, "load.1", Source.GENERATION)] = rest


def _travel(line: LineFacts, path: Path, wanted: dict[Edge, int]) -> None:
    for leg in range(1, path.carried):
        wanted[Edge(f"load.{leg}", f"load.{leg + 1}")] = line.travelling_g
    if path.at_gate:
        wanted[Edge(f"load.{path.carried}", "gate")] = line.travelling_g


def _decide(line: LineFacts, path: Path, wanted: dict[Edge, int]) -> None:
    variance = line.variance_g
    wanted[Edge(None, "gate", Source.GAIN)] = max(0, -variance)
    wanted[Edge("gate", "variance")] = max(0, variance)
    wanted[Edge("gate", "outside" if path.outside else "accepted")] = line.accepted_g or 0
    wanted[Edge("accepted", "reassigned")] = line.reassigned_g or 0


def _send_back(line: LineFacts, path: Path, wanted: dict[Edge, int]) -> None:
    sent = line.sent_back_g or 0
    if not path.back_legs or not sent:
        return
    wanted[Edge("gate", "back.1")] = sent
    for leg in range(1, path.back_legs):
        wanted[Edge(f"back.{leg}", f"back.{leg + 1}")] = sent
    if line.returned_g is not None:
        last = f"back.{path.back_legs}"
        wanted[Edge(None, "returned", Source.GAIN)] = max(0, line.returned_g - sent)
        wanted[Edge(last, "returned")] = min(sent, line.returned_g)
        wanted[Edge(last, "back.variance")] = max(0, sent - line.returned_g)


def holds(line: LineFacts, path: Path) -> dict[int | str, int]:
    """The grams the line holds in each lot (by id, or `yard`): all of its plan until pickup, then none."""
    if path.carried or path.void:
        return {}
    held: dict[int | str, int] = {portion.holding: portion.grams for portion in line.draws}
    if line.yard:
        held["yard"] = unregistered(line)
    return held


Key = TypeVar("Key")


def difference(after: Mapping[Key, int], before: Mapping[Key, int]) -> dict[Key, int]:
    """What must be booked to come from `before` to `after`; zeros left out."""
    keys = dict.fromkeys((*before, *after))
    changes = {key: after.get(key, 0) - before.get(key, 0) for key in keys}
    return {key: change for key, change in changes.items() if change}


_ORDER = {
    "yard": 0,
    "load": 1,
    "gate": 2,
    "accepted": 3,
    "outside": 3,
    "reassigned": 4,
    "variance": 4,
    "back": 5,
}


def opening_order(part: str) -> tuple[int, int]:
    """A key that sorts parts in the order in which their holdings must be opened."""
    if part == "returned":
        return 6, 0
    if part == "back.variance":
        return 7, 0
    stem, _, leg = part.partition(".")
    return _ORDER[stem], int(leg or 0)
