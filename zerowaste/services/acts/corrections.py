"""Stock corrections: a lot was registered with a wrong mass; what was really made is booked as a difference.

Only what a producer registered himself is his to put right (台账更正); what came in on a manifest has its
weighings and opinions. The event tells what was and what is, and overseers see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import FLOW
from zerowaste.rules import dues
from zerowaste.rules.decision import Decision, Move, problems_of
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings
from zerowaste.services import naming
from zerowaste.services.acts.lots import lock_site
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act
from zerowaste.services.desk import Desk
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Basis, Source


@dataclass(frozen=True, slots=True)
class CorrectionRequest:
    """What a lot should have been registered with (0: there was none), and why."""

    id: UUID
    site: str
    lot: int | UUID
    mass_g: int
    basis: Basis
    at: datetime
    note: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The answer. `left_g`: what of the lot lies there now."""

    id: UUID
    lot: int
    was_g: int
    mass_g: int
    left_g: int
    created: bool


def correct_lot(desk: Desk, request: CorrectionRequest) -> Corrected:
    """Put the mass of a registered lot right.

    Raises `not_found`, `forbidden`, `id_reused`, and `invalid` with all reasons."""
    place = desk.register.place_called(request.site)
    if place is None:
        raise Refusal("not_found")
    if not naming.may_act_for(desk, place) or not place.generates:
        raise Refusal("forbidden")
    chain = lock_site(desk.session, place.code)
    act = _act(desk, request)
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "site", place.code):
        return _told(request.id, problems_of(ledger.content_of(stored)["findings"]), created=False)
    decision = decide(desk, place, request)
    ledger.append(desk.session, chain, act, decision, now=desk.now)
    return _told(request.id, decision.findings, created=True)


def decide(desk: Desk, place: Place, request: CorrectionRequest) -> Decision:
    """What the correction books. Raises `invalid`."""
    found = Findings()
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
    lot = _own_lot(desk, place, request.lot)
    if lot is None:
        found.error("lot_unknown", "lot", lot=str(request.lot), site=place.code)
        raise Refusal("invalid", *found.errors)
    was_g = _made_g(desk, lot.id)
    gone_g = was_g - lot.grams + lot.held_g
    if request.mass_g == was_g:
        found.error("nothing_corrected", "mass_g", lot=lot.id, mass_g=was_g)
    elif request.mass_g < gone_g:
        found.error("lot_in_use", "mass_g", lot=lot.id, mass_g=gone_g)
    if found.errors:
        raise Refusal("invalid", *found.errors)
    change = request.mass_g - was_g
    found.find("lot_corrected", "mass_g", lot=lot.id, was_g=was_g, mass_g=request.mass_g,
               left_g=lot.grams + change)  # fmt: skip
    decision = Decision(findings=found.findings)
    decision.moves.append(Move(None, lot.id, change, request.basis, Source.GENERATION))
    capacity.follow_stock(desk, decision, place)
    return decision


def _told(act: UUID, findings: Sequence[Problem], *, created: bool) -> Corrected:
    """What its event tells of a correction."""
    (finding,) = findings
    return Corrected(id=act, created=created, **finding.params)


def _own_lot(desk: Desk, place: Place, called: int | UUID) -> Any | None:
    """The row of a lot that was registered at this site, locked."""
    number = naming.numbers_of_lots(desk, [called]).get(called)
    rows = desk.books.holdings([number], lock=True) if number else ()
    return next((row for row in rows if row.site_id == place.id and row.part == "lot"), None)


def _made_g(desk: Desk, lot: int) -> int:
    """What the books say was made and put there."""
    made = select(func.sum(FLOW.c.grams)).where(FLOW.c.to_id == lot, FLOW.c.source == Source.GENERATION)
    return int(desk.session.execute(made).scalar_one() or 0)


def _act(desk: Desk, request: CorrectionRequest) -> Act:
    return Act(
        id=request.id, kind="correct", at=request.at, actor=desk.actor.login, role=desk.actor.role,
        body=request.body, credential=desk.actor.credential, private={"note": request.note},
    )  # fmt: skip
