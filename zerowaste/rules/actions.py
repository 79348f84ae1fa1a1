"""What somebody may do next with a manifest: what the buttons of a page are drawn from."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zerowaste.rules import lifecycle
from zerowaste.rules.acceptance import over_tolerance
from zerowaste.rules.access import Actor
from zerowaste.rules.evolving import replace
from zerowaste.rules.lifecycle import Side
from zerowaste.rules.parties import MOST_LEGS
from zerowaste.rules.state import ManifestState, sides
from zerowaste.vocabulary import Act, Role

Action = tuple[Act, tuple[str, ...]]  # an act and the fields it asks for
OF_A_DRAFT: tuple[Action, ...] = ((Act.FILE, ()), (Act.CANCEL, ()))


def possible(actor: Actor, state: ManifestState) -> list[Action]:
    """Every act that is legal now for this actor and has something to do, by what is told of the manifest;
    whether any of the waste is left, the books know (`is_left`)."""
    roles = sides(actor, state)
    legal = lifecycle.allowed(state.status, roles, state.marks, outside=state.consignee.outside)
    return [
        (act, needs)
        for act, needs in legal
        if own_leg(actor, state, act) and _has_object(act, state, roles) and _his(actor, state, act)
    ]


def own_leg(actor: Actor, state: ManifestState, act: Act, leg: int | None = None) -> bool:
    """A driver acts for his own leg: the first loads, the next takes over, the last arrives. A dispatcher
    plans anew where a leg of his is under way or yet to come."""
    if actor.role not in (Role.DRIVER, Role.DISPATCHER):
        return True
    stretches = {
        Act.PICKUP: state.legs[:1],
        Act.HANDOVER: state.legs[1:] if leg is None else state.legs[leg - 1 : leg],
        Act.ARRIVE: state.legs[-1:],
        Act.REPLAN: state.legs[max(0, state.path.carried - 1) :],
    }.get(act, (*state.legs, *state.back))
    if act is Act.HANDOVER and not stretches:
        return True
    if actor.role is Role.DRIVER:
        return any(stretch.carriage.driver.id == actor.user_id for stretch in stretches)
    return any(stretch.carriage.carrier_id in actor.organisations for stretch in stretches)


def was_his(actor: Actor, state: ManifestState, act: Act, leg: int | None = None) -> bool:
    """Whether a scan was a driver's to make before the legs were planned anew, and is not any more."""
    if actor.role is not Role.DRIVER or act not in lifecycle.OFFLINE:
        return False
    if Side.DRIVER in sides(actor, state) and own_leg(actor, state, act, leg):
        return False
    earlier = [replace(state, legs=legs) for legs in state.former]
    return any(Side.DRIVER in sides(actor, plan) and own_leg(actor, plan, act, leg) for plan in earlier)


class Driven(NamedTuple):
    """A leg as far as it is scanned, and whose it is to drive. Legs home with refused mass are none."""

    number: int
    driver: int
    begun: bool
    ended: bool


class Scan(NamedTuple):
    """A scan on a leg, and what it asks for."""

    act: Act
    leg: int
    needs: tuple[str, ...]


def scans_ahead(driver: int, legs: Sequence[Driven]) -> list[Scan]:
    """The scans a driver has yet to make, in the order of the road: what he may do without asking
    anybody, for a device that has no network. The same rule as `own_leg`, told beforehand."""
    ahead: list[tuple[Act, int]] = []
    for leg in legs:
        if leg.driver != driver:
            continue
        if not leg.begun:
            ahead.append((Act.PICKUP if leg.number == 1 else Act.HANDOVER, leg.number))
        if leg.number == len(legs) and not leg.ended:
            ahead.append((Act.ARRIVE, leg.number))
    return [Scan(act, number, lifecycle.MOVES[act].needs) for act, number in ahead]


def holdings_of(act: Act, state: ManifestState) -> list[int]:
    """The holdings an act would take from: refused mass at the gate, lots that were accepted."""
    part = "gate" if act is Act.RETURN or (act is Act.RECEIVE_BACK and not state.path.back_legs) else ""
    part = "accepted" if act is Act.REASSIGN else part
    lines = [line.number for line in state.lines if line.reassigned_g is None]
    return [state.parts[line, part] for line in lines if (line, part) in state.parts]


def is_left(act: Act, state: ManifestState, free: Mapping[int, int]) -> bool:
    """Whether any of what an act would take is still there. `free`: holding → grams nobody holds."""
    holdings = holdings_of(act, state)
    return not holdings or any(free.get(holding, 0) > 0 for holding in holdings)


def _his(actor: Actor, state: ManifestState, act: Act) -> bool:
    """Only who did it takes it back: the same side, a carrier's driver and dispatcher being one."""
    if act is not Act.REVERSE or state.last is None:
        return True
    role = Role(state.last[1]) if state.last[1] in list(Role) else None
    return actor.role is role or {actor.role, role} == {Role.DRIVER, Role.DISPATCHER}


def _has_object(act: Act, state: ManifestState, roles: frozenset[Side]) -> bool:
    """Whether there is anything the act could be about."""
    match act:
        case Act.OPINION:
            letter = "c" if Side.CONSIGNOR in roles else "r"
            return any(over_tolerance(state, line) and letter not in line.opinions for line in state.lines)
        case Act.RETURN:
            return not state.path.back_legs
        case Act.RECEIVE_BACK:
            return any(line.sent_back_g and line.returned_g is None for line in state.lines) or (
                not state.path.back_legs
            )
        case Act.REASSIGN:
            return any(line.accepted_g and not line.reassigned_g for line in state.lines)
        case Act.REPLAN:
            return state.path.carried < MOST_LEGS
        case Act.REVERSE:
            return state.last is not None and state.last[0] in lifecycle.REVERSIBLE
        case _:
            return True
