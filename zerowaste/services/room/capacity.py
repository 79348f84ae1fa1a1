"""Room at the receiver and in the producer's papers: what a manifest charges, and who else has room."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from zerowaste.clock import local_day
from zerowaste.rules import permits, quotas
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.decision import Charge, Decision, balances
from zerowaste.rules.evolving import replace
from zerowaste.rules.filed import Filing
from zerowaste.rules.parties import Paper, Place, Term
from zerowaste.rules.permits import Wanted, term_covers
from zerowaste.rules.quotas import Amount, Counter, Overrun, Window
from zerowaste.rules.state import Findings, ManifestState
from zerowaste.services.booking.writing import Contended
from zerowaste.services.desk import Desk
from zerowaste.services.room import offers
from zerowaste.vocabulary import HoldingKind, Instrument, Period

PRODUCER_PAPERS = frozenset({Instrument.PLAN, Instrument.APPROVAL, Instrument.CONSENT})
# At the gate the lorry is there: the day's scale and the store only warn; the year's scale still binds.
SOFT_AT_GATE = frozenset({Period.DAY, Period.LEVEL})
EVERY_PERIOD = frozenset(Period)
MOST_OFFERS = 5

Priced = tuple[Paper, Term, Window]


@dataclass(slots=True)
class Reservation:
    """What an act charges, and the totals its guarded writes must not pass."""

    charges: list[Charge] = field(default_factory=list)
    ceilings: dict[int, int] = field(default_factory=dict)


def reserve(desk: Desk, state: ManifestState, resolved: Filing, found: Findings) -> Reservation:
    """What filing reserves. Capacity refusals go into `found`, with who else could take the load."""
    known = {line.number for line in resolved.lines if line.waste is not None}
    state = replace(state, lines=tuple(line for line in state.lines if line.number in known))
    return charge_lines(desk, None, state, resolved.planned_at, found, soft=frozenset())


def _as_filed(line: int) -> str:
    return f"lines.{line - 1}"


def charge_lines(
    desk: Desk,
    before: ManifestState | None,
    after: ManifestState,
    at: datetime,
    found: Findings,
    *,
    soft: frozenset[Period],
    path_of: Callable[[int], str] = _as_filed,
) -> Reservation:
    """The charges that carry the quotas of the changed lines from what is booked to what is now due.

    `at`: when the act happened; what it decides counts in that day's windows. `path_of`: where what was sent
    speaks of a line. Where there seems to
    be no room the rows are locked and judged once more, so that an uncommitted release cannot cause a
    false refusal."""
    days = _days(desk, before, after, at)
    reservation, over = _judge(desk, before, after, days, soft, lock=False)
    if any(overrun.blocks for overrun in over):
        reservation, over = _judge(desk, before, after, days, soft, lock=True)
        if not any(overrun.blocks for overrun in over):
            # There is room after all. Quotas come late in the order of locks: begin anew, without them.
            raise Contended
    for overrun in over:
        charged = {charge.line for charge in reservation.charges if charge.quota == overrun.counter.id}
        _say(desk, after, overrun, charged, path_of, found)
    return reservation


def _days(desk: Desk, before: ManifestState | None, after: ManifestState, at: datetime) -> dict[int, date]:
    """Line → the city day whose windows it falls in, for the lines whose charges this act changes."""
    days = {}
    put_right = set()
    for line in after.lines:
        old = before.line(line.number) if before else None
        if before and old and _charged_by(old, before) == _charged_by(line, after):
            continue
        newly_decided = line.decided and (old is None or not old.decided)
        days[line.number] = local_day(at if newly_decided else after.planned_at)
        if old and old.decided and line.decided:
            put_right.add(line.number)
    if before and put_right:
        days |= {line: local_day(since) for line, since in accepted_since(desk, before, put_right).items()}
    return days


def accepted_since(desk: Desk, state: ManifestState, lines: Collection[int]) -> dict[int, datetime]:
    """Line → since when what was accepted of it lies at the receiver."""
    lots = {state.parts[line, "accepted"]: line for line in lines if (line, "accepted") in state.parts}
    return {lots[row.id]: row.since for row in desk.books.holdings(lots)} if lots else {}


def _charged_by(line: LineFacts, state: ManifestState) -> tuple[Any, ...]:
    amount = quotas.amounts(line, state.path, ended=state.ended is not None)
    return amount, line.volume_l, line.code, line.operation, line.reassigned_g, line.reassigned_code


def _judge(
    desk: Desk,
    before: ManifestState | None,
    after: ManifestState,
    days: dict[int, date],
    soft: frozenset[Period],
    *,
    lock: bool,
) -> tuple[Reservation, list[Overrun]]:
    counted = {line.number: _counted(desk, after, line, days[line.number])
               for line in after.lines if line.number in days}  # fmt: skip
    counters = desk.register.counters(
        [priced for parts in counted.values() for part in parts for priced in part.terms], lock=lock
    )
    by_window = {(c.term.id, c.starts): c for c in counters}
    reservation = Reservation()
    totals: dict[int, Amount] = {}
    for line in after.lines:
        if line.number not in counted:
            continue
        wanted = _wanted(counted[line.number], by_window)
        booked = {
            quota: Amount(*amount)
            for (quota, number), amount in (before.charges if before else {}).items()
            if number == line.number
        }
        for quota in sorted({*wanted, *booked}):
            new, old = wanted.get(quota, Amount(0, 0)), booked.get(quota, Amount(0, 0))
            change = Charge(quota, line.number, new.reserved - old.reserved, new.used - old.used)
            if change.reserved or change.used:
                reservation.charges.append(change)
                total = totals.get(quota, Amount(0, 0))
                totals[quota] = Amount(total.reserved + change.reserved, total.used + change.used)
    over = quotas.overruns(counters, totals, soft_periods=soft)
    for counter in counters:
        hard = counter.term.hard_limit
        binds = counter.term.period not in soft and counter.paper.kind is not Instrument.PLAN
        if hard is not None and binds:
            reservation.ceilings[counter.id] = hard
    return reservation, over


class _Counted(NamedTuple):
    """An amount of a line under one code, and every limited term that speaks of it."""

    line: LineFacts
    amount: Amount
    terms: list[Priced]


def _counted(desk: Desk, state: ManifestState, line: LineFacts, day: date) -> list[_Counted]:
    amount = quotas.amounts(line, state.path, ended=state.ended is not None)
    parts = [(_as_treated(desk, state, part, day), share) for part, share in quotas.by_code(line, amount)]
    return [_Counted(part, share, _terms(desk, state, part, day)) for part, share in parts]


def _as_treated(desk: Desk, state: ManifestState, line: LineFacts, day: date) -> LineFacts:
    """A line under the code that was put right is treated as the receiver's permit says of that code."""
    waste = desk.law.catalogue.waste(state.stream.code, line.code, on=day)
    if waste is None or line.code != line.reassigned_code:
        return line
    wanted = Wanted(state.stream.code, waste, line.operation, day, state.consignee.id)
    papers = desk.register.papers(state.consignee)
    operation = permits.operation_for(papers, wanted, desk.law.catalogue.allows)
    return replace(line, operation=operation or line.operation)


