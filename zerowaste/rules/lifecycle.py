"""The life of a manifest: which act is legal when, for whom, and what status follows from the facts.

    draft → filed → in_transit (⟲ handover) → arrived → accepted | partly_accepted | refused → settled
    side ends: cancelled, expired

Status is never set; it is what `status_of` says of the facts. So a late scan cannot set it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zerowaste.rules.balance import LineFacts, Path
from zerowaste.vocabulary import Act, Status


class Side(StrEnum):
    """What an actor can be to one manifest."""

    CONSIGNOR = "consignor"  # 移出人
    DRIVER = "driver"  # 某一段的驾驶员
    DISPATCHER = "dispatcher"  # 某一段承运人的调度员
    CONSIGNEE = "consignee"  # 接受人
    AUTHORITY = "authority"  # 该区域监管部门


@dataclass(frozen=True, slots=True)
class Move:
    """One legal act: from which statuses, by which sides, and what it asks for."""

    statuses: frozenset[Status]
    sides: frozenset[Side]
    needs: tuple[str, ...] = ()


def _statuses(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


def _sides(*sides: Side) -> frozenset[Side]:
    return frozenset(sides)


DECIDED = _statuses(Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.REFUSED, Status.SETTLED)
UNDER_WAY = _statuses(Status.IN_TRANSIT, Status.ARRIVED)
UNDECIDED = _statuses(Status.FILED, Status.IN_TRANSIT, Status.ARRIVED)
ENDED = _statuses(Status.CANCELLED, Status.EXPIRED)
WITH_REFUSED = _statuses(Status.PARTLY_ACCEPTED, Status.REFUSED)

MOVES: dict[Act, Move] = {
    # A scan that comes late still says what happened, so scans stay legal after later acts.
    Act.PICKUP: Move(UNDECIDED | DECIDED, _sides(Side.DRIVER, Side.DISPATCHER), ("lines.mass_g",)),
    Act.HANDOVER: Move(UNDECIDED | DECIDED, _sides(Side.DRIVER, Side.DISPATCHER), ("leg",)),
    Act.ARRIVE: Move(UNDECIDED | DECIDED, _sides(Side.DRIVER, Side.DISPATCHER, Side.CONSIGNEE), ("ticket",)),
    Act.ACCEPT: Move(UNDECIDED, _sides(Side.CONSIGNEE), ("lines.received_g", "lines.accepted_g")),
    Act.REFUSE: Move(UNDECIDED, _sides(Side.CONSIGNEE), ("lines.reason",)),
    Act.CONFIRM_OUTSIDE: Move(
        UNDECIDED, _sides(Side.CONSIGNOR, Side.CONSIGNEE, Side.AUTHORITY), ("evidence",)
    ),
    Act.RETURN: Move(WITH_REFUSED, _sides(Side.CONSIGNEE, Side.DRIVER, Side.DISPATCHER), ("lines.mass_g",)),
    Act.RECEIVE_BACK: Move(WITH_REFUSED, _sides(Side.CONSIGNOR), ("lines.received_g",)),
    Act.OPINION: Move(DECIDED, _sides(Side.CONSIGNOR, Side.CONSIGNEE), ("note",)),
    Act.REASSIGN: Move(DECIDED, _sides(Side.CONSIGNEE), ("lines.waste_code",)),
    Act.REVERSE: Move(
        UNDER_WAY | DECIDED,
        _sides(*Side),
        ("note",),
    ),
    Act.REPLAN: Move(
        _statuses(Status.FILED, Status.IN_TRANSIT), _sides(Side.CONSIGNOR, Side.DISPATCHER), ("legs",)
    ),
    Act.CANCEL: Move(_statuses(Status.FILED, Status.DRAFT), _sides(Side.CONSIGNOR)),
}

# Who may take back what: the sides that may do an act may reverse it.
REVERSIBLE = frozenset(
    {Act.PICKUP, Act.HANDOVER, Act.ARRIVE, Act.ACCEPT, Act.REFUSE, Act.RETURN, Act.RECEIVE_BACK,
     Act.OPINION, Act.CONFIRM_OUTSIDE, Act.REASSIGN}
)  # fmt: skip

# What may be said without network; everything else is judged as said now.
OFFLINE = frozenset({Act.PICKUP, Act.HANDOVER, Act.ARRIVE})


@dataclass(frozen=True, slots=True)
class Marks:
    """What has been scanned: which legs have begun, whether the last one ended, whether mass was refused."""

    begun: frozenset[int] = frozenset()
    legs: int = 1
    arrived: bool = False
    refused: bool = False


def status_of(lines: Sequence[LineFacts], path: Path, ended: Status | None, settled: bool) -> Status:
    """The status that follows from the facts."""
    if ended is not None and not path.carried:
        return ended
    if lines and all(line.decided for line in lines):
        return _outcome(lines, settled)
    if path.at_gate:
        return Status.ARRIVED
    return Status.IN_TRANSIT if path.carried else Status.FILED


def _outcome(lines: Iterable[LineFacts], settled: bool) -> Status:
    """Accepted, partly or refused; a manifest that had a difference to settle ends as settled."""
    accepted = refused = False
    for line in lines:
        accepted = accepted or bool(line.accepted_g) or not line.refused_g
        refused = refused or bool(line.refused_g)
    if settled and refused:
        return Status.SETTLED
    if refused:
        return Status.PARTLY_ACCEPTED if accepted else Status.REFUSED
    had_opinions = any(line.opinions for line in lines)
    return Status.SETTLED if settled and had_opinions else Status.ACCEPTED


def legal(act: Act, status: Status, sides: frozenset[Side], marks: Marks) -> bool:
    """Whether an actor on these sides may do this now."""
    move = MOVES.get(act)
    if move is None or status not in move.statuses or not sides & move.sides:
        return False
    return _unscanned(act, marks)


def _unscanned(act: Act, marks: Marks) -> bool:
    """A scan says its thing once."""
    match act:
        case Act.PICKUP:
            return 1 not in marks.begun
        case Act.HANDOVER:
            return marks.legs > 1 and len(marks.begun - {1}) < marks.legs - 1
        case Act.ARRIVE:
            return not marks.arrived
        case Act.RETURN | Act.RECEIVE_BACK:
            return marks.refused
        case _:
            return True


def allowed(
    status: Status, sides: frozenset[Side], marks: Marks, *, outside: bool
) -> list[tuple[Act, tuple[str, ...]]]:
    """Every act this actor may do next, with what each needs: what the pages draw their buttons from."""
    hidden = {Act.ACCEPT, Act.REFUSE} if outside else {Act.CONFIRM_OUTSIDE}
    return [
        (act, move.needs)
        for act, move in MOVES.items()
        if act not in hidden and legal(act, status, sides, marks)
    ]
