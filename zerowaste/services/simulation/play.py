"""People acting in bulk history: each act judged by the services' own judging, booked in memory."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zerowaste.errors import Problem
from zerowaste.rules.access import Actor
from zerowaste.rules.decision import Decision
from zerowaste.rules.evolving import replace
from zerowaste.rules.law import Law
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings, LineReport, ManifestState, sides
from zerowaste.rules.treating import Output
from zerowaste.services.acts import custody, expiry, filing, judging, lots, treatments
from zerowaste.services.booking.ledger import Act, Chain, notice, write_down
from zerowaste.services.desk import Desk
from zerowaste.services.requests import EventRequest, FilingRequest, LegRequest, LineRequest, TreatmentRequest
from zerowaste.services.simulation.books import MemoryBooks, Subject
from zerowaste.services.simulation.devices import filing_body, line_body, made_id, output_body, stamp
from zerowaste.vocabulary import Act as Kind
from zerowaste.vocabulary import Basis, Verdict


class Refused(Exception):
    """The history did what the law refuses, without meaning to."""


@dataclass(slots=True)
class Waybill:
    """A manifest under way: what the law knows of it, and its books."""

    state: ManifestState
    subject: Subject


class Heard(NamedTuple):
    """What a service would have been asked: when, by whom, `lot`, `file`, `act`, `expire` or `treat`, and on
    which manifest."""

    now: datetime
    actor: Actor
    kind: str
    request: Any
    ref: str


@dataclass
class Play:
    """The stage: one clock, one chance. `heard`, where it is a list, takes down every act."""

    law: Law
    books: MemoryBooks
    chance: random.Random
    now: datetime
    heard: list[Heard] | None = None

    def new_id(self) -> UUID:
        """An id of the history's own moment."""
        return made_id(self.now, self.chance)

    def desk(self, actor: Actor) -> Desk:
        return Desk(self.books.session, self.law, actor, self.now, self.books.register, self.books)

    def place(self, code: str) -> Place:
        place = self.books.register.place_called(code)
        if place is None:
            raise Refused(code)
        return place

    def _hear(self, actor: Actor, kind: str, request: Any, ref: str = "") -> None:
        if self.heard is not None:
            self.heard.append(Heard(self.now, actor, kind, request, ref))

    def lot(self, actor: Actor, site: str, code: str, mass_g: int) -> int:
        """Register waste that lies on a producer's site; gives the lot."""
        body = {"waste_code": code, "mass_g": mass_g, "basis": "scale", "at": stamp(self.now)}
        request = lots.LotRequest(self.new_id(), site, code, mass_g, Basis.SCALE, self.now, body)
        self._hear(actor, "lot", request)
        desk, place = self.desk(actor), self.place(site)
        decision = lots.decide(desk, place, request)
        act = lots.act_of(desk, request)
        subject = Subject("site", request.id, self.books.sites[place.code])
        self._write(subject, act, decision)
        self.books.sites[place.code] = subject.chain
        self.books.close(subject)
        return decision.opens[0].id

    def file(
        self,
        actor: Actor,
        stream: str,
        way: tuple[str, str],
        lines: Sequence[LineRequest],
        legs: Sequence[LegRequest],
        *,
        planned_at: datetime,
        trip: UUID | None = None,
    ) -> Waybill:
        """File a manifest over a `way` (consignor, consignee)."""
        request = FilingRequest(
            stream=stream, consignor=way[0], consignee=way[1], planned_at=planned_at, legs=tuple(legs),
            lines=tuple(lines), id=self.new_id(), trip=trip or self.new_id(),
            body=filing_body(stream, way, lines, legs, planned_at),
        )  # fmt: skip
        self._hear(actor, "file", request)
        desk = self.desk(actor)
        manifest_id = request.id or self.new_id()
        act = filing.act_of(desk, manifest_id, request)
        resolved, state, reservation, found = filing.judge(desk, manifest_id, request)
        _must(found.errors)
        decision = filing.decide(desk, request, resolved, state, reservation, found, new=True)
        subject = Subject("manifest", manifest_id, Chain("manifest", str(manifest_id), 0, ""))
        self._write(subject, act, decision)
        (row,) = decision.put["manifest"]
        filed = replace(state, number=row["number"], filed_at=self.now, trip=str(row["trip_id"]))
        return Waybill(_after(filed, decision), subject)

    def act(
        self, actor: Actor, bill: Waybill, kind: Kind, lines: Sequence[LineReport] = (), **others: Any
    ) -> Decision:
        """One act on a manifest. An act the law does not allow now is kept as refused."""
        body: dict[str, Any] = {
            "kind": str(kind),
            "at": stamp(others.get("at", self.now)),
            "lines": [line_body(row) for row in lines],
            **{name: others[name] for name in ("ticket", "reason", "offline", "leg") if name in others},
        }
        values: dict[str, Any] = {"id": self.new_id(), "at": self.now, "lines": tuple(lines), **others}
        request = EventRequest(kind=kind, body=body, **values)
        self._hear(actor, "act", request, bill.subject.chain.key)
        desk = self.desk(actor)
        before = bill.state
        if not before.path.carried and self.now > before.expires_at:
            before = replace(before, lapsed=True)
        report = judging.report_of(desk, before, request)
        decision, after = judging.judge(desk, before, report, sides(actor, before), Findings(), ())
        self._write(bill.subject, custody.act_of(desk, request), decision)
        if decision.verdict is Verdict.APPLIED:
            bill.state = _after(after, decision)
            told = custody.told(bill.state, decision) if decision.findings else ()
            for organisation, codes in told:
                row = notice(request.id, organisation, codes, now=self.now)
                self.books.sheaf.numbered("outbox", [row])
        return decision

    def expire(self, bill: Waybill) -> None:
        """What the service's own clock does (`flask tick`) where nobody came in time."""
        event_id = self.new_id()
        self._hear(expiry.SYSTEM, "expire", event_id, bill.subject.chain.key)
        desk = self.desk(expiry.SYSTEM)
        decision, after = expiry.decide(desk, bill.state)
        self._write(bill.subject, expiry.act_of(desk, event_id), decision)
        bill.state = _after(after, decision)

    def treat(
        self,
        actor: Actor,
        site: str,
        operation: str,
        inputs: Sequence[tuple[int, int]],
        *,
        outputs: Sequence[Output] = (),
        additives: Sequence[tuple[str, int]] = (),
    ) -> None:
        """A batch of lots (lot, grams), done with at once."""
        body = {
            "site": site,
            "operation": operation,
            "at": stamp(self.now),
            "inputs": [{"lot": lot, "mass_g": grams} for lot, grams in inputs],
            "additives": [{"name": name, "mass_g": grams} for name, grams in additives],
            "outputs": [output_body(output) for output in outputs],
            "done": True,
        }
        request = TreatmentRequest(
            id=self.new_id(), site=site, operation=operation, at=self.now, body=body,
            inputs=tuple((lot, None, grams) for lot, grams in inputs),
            additives=tuple(additives), outputs=tuple(outputs), done=True,
        )  # fmt: skip
        self._hear(actor, "treat", request)
        desk, found = self.desk(actor), Findings()
        act = treatments.act_of(desk, request.id, "treat", request.at, request.body)
        decision, _ = treatments.decide(desk, self.place(site), request, found)
        _must(found.errors)
        subject = Subject("treatment", request.id, Chain("treatment", str(request.id), 0, ""))
        self._write(subject, act, decision)
        self.books.close(subject)

    def _write(self, subject: Subject, act: Act, decision: Decision) -> None:
        written = write_down(subject.chain, act, decision, salt="", now=self.now)
        self.books.sheaf.add("event", (written.event,))
        subject.chain = written.chain
        if decision.verdict is Verdict.APPLIED:
            self.books.book(subject, act.id, decision)


def _after(state: ManifestState, decision: Decision) -> ManifestState:
    """The manifest as the fold of its events would give it: with its holdings and its charges."""
    parts = {**state.parts, **{(opening.line, opening.part): opening.id for opening in decision.opens}}
    charges = dict(state.charges)
    for row in decision.charges:
        reserved, used = charges.get((row.quota, row.line), (0, 0))
        charges[row.quota, row.line] = reserved + row.reserved, used + row.used
    return replace(state, parts=parts, charges=charges, lapsed=False)


def _must(errors: Sequence[Problem]) -> None:
    if errors:
        raise Refused([(error.code, dict(error.params)) for error in errors])
