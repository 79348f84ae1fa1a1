"""From a manifest before and after an act to what must be booked: openings, moves, holds, rows.

Everything here is a difference of what follows from the facts, so it needs no special cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from zerowaste.rules.acceptance import over_tolerance
from zerowaste.rules.balance import Edge, LineFacts, difference, edges, holds, opening_order
from zerowaste.rules.decision import Decision, Hold, Move, Opening, Row
from zerowaste.rules.state import ManifestState, Stretch
from zerowaste.vocabulary import Basis, HoldingKind, Status

Allot = Callable[[int], list[int]]
# (part, line, waste code, since) → until when its holder must act
DueAt = Callable[[str, LineFacts, str, datetime], datetime | None]

_KINDS = {
    "yard": HoldingKind.LOT,
    "load": HoldingKind.LOAD,
    "gate": HoldingKind.LOAD,
    "accepted": HoldingKind.LOT,
    "reassigned": HoldingKind.LOT,
    "outside": HoldingKind.OUTSIDE,
    "variance": HoldingKind.VARIANCE,
    "returned": HoldingKind.LOT,
}


def compose(
    before: ManifestState | None, after: ManifestState, at: datetime, *, allot: Allot, due_at: DueAt,
    lying: Mapping[tuple[int, str], datetime] = MappingProxyType({}),
) -> Decision:  # fmt: skip
    """The decision that carries a manifest from before (None: it is being filed) to after. `lying`: the
    parts whose mass has lain where it is for longer than since this act."""
    decision = Decision(status=after.status, edition=after.stream.edition)
    known = dict(before.parts) if before else {}
    earlier = {line.number: line for line in before.lines} if before else {}
    changes: list[tuple[LineFacts, dict[Edge, int], dict[int | str, int]]] = []
    for line in after.lines:
        old = earlier.get(line.number)
        booked = edges(old, before.path) if before and old else {}
        held = holds(old, before.path) if before and old else {}
        changes.append(
            (line, difference(edges(line, after.path), booked),
             difference(holds(line, after.path), held))
        )  # fmt: skip
    _open(decision, after, changes, known, lambda part: lying.get(part, at), allot, due_at)
    for line, flows, held_changes in changes:
        _move(decision, line, flows, known)
        for lot, grams in held_changes.items():
            holding = known[line.number, lot] if isinstance(lot, str) else lot
            decision.holds.append(Hold(line.number, holding, grams))
    if before:
        _rows(decision, before, after)
    return decision


def _open(
    decision: Decision,
    state: ManifestState,
    changes: Sequence[tuple[LineFacts, dict[Edge, int], dict[int | str, int]]],
    known: dict[tuple[int, str], int],
    began: Callable[[tuple[int, str]], datetime],
    allot: Allot,
    due_at: DueAt,
) -> None:
    """Open every holding that the flows need and that is not there yet, older before newer."""
    missing = [
        (opening_order(part), line.number, part, line)
        for line, flows, _ in changes
        for part in {end for edge in flows for end in (edge.origin, edge.target) if isinstance(end, str)}
        if (line.number, part) not in known
    ]
    missing.sort(key=lambda entry: entry[:3])
    for holding, (_, number, part, line) in zip(allot(len(missing)), missing, strict=True):
        known[number, part] = holding
        decision.opens.append(_opening(holding, state, part, line, began((number, part)), due_at))


def _opening(
    holding: int, state: ManifestState, part: str, line: LineFacts, at: datetime, due_at: DueAt
) -> Opening:
    stem, _, leg = part.partition(".")
    kind = HoldingKind.VARIANCE if part == "back.variance" else _KINDS.get(stem, HoldingKind.LOAD)
    site, organisation = _where(state, stem, leg)
    code = line.waste_code
    if stem in ("accepted", "outside"):
        code = line.code
    elif stem == "reassigned":
        code = line.reassigned_code or line.code
    since = _since(state, stem, leg) or at
    return Opening(
        id=holding,
        kind=kind,
        part=part,
        stream=state.stream.code,
        waste_code=code,
        site_id=site,
        organisation_id=organisation,
        line=line.number,
        since=since,
        due_at=due_at(part, line, code, since) if kind in (HoldingKind.LOT, HoldingKind.LOAD) else None,
        operation=line.operation if stem == "outside" else "",
        name=line.reason if kind is HoldingKind.VARIANCE else "",
    )


def _where(state: ManifestState, stem: str, leg: str) -> tuple[int | None, int]:
    """(site, holder) of a part: on the road there is no site, and the carrier holds it."""
    if stem == "load":
        return None, state.legs[int(leg) - 1].carriage.carrier_id
    if stem == "back":
        stretch = state.back[0] if state.back else state.legs[-1]
        return None, stretch.carriage.carrier_id
    if stem in ("yard", "returned"):
        return state.consignor.id, state.consignor.organisation_id
    return state.consignee.id, state.consignee.organisation_id


def _since(state: ManifestState, stem: str, leg: str) -> datetime | None:
    return state.legs[int(leg) - 1].began_at if stem == "load" else None


def _move(
    decision: Decision, line: LineFacts, flows: dict[Edge, int], known: dict[tuple[int, str], int]
) -> None:
    def holding(end: int | str | None) -> int | None:
        return known[line.number, end] if isinstance(end, str) else end

    for edge, grams in flows.items():
        loading = edge.target.startswith("load") or edge.target == "yard"
        basis = line.basis if loading else line.received_basis or Basis.SCALE
        target = known[line.number, edge.target]
        decision.moves.append(Move(holding(edge.origin), target, grams, basis, edge.source))


_LINE_COLUMNS = [f.name for f in fields(LineFacts) if f.name not in ("number", "draws", "yard")]
_line_values = attrgetter(*_LINE_COLUMNS)


def line_row(line: LineFacts) -> dict[str, Any]:
    """The line's row as the table holds it."""
    return {"number": line.number} | dict(zip(_LINE_COLUMNS, _line_values(line), strict=True))


