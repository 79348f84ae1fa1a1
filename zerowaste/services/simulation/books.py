"""Books in memory: what bulk history has booked and not yet written, answering as the stored tables do."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zerowaste.rules.decision import Decision, balances
from zerowaste.rules.history import KEYS
from zerowaste.services.booking.bookkeeping import (
    charge_rows,
    flow_rows,
    held_changes,
    opened_rows,
    put_rows,
    with_holds,
)
from zerowaste.services.booking.books import Books
from zerowaste.services.booking.ledger import Chain
from zerowaste.services.simulation.register import MemoryRegister
from zerowaste.services.simulation.rows import Sheaf
from zerowaste.vocabulary import OPEN_KINDS, HoldingKind, Status

Row = dict[str, Any]
_ENDED_OTHERWISE = (Status.CANCELLED, Status.EXPIRED, Status.DRAFT)


@dataclass(slots=True)
class Kept:
    """One holding. `waits`: how many manifests and treatments under way still point at it."""

    id: int
    kind: str
    part: str
    stream: str
    waste_code: str
    site_id: int | None
    organisation_id: int
    line: int
    since: datetime
    due_at: datetime | None
    operation: str
    name: str
    manifest_id: UUID | None
    treatment_id: UUID | None
    event_id: UUID
    grams: int
    held_g: int
    waits: int = 1
    draws: list[Row] = field(default_factory=list)

    @property
    def rests(self) -> bool:
        """Nothing will change it any more."""
        empty = not self.grams and not self.held_g
        return not self.waits and (empty or self.kind not in OPEN_KINDS)


@dataclass(slots=True)
class Subject:
    """A manifest or treatment under way: its chain, its rows by table and key, what it points at."""

    name: str
    owner: UUID
    chain: Chain
    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    holdings: list[int] = field(default_factory=list)


class Carried(NamedTuple):
    """A line of a manifest on a trip."""

    id: UUID
    number: str
    stream: str
    consignor_id: int
    consignee_id: int
    vehicle_id: int
    waste_code: str


class Overdrawn(Exception):
    """A balance or hold below zero: the history makes no sense."""


class MemoryBooks(Books):
    """Books that nobody else writes in. What can no longer change goes into the `sheaf`."""

    def __init__(
        self,
        register: MemoryRegister,
        sheaf: Sheaf,
        chains: Mapping[str, Chain],
        number: Callable[[int], int],
    ) -> None:
        super().__init__(register.session)
        self.register, self.sheaf, self.number = register, sheaf, number
        self.sites = dict(chains)
        self.kept: dict[int, Kept] = {}
        self.serials: dict[str, int] = {}
        self.lots: dict[int, dict[str, list[Kept]]] = {}
        self.under_way: dict[UUID, Subject] = {}
        self.riding: dict[int, dict[UUID, Subject]] = {}  # vehicle → the manifests it is named on
        self.trips: dict[UUID, list[Subject]] = {}
        self.opened = 0

    def open_lots(self, site_id: int, code: str | None = None) -> Iterator[Kept]:
        """As stored: lots on a site with grams left, oldest first."""
        shelves = self.lots.get(site_id, {})
        found: list[Kept] = []
        for key in (code,) if code is not None else tuple(shelves):
            lots = [lot for lot in shelves.get(key, ()) if lot.grams]
            if key in shelves:
                shelves[key] = lots
            found += lots
        return iter(sorted(found, key=lambda lot: (lot.since, lot.id)))

    def stock(self, site_id: int) -> Sequence[Kept]:
        return list(self.open_lots(site_id))

    def holdings(self, ids: Collection[int], *, lock: bool = False) -> Sequence[Kept]:
        return [self.kept[holding] for holding in sorted(ids) if holding in self.kept]

    def aboard(self, vehicle_id: int, *, beside: UUID, at: datetime) -> Sequence[Kept]:
        found = []
        for subject in self.riding.get(vehicle_id, {}).values():
            legs = subject.rows.get("leg", {}).values()
            carries = any(
                leg["vehicle_id"] == vehicle_id and leg["began_at"] and not leg["ended_at"] for leg in legs
            )
            if carries and subject.owner != beside:
                loads = self.holdings(subject.holdings)
                found += [k for k in loads if k.kind == HoldingKind.LOAD and k.grams and k.site_id is None]
        return found

    def _standing(self, trip: UUID) -> Iterable[tuple[Subject, Row]]:
        for subject in self.trips.get(trip, ()):
            (row,) = subject.rows["manifest"].values()
            if row["status"] not in _ENDED_OTHERWISE:
                yield subject, row

    def on_trip(self, trip: UUID) -> Sequence[Carried]:
        return [
            Carried(
                subject.owner, row["number"], row["stream"], row["consignor_id"], row["consignee_id"],
                subject.rows["leg"][1,]["vehicle_id"], line["waste_code"],
            )
            for subject, row in self._standing(trip)
            for line in subject.rows["line"].values()
        ]  # fmt: skip

    def loads_on_trip(self, trip: UUID, consignee_id: int, *, scanned: bool) -> dict[UUID, int]:
        return {
            subject.owner: sum(
                line["declared_g"] if line["loaded_g"] is None else line["loaded_g"]
                for line in subject.rows["line"].values()
            )
            for subject, row in self._standing(trip)
            if row["consignee_id"] == consignee_id
            and not (scanned and subject.rows["leg"][1,]["began_at"] is None)
        }

    def trip_known(self, trip: UUID) -> bool:
        return trip in self.trips

    def stopped_since(self, site_id: int) -> datetime | None:
        """Nothing ever happens at a site of bulk history."""
        return None

    def allot(self, count: int) -> list[int]:
        first = self.opened + 1
        self.opened += count
        return [self.number(nth) for nth in range(first, first + count)]

    def next_serial(self, key: str) -> int:
        serial = self.serials[key] = self.serials.get(key, 0) + 1
        return serial

    def book(self, subject: Subject, event_id: UUID, decision: Decision) -> None:
        """Apply a decision, row by row as booking/bookkeeping.py does. `subject.chain` stands after it."""
        chain, owner = subject.chain, subject.owner
        for name, rows in decision.put.items():
            fresh = with_holds(name, decision) if name == "draw" else rows
            self._put(subject, name, put_rows(name, fresh, owner, chain))
        for row in opened_rows(decision, event_id, owner, chain.subject):
            self._open(subject, Kept(**row))
        self._move(subject, decision)
        self.sheaf.numbered("flow", flow_rows(decision, event_id))
        manifest_id = owner if chain.subject == "manifest" else None
        self.register.charge(decision)
        self.sheaf.numbered("charge", charge_rows(decision, event_id, manifest_id))
        for name, changed in decision.set.items():
            known = subject.rows[name]
            for changes in changed:
                known[tuple(changes[key] for key in KEYS[name])].update(changes)
        self._drawn(subject, decision)

    def _put(self, subject: Subject, name: str, rows: Iterable[Row]) -> None:
        if name == "trip":
            self.sheaf.add("trip", rows)
            return
        known = subject.rows.setdefault(name, {})
        for row in rows:
            known[tuple(row[key] for key in KEYS[name])] = row
            if name == "leg":
                self.riding.setdefault(row["vehicle_id"], {})[subject.owner] = subject
            elif name == "manifest":
                self.under_way[subject.owner] = subject
                self.trips.setdefault(row["trip_id"], []).append(subject)

    def _open(self, subject: Subject, kept: Kept) -> None:
        self.kept[kept.id] = kept
        subject.holdings.append(kept.id)
        if kept.kind == HoldingKind.LOT and kept.site_id is not None:
            self.lots.setdefault(kept.site_id, {}).setdefault(kept.waste_code, []).append(kept)

    def _move(self, subject: Subject, decision: Decision) -> None:
        opened = {opening.id for opening in decision.opens}
        grams, held = balances(decision.moves), held_changes(decision)
        for holding in (grams.keys() | held.keys()) - opened:
            kept = self.kept[holding]
            kept.grams += grams.get(holding, 0)
            kept.held_g += held.get(holding, 0)
            if not 0 <= kept.held_g <= kept.grams:
                raise Overdrawn(subject.chain.key, kept.id, kept.grams, kept.held_g)
            if kept.rests:
                self._write_holding(kept)

    def _drawn(self, subject: Subject, decision: Decision) -> None:
        """What the draws of this manifest hold, beside what is held in the holdings."""
        fresh = {(row["line"], row["holding_id"]) for row in decision.put.get("draw", ())}
        for _, holding in fresh:
            if holding not in subject.holdings:
                subject.holdings.append(holding)
                self.kept[holding].waits += 1
        for hold in decision.holds:
            if (hold.line, hold.holding) not in fresh:
                subject.rows["draw"][hold.line, hold.holding]["held_g"] += hold.grams

    def close(self, subject: Subject) -> None:
        """Nothing will happen to this manifest or treatment any more."""
        for row in subject.rows.get(subject.name, {}).values():
            row.update(events=subject.chain.events, head=subject.chain.head)
            self._leave_trip(subject, row.get("trip_id"))
        for leg in subject.rows.get("leg", {}).values():
            if leg["ended_at"] or not leg["began_at"]:  # what never arrives is aboard for good
                self.riding[leg["vehicle_id"]].pop(subject.owner, None)
        draws = subject.rows.pop("draw", {})
        for name, rows in subject.rows.items():
            self.sheaf.add(name, rows.values())
        self.under_way.pop(subject.owner, None)
        for row in draws.values():
            self.kept[row["holding_id"]].draws.append(row)
        for holding in subject.holdings:
            kept = self.kept[holding]
            kept.waits -= 1
            if kept.rests:
                self._write_holding(kept)

    def _leave_trip(self, subject: Subject, trip: UUID | None) -> None:
        """A trip is forgotten with its last manifest: nobody joins it any more."""
        if trip is not None:
            self.trips[trip].remove(subject)
            if not self.trips[trip]:
                del self.trips[trip]

    def _write_holding(self, kept: Kept) -> None:
        del self.kept[kept.id]
        self.sheaf.add_objects("holding", (kept,))
        self.sheaf.add("draw", kept.draws)

    def close_all(self) -> None:
        """The history ends: whatever is open stays open, and is written as it stands."""
        for subject in tuple(self.under_way.values()):
            self.close(subject)
        for kept in tuple(self.kept.values()):
            self._write_holding(kept)
