"""At the gate: what was received, what of it is accepted or refused, and what differs.

Law: 危险废物转移管理办法 18 (HW-ACC5, HW-DIFF)."""

from collections.abc import Callable, Mapping

from zerowaste.rules import shares
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.evolving import replace
from zerowaste.rules.state import Findings, LineReport, ManifestState, Report
from zerowaste.vocabulary import Act, Basis, RefusalReason

# More than so many times what was to be expected, and by more than a tonne, is a slip of the unit.
MOST_TIMES, LEAST_IMPLAUSIBLE_G = 10, 1_000_000


def with_lines(
    state: ManifestState,
    report: Report,
    change: Callable[[LineFacts, LineReport, str], LineFacts],
    *,
    said: Report | None = None,
) -> tuple[LineFacts, ...]:
    """Each line changed by what is reported of it; where nothing is of any, all as if reported empty.

    `said`: the report as it was sent in, where `report` is what it comes to."""
    reported = {row.line: row for row in report.lines}
    lines = []
    for line in state.lines:
        row = reported.get(line.number, LineReport(line.number))
        spoken = line.number in reported or not reported
        lines.append(change(line, row, (said or report).path_of(line.number)) if spoken else line)
    return tuple(lines)


def at_gate(state: ManifestState, found: Findings) -> ManifestState:
    """At the receiver's gate; scans that never came are assumed and asked for."""
    if state.legs[0].began_at is None:
        found.find("scan_missing", kind=Act.PICKUP)
    for leg in state.legs[1:]:
        if leg.began_at is None:
            found.find("scan_missing", kind=Act.HANDOVER)
    return replace(state, path=replace(state.path, carried=len(state.legs), at_gate=True))


def accept(
    state: ManifestState, report: Report, found: Findings, *, said: Report | None = None
) -> ManifestState:
    """接受: line by line, whole or in part; what was received is what was accepted and refused."""
    said = said or report
    after = state if state.path.at_gate else at_gate(state, found)
    parts = {} if any(line.decided for line in after.lines) else ticket_shares(after, report)
    ticket_differs(state, report, found)
    after = _weighed_together(after, report, parts)

    def decide(line: LineFacts, row: LineReport, path: str) -> LineFacts:
        if line.decided:
            if row.line in {r.line for r in report.lines}:
                found.error("line_decided", path, line=line.number)
            return line
        basis = _basis(line, row)
        if line.number in parts:
            row, basis = replace(row, received_g=parts[line.number]), ticket_basis(report, parts)
        received, accepted, refused = decision = _whole(line, row)
        reason = row.reason or report.reason
        _check(line, decision, path, found)
        if refused > 0:
            _say_why(line, reason, f"{path}.reason" if row.reason or not report.reason else "reason",
                     noted=report.noted, found=found)  # fmt: skip
        other = row.waste_code if row.waste_code not in (None, line.waste_code) else None
        return replace(
            line,
            received_g=received,
            accepted_g=accepted,
            refused_g=refused,
            reason=reason,
            found_code=other,
            received_basis=basis,
        )

    decided = replace(after, lines=with_lines(after, report, decide, said=said))
    for line, before in zip(decided.lines, after.lines, strict=True):
        if line.decided and not before.decided:
            differences(decided, line, said.path_of(line.number), found)
    return decided


def _weighed_together(state: ManifestState, report: Report, parts: Mapping[int, int]) -> ManifestState:
    """The weighbridge weighs all lines, those too that are decided on later."""
    basis = ticket_basis(report, parts)
    lines = tuple(
        replace(line, received_g=parts[line.number], received_basis=basis) if line.number in parts else line
        for line in state.lines
    )
    return replace(state, lines=lines) if parts else state


def _check(line: LineFacts, decision: tuple[int, int, int], path: str, found: Findings) -> None:
    received, accepted, refused = decision
    if received != accepted + refused or min(decision) < 0:
        found.error(
            "decision_not_whole", path, line=line.number, received_g=received,
            accepted_g=accepted, refused_g=refused,
        )  # fmt: skip
    if implausible(received, line.travelling_g):
        found.error("received_implausible", f"{path}.received_g", line=line.number,
                    loaded_g=line.travelling_g, mass_g=received, times=MOST_TIMES)  # fmt: skip


def _say_why(line: LineFacts, reason: str, path: str, *, noted: bool, found: Findings) -> None:
    """A refusal has its reason: a word of the list, or another one, which is kept and counts as other."""
    if not reason:
        found.error("reason_missing", path, line=line.number)
    elif reason_code(reason) != reason:
        found.warn("reason_unlisted", path, line=line.number, reason=reason, choices=", ".join(RefusalReason))
    elif reason == RefusalReason.OTHER and not noted:
        found.warn("reason_unsaid", path, line=line.number)


def reason_code(reason: str) -> str:
    """The word of the list that a reason counts as; empty where there is none."""
    return reason if reason in ("", *RefusalReason) else RefusalReason.OTHER


