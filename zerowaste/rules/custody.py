"""What each act makes of a manifest: from what is known and what is reported to what is known next.

Pure: no balances are touched here; what must be booked follows from the new facts (rules/balance.py).
Law: 危险废物转移管理办法 11 (HW-NOMAN, HW-DEST), 16 (HW-TRIP), 17 (HW-RELAY), 18 (HW-ACC5, HW-DIFF)."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from zerowaste.rules.acceptance import (
    MOST_TIMES,
    accept,
    at_gate,
    differences,
    implausible,
    over_tolerance,
    refuse,
    ticket_basis,
    ticket_differs,
    ticket_shares,
    tolerance_g,
    with_lines,
)
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.evolving import replace
from zerowaste.rules.state import Findings, LineReport, ManifestState, Report, Stretch
from zerowaste.vocabulary import Act, Basis, Status


def apply(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """The manifest after the act. What is wrong with the report goes into `found`; if there are
    errors the result means nothing."""
    known = {line.number for line in state.lines}
    listed = [row.line for row in report.lines]
    for index, row in enumerate(report.lines):
        if row.line not in known:
            found.error("line_unknown", f"lines.{index}.line", line=row.line)
        elif listed.index(row.line) != index:
            found.error("line_twice", f"lines.{index}.line", line=row.line)
        elif _volume_unsaid(state, row):
            found.error("volume_missing", f"lines.{index}.volume_l", line=row.line)
    return state if found.errors else _ACTS[report.kind](state, report, found)


def _volume_unsaid(state: ManifestState, row: LineReport) -> bool:
    """HW-UNIT: a mass that comes from a volume stands beside that volume."""
    line = state.line(row.line)
    return row.basis == Basis.VOLUME and not (row.volume_l or (line and line.volume_l))


ON_THE_WAY = frozenset(
    {Act.PICKUP, Act.HANDOVER, Act.ARRIVE, Act.ACCEPT, Act.REFUSE, Act.CONFIRM_OUTSIDE}
)  # fmt: skip


def out_of_order(state: ManifestState, report: Report, skew: timedelta) -> bool:
    """Whether a step on the way is told to have been before one that comes first, or after one that
    comes later."""
    steps = [leg.began_at for leg in state.legs] + [state.legs[-1].ended_at]
    match report.kind:
        case Act.PICKUP:
            here = 0
        case Act.HANDOVER:
            here = _taken_over(state, report) - 1
        case Act.ARRIVE:
            here = len(state.legs)
        case _:
            here = len(steps)
    return any(at is not None and at > report.at + skew for at in steps[:here]) or any(
        at is not None and at < report.at - skew for at in steps[here + 1 :]
    )


def _taken_over(state: ManifestState, report: Report) -> int:
    """The leg that a handover begins: the one named, else the next."""
    return report.leg or next(
        (leg.carriage.number for leg in state.legs[1:] if leg.began_at is None), len(state.legs)
    )


def _pickup(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """Loading: what was really loaded. Declared mass where nothing is said."""
    if state.path.carried:
        found.find("scan_late", kind=report.kind)

    def load(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        mass = row.mass_g if row.mass_g is not None else line.declared_g
        if implausible(mass, line.declared_g):
            found.error("load_implausible", f"{path}.mass_g", line=line.number,
                        declared_g=line.declared_g, mass_g=mass, times=MOST_TIMES)  # fmt: skip
        elif mass > line.declared_g:
            found.warn(
                "loaded_more",
                f"{path}.mass_g",
                line=line.number,
                declared_g=line.declared_g,
                mass_g=mass,
            )
        return replace(
            line, loaded_g=mass, basis=Basis(row.basis) if row.basis else line.basis,
            volume_l=row.volume_l if row.volume_l is not None else line.volume_l,
        )  # fmt: skip

    lines = _rest_as_declared(with_lines(state, report, load), found)
    if not any(line.loaded_g for line in lines):
        found.error("nothing_loaded", "lines")
    first = replace(state.legs[0], began_at=report.at)
    path = replace(state.path, carried=max(1, state.path.carried))
    for line, before in zip(lines, state.lines, strict=True):
        if line.decided and line.loaded_g != before.loaded_g:  # told late, it changes what differs (HW-DIFF)
            differences(replace(state, lines=lines), line, report.path_of(line.number), found)
    return replace(state, lines=lines, legs=(first, *state.legs[1:]), path=path)


def _rest_as_declared(lines: Sequence[LineFacts], found: Findings) -> tuple[LineFacts, ...]:
    """Lines that the loading did not speak of; the driver is told what they count as."""
    for line in lines:
        if line.loaded_g is None:
            found.warn("loaded_as_declared", "lines", line=line.number, declared_g=line.declared_g)
    return tuple(
        line if line.loaded_g is not None else replace(line, loaded_g=line.declared_g) for line in lines
    )


def _handover(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """联运交接: the next carrier takes over (HW-RELAY: when and where are part of the act)."""
    number = _taken_over(state, report)
    if not 2 <= number <= len(state.legs):
        found.error("leg_unknown", "leg", leg=number)
        return state
    if state.legs[number - 1].began_at is not None:
        found.error("leg_begun", "leg", leg=number)
        return state
    if state.path.at_gate or state.path.carried >= number:
        found.find("scan_late", kind=report.kind)
    if not state.path.carried or state.legs[number - 2].began_at is None:
        found.find("scan_missing", kind=Act.PICKUP if number == 2 else Act.HANDOVER)
    legs = list(state.legs)
    legs[number - 2] = replace(legs[number - 2], ended_at=legs[number - 2].ended_at or report.at)
    legs[number - 1] = replace(legs[number - 1], began_at=report.at)
    carried = state.path.carried if state.path.at_gate else max(number, state.path.carried)
    return replace(state, legs=tuple(legs), path=replace(state.path, carried=carried))


def _arrive(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """运抵: the weighbridge may already say what came; a decision taken earlier stands."""
    if state.path.at_gate:
        found.find("scan_late", kind=report.kind)
    after = at_gate(state, found)
    parts = ticket_shares(state, report)

    def receive(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        mass = row.received_g if row.received_g is not None else row.mass_g
        basis = Basis(row.basis) if row.basis else Basis.SCALE
        if mass is None:
            mass, basis = parts.get(line.number), ticket_basis(report, parts)
        if line.decided or mass is None:
            return line
        return replace(line, received_g=mass, received_basis=basis)

    ticket_differs(state, report, found)
    last = replace(state.legs[-1], ended_at=report.at)
    named = {row.line for row in report.lines}
    others = [LineReport(number) for number in parts if number not in named]  # the scale weighs them all
    whole = replace(report, lines=(*report.lines, *others))
    return replace(after, lines=with_lines(after, whole, receive), legs=(*after.legs[:-1], last))


def _return(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """退运: refused mass starts its way home."""

    def send(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        mass = row.mass_g if row.mass_g is not None else row.refused_g
        mass = (line.refused_g or 0) if mass is None else mass
        if mass > (line.refused_g or 0):
            found.error(
                "more_than_refused",
                f"{path}.mass_g",
                line=line.number,
                refused_g=line.refused_g or 0,
            )
        if line.refused_g and mass < line.refused_g:
            found.warn("rest_stays", f"{path}.mass_g", line=line.number, rest_g=line.refused_g - mass)
        return replace(line, sent_back_g=mass) if line.refused_g else line

    if state.path.back_legs:
        found.error("already_returning")
        return state
    lines = with_lines(state, report, send)
    if not any(line.sent_back_g for line in lines):
        found.error("nothing_sent_back", "lines")
    number = len(state.legs) + 1
    carriage = report.carriage or replace(state.legs[-1].carriage, number=number, back=True)
    return replace(
        state,
        lines=lines,
        path=replace(state.path, back_legs=1),
        back=(Stretch(carriage, began_at=report.at),),
    )


def _receive_back(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """Home again: the consignor weighs what came back."""
    if not state.path.back_legs:
        found.find("scan_missing", kind=Act.RETURN)
        state = _return(state, replace(report, lines=()), found)

    def receive(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        if not line.sent_back_g:
            return line
        if line.returned_g is not None:
            found.error("received_back_already", path, line=line.number)
            return line
        mass = row.received_g if row.received_g is not None else row.mass_g
        mass = line.sent_back_g if mass is None else mass
        if abs(mass - line.sent_back_g) > tolerance_g(state, line):
            found.find("return_differs", f"{path}.received_g", line=line.number, sent_g=line.sent_back_g,
                       mass_g=mass)  # fmt: skip
        return replace(line, returned_g=mass)

    back = tuple(replace(leg, ended_at=report.at) for leg in state.back)
    return replace(state, lines=with_lines(state, report, receive), back=back)


def _confirm_outside(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """The receiver beyond the city's border has it, and says so (转移管理办法 21-28)."""
    if not state.consignee.outside:
        found.error("not_outside")
        return state
    if not report.evidence:
        found.warn("evidence_missing", "evidence")
    return accept(state, report, found)


