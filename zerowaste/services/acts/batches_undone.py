"""Taking a batch back: its last report is undone by booking its opposite, if nothing hangs on it.

What was put in lies in its lots again, as it lay there; what came out was never there. A batch whose first
report is taken back stays on record, done and empty."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from zerowaste.errors import Problem
from zerowaste.models.tables import EVENT
from zerowaste.rules import dues
from zerowaste.rules.decision import Decision, Move, balances
from zerowaste.services.acts.taking_back import standing
from zerowaste.services.acts.treatments import Treated, act_of, first_answer, locked
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Act as Kind
from zerowaste.vocabulary import Verdict

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """That the last report of a batch was wrong, and why."""

    id: UUID
    at: datetime
    note: str
    body: dict[str, Any]


def take_back(desk: Desk, treatment_id: UUID, request: UndoRequest) -> Treated:
    """Take the last report of a batch back. Raises `not_found`, `forbidden`, `id_reused`."""
    row = locked(desk, treatment_id)
    act = act_of(desk, request.id, Kind.REVERSE, request.at, request.body)
    act = replace(act, private={"note": request.note})
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "treatment", str(treatment_id)):
        return first_answer(treatment_id, stored)
    problems: list[Problem] = []
    if request.at > desk.now + dues.CLOCK_SKEW:
        problems.append(Problem("at_in_future", "at"))
    stack = standing(_texts(desk, treatment_id))
    if not stack:
        problems.append(Problem("nothing_to_take_back"))
    decision = Decision() if problems else _opposite(desk, stack, done=row.done)
    problems += decision.errors
    if problems:
        return _refuse(desk, Chain("treatment", str(treatment_id), row.events, row.head), act, row, problems)
    capacity.follow_stock(desk, decision, desk.register.place(row.site_id))
    begun = Chain("treatment", str(treatment_id), row.events, row.head)
    chain, _ = ledger.append(desk.session, begun, act, decision, now=desk.now)
    return Treated(treatment_id, request.id, chain.events, True, len(stack) == 1)


def _texts(desk: Desk, treatment_id: UUID) -> Sequence[str]:
    applied = (
        select(EVENT.c.text)
        .where(EVENT.c.subject == "treatment", EVENT.c.key == str(treatment_id))
        .where(EVENT.c.verdict == Verdict.APPLIED)
        .order_by(EVENT.c.number)
    )
    return desk.session.execute(applied).scalars().all()


def _opposite(desk: Desk, stack: Sequence[dict[str, Any]], *, done: bool) -> Decision:
    """What undoes the last of these reports, or why it cannot be undone."""
    last = stack[-1]
    moves = [
        Move(origin or None, target, -grams, basis, source)
        for origin, target, grams, basis, source in last["flows"]
    ]
    decision = Decision(moves=moves)
    if done != (len(stack) == 1):
        decision.set["treatment"] = [{"done": len(stack) == 1}]
    changes = {holding: grams for holding, grams in balances(moves).items() if grams < 0}
    rows = desk.books.holdings(changes, lock=True) if changes else ()
    short = [str(row.id) for row in rows if row.grams - row.held_g + changes[row.id] < 0]
    if short:
        names = ", ".join(short[:MOST_NAMED])
        decision.errors = [Problem("residue_is_used", "", {"event": last["number"], "lots": names})]
    return decision


def _refuse(desk: Desk, chain: Chain, act: Act, row: Any, problems: list[Problem]) -> Treated:
    decision = Decision(verdict=Verdict.REFUSED, code="not_legal_now", errors=problems)
    after, _ = ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Treated(row.id, act.id, after.events, True, row.done, code="not_legal_now", errors=problems)
