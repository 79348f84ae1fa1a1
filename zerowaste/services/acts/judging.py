"""Judging one act: is it legal now and for him, what does it make of the facts, what must be booked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from zerowaste.errors import Problem, Refusal
from zerowaste.rules import booking, custody, dues, lifecycle
from zerowaste.rules.actions import own_leg, was_his
from zerowaste.rules.decision import Decision, balances
from zerowaste.rules.evolving import replace
from zerowaste.rules.lifecycle import Side
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services import naming
from zerowaste.services.acts import gate, loading, replanning, settling, taking_back
from zerowaste.services.acts.evidence import not_uploaded
from zerowaste.services.desk import Desk
from zerowaste.services.requests import EventRequest
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Act as Kind
from zerowaste.vocabulary import Period, Role, Status, Verdict

BACK_DATED, MINUTE = timedelta(hours=24), timedelta(minutes=1)


def superseded(desk: Desk, state: ManifestState, request: EventRequest) -> bool:
    """Whether a driver tells, from where no network was, what was his to do before the legs were planned
    anew: it may have happened, so it is kept."""
    return request.offline and was_his(desk.actor, state, request.kind, request.leg)


def report_of(desk: Desk, state: ManifestState, request: EventRequest) -> Report:
    # Only the driver was where no network is; others speak from where they sit.
    alone = desk.actor.role is Role.DRIVER and request.kind in lifecycle.OFFLINE
    offline = request.offline and alone
    legs, unnamed = naming.legs_named(desk, request.legs if request.kind is Kind.REPLAN else ())
    oldest = desk.now - timedelta(hours=state.stream.offline_within_hours)
    at = dues.by_our_clock(request.at, request.sent_at, desk.now) if alone else request.at
    return Report(
        kind=request.kind,
        at=at,
        told_at=request.at if at != request.at else None,
        offline=offline and at >= oldest,
        lines=request.lines,
        ticket=request.ticket,
        evidence=request.evidence,
        leg=request.leg,
        carriage=loading.return_carriage(desk, state, request),
        reason=request.reason,
        noted=bool(request.note.strip()),
        reverses=request.reverses,
        position=request.position,
        legs=legs,
        unnamed=unnamed,
        trip=request.trip,
        superseded=superseded(desk, state, request),
    )


def decide(
    desk: Desk,
    state: ManifestState,
    report: Report,
    roles: frozenset[Side],
    found: Findings,
    texts: Sequence[str],
) -> Decision:
    """The decision on one act: applied, noted or refused."""
    return judge(desk, state, report, roles, found, texts)[0]


def judge(
    desk: Desk,
    state: ManifestState,
    report: Report,
    roles: frozenset[Side],
    found: Findings,
    texts: Sequence[str],
) -> tuple[Decision, ManifestState]:
    """The decision on one act, and what the manifest is after it (its books aside)."""
    his = lifecycle.MOVES[report.kind].sides & roles and own_leg(desk.actor, state, report.kind, report.leg)
    if not his and not report.superseded:
        raise Refusal("forbidden")
    _times(desk, state, report, found)
    if _nonsense(found):
        return _refused("invalid", state, found), state
    for sha256 in not_uploaded(desk.session, report.evidence):  # a phone may send the photo after the act
        found.find("evidence_not_uploaded", "evidence", sha256=sha256)
    if report.superseded or not _legal(state, report, roles):
        return _illegal(state, report, found), state
    if report.kind is Kind.REVERSE:
        return taking_back.reverse(desk, state, report, roles, texts), state
    after = _apply(desk, state, report, roles, found)
    if found.errors and report.offline and not _nonsense(found):
        found.forgive()
    if found.errors:
        return _refused("invalid", state, found), state
    return compose(desk, state, after, report, found)


_DECIDING = frozenset({Kind.ACCEPT, Kind.CONFIRM_OUTSIDE})
_WEIGHING = _DECIDING | {Kind.ARRIVE}


def _apply(
    desk: Desk, state: ManifestState, report: Report, roles: frozenset[Side], found: Findings
) -> ManifestState:
    """The manifest after the act, with the law's word on it in `found`."""
    if report.kind is Kind.OPINION:
        return custody.give_opinion(state, report, "c" if Side.CONSIGNOR in roles else "r", found)
    if report.kind is Kind.REASSIGN:
        return gate.reassign(desk, state, report, found)
    if report.kind is Kind.REPLAN:
        return replanning.replan(desk, state, report, roles, found)
    if report.ticket and report.kind in _WEIGHING:
        report = replace(report, share_g=gate.ticket_share(desk, state, report.ticket))
    after = custody.apply(state, report, found)
    if report.kind is Kind.PICKUP and not found.errors:
        after = loading.further_lots(desk, after)
    if report.kind in _DECIDING and not found.errors:
        after = gate.planned_anew(desk, after, report)
    if not found.errors:
        _judge(desk, state, after, report, found)
    return after


