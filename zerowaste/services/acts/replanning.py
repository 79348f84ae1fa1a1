"""Planning anew: the law's word on who is to carry what has not begun, and the trip it goes on."""

from uuid import UUID

from zerowaste.clock import local_day
from zerowaste.rules import filing
from zerowaste.rules import replanning as rules
from zerowaste.rules.decision import Decision
from zerowaste.rules.filed import FiledLine, Filing
from zerowaste.rules.lifecycle import Side
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services import naming
from zerowaste.services.desk import Desk


def replan(
    desk: Desk, state: ManifestState, report: Report, roles: frozenset[Side], found: Findings
) -> ManifestState:
    """The manifest as planned anew: by the consignor any leg, by a dispatcher his company's."""
    found.errors.extend(report.unnamed)
    only = None if Side.CONSIGNOR in roles else desk.actor.organisations
    after = state if report.unnamed else rules.replan(state, report, found, only=only)
    _judge(desk, state, report, found)
    return after


def _judge(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    """As at filing, on the day it is to go. A leg that stays as it was is judged when it begins: its faults
    are not those of who plans another."""
    told = Findings()
    filing.judge_carriage(_as_filed(desk, state, report), desk.law.catalogue, told)
    known = {leg.carriage.who for leg in state.legs[state.path.carried :]}
    stay = tuple(f"legs.{leg.number - 1}." for leg in report.legs if leg.who in known)
    found.errors.extend(problem for problem in told.errors if not problem.path.startswith(stay))
    found.warnings.extend(told.warnings)


def _as_filed(desk: Desk, state: ManifestState, report: Report) -> Filing:
    """What is left of the way, as if it were filed now."""
    joins = report.trip if not state.path.carried and not report.unnamed else None
    return Filing(
        stream=state.stream,
        consignor=state.consignor,
        consignee=state.consignee,
        planned_at=desk.now if state.path.carried else max(desk.now, state.planned_at),
        legs=report.legs,
        lines=tuple(
            FiledLine(line.number, line.waste_code, waste, line.declared_g)
            for line in state.lines
            if (waste := desk.law.catalogue.waste(state.stream.code, line.waste_code))
        ),
        companions=naming.companions(desk, joins, beside=UUID(state.key)) if joins else (),
    )


def take_trip(
    desk: Desk, decision: Decision, before: ManifestState, after: ManifestState, report: Report
) -> None:
    """Another first vehicle is another trip: its own, or the one that is named. What else was on the old
    one stays there."""
    lorry = after.legs[0].carriage.lorry.id
    if report.trip is None and lorry == before.legs[0].carriage.lorry.id:
        return
    day = local_day(max(desk.now, after.planned_at))
    trip, row = naming.trip_for(desk, report.trip, lorry, day)
    decision.set.setdefault("manifest", [{}])[0]["trip_id"] = trip  # type: ignore[index]
    if row:
        decision.put["trip"] = [row]
