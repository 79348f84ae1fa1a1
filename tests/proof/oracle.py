"""The slow truth about closure: every chain worked out from the rows alone, gram by gram, in fractions.

It shares no code with what it judges. For each holding it asks upwards: which part of all that ever
came in here was loaded under that manifest? A mixed holding knows no owners, so whatever leaves it or
stays in it belongs to a chain in that proportion; what a weighing found to be more belongs to whoever is
in it; an additive to nobody. The service rounds only the leaves, each by less than a gram."""

import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from zerowaste.services.queries.chains import ChainView

MANIFESTS = Path(__file__).parents[2] / "manifests"
ENDS = {"fate": "closed", "outside": "outside", "variance": "variance"}
FLOWS = """SELECT from_id, to_id, source, CAST(SUM(grams) AS BIGINT) AS grams FROM flow
           GROUP BY from_id, to_id, source HAVING SUM(grams) <> 0"""


@dataclass(frozen=True)
class Truth:
    """What is exactly so of one chain. `left`: open holding → the chain's part of what lies there;
    `leaves`: how many values the service may have rounded, by where they count."""

    origin: int = 0
    sums: dict[str, Fraction] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)
    left: dict[int, Fraction] = field(default_factory=dict)
    settled: bool = True
    treated: bool = True
    closed: bool = True


@cache
def tolerance(stream: str, edition: int) -> tuple[int, int]:
    """(parts per million, least grams) of the variance that a stream lets pass, as its file says."""
    rules = tomllib.loads((MANIFESTS / f"{stream}-{edition}.toml").read_text())
    return rules["tolerance_ppm"], rules["tolerance_min_g"]