def _wanted(parts: Sequence[_Counted], by_window: dict[tuple[int, date], Counter]) -> dict[int, Amount]:
    wanted: dict[int, Amount] = {}
    for part in parts:
        for _, term, window in part.terms:
            share = quotas.in_unit(part.line, part.amount, term)
            if share != (0, 0):
                quota = by_window[window.term, window.starts].id
                known = wanted.get(quota, Amount(0, 0))
                wanted[quota] = Amount(known.reserved + share.reserved, known.used + share.used)
    return wanted


def _terms(desk: Desk, state: ManifestState, line: LineFacts, day: date) -> list[Priced]:
    """Every limited term that this line charges on that day: the receiver's and the producer's."""
    waste = desk.law.catalogue.waste(state.stream.code, line.code, on=day)
    if waste is None:
        return []
    wanted = Wanted(state.stream.code, waste, line.operation, day, state.consignee.id)
    receiver = [p for p in desk.register.papers(state.consignee) if p.kind is Instrument.PERMIT]
    producer = [
        paper
        for paper in desk.register.papers(state.consignor)
        if paper.kind in PRODUCER_PAPERS and paper.counterpart_id in (None, state.consignee.id)
    ]
    return [
        (paper, term, quotas.window(term, paper, day))
        for paper in (*receiver, *producer)
        if paper.valid_on(day)
        for term in paper.terms
        if term.limit is not None and term_covers(term, wanted)
    ]