def ticket_shares(state: ManifestState, report: Report) -> dict[int, int]:
    """The weighbridge's net mass shared out over the lines by what they carry, to the gram; none where
    a line is told with a mass of its own. Packages ticked and reasons given say nothing of the scale."""
    if report.share_g is None or any(_weighed(row) for row in report.lines):
        return {}
    return shares.split(report.share_g, {line.number: line.travelling_g for line in state.lines})


def _weighed(row: LineReport) -> bool:
    return any(mass is not None for mass in (row.mass_g, row.received_g, row.accepted_g))


def ticket_basis(report: Report, parts: Mapping[int, int]) -> Basis:
    """What a line has from a ticket it does not have for itself was shared out, not weighed."""
    alone = len(parts) == 1 and report.ticket is not None and report.share_g == report.ticket.get("net_g")
    return Basis.SCALE if alone else Basis.SHARE


def _basis(line: LineFacts, row: LineReport) -> Basis:
    """A mass said anew was weighed, whatever was shared out on arrival."""
    if row.basis:
        return Basis(row.basis)
    anew = row.received_g is not None and row.received_g != line.received_g
    return Basis.SCALE if anew else line.received_basis or Basis.SCALE


def implausible(mass_g: int, expected_g: int) -> bool:
    """So far above what was to be expected that it is a slip of the unit."""
    return mass_g > max(MOST_TIMES * expected_g, expected_g + LEAST_IMPLAUSIBLE_G)


def ticket_differs(state: ManifestState, report: Report, found: Findings) -> None:
    """The weighbridge says one thing, and the lines it is told with another; or, told late, what was
    decided without it, by more than scales differ."""
    said = [row.received_g for row in report.lines if row.received_g is not None]
    allowed = 0
    if not said and all(line.decided for line in state.lines):
        said = [line.received_g or 0 for line in state.lines]
        allowed = sum(tolerance_g(state, line) for line in state.lines)
    if report.share_g is None or not said or len(said) != len(state.lines):
        return
    if abs(sum(said) - report.share_g) > allowed:
        found.find("ticket_differs", "ticket.net_g", net_g=report.share_g, mass_g=sum(said))


def _whole(line: LineFacts, row: LineReport) -> tuple[int, int, int]:
    """(received, accepted, refused), the unsaid ones from the said ones and from what is known."""
    received, accepted, refused = row.received_g, row.accepted_g, row.refused_g
    if received is None:
        if accepted is not None and refused is not None:
            received = accepted + refused
        elif row.mass_g is not None:
            received = row.mass_g
        elif line.received_g is not None:
            received = line.received_g
        elif accepted is not None:
            received = accepted
        else:
            received = line.travelling_g
    if refused is None:
        refused = 0 if accepted is None else received - accepted
    if accepted is None:
        accepted = received - refused
    return received, accepted, refused


def refuse(state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """拒收: the lines named, or all; each with its reason."""
    named = {row.line: row for row in report.lines}
    rows = []
    for line in state.lines:
        if line.decided or (named and line.number not in named):
            continue
        row = named.get(line.number, LineReport(line.number))
        received = next(
            mass
            for mass in (
                row.received_g,
                row.refused_g,
                row.mass_g,
                line.received_g,
                line.travelling_g,
            )
            if mass is not None
        )
        rows.append(replace(row, received_g=received, accepted_g=0, refused_g=received))
    if not rows:
        found.error("line_decided", "lines", line=", ".join(map(str, sorted(named))) or "—")
        return state
    return accept(state, replace(report, lines=tuple(rows)), found, said=report)


def tolerance_g(state: ManifestState, line: LineFacts) -> int:
    """The variance this stream lets pass: a share of what travelled, but never less than its least."""
    stream = state.stream
    return max(stream.tolerance_min_g, line.travelling_g * stream.tolerance_ppm // 1_000_000)


def over_tolerance(state: ManifestState, line: LineFacts) -> bool:
    return line.decided and abs(line.variance_g) > tolerance_g(state, line)


def differences(state: ManifestState, line: LineFacts, path: str, found: Findings) -> None:
    """HW-DIFF (转移管理办法 18): whatever differs is told to the consignor and to the authority."""
    if over_tolerance(state, line):
        found.warn("variance_over_tolerance", path, line=line.number,
                   variance_g=line.variance_g, tolerance_g=tolerance_g(state, line))  # fmt: skip
        found.find("variance_over_tolerance", path, line=line.number,
                   variance_g=line.variance_g, tolerance_g=tolerance_g(state, line))  # fmt: skip
    if line.found_code:
        found.find("code_differs", path, line=line.number, declared=line.waste_code, found=line.found_code)
    if line.refused_g:
        found.find("mass_refused", path, line=line.number, mass_g=line.refused_g, reason=line.reason)
