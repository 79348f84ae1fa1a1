"""What somebody may do next with a manifest: what the law allows and there is still waste for."""

from collections.abc import Sequence

from zerowaste.rules.actions import Action, holdings_of, is_left, possible
from zerowaste.rules.decision import Decision, balances
from zerowaste.rules.state import ManifestState
from zerowaste.services.desk import Desk


def next_acts(desk: Desk, state: ManifestState, decision: Decision | None = None) -> Sequence[Action]:
    """`decision`: what was just booked, which need not be read again."""
    acts = possible(desk.actor, state)
    wanted = {holding for act, _ in acts for holding in holdings_of(act, state)}
    free = _opened(decision) if decision else {}
    unread = wanted - free.keys()
    if unread:
        free |= {row.id: row.grams - row.held_g for row in desk.books.holdings(unread)}
    return [(act, needs) for act, needs in acts if is_left(act, state, free)]


def _opened(decision: Decision) -> dict[int, int]:
    """What lies in the holdings that an act has opened."""
    moved = balances(decision.moves)
    return {opening.id: moved.get(opening.id, 0) for opening in decision.opens}