def _cancel(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    return replace(state, ended=Status.CANCELLED, path=replace(state.path, void=True))


def _expire(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    return replace(state, ended=Status.EXPIRED, path=replace(state.path, void=True))


_ACTS: dict[Act, Callable[[ManifestState, Report, Findings], ManifestState]] = {
    Act.PICKUP: _pickup,
    Act.HANDOVER: _handover,
    Act.ARRIVE: _arrive,
    Act.ACCEPT: accept,
    Act.REFUSE: refuse,
    Act.RETURN: _return,
    Act.RECEIVE_BACK: _receive_back,
    Act.CONFIRM_OUTSIDE: _confirm_outside,
    Act.CANCEL: _cancel,
    Act.EXPIRE: _expire,
}


def give_opinion(state: ManifestState, report: Report, side: str, found: Findings) -> ManifestState:
    """意见: each side (`c`onsignor, `r`eceiver) says what it makes of a difference; settled by both."""

    def opine(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        if side in line.opinions or not over_tolerance(state, line):
            return line
        return replace(line, opinions="".join(sorted({*line.opinions, side})))

    after = replace(state, lines=with_lines(state, report, opine))
    if after.lines == state.lines:
        found.error("no_opinion_asked")
    return after


def settled(state: ManifestState, refused_left_g: int) -> bool:
    """Every line decided, variance within tolerance or with both opinions, and no refused mass left
    waiting at the gate."""
    return (
        bool(state.lines)
        and all(line.decided for line in state.lines)
        and all(not over_tolerance(state, line) or line.opinions == "cr" for line in state.lines)
        and refused_left_g == 0
        and all(line.returned_g is not None for line in state.lines if line.sent_back_g)
    )
