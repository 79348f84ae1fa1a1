"""Settling: whether nothing is left to settle, which an act decides for its own manifest and, from afar,
for those whose refused mass it takes onward.

A receiver who passes refused waste on files a new manifest that draws on it. Once that is picked up
nothing waits at the gate any more, and the first manifest says so, by an event of its own."""

from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import func, select

from zerowaste.models.tables import HOLDING
from zerowaste.rules import booking, custody
from zerowaste.rules.decision import Decision, balances
from zerowaste.rules.evolving import replace
from zerowaste.rules.state import ManifestState
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act
from zerowaste.services.booking.manifest_state import chain_of, find_row, read_state
from zerowaste.services.desk import Desk
from zerowaste.vocabulary import Act as Kind


def settle(desk: Desk, before: ManifestState, decision: Decision, after: ManifestState) -> ManifestState:
    """The manifest with its word on whether all is settled once this is booked; the decision says so too."""
    settled = custody.settled(after, _left_at_gate(desk, before, decision, after))
    if settled == after.settled:
        return after
    after = replace(after, settled=settled)
    decision.status = after.status
    booking.set_manifest(decision, before, after)
    return after


def _left_at_gate(desk: Desk, before: ManifestState, decision: Decision, after: ManifestState) -> int:
    """Refused grams that wait at the gate once this is booked."""
    if not any(line.refused_g for line in after.lines):
        return 0
    gates = [holding for (_, part), holding in before.parts.items() if part == "gate"]
    change = balances(decision.moves)
    stored = 0
    if gates:
        stored = sum(row.grams for row in desk.books.holdings(gates))
    opened = [o.id for o in decision.opens if o.part == "gate"]
    return stored + sum(change.get(holding, 0) for holding in (*gates, *opened))


def settle_others(desk: Desk, mover: ManifestState, decision: Decision, event_id: UUID) -> None:
    """Look again at every manifest whose refused mass this act took from its gate, or put back there."""
    if mover.consignor.generates:  # no gate, nothing refused there
        return
    moved = sorted(balances(decision.moves))
    left = (
        select(HOLDING.c.manifest_id)
        .where(HOLDING.c.id.in_(moved), HOLDING.c.part == "gate", HOLDING.c.manifest_id != UUID(mover.key))
        .distinct()
        .order_by(HOLDING.c.manifest_id)
    )
    for manifest_id in desk.session.execute(left).scalars().all():
        _look_again(desk, manifest_id, event_id)


def _look_again(desk: Desk, manifest_id: UUID, event_id: UUID) -> None:
    row = find_row(desk.session, str(manifest_id), lock=True)
    state = read_state(desk.session, desk.law, desk.register, row, now=desk.now)
    waiting = desk.session.execute(
        select(func.coalesce(func.sum(HOLDING.c.grams), 0)).where(
            HOLDING.c.manifest_id == manifest_id, HOLDING.c.part == "gate"
        )
    ).scalar_one()
    settled = custody.settled(state, int(waiting))
    if settled == state.settled:
        return
    final = replace(state, settled=settled)
    decision = Decision(status=final.status, edition=state.stream.edition)
    booking.set_manifest(decision, state, final)
    act = Act(
        id=uuid7.uuid7(), kind=Kind.SETTLE, at=desk.now, actor=desk.actor.login, role=desk.actor.role,
        body={"because_of": str(event_id)}, credential=desk.actor.credential,
    )  # fmt: skip
    ledger.append(desk.session, chain_of(row), act, decision, now=desk.now)
