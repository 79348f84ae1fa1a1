"""Graphs drawn as text: the same drawing is judged as it stands, or written into a database.

One edge a line, `origin > target grams`. A name is `subject.part`: `m.load.1` is the first load of
manifest m, `t.batch` the batch of treatment t, `a.lot` a registered lot; `t.residue:ash` has a label.
Instead of an origin: `generation`, `additive`, `gain`, or `others` (who do not concern the chain).
What a holding sent on is gone from it; the rest of what came in is its balance."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from tests.cast import DAN, DREW, Person
from tests.city import LORRY, NOW, PLANT, SECOND_LORRY, SITES, WORKS, City
from zerowaste.models.tables import DRAW, EVENT, FLOW, HOLDING, LEG, LINE, MANIFEST
from zerowaste.rules import closure
from zerowaste.vocabulary import Basis, HoldingKind, Source, Status, Verdict

NOWHERE = {**{str(source): str(source) for source in Source}, "others": ""}
KINDS = {
    "load": HoldingKind.LOAD,
    "gate": HoldingKind.LOAD,
    "back": HoldingKind.LOAD,
    "batch": HoldingKind.BATCH,
    "fate": HoldingKind.FATE,
    "product": HoldingKind.FATE,
    "outside": HoldingKind.OUTSIDE,
    "variance": HoldingKind.VARIANCE,
}
DUE_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Drawn:
    """A holding of a drawing."""

    id: int
    name: str
    left: int

    @property
    def subject(self) -> str:
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        return self.name.partition(".")[2].partition(":")[0]

    @property
    def kind(self) -> HoldingKind:
        if self.part == "back.variance":
            return HoldingKind.VARIANCE
        return KINDS.get(self.part.partition(".")[0], HoldingKind.LOT)


@dataclass(frozen=True)
class Paper:
    """What a drawing does not say of a manifest. `declared_g`: if not what was loaded; `draws`: lots
    it means to take from; `decided`: the gate has spoken."""

    consignor: str = WORKS
    consignee: str = PLANT
    declared_g: int | None = None
    draws: Mapping[str, int] = field(default_factory=dict)
    decided: bool = True
    opinions: str = ""
    status: Status | None = None
    driver: Person = DAN


@dataclass(frozen=True)
class Drawing:
    """The holdings by name, and the edges as (origin's name or None, target's name, grams, source)."""

    nodes: Mapping[str, Drawn]
    edges: tuple[tuple[str | None, str, int, str], ...]

    def id(self, name: str) -> int:
        return self.nodes[name].id

    def came(self, name: str, *, without: str = "") -> int:
        """All that came into a holding."""
        return sum(g for _, target, g, source in self.edges if target == name and source != (without or None))

    def went(self, origin: str, target: str) -> int:
        return sum(g for a, b, g, _ in self.edges if (a, b) == (origin, target))

    def close(self, own: str, roots: Mapping[str, int] | None = None) -> closure.Closure:
        """The closure of one manifest's chain, by the rules alone."""
        load = f"{own}.load.1"
        entering = roots if roots is not None else {load: self.came(load, without="gain")}
        return closure.close(
            [
                closure.Node(n.id, n.kind, n.left, n.part == "residue", n.subject == own)
                for n in sorted(self.nodes.values(), key=lambda n: n.id)
            ],
            [
                closure.Edge(None if origin is None else self.id(origin), self.id(target), grams, source)
                for origin, target, grams, source in self.edges
            ],
            {self.id(name): grams for name, grams in entering.items()},
        )

    def write(
        self,
        session: Session,
        city: City,
        papers: Mapping[str, Paper] | None = None,
        *,
        places: Mapping[str, str] | None = None,
        stream: str = "hazardous",
        waste_code: str = "900-249-08",
        at: datetime = NOW,
    ) -> dict[str, uuid.UUID]:
        """Put the drawing into the city; the manifests' ids by subject. `places`: the sites of lots
        and treatments that are not at WORKS and PLANT."""
        writer = _Writer(self, session, city, dict(papers or {}), dict(places or {}), stream, waste_code, at)
        return writer.write()