def _rows(decision: Decision, before: ManifestState, after: ManifestState) -> None:
    """The changed columns of lines, legs and the manifest itself; new draws and return legs."""
    lines: list[Row] = []
    for old, new in zip(before.lines, after.lines, strict=True):
        if new is old:
            continue
        pairs = zip(_LINE_COLUMNS, _line_values(old), _line_values(new), strict=True)
        changed = {name: now for name, then, now in pairs if now != then}
        if changed:
            lines.append({"number": new.number} | changed)
        _draw_rows(decision, old, new)
    if lines:
        decision.set["line"] = lines
    _leg_rows(decision, before, after)
    set_manifest(decision, before, after)


def set_manifest(decision: Decision, before: ManifestState, after: ManifestState) -> None:
    """The changed columns of the manifest itself; once more when it is known whether all is settled."""
    earlier = manifest_row(before)
    changed = {name: value for name, value in manifest_row(after).items() if value != earlier[name]}
    if changed:
        decision.set["manifest"] = [changed]
    else:
        decision.set.pop("manifest", None)


def _draw_rows(decision: Decision, old: LineFacts, new: LineFacts) -> None:
    known = {draw.holding: draw.grams for draw in old.draws}
    for draw in new.draws:
        row = {"line": new.number, "holding_id": draw.holding, "grams": draw.grams}
        if draw.holding not in known:
            decision.put.setdefault("draw", []).append(row)
        elif draw.grams != known[draw.holding]:
            decision.set.setdefault("draw", []).append(row)


def _leg_rows(decision: Decision, before: ManifestState, after: ManifestState) -> None:
    earlier = {leg.carriage.number: leg_row(leg) for leg in (*before.legs, *before.back)}
    for leg in (*after.legs, *after.back):
        new, old = leg_row(leg), earlier.get(leg.carriage.number)
        if old is None:
            decision.put.setdefault("leg", []).append(new)
        elif new != old:
            changed = {name: value for name, value in new.items() if value != old[name]}
            decision.set.setdefault("leg", []).append({"number": new["number"]} | changed)


def leg_row(leg: Stretch) -> dict[str, Any]:
    return {
        "number": leg.carriage.number,
        "back": leg.carriage.back,
        "carrier_id": leg.carriage.carrier_id,
        "vehicle_id": leg.carriage.lorry.id,
        "driver_id": leg.carriage.driver.id,
        "began_at": leg.began_at,
        "ended_at": leg.ended_at,
    }


def manifest_row(state: ManifestState) -> dict[str, Any]:
    """The columns of the manifest's row that acts change."""
    status = state.status
    return {
        "status": status,
        "carried": state.path.carried,
        "at_gate": state.path.at_gate,
        "back_legs": state.path.back_legs,
        "settled": state.settled,
        "turn_id": _turn(state, status),
    }


def _turn(state: ManifestState, status: Status) -> int | None:
    """The organisation whose turn it is; None where nobody has to act."""
    match status:
        case Status.FILED:
            return state.legs[0].carriage.carrier_id
        case Status.IN_TRANSIT:
            return state.legs[max(0, state.path.carried - 1)].carriage.carrier_id
        case Status.ARRIVED:
            return state.consignee.organisation_id
        case Status.ACCEPTED | Status.PARTLY_ACCEPTED | Status.REFUSED if not state.settled:
            return _follow_up(state)
        case _:
            return None


def _follow_up(state: ManifestState) -> int:
    """After the decision: refused mass on its way home, then whoever owes an opinion."""
    if state.path.back_legs and any(line.sent_back_g and line.returned_g is None for line in state.lines):
        return state.consignor.organisation_id
    if any(line.refused_g and not line.sent_back_g for line in state.lines):
        return state.consignee.organisation_id
    asked = [set(line.opinions) for line in state.lines if over_tolerance(state, line)]
    given = set.intersection(*asked) if asked else set()
    return state.consignee.organisation_id if "c" in given else state.consignor.organisation_id