class Oracle:
    """All rows of the books at one moment. `now`: when it is asked."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        def rows(query: str) -> list[Any]:
            return list(connection.execute(text(query)).all())

        self.now = now
        self.holdings = {row.id: row for row in rows("SELECT * FROM holding")}
        self.flows = rows(FLOWS)
        self.lines = rows("SELECT * FROM line")
        self.draws = rows("SELECT * FROM draw")
        self.manifests = {_id(row.id): row for row in rows("SELECT * FROM manifest WHERE number IS NOT NULL")}
        self.into: dict[int, list[Any]] = {}
        for flow in self.flows:
            self.into.setdefault(flow.to_id, []).append(flow)

    def truth(self, manifest: uuid.UUID) -> Truth:
        """All that is so of the chain of one manifest."""
        row = self.manifests[manifest]
        if row.carried:
            return self._followed(manifest)
        if self._void(row):
            return Truth()
        planned = self._planned(manifest)
        total = sum(planned.values(), Fraction(0))
        return Truth(
            origin=int(total), sums={"open": total}, left=planned, settled=False, treated=False, closed=False
        )

    def _void(self, row: Any) -> bool:
        return row.status in ("cancelled", "expired") or (
            row.status == "filed" and self.now > _moment(row.expires_at)
        )

    def _planned(self, manifest: uuid.UUID) -> dict[int, Fraction]:
        """Filed and not picked up: it all lies where it will be taken from."""
        planned: dict[int, Fraction] = {}
        for draw in self.draws:
            if _id(draw.manifest_id) == manifest and draw.grams:
                planned[draw.holding_id] = planned.get(draw.holding_id, Fraction(0)) + draw.grams
        return planned

    def _followed(self, manifest: uuid.UUID) -> Truth:
        part = _Part(self, manifest)
        sums = dict.fromkeys(("closed", "open", "outside", "variance"), Fraction(0))
        leaves = dict.fromkeys(sums, 0)
        left: dict[int, Fraction] = {}
        untreated = False
        for holding in self.holdings.values():
            share = part.of(holding.id)
            if not share:
                continue
            where = ENDS.get(holding.kind, "open")
            sums[where] += share * holding.grams
            leaves[where] += 1
            gained = sum(flow.grams for flow in self.into.get(holding.id, ()) if flow.source == "gain")
            sums["variance"] -= share * gained
            leaves["variance"] += 1
            if where == "open" and holding.grams:
                left[holding.id] = share * holding.grams
                untreated = untreated or part.untouched(holding.id)
        settled = self.settled(manifest, frozenset())
        treated = settled and not untreated
        return Truth(part.loaded(), sums, leaves, left, settled, treated, treated and not left)

    def settled(self, manifest: uuid.UUID, asked: frozenset[uuid.UUID]) -> bool:
        """Whether all about a manifest's loads is agreed, here and where its refused mass went."""
        row = self.manifests[manifest]
        if not row.carried:
            return self._void(row)
        own = [line for line in self.lines if _id(line.manifest_id) == manifest]
        waiting = [
            holding
            for holding in self.holdings.values()
            if holding.kind == "load" and holding.manifest_id and _id(holding.manifest_id) == manifest
            and not holding.part.startswith("load") and holding.grams
        ]  # fmt: skip
        if waiting or not all(self._agreed(line, row) for line in own):
            return False
        onward = self._onward(manifest) - asked - {manifest}
        return all(self.settled(other, asked | {manifest} | onward) for other in onward)

    def done(self, manifest: uuid.UUID) -> bool:
        """Whether it needs nothing more itself: its row says so. (Where its refused mass went may.)"""
        gates = [
            holding.grams
            for holding in self.holdings.values()
            if holding.part == "gate" and _id(holding.manifest_id) == manifest
        ]
        row = self.manifests[manifest]
        own = [line for line in self.lines if _id(line.manifest_id) == manifest]
        return bool(row.carried) and not any(gates) and all(self._agreed(line, row) for line in own)

    def _agreed(self, line: Any, row: Any) -> bool:
        if line.accepted_g is None or (line.sent_back_g and line.returned_g is None):
            return False
        travelled = line.declared_g if line.loaded_g is None else line.loaded_g
        ppm, least = tolerance(row.stream, row.edition)
        allowed = max(least, travelled * ppm // 10**6)
        return bool(line.opinions == "cr" or abs(travelled - line.received_g) <= allowed)

    def _onward(self, manifest: uuid.UUID) -> set[uuid.UUID]:
        """Manifests that took refused mass from this one's gate."""
        takers = set()
        for flow in self.flows:
            origin = self.holdings.get(flow.from_id)
            if origin is not None and origin.part == "gate" and _id(origin.manifest_id) == manifest:
                takers.add(_id(self.holdings[flow.to_id].manifest_id))
        return takers - {manifest}


class _Part:
    """Which part of each holding is one manifest's."""

    def __init__(self, rows: Oracle, manifest: uuid.UUID) -> None:
        self.rows, self.manifest = rows, manifest
        self.known: dict[int, Fraction] = {}

    def _own(self, holding: Any) -> bool:
        return holding.manifest_id is not None and _id(holding.manifest_id) == self.manifest

    def _root(self, holding: Any) -> bool:
        return self._own(holding) and holding.part == "load.1"

    def loaded(self) -> int:
        """What entered the chain."""
        return sum(
            flow.grams
            for flow in self.rows.flows
            if flow.source != "gain" and self._root(self.rows.holdings[flow.to_id])
        )

    def of(self, identity: int) -> Fraction:
        """The part of all that ever came into a holding."""
        if identity not in self.known:
            self.known[identity] = self._work_out(self.rows.holdings[identity])
        return self.known[identity]

    def _work_out(self, holding: Any) -> Fraction:
        came = self.rows.into.get(holding.id, ())
        weighed = [flow for flow in came if flow.source != "gain"]
        everything = Fraction(sum(flow.grams for flow in weighed))
        if not everything:
            # Loaded with nothing and yet something was found: whose else should it be?
            found = self._own(holding) and holding.part != "yard" and bool(came)
            return Fraction(int(found))
        if self._root(holding):
            return Fraction(1)
        ours = sum((self.of(f.from_id) * f.grams for f in weighed if f.from_id is not None), Fraction(0))
        return ours / everything

    def untouched(self, identity: int) -> bool:
        """Whether some of the chain's part has not been through a treatment that left it as a residue."""
        holding = self.rows.holdings[identity]
        if holding.part == "residue" or not self.of(identity):
            return False
        came = [flow for flow in self.rows.into.get(identity, ()) if flow.source != "gain"]
        if self._root(holding) or not came:
            return True
        return any(flow.from_id is not None and self.untouched(flow.from_id) for flow in came)


def disagreements(view: ChainView, truth: Truth) -> list[str]:
    """Where a chain as the service shows it is not what is so."""
    found = []
    said = {
        "closed": view.closed_g,
        "open": view.open_g,
        "outside": view.outside_g,
        "variance": view.variance_g,
    }
    if view.origin_g != truth.origin or sum(said.values()) != truth.origin:
        found.append(f"origin {view.origin_g} = {said}, but {truth.origin} were loaded")
    if truth.sums and sum(truth.sums.values()) != truth.origin:
        found.append(f"the oracle itself loses grams: {truth.sums} of {truth.origin}")
    for where, grams in said.items():
        exact = truth.sums.get(where, Fraction(0))
        if abs(grams - exact) > truth.leaves.get(where, 0):
            found.append(f"{where} is {grams}, but {float(exact)}")
    shown = {entry.holding: entry.mass_g for entry in view.open}
    found += _misplaced(shown, truth.left)
    flags = (view.settled, view.treated, view.closed)
    if flags != (truth.settled, truth.treated, truth.closed):
        found.append(f"settled, treated, closed are {flags}, but "
                     f"{(truth.settled, truth.treated, truth.closed)}")  # fmt: skip
    return found


def _misplaced(shown: dict[int, int], left: dict[int, Fraction]) -> Iterable[str]:
    if shown.keys() != left.keys():
        yield f"open in {sorted(shown)}, but in {sorted(left)}"
        return
    for holding, grams in shown.items():
        if abs(grams - left[holding]) >= 1:
            yield f"{grams} g are open in {holding}, but {float(left[holding])}"


def _id(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _moment(value: Any) -> datetime:
    """A moment as either database gives it to plain SQL."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