def draw(text: str, first: int = 1) -> Drawing:
    """Read a drawing; holdings get ids from `first` on, each older than what takes from it."""
    edges: list[tuple[str | None, str, int, str]] = []
    order: TopologicalSorter[str] = TopologicalSorter()
    left: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        origin, _, rest = line.partition(" > ")
        target, grams = rest.split()
        order.add(target)
        left[target] = left.get(target, 0) + int(grams)
        if origin.strip() in NOWHERE:
            edges.append((None, target, int(grams), NOWHERE[origin.strip()]))
            continue
        origin = origin.strip()
        edges.append((origin, target, int(grams), ""))
        order.add(target, origin)
        left[origin] = left.get(origin, 0) - int(grams)
    names = list(order.static_order())
    nodes = {name: Drawn(first + at, name, left[name]) for at, name in enumerate(names)}
    return Drawing(nodes, tuple(edges))


@dataclass
class _Writer:
    drawing: Drawing
    session: Session
    city: City
    papers: dict[str, Paper]
    places: dict[str, str]
    stream: str
    waste_code: str
    at: datetime

    def write(self) -> dict[str, uuid.UUID]:
        subjects = dict.fromkeys(node.subject for node in self.drawing.nodes.values())
        loaded = {n.subject for n in self.drawing.nodes.values() if n.part in ("load.1", "yard")}
        for subject in (*subjects, *self.papers):
            if subject in loaded:
                self.papers.setdefault(subject, Paper())
        self.ids = {subject: uuid.uuid4() for subject in self.papers}
        self.events = {subject: uuid.uuid4() for subject in {**subjects, **self.papers}}
        self._add(EVENT, [self._event(s, e) for s, e in self.events.items()])
        self._add(MANIFEST, [self._manifest(s) for s in self.papers])
        self._add(LINE, [self._line(s) for s in self.papers])
        self._add(LEG, [leg for s in self.papers for leg in self._legs(s)])
        self._add(HOLDING, [self._holding(n) for n in self.drawing.nodes.values()])
        self._add(FLOW, [self._flow(*edge) for edge in self.drawing.edges])
        self._add(DRAW, [draw for s in self.papers for draw in self._draws(s)])
        self.session.flush()
        return self.ids

    def _add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(table), rows)

    def _event(self, subject: str, identity: uuid.UUID) -> dict[str, Any]:
        return {
            "id": identity, "subject": "drawing", "key": str(identity), "number": 1, "kind": "file",
            "verdict": Verdict.APPLIED, "at": self.at, "recorded_at": self.at, "actor": "drawing",
            "findings": 0, "text": subject, "hash": "",
        }  # fmt: skip

    def _manifest(self, subject: str) -> dict[str, Any]:
        paper = self.papers[subject]
        carried = sum(f"{subject}.load.{leg}" in self.drawing.nodes for leg in (1, 2, 3))
        at_gate = f"{subject}.gate" in self.drawing.nodes
        status = Status.ACCEPTED if at_gate else Status.IN_TRANSIT if carried else Status.FILED
        return {
            "id": self.ids[subject], "number": f"2026-{subject}", "stream": self.stream, "edition": 1,
            "status": paper.status or status, "consignor_id": self.city.sites[paper.consignor],
            "consignee_id": self.city.sites[paper.consignee], "planned_at": self.at,
            "filed_at": self.at, "expires_at": self.at + timedelta(days=3), "carried": carried,
            "at_gate": at_gate, "back_legs": 0, "settled": False, "fields": {}, "events": 1, "head": "",
        }  # fmt: skip

    def _line(self, subject: str) -> dict[str, Any]:
        """One line a manifest, from what the drawing says of its way."""
        paper, drawing = self.papers[subject], self.drawing
        load, gate, home = (f"{subject}.{part}" for part in ("load.1", "gate", "returned"))
        loaded = drawing.came(load) if load in drawing.nodes else None
        planned = sum(paper.draws.values()) + drawing.came(f"{subject}.yard")
        decided = gate in drawing.nodes and paper.decided
        received = drawing.came(gate) - drawing.went(gate, f"{subject}.variance")
        accepted = sum(drawing.went(gate, f"{subject}.{end}") for end in ("accepted", "outside"))
        return {
            "manifest_id": self.ids[subject], "number": 1, "waste_code": self.waste_code,
            "operation": "R9", "basis": Basis.SCALE, "declared_g": paper.declared_g or loaded or planned,
            "loaded_g": loaded, "received_g": received if decided else None,
            "accepted_g": accepted if decided else None,
            "refused_g": received - accepted if decided else None,
            "sent_back_g": drawing.went(gate, f"{subject}.back.1") or None,
            "returned_g": drawing.came(home) if home in drawing.nodes else None,
            "packages": 1, "packaging": "", "reason": "", "opinions": paper.opinions,
        }  # fmt: skip

    def _legs(self, subject: str) -> list[dict[str, Any]]:
        names = [n for n in self.drawing.nodes if n.startswith((f"{subject}.load.", f"{subject}.back.1"))]
        legs = []
        for number, name in enumerate(sorted(names, key=lambda n: (".back." in n, n)), start=1):
            back = ".back." in name
            driver = DREW if back else self.papers[subject].driver
            legs.append({
                "manifest_id": self.ids[subject], "number": number, "back": back,
                "carrier_id": self.city.organisations[driver.organisation],
                "vehicle_id": self.city.vehicles[SECOND_LORRY if driver is DREW else LORRY],
                "driver_id": self.city.users[driver.login], "began_at": self.at, "ended_at": None,
            })  # fmt: skip
        return legs

    def _holding(self, node: Drawn) -> dict[str, Any]:
        site, organisation = self._where(node)
        return {
            "id": node.id, "kind": node.kind, "part": node.part, "stream": self.stream,
            "waste_code": self.waste_code, "site_id": self.city.sites[site] if site else None,
            "organisation_id": self.city.organisations[organisation],
            "manifest_id": self.ids.get(node.subject), "line": int(node.subject in self.ids),
            "treatment_id": uuid.uuid5(uuid.NAMESPACE_OID, node.subject) if self._treats(node) else None,
            "event_id": self.events[node.subject], "operation": "", "name": "",
            "since": self.at, "due_at": self.at + DUE_AFTER, "grams": node.left,
            "held_g": self._held(node.name),
        }  # fmt: skip

    def _treats(self, node: Drawn) -> bool:
        return node.subject not in self.ids and node.part != "lot"

    def _where(self, node: Drawn) -> tuple[str | None, str]:
        paper = self.papers.get(node.subject)
        if paper is None:
            site = self.places.get(node.subject, WORKS if node.part == "lot" else PLANT)
        elif node.part.startswith(("load", "back")):
            return None, DREW.organisation if node.part.startswith("back") else paper.driver.organisation
        else:
            site = paper.consignor if node.part in ("yard", "returned") else paper.consignee
        return site, SITES[site].organisation

    def _held(self, name: str) -> int:
        return sum(
            paper.draws.get(name, 0)
            for subject, paper in self.papers.items()
            if f"{subject}.load.1" not in self.drawing.nodes
        )

    def _flow(self, origin: str | None, target: str, grams: int, source: str) -> dict[str, Any]:
        return {
            "event_id": self.events[self.drawing.nodes[target].subject],
            "from_id": None if origin is None else self.drawing.id(origin),
            "to_id": self.drawing.id(target), "grams": grams, "basis": Basis.SCALE, "source": source,
        }  # fmt: skip

    def _draws(self, subject: str) -> list[dict[str, Any]]:
        waits = f"{subject}.load.1" not in self.drawing.nodes
        return [
            {"manifest_id": self.ids[subject], "line": 1, "holding_id": self.drawing.id(lot),
             "grams": grams, "held_g": grams if waits else 0}
            for lot, grams in self.papers[subject].draws.items()
        ]  # fmt: skip
