"""At the gate: the receiver's permit is asked again, mass on its way back is counted, codes put right."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from zerowaste.clock import local_day
from zerowaste.rules import filing, permits, shares
from zerowaste.rules.catalogue import WasteCode
from zerowaste.rules.evolving import replace
from zerowaste.rules.mixing import reacts
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services.acts import lots
from zerowaste.services.desk import Desk
from zerowaste.services.room import capacity

# What HW-DIFF (转移管理办法 18) has the consignor and the receiving place's authority told of.
TOLD = frozenset({"variance_over_tolerance", "code_differs", "mass_refused", "tag_missing"})
NEAR_M = 2_000
METRES_PER_DEGREE = 111_320


def judge(desk: Desk, before: ManifestState, after: ManifestState, report: Report, found: Findings) -> None:
    """HW-PERMIT at the gate: what is accepted, as it was found to be, must be on the permit that day."""
    day = local_day(report.at)
    papers = desk.register.papers(after.consignee)
    for old, line in zip(before.lines, after.lines, strict=True):
        if old.decided or not line.decided:
            continue
        path = report.path_of(line.number)
        waste = desk.law.catalogue.waste(after.stream.code, line.code, on=day)
        if waste is None:
            found.error("waste_code_unknown", f"{path}.waste_code", waste_code=line.code,
                        stream=after.stream.names)  # fmt: skip
        elif line.accepted_g and not after.consignee.outside:
            wanted = permits.Wanted(after.stream.code, waste, line.operation, day, after.consignee.id)
            filing.receiver_permit(after.consignee, papers, wanted, path, found)
            _keep_apart(desk, after.consignee, waste, path, found)


def _keep_apart(desk: Desk, place: Place, waste: WasteCode, path: str, found: Findings) -> None:
    """HW-MIX: a receiver has rooms for wastes that react, and is told what this one keeps clear of."""
    if reacts(waste):
        for clash in lots.clashes(desk, desk.books.stock(place.id), waste):
            found.warn("keep_apart", path, **clash._asdict())


def judge_arrival(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    """HW-DEST (转移管理办法 11(4)): delivered to the receiver named; elsewhere is a finding."""
    away = distance_m(state.consignee, report.position)
    if away is not None and away > NEAR_M + (report.position or {}).get("accuracy_m", 0):
        found.find("far_from_site", "position", site=state.consignee.code, metres=away)


def distance_m(place: Place, position: Any) -> int | None:
    """Metres from a position {lat_e6, lon_e6} to a site; None where either is unknown."""
    if not position or place.lat_e6 is None or place.lon_e6 is None:
        return None
    north = (position["lat_e6"] - place.lat_e6) / 1e6 * METRES_PER_DEGREE
    east = (position["lon_e6"] - place.lon_e6) / 1e6 * METRES_PER_DEGREE
    return round(math.hypot(north, east * math.cos(math.radians(place.lat_e6 / 1e6))))


def ticket_share(desk: Desk, state: ManifestState, ticket: Mapping[str, Any]) -> int | None:
    """What of the weighbridge's net mass is this manifest's. One tour has one ticket: the difference
    to what was loaded is shared out over its manifests to this receiver by what each carries. A stop that
    was passed by carries nothing; where nobody scans the loading, all of them count."""
    net = ticket.get("net_g")
    if net is None or state.trip is None or not state.stream.tours:
        return net
    scanned = state.legs[0].began_at is not None
    loads = desk.books.loads_on_trip(UUID(state.trip), state.consignee.id, scanned=scanned)
    return shares.split(int(net), loads).get(UUID(state.key))


def planned_anew(desk: Desk, state: ManifestState, report: Report) -> ManifestState:
    """Another waste than declared is treated as the receiver's permit says, not as was planned."""
    day = local_day(report.at)
    papers = desk.register.papers(state.consignee)
    lines = []
    for line in state.lines:
        waste = desk.law.catalogue.waste(state.stream.code, line.code, on=day) if line.found_code else None
        if waste is not None:
            wanted = permits.Wanted(state.stream.code, waste, line.operation, day, state.consignee.id)
            operation = permits.operation_for(papers, wanted, desk.law.catalogue.allows)
            line = replace(line, operation=operation or line.operation)
        lines.append(line)
    return replace(state, lines=tuple(lines))


def judge_return(
    desk: Desk, before: ManifestState, after: ManifestState, report: Report, found: Findings
) -> None:
    """No more goes home than still waits at the gate: some may be on its way onward."""
    for old, line in zip(before.lines, after.lines, strict=True):
        gate = before.parts.get((line.number, "gate"))
        if not line.sent_back_g or line.sent_back_g == old.sent_back_g or gate is None:
            continue
        row = desk.books.holdings((gate,), lock=True)[0]
        if line.sent_back_g > row.grams - row.held_g:
            found.error("more_than_waits", f"{report.path_of(line.number)}.mass_g", line=line.number,
                        left_g=row.grams - row.held_g)  # fmt: skip


def reassign(desk: Desk, state: ManifestState, report: Report, found: Findings) -> ManifestState:
    """What is left of an accepted lot turns out to be another waste: a new lot under its right code."""
    lines = list(state.lines)
    if not report.lines:
        found.error("line_missing", "lines")
    for index, row in enumerate(report.lines):
        line = state.line(row.line)
        path = f"lines.{index}"
        if any(row.line == earlier.line for earlier in report.lines[:index]):
            found.error("line_twice", f"{path}.line", line=row.line)
            continue
        if line is None or not row.waste_code:
            found.error("line_unknown" if line is None else "waste_code_missing", path, line=row.line)
            continue
        left = _left(desk, state, line.number)
        waste = desk.law.catalogue.waste(state.stream.code, row.waste_code, on=local_day(report.at))
        if not left or line.reassigned_g:
            found.error("nothing_left", path, line=line.number)
        if waste is None:
            found.error("waste_code_unknown", f"{path}.waste_code", waste_code=row.waste_code,
                        stream=state.stream.names)  # fmt: skip
            continue
        wanted = permits.Wanted(state.stream.code, waste, "", local_day(report.at), state.consignee.id)
        papers = desk.register.papers(state.consignee)
        operation = permits.operation_for(papers, wanted, desk.law.catalogue.allows)
        wanted = replace(wanted, operation=operation)
        filing.receiver_permit(state.consignee, papers, wanted, path, found)
        lines[line.number - 1] = replace(line, reassigned_g=left, reassigned_code=row.waste_code)
    return replace(state, lines=tuple(lines))


def lying_since(desk: Desk, before: ManifestState, after: ManifestState) -> dict[tuple[int, str], datetime]:
    """HW-STORE1Y: a right name is no new waste. What is put right has lain there since it was accepted."""
    right = [
        line.number
        for old, line in zip(before.lines, after.lines, strict=True)
        if line.reassigned_g and not old.reassigned_g
    ]
    since = capacity.accepted_since(desk, before, right)
    return {(line, "reassigned"): moment for line, moment in since.items()}


def _left(desk: Desk, state: ManifestState, number: int) -> int:
    lot = state.parts.get((number, "accepted"))
    if lot is None:
        return 0
    row = desk.books.holdings((lot,), lock=True)[0]
    return int(row.grams - row.held_g)