def _say(
    desk: Desk, state: ManifestState, overrun: Overrun, charged: Collection[int],
    path_of: Callable[[int], str], found: Findings,
) -> None:  # fmt: skip
    """Name the quota, what is left of it and until when; for a refusal, who else could take the load."""
    lines = [line for line in state.lines if line.number in charged] or list(state.lines)
    path = path_of(lines[0].number) if len(lines) == 1 else "lines"
    counter = overrun.counter
    holder = desk.register.organisation(counter.paper.organisation_id)[1]
    params: dict[str, Any] = {
        "holder": holder,
        "permit": counter.paper.number,
        "what": counter.term.pattern,
        "operation": counter.term.operation or "—",
        "period": str(counter.term.period),
        "unit": str(counter.term.unit),
        "limit": counter.term.limit,
        "left": counter.room if overrun.blocks else counter.left,
        "asked": overrun.asked,
        "from": counter.starts.isoformat(),
        "until": counter.ends.isoformat(),
    }
    if not overrun.blocks:
        found.warn("capacity_warning", path, **params)
        return
    line = lines[0]
    waste = desk.law.catalogue.waste(state.stream.code, line.code, on=local_day(desk.now))
    offered = (
        offers.offers(desk, state.stream.code, waste, local_day(state.planned_at), overrun.asked)
        if waste is not None and counter.paper.kind is Instrument.PERMIT
        else []
    )
    params["alternatives"] = [
        {"code": o.place.code, "name": o.place.name, "left_g": o.left_g, "reason": o.reason}
        for o in offered
        if o.place.id != state.consignee.id
    ][:MOST_OFFERS]
    found.error("capacity_exceeded", path, **params)


def follow_stock(desk: Desk, decision: Decision, *places: Place, stored: Sequence[Any] | None = None) -> None:
    """Storage is a level: whatever an event does to lots on a site, its level quotas follow.

    `stored`: the rows of the lots it changes, where they have been read already."""
    levels = {place.id: _level_terms(desk, place) for place in places}
    levels = {site: terms for site, terms in levels.items() if terms}
    if not levels:
        return
    changes = balances(decision.moves)
    known = {o.id: (o.site_id, o.stream, o.waste_code) for o in decision.opens if o.kind == HoldingKind.LOT}
    others = changes.keys() - {opening.id for opening in decision.opens}
    if stored is None:
        stored = desk.books.holdings(others) if others else ()
    known |= {
        row.id: (row.site_id, row.stream, row.waste_code) for row in stored if row.kind == HoldingKind.LOT
    }
    day = local_day(desk.now)
    for site, terms in levels.items():
        moved = [(changes.get(i, 0), stream, code) for i, (at, stream, code) in known.items() if at == site]
        charges = []
        for paper, term in terms:
            change = sum(grams for grams, stream, code in moved if _stores(desk, term, stream, code, day))
            if change:
                quota = desk.register.quota((paper, term, quotas.window(term, paper, day)))
                charges.append(Charge(quota, 0, 0, change))
        decision.charges.extend(sorted(charges))


def _level_terms(desk: Desk, place: Place) -> list[tuple[Paper, Term]]:
    return [
        (paper, term)
        for paper in desk.register.papers(place)
        for term in paper.terms
        if term.period is Period.LEVEL and term.limit is not None
    ]


def _stores(desk: Desk, term: Term, stream: str, code: str, day: date) -> bool:
    waste = desk.law.catalogue.waste(stream, code, on=day)
    return waste is not None and permits.speaks_of(term, stream, waste)
