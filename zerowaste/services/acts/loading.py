"""Loading and handing over: further lots, the law's word at the yard, tags, and who carries back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from zerowaste.clock import local_day
from zerowaste.errors import Problem
from zerowaste.models.tables import LINE_PACKAGE, PACKAGE
from zerowaste.rules import filing, permits
from zerowaste.rules.acceptance import tolerance_g
from zerowaste.rules.balance import LineFacts, Portion, unregistered
from zerowaste.rules.checks import DEDICATED, dedicated, unfit_company
from zerowaste.rules.decision import Decision, Move, balances
from zerowaste.rules.evolving import replace
from zerowaste.rules.mixing import incompatible, reacts
from zerowaste.rules.parties import Carriage
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services import naming
from zerowaste.services.acts.lots import MOST_DRAWN
from zerowaste.services.desk import Desk
from zerowaste.services.requests import EventRequest
from zerowaste.vocabulary import Act, Basis, Source


def further_lots(desk: Desk, state: ManifestState) -> ManifestState:
    """Where more was loaded than was held for it, what else lies free under the same code is drawn: the rest
    of its own lots as well as further ones."""
    return replace(state, lines=tuple(_further(desk, state, line) for line in state.lines))


def _further(desk: Desk, state: ManifestState, line: LineFacts) -> LineFacts:
    planned = line.declared_g if line.yard else sum(draw.grams for draw in line.draws)
    rest = line.travelling_g - planned
    if rest <= 0:
        return line
    draws = {draw.holding: draw.grams for draw in line.draws}
    own_yard = state.parts.get((line.number, "yard"))
    load = state.parts.get((line.number, "load.1"))  # there already where this is told late
    for lot in desk.books.open_lots(state.consignor.id, line.waste_code):
        free = min(lot.grams - lot.held_g, rest)
        if lot.stream != state.stream.code:
            continue
        younger = load is not None and lot.id > load
        if younger or lot.id == own_yard or free <= 0:
            continue
        draws[lot.id] = draws.get(lot.id, 0) + free
        rest -= free
        if not rest or len(draws) == MOST_DRAWN:  # it is loaded: what is left over is a gain
            break
    return replace(line, draws=tuple(Portion(*draw) for draw in draws.items()))


def cover_shortfalls(decision: Decision, stored: Sequence[Any]) -> None:
    """Where an act that came late takes from a lot what others have taken or hold by now, the same event
    books an explained gain there and opens a finding: nothing is lost, nothing is below zero.

    `stored`: the rows of the holdings it takes from."""
    changes = {holding: grams for holding, grams in balances(decision.moves).items() if grams < 0}
    held: dict[int, int] = {}
    for hold in decision.holds:
        held[hold.holding] = held.get(hold.holding, 0) + hold.grams
    for row in stored:
        if row.id not in changes:
            continue
        short = row.held_g + held.get(row.id, 0) - (row.grams + changes[row.id])
        if short > 0:
            decision.moves.append(Move(None, row.id, short, Basis.ESTIMATE, Source.GAIN))
            decision.findings.append(Problem("lot_overdrawn", "lines", {"lot": row.id, "mass_g": short}))


def judge(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    """The law at the yard: licences and papers are asked for again, on the day of loading."""
    day = local_day(report.at)
    _beyond_stock(state, report, found)
    filing.carriers(state.stream, state.legs[0].carriage, day, found)
    _aboard(desk, state, state.legs[0].carriage, report.at, found)
    consignor_papers = desk.register.papers(state.consignor)
    receiver_papers = desk.register.papers(state.consignee)
    for line in state.lines:
        waste = desk.law.catalogue.waste(state.stream.code, line.waste_code)
        if waste is None or not line.loaded_g:
            continue
        path = report.path_of(line.number)
        wanted = permits.Wanted(state.stream.code, waste, line.operation, day, state.consignee.id)
        filing.consignor_paper(state.stream, state.consignor, consignor_papers, wanted, path, found)
        if not state.consignee.outside:
            filing.receiver_permit(state.consignee, receiver_papers, wanted, path, found)
        elif state.consignee.province != state.consignor.province:
            filing.cross_province(state.consignor, consignor_papers, wanted, path, found)


def _beyond_stock(state: ManifestState, report: Report, found: Findings) -> None:
    """HW-BAL: only who makes waste may load what no book knew of. Elsewhere more than two scales can differ
    by has come from nowhere."""
    for line in () if state.consignor.generates else state.lines:
        more = unregistered(replace(line, declared_g=line.travelling_g))
        if more > tolerance_g(state, line):
            found.find("loaded_beyond_stock", f"{report.path_of(line.number)}.mass_g", line=line.number,
                       site=state.consignor.code, mass_g=more)  # fmt: skip


def judge_leg(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    """HW-RELAY (转移管理办法 17): the next carrier is licensed on the day he takes over, and says where."""
    begun = [leg for leg in state.legs[1:] if leg.began_at == report.at]
    for leg in begun:
        filing.carriers(state.stream, leg.carriage, local_day(report.at), found)
        _aboard(desk, state, leg.carriage, report.at, found)
    if report.position is None:
        found.warn("handover_place_missing", "position")


def judge_way_home(desk: Desk, state: ManifestState, report: Report, found: Findings) -> None:
    """HW-NOMAN, MW-MODE: refused waste is waste. Whoever takes it home is licensed on that day, and his
    vehicle is as fit for it as the one that brought it."""
    for leg in state.back:
        filing.carriers(state.stream, leg.carriage, local_day(report.at), found)
        if DEDICATED in state.stream.checks:
            dedicated(leg.carriage, found)
        _aboard(desk, state, leg.carriage, report.at, found)


def _aboard(desk: Desk, state: ManifestState, carriage: Carriage, at: datetime, found: Findings) -> None:
    """What this vehicle carried then under other manifests goes with what is loaded: it reacts with none of
    it (HW-MIX, 法典 535), and no stream that has its trips to itself is among them (CW-LIAN, MW-MODE)."""
    known, streams = desk.law.catalogue.waste, desk.law.streams
    own = [waste for line in state.lines if (waste := known(state.stream.code, line.waste_code))]
    may_carry = [streams.get(code) for code in carriage.lorry.streams if code in streams]
    if not any(map(reacts, own)) and not any(unfit_company(state.stream, other) for other in may_carry):
        return
    rows = desk.books.aboard(carriage.lorry.id, beside=UUID(state.key), at=at)
    for other in [streams.get(code) for code in sorted({row.stream for row in rows})]:
        if unfit := unfit_company(state.stream, other):
            found.error(f"{unfit}_aboard", f"{carriage.path}.vehicle",
                        vehicle=carriage.lorry.plate, stream=other.names)  # fmt: skip
    others = [waste for row in rows if (waste := known(row.stream, row.waste_code))]
    codes = {waste.code for waste in own}
    for first, second, danger in incompatible([*own, *others]):
        if not {first, second} <= codes:  # what this manifest itself carries was judged when it was filed
            found.error("incompatible", f"{carriage.path}.vehicle",
                        first=first, second=second, danger=danger)  # fmt: skip


def return_carriage(desk: Desk, state: ManifestState, request: EventRequest) -> Carriage | None:
    """Who carries refused mass home, where the sender says so (else the last carrier does)."""
    if request.kind is not Act.RETURN or request.leg_by is None:
        return None
    return naming.leg_request(desk, request.leg_by, number=len(state.legs) + 1)


def tags(desk: Desk, decision: Decision, state: ManifestState, report: Report) -> None:
    """Which packages were seen at this step; those that should not be there, or are not, are findings."""
    reported = {tag: row.line for row in report.lines for tag in row.tags}
    if not reported or report.kind not in (Act.PICKUP, Act.ARRIVE, Act.ACCEPT, Act.REFUSE):
        return
    known = desk.session.execute(
        select(LINE_PACKAGE).where(LINE_PACKAGE.c.manifest_id == UUID(state.key))
    ).all()
    travelling = {row.tag: row.line for row in known}
    step = "loaded" if report.kind is Act.PICKUP else "received"
    found = Findings(findings=decision.findings)
    for tag, line in sorted(reported.items()):
        if tag in travelling:
            decision.set.setdefault("line_package", []).append(
                {"line": travelling[tag], "tag": tag, step: True}
            )
        elif report.kind is Act.PICKUP:
            _new_tag(desk, decision, line, tag)
            for _, number, _ in naming.open_manifests_of(desk, [tag], beside=UUID(state.key)):
                found.find("tag_on_open_manifest", "lines", tag=tag, number=number)
        else:
            found.find("tag_not_on_manifest", "lines", tag=tag)
    missing = sorted(tag for tag in travelling if tag not in reported)
    if missing:
        found.find("tag_missing", "lines", tags=", ".join(missing))


def _new_tag(desk: Desk, decision: Decision, line: int, tag: str) -> None:
    seen = desk.session.execute(select(PACKAGE.c.tag).where(PACKAGE.c.tag == tag)).one_or_none()
    if seen is None:
        decision.put.setdefault("package", []).append({"tag": tag})
    row: dict[str, Any] = {"line": line, "tag": tag, "loaded": True, "received": False}
    decision.put.setdefault("line_package", []).append(row)
