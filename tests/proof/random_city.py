"""A city in which anybody may try anything: each try is checked, and everything that is there at the end."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import Session

from tests.cast import ADA, DAN, DREW, FAY, OLAF, PAULA, TESS, Person
from tests.city import (
    ABROAD,
    BUILDING,
    CANTEEN,
    CLINIC,
    LORRY,
    OTHER,
    PLANT,
    SECOND_LORRY,
    SMALL,
    STATION,
    VAN,
    WORKS,
    City,
)  # fmt: skip
from tests.proof.invariants import broken
from tests.proof.oracle import Oracle, disagreements
from tests.story import Story
from zerowaste.errors import Refusal
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import expiry, treatments
from zerowaste.services.history import replay, verify
from zerowaste.services.queries import chains
from zerowaste.services.requests import LegRequest, LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

T = TypeVar("T")


@dataclass(frozen=True)
class Route:
    """Who files what from where to where."""

    person: Person
    stream: str
    consignor: str
    consignee: str
    codes: tuple[str, ...]
    vehicle: str = LORRY


OILS = ("900-249-08", "900-201-08", "900-214-08")
RESIDUES = (("hazardous", "772-003-18"), ("construction", "CW-3"))
ROUTES = (
    Route(PAULA, "hazardous", WORKS, PLANT, OILS),
    Route(PAULA, "hazardous", WORKS, STATION, OILS),
    Route(TESS, "hazardous", STATION, PLANT, OILS),
    Route(FAY, "hazardous", PLANT, STATION, (*OILS, "772-003-18")),
    Route(PAULA, "hazardous", WORKS, SMALL, OILS),
    Route(PAULA, "hazardous", WORKS, ABROAD, OILS),
    Route(TESS, "hazardous", STATION, SMALL, OILS),
    Route(OLAF, "hazardous", OTHER, STATION, OILS),
    Route(PAULA, "medical", CLINIC, PLANT, ("841-001-01", "841-002-01"), VAN),
    Route(PAULA, "construction", BUILDING, STATION, ("CW-3", "CW-1")),
    Route(TESS, "construction", STATION, PLANT, ("CW-3", "CW-1")),
    Route(PAULA, "kitchen", CANTEEN, PLANT, ("KW-1", "KW-4")),
)
OPERATIONS = {"hazardous": "R9", "medical": "Y10", "construction": "U1", "kitchen": "K1"}
# Balances and what hangs on them; not the events themselves, nor the rows' count and seal of them.
BOOKS = {
    "holding": "SELECT * FROM holding ORDER BY id",
    "flow": "SELECT * FROM flow ORDER BY id",
    "draw": "SELECT * FROM draw ORDER BY manifest_id, line, holding_id",
    "charge": "SELECT * FROM charge ORDER BY id",
    "quota": "SELECT * FROM quota WHERE reserved_g <> 0 OR used_g <> 0 ORDER BY id",
    "line": "SELECT * FROM line ORDER BY manifest_id, number",
    "leg": "SELECT * FROM leg ORDER BY manifest_id, number",
    "manifest": """SELECT id, number, status, carried, at_gate, back_legs, settled, turn_id FROM manifest
                   ORDER BY id""",
    "treatment": "SELECT id, done FROM treatment ORDER BY id",
    "series": "SELECT key, next FROM series ORDER BY key",
}


class RandomCity:
    """One session's city, in one transaction that nobody commits. Every try is one of a savepoint."""

    def __init__(self, session: Session, city: City) -> None:
        self.story = Story(session, city)
        self.session = session
        self.manifests: list[str] = []
        self.treatments: list[uuid.UUID] = []
        self.again: Callable[[], Any] | None = None
        self.first: Any = None

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.connection().execute(text(query), values)]

    def books(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: self.rows(query) for table, query in BOOKS.items()}

    def attempt(self, work: Callable[[], T]) -> T | None:
        """One try: what was refused or only noted has changed nothing."""
        before = self.books()
        try:
            with self.session.begin_nested():
                answer = work()
        except Refusal:
            assert self.books() == before
            return None
        verdict = getattr(answer, "verdict", Verdict.REFUSED if getattr(answer, "errors", ()) else None)
        if verdict in (Verdict.REFUSED, Verdict.NOTED):
            assert self.books() == before, answer
        self.again, self.first = work, answer
        return answer

    def repeat(self) -> None:
        """The last request comes in once more: the same answer, and nothing happens."""
        if self.again is None or getattr(self.first, "refused", False):
            return
        before, events = self.books(), self.rows("SELECT COUNT(*) FROM event")
        answer = self.again()
        for name in ("id", "number", "verdict", "status", "code", "lot", "done", "event"):
            assert getattr(answer, name, None) == getattr(self.first, name, None), name
        assert list(getattr(answer, "residues", ())) == list(getattr(self.first, "residues", ()))
        assert answer.created is False
        assert (self.books(), self.rows("SELECT COUNT(*) FROM event")) == (before, events)

    def register(self, route: Route, code: int, mass_g: int) -> None:
        """Registers a lot at the route's start (which only a producer may)."""
        identity, at, waste = uuid.uuid4(), self.story.now, route.codes[code % len(route.codes)]
        self.attempt(lambda: self.story.lot(route.person, route.consignor, waste, mass_g, id=identity, at=at))

    def file(
        self, route: Route, codes: Sequence[int], mass_g: int, named: int, legs: int, **other: Any
    ) -> None:
        """Files a manifest; `named`: thousandths of each line that come from named lots (0: none named)."""
        chosen = dict.fromkeys(route.codes[code % len(route.codes)] for code in codes)
        lines = [self._line(route, code, mass_g + index, named) for index, code in enumerate(chosen)]
        stretches = [self.story.leg(route.vehicle, DAN)]
        if legs > 1:
            stretches.append(self.story.leg(SECOND_LORRY, DREW))
        values: dict[str, Any] = {
            "stream": route.stream, "consignor": route.consignor, "consignee": route.consignee,
            "lines": lines, "legs": stretches, "id": uuid.uuid4(), "planned_at": self.story.now, **other,
        }  # fmt: skip
        filed = self.attempt(lambda: self.story.file(route.person, **values))
        if filed is not None and filed.number is not None and filed.created:
            self.manifests.append(filed.number)
        if other.get("dry_run"):
            self.again = None

    def _line(self, route: Route, code: str, mass_g: int, named: int) -> LineRequest:
        """A line; who generates nothing rarely asks for more than there is."""
        free = self._free(route.consignor, code)
        stock = sum(grams for _, grams in free)
        if route.person in (TESS, FAY) and stock and mass_g % 2 == 0:
            mass_g = min(mass_g, stock)
        draws, rest = [], mass_g * named // 1000
        for lot, grams in free:
            if rest > 0:
                draws.append((lot, min(grams, rest)))
                rest -= grams
        return LineRequest(code, mass_g, packages=1, packaging="桶", draws=tuple(draws))

    def _free(self, site: str, code: str) -> list[tuple[int, int]]:
        """(lot, free grams) on a site, the newest first, loads refused at its gate among them."""
        found = self.rows(
            "SELECT holding.id, grams - held_g FROM holding JOIN site ON site.id = holding.site_id"
            " WHERE site.code = :site AND waste_code = :code AND grams > held_g"
            " AND (holding.kind = 'lot' OR part = 'gate') ORDER BY holding.id DESC",
            site=site, code=code,
        )  # fmt: skip
        return [(lot, grams) for lot, grams in found]

    def status_of(self, ref: str) -> Status:
        """The status as it is stored."""
        return Status(self.rows("SELECT status FROM manifest WHERE number = :ref", ref=ref)[0][0])

    def act(self, person: Person, ref: str, kind: Act, lines: Sequence[LineReport], **other: Any) -> Any:
        values = {"id": uuid.uuid4(), "at": self.story.now, **other}
        return self.attempt(lambda: self.story.act(person, ref, kind, lines, **values))

    def plan(self, first: int, last: int | None) -> tuple[LegRequest, ...]:
        """Legs for some lorries, one after the other, up to the last."""
        lorries = ((LORRY, DAN), (SECOND_LORRY, DREW), (VAN, DAN))
        return tuple(self.story.leg(*lorries[(first + nth) % len(lorries)]) for nth in range(last or 1))

    def deliver(self, ref: str, mass: int, taken: int) -> None:
        """Picked up, and accepted, in part or whole, by whoever receives it."""
        self.act(DAN, ref, Act.PICKUP, self.reports(ref, Act.PICKUP, mass, taken, 1))
        for receiver in (FAY, TESS):
            self.act(
                receiver, ref, Act.ACCEPT, self.reports(ref, Act.ACCEPT, mass, taken, 1), reason="packaging"
            )

    def reports(self, ref: str, kind: Act, mass: int, taken: int, said: int) -> list[LineReport]:
        """What is said of each line (`said` 0: nothing): thousandths of what was declared, and of that what
        is taken; `said` 2: only of the first line, and that it is another waste."""
        reports = []
        for number, declared, code in self.lines_of(ref) if said else ():
            grams = declared * mass // 1000
            accepted = min(grams, grams * taken // 1000)
            other = OILS[1] if said == 2 and code == OILS[0] and kind in (Act.ACCEPT, Act.REASSIGN) else None
            if kind is Act.ACCEPT:
                reports.append(
                    LineReport(number, received_g=grams, accepted_g=accepted, refused_g=grams - accepted,
                               reason="packaging", waste_code=other)
                )  # fmt: skip
            else:
                reports.append(LineReport(number, mass_g=grams, reason="packaging", waste_code=other))
        return reports[:1] if said == 2 else reports

    def lines_of(self, ref: str) -> list[tuple[int, int, str]]:
        """(number, declared grams, waste code) of a manifest's lines."""
        query = """SELECT line.number, declared_g, waste_code FROM line
                   JOIN manifest ON manifest.id = manifest_id WHERE manifest.number = :ref ORDER BY 1"""
        return [(row[0], row[1], row[2]) for row in self.rows(query, ref=ref)]

    def last_act(self, ref: str) -> Act:
        """What was last done to a manifest."""
        query = """SELECT kind, number FROM event WHERE verdict = 'applied' AND subject = 'manifest'
                   AND key = :key ORDER BY number DESC LIMIT 1"""
        ((identity,),) = self.rows("SELECT id FROM manifest WHERE number = :ref", ref=ref)
        return Act(self.rows(query, key=str(uuid.UUID(str(identity))))[0][0])

    def treat(
        self, pick: int, mass_g: int, additive_g: int, outputs: Sequence[int], done: bool, fifo: bool
    ) -> None:
        """Treats lots at the plant: two named ones, or the oldest of a code; mostly as one may."""
        lots = self.rows(
            """SELECT holding.id, waste_code, stream, grams - held_g FROM holding
               JOIN site ON site.id = site_id
               WHERE site.code = :site AND holding.kind = 'lot' AND grams > 0 ORDER BY holding.id""",
            site=PLANT,
        )
        if not lots:
            return
        first = lots[pick % len(lots)]
        operation = "D10" if pick % 9 == 8 else OPERATIONS[first[2]]
        inputs: list[tuple[int | None, str | None, int]] = [(None, first[1], min(mass_g, first[3] + 1))]
        if not fifo:
            pair = dict.fromkeys((first, lots[(pick + 1) % len(lots)]))
            inputs = [
                (lot, None, min(mass_g, free) or 1) for lot, _, stream, free in pair if stream == first[2]
            ]
        request = treatments.TreatmentRequest(
            id=uuid.uuid4(), site=PLANT, operation=operation, at=self.story.now,
            inputs=tuple(inputs), additives=(("石灰", additive_g),) if additive_g else (),
            outputs=self._outputs(outputs), done=done, body={"inputs": str(inputs), "out": str(outputs)},
        )  # fmt: skip
        treated = self.attempt(lambda: treatments.treat(self.story.desk(FAY), request))
        if treated is not None and not treated.errors:
            self.treatments.append(treated.id)

    def put_out(self, pick: int, outputs: Sequence[int], done: bool) -> None:
        if not self.treatments:
            return
        treatment = self.treatments[pick % len(self.treatments)]
        request = treatments.OutputsRequest(
            id=uuid.uuid4(),
            at=self.story.now,
            outputs=self._outputs(outputs),
            body={"out": str(outputs)},
            done=done,
        )
        self.attempt(lambda: treatments.add_outputs(self.story.desk(FAY), treatment, request))

    def _outputs(self, masses: Sequence[int]) -> tuple[Output, ...]:
        made = [Output("residue", mass, *RESIDUES[mass % 2]) for mass in masses[1:]]
        return (*[Output("product", mass, name="再生油") for mass in masses[:1]], *made)

    def tick(self) -> None:
        expiry.expire_due(self.session, self.story.law, self.story.now)

    def wait(self, hours: int) -> None:
        self.story.now += timedelta(hours=hours)

    def troubles(self) -> list[str]:
        """What must hold after every act and does not."""
        return broken(self.session.connection())

    def last_judgement(self) -> list[str]:
        """What must hold of everything together: closure as the oracle has it, replay, chains of hashes."""
        law, now = self.story.law, self.story.now
        found = []
        oracle = Oracle(self.session.connection(), now)
        for manifest in oracle.manifests:
            view = chains.chain(self.session, law, self.story.city.actor(ADA), str(manifest), now=now)
            number = oracle.manifests[manifest].number
            found += [f"{number}: {what}" for what in disagreements(view, oracle.truth(manifest))]
            if bool(oracle.manifests[manifest].settled) != oracle.done(manifest):
                found.append(f"{number}: is stored as settled: {not oracle.done(manifest)}")
        found += [f"replay: {difference}" for difference in replay.replay(self.session, law)]
        found += [f"verify: {fault}" for fault in verify.verify(self.session, law)]
        return found
