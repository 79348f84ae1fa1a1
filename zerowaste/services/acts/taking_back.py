"""Taking back: the last act of a manifest, if nothing hangs on it, is undone by booking its opposite."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from zerowaste.errors import Problem
from zerowaste.models.tables import DRAW, FLOW, HOLDING, MANIFEST
from zerowaste.rules import booking, dues, lifecycle
from zerowaste.rules.balance import LineFacts, Portion
from zerowaste.rules.decision import Decision, balances
from zerowaste.rules.history import ECHOES, History, fold
from zerowaste.rules.lifecycle import Side
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services.acts import settling
from zerowaste.services.booking import ledger
from zerowaste.services.booking.manifest_state import state_of
from zerowaste.services.desk import Desk
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Act, Status, Verdict

MOST_NAMED = 5
_NEVER_TOOK = (Status.DRAFT, Status.CANCELLED, Status.EXPIRED)


def standing(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The applied events that have not been taken back, in order."""
    stack: list[dict[str, Any]] = []
    for text in texts:
        event = json.loads(text)
        if event["kind"] == Act.REVERSE:
            stack.pop()
        elif event["kind"] not in ECHOES:
            stack.append(event)
    return stack


def reverse(
    desk: Desk, state: ManifestState, report: Report, roles: frozenset[Side], texts: Sequence[str]
) -> Decision:
    """The decision that takes the last act back, or the refusal that names what hangs on it."""
    stack = standing(texts)
    last = stack[-1]
    problem = _why_not(desk, report, roles, last)
    if problem:
        return _refusal(state, problem)
    earlier = state_of(desk.law, desk.register, _without_the_last(stack, texts), now=desk.now)
    after = replace(
        earlier,
        lapsed=False,  # if its time is up, it is for the clerk's clock to give back what is held again
        parts=state.parts,
        charges=state.charges,
        lines=tuple(map(_keep_draws, state.lines, earlier.lines)),
    )
    decision = booking.compose(
        state,
        after,
        report.at,
        allot=lambda count: ledger.allot(desk.session, count),
        due_at=dues.due_for(desk.law.catalogue, after, desk.register.papers),
    )
    hanging = sorted({*_hanging(desk, state, decision), *_taken_onward(desk, state, earlier)})
    if hanging:
        names = ", ".join(hanging[:MOST_NAMED]) + (" …" if len(hanging) > MOST_NAMED else "")
        problem = Problem("hangs_on_it", "", {"event": last["number"], "names": names})
        return _refusal(state, problem)
    found = Findings()
    after = settling.settle(desk, state, decision, after)
    reservation = capacity.charge_lines(desk, state, after, report.at, found, soft=capacity.EVERY_PERIOD)
    decision.charges = reservation.charges
    decision.warnings = found.warnings
    capacity.follow_stock(desk, decision, after.consignee, after.consignor)
    return decision


def _without_the_last(stack: Sequence[dict[str, Any]], texts: Sequence[str]) -> History:
    """What the acts that stand come to without the last one. A leg home that an act taken back opened stays
    on record, not begun: an act that stands may speak of it, and says only what it changed."""
    history = fold(map(json.dumps, stack[:-1]))
    legs = history.rows["leg"]
    for key, row in fold(texts).rows["leg"].items():
        legs[key] = {**row, "began_at": None, "ended_at": None, **legs.get(key, {})}
    return history


def _keep_draws(now: LineFacts, earlier: LineFacts) -> LineFacts:
    """Lots that only the act taken back drew from stay on record, with nothing drawn."""
    kept = {draw.holding for draw in earlier.draws}
    extra = tuple(Portion(draw.holding, 0) for draw in now.draws if draw.holding not in kept)
    return replace(earlier, draws=(*earlier.draws, *extra))


def _why_not(desk: Desk, report: Report, roles: frozenset[Side], last: dict[str, Any]) -> Problem | None:
    kind = Act(last["kind"])
    params = {"event": last["number"], "kind": str(kind)}
    if report.reverses not in (None, last["number"], UUID(last["id"])):
        return Problem("not_the_last_act", "event", params)
    if kind not in lifecycle.REVERSIBLE:
        return Problem("not_reversible", "kind", params)
    if not roles & lifecycle.MOVES[kind].sides or not _own(desk, last):
        return Problem("not_yours_to_reverse", "kind", params)
    return None


def _own(desk: Desk, last: dict[str, Any]) -> bool:
    """Whether he said it, or somebody of his own organisation: what another party said is not his."""
    if last["actor"] == desk.actor.login:
        return True
    speaker = desk.register.person(last["actor"])
    return speaker is not None and bool(speaker.organisations & desk.actor.organisations)


def _refusal(state: ManifestState, problem: Problem) -> Decision:
    return Decision(verdict=Verdict.REFUSED, code="not_legal_now", status=state.status, errors=[problem])


def _hanging(desk: Desk, state: ManifestState, decision: Decision) -> set[str]:
    """What has taken, or means to take, from waste that would have to be there, or be promised anew."""
    changes = Counter(balances(decision.moves))
    for hold in decision.holds:
        changes[hold.holding] -= hold.grams
    asked = [holding for holding, grams in changes.items() if grams < 0]
    if not asked:
        return set()
    rows = desk.session.execute(
        select(HOLDING.c.id, HOLDING.c.grams, HOLDING.c.held_g)
        .where(HOLDING.c.id.in_(asked))
        .order_by(HOLDING.c.id)
        .with_for_update(key_share=True)
    )
    short = [row.id for row in rows if row.grams - row.held_g + changes[row.id] < 0]
    return (_takers(desk, state, short) or set(map(str, short))) if short else set()


def _taken_onward(desk: Desk, state: ManifestState, earlier: ManifestState) -> set[str]:
    """Manifests that mean to take, or took, mass whose refusal would be undone: it waits at the gate
    before as after, so no balance tells."""
    undone = [
        state.parts[line.number, "gate"]
        for line, before in zip(state.lines, earlier.lines, strict=True)
        if line.decided and not before.decided and (line.number, "gate") in state.parts
    ]
    if not undone:
        return set()
    drawn = desk.session.execute(
        select(MANIFEST.c.number)
        .join(DRAW, DRAW.c.manifest_id == MANIFEST.c.id)
        .where(DRAW.c.holding_id.in_(undone), MANIFEST.c.status.not_in(_NEVER_TOOK))
    ).scalars()
    return {number for number in drawn if number}


def _takers(desk: Desk, state: ManifestState, holdings: Sequence[int]) -> set[str]:
    """Other manifests and batches that draw on these holdings."""
    drawn = desk.session.execute(
        select(MANIFEST.c.number)
        .join(DRAW, DRAW.c.manifest_id == MANIFEST.c.id)
        .where(DRAW.c.holding_id.in_(holdings), DRAW.c.grams > 0)
        .where(MANIFEST.c.id != UUID(state.key), MANIFEST.c.status.not_in(_NEVER_TOOK))
    ).scalars()
    target = HOLDING.alias("target")
    moved = desk.session.execute(
        select(target.c.treatment_id, target.c.manifest_id)
        .join(FLOW, FLOW.c.to_id == target.c.id)
        .where(FLOW.c.from_id.in_(holdings), target.c.treatment_id.is_not(None))
    ).all()
    return {number for number in drawn if number} | {str(row.treatment_id) for row in moved}