def _judge(desk: Desk, before: ManifestState, after: ManifestState, report: Report, found: Findings) -> None:
    """The law's word on what the act would make of the manifest."""
    match report.kind:
        case Kind.PICKUP:
            loading.judge(desk, after, report, found)
        case Kind.HANDOVER:
            loading.judge_leg(desk, after, report, found)
        case Kind.ACCEPT | Kind.REFUSE | Kind.CONFIRM_OUTSIDE:
            gate.judge(desk, before, after, report, found)
        case Kind.ARRIVE:
            gate.judge_arrival(desk, after, report, found)
        case Kind.RETURN:
            loading.judge_way_home(desk, after, report, found)
            gate.judge_return(desk, before, after, report, found)
        case Kind.RECEIVE_BACK:
            gate.judge_return(desk, before, after, report, found)
        case _:
            pass


# At the yard every limit binds; what lies in store already is named truly, whatever that fills.
_SOFT = {Kind.PICKUP: frozenset[Period](), Kind.REASSIGN: capacity.EVERY_PERIOD}


def compose(
    desk: Desk, before: ManifestState, after: ManifestState, report: Report, found: Findings
) -> tuple[Decision, ManifestState]:
    """Everything the act books: edges, holds, rows, and the quotas that follow."""
    charged = Findings()
    soft = _SOFT.get(report.kind, capacity.SOFT_AT_GATE)
    # What is told long afterwards counts where it is told: no act reaches back into a year that is over.
    counted_at = report.at if report.offline or report.at >= desk.now - BACK_DATED else desk.now
    reservation = capacity.charge_lines(
        desk, before, after, counted_at, charged, soft=soft, path_of=report.path_of
    )
    if charged.errors and not report.offline:
        found.errors.extend(charged.errors)
        return _refused("invalid", before, found), before
    if charged.errors:  # it is on the lorry already: said, not stopped
        charged.forgive()
        reservation.ceilings = {}
    found.warnings.extend(charged.warnings)
    found.findings.extend(charged.findings)
    decision = booking.compose(
        before,
        after,
        report.at,
        allot=desk.books.allot,
        due_at=dues.due_for(desk.law.catalogue, after, desk.register.papers),
        lying=gate.lying_since(desk, before, after),
    )
    after = settling.settle(desk, before, decision, after)
    decision.charges = reservation.charges
    decision.ceilings = reservation.ceilings
    decision.warnings, decision.findings = found.warnings, found.findings
    loading.tags(desk, decision, after, report)
    stored = _taken_from(desk, decision, before)
    loading.cover_shortfalls(decision, stored)
    if report.ticket:
        decision.set.setdefault("manifest", [{}])[0]["ticket"] = dict(report.ticket)  # type: ignore[index]
    if report.kind is Kind.REPLAN:
        replanning.take_trip(desk, decision, before, after, report)
    capacity.follow_stock(desk, decision, after.consignee, after.consignor, stored=stored)
    return decision, after


def _taken_from(desk: Desk, decision: Decision, before: ManifestState) -> Sequence[Any]:
    """What stands in the books of the holdings that were there before and change now, by id. What is
    under way is left out: nobody else draws on it, and it lies in nobody's store."""
    under_way = {holding for (_, part), holding in before.parts.items() if part.startswith(("load", "back"))}
    opened = {opening.id for opening in decision.opens}
    ids = balances(decision.moves).keys() - under_way - opened
    return desk.books.holdings(ids) if ids else ()


def _legal(state: ManifestState, report: Report, roles: frozenset[Side]) -> bool:
    in_time = report.offline and report.kind is Kind.PICKUP and report.at <= state.expires_at
    status = state.status
    if status is Status.EXPIRED and in_time:
        return True  # loaded in time, told late
    return lifecycle.legal(report.kind, status, roles, state.marks)


def _illegal(state: ManifestState, report: Report, found: Findings) -> Decision:
    """It happened all the same: noted, without effect. Said now: refused."""
    params = {"kind": str(report.kind), "status": str(state.status)}
    if report.superseded or report.offline:
        found.find("leg_planned_anew" if report.superseded else "contradicts_what_is_known", **params)
        return Decision(verdict=Verdict.NOTED, status=state.status, findings=found.findings)
    return replace(_refused("not_legal_now", state, found), errors=[Problem("not_legal_now", "kind", params)])


def _refused(code: str, state: ManifestState, found: Findings) -> Decision:
    return Decision(
        verdict=Verdict.REFUSED,
        code=code,
        status=state.status,
        errors=found.errors,
        warnings=found.warnings,
    )


_NONSENSE = frozenset(
    {"line_unknown", "line_twice", "leg_unknown", "nothing_loaded", "at_in_future", "leg_begun",
     "decision_not_whole", "load_implausible"}
)  # fmt: skip


def _nonsense(found: Findings) -> bool:
    """Reports that cannot be true are refused even from the past."""
    return any(problem.code in _NONSENSE for problem in found.errors)


def _times(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    if report.told_at is not None:
        found.find("clock_ahead", "at", minutes=round((report.told_at - report.at) / MINUTE))
    if report.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at", at=report.at, now=desk.now)
    elif state.filed_at is not None and report.at < state.filed_at - dues.CLOCK_SKEW:
        decides = report.kind in _DECIDING or report.kind is Kind.REFUSE
        tell = found.error if decides else found.find
        tell("before_filing", "at", at=report.at, filed_at=state.filed_at)
    elif not report.offline and report.at < desk.now - BACK_DATED:
        found.find("back_dated", "at", at=report.at)
    if report.kind in custody.ON_THE_WAY and custody.out_of_order(state, report, dues.CLOCK_SKEW):
        found.find("times_contradict", "at", kind=report.kind)
