"""Lots: waste that lies on a site, registered by who makes it, drawn on by manifests and treatments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, SITE
from zerowaste.rules import dues
from zerowaste.rules.balance import Portion
from zerowaste.rules.decision import Decision, Move, Opening, problems_of
from zerowaste.rules.filed import FiledLine, Filing
from zerowaste.rules.mixing import Clash, incompatible
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services import naming
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.room import capacity
from zerowaste.vocabulary import Basis, HoldingKind, Source

MOST_DRAWN = 5_000  # lots that one line, or one batch, takes from


@dataclass(frozen=True, slots=True)
class LotRequest:
    """Waste registered at a producer's site; `body`: the request's own content, for the evidence."""

    id: UUID
    site: str
    waste_code: str
    mass_g: int
    basis: Basis
    at: datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Registered:
    lot: int
    created: bool
    event: UUID
    warnings: Sequence[Problem] = ()


def lock_site(session: Session, code: str) -> Chain:
    """The site's chain of events, its row locked. Raises `not_found`.

    `key_share`, here and wherever else we lock: rows that only refer to this one need not wait for it,
    and so cannot wait in a circle."""
    row = session.execute(
        select(SITE.c.events, SITE.c.head).where(SITE.c.code == code).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise Refusal("not_found")
    return Chain("site", code, row.events, row.head)


def plan_draws(desk: Desk, resolved: Filing, line: FiledLine, found: Findings) -> tuple[Portion, ...]:
    """Which lots a filed line takes from: those named, or the oldest ones of its code."""
    if line.draws:
        return _named(desk, resolved, line, found)
    if resolved.stream.default_draw == "explicit" and not resolved.consignor.generates:
        found.warn("draws_chosen_for_you", f"{line.path}.draws", line=line.number)
    portions: list[Portion] = []
    rest = line.mass_g
    for lot in desk.books.open_lots(resolved.consignor.id, line.waste_code):
        if lot.stream != resolved.stream.code:  # a code that two streams share
            continue
        free = min(lot.grams - lot.held_g, rest)
        if free > 0 and len(portions) == MOST_DRAWN:
            found.error("lots_too_many", f"{line.path}.mass_g", most=MOST_DRAWN, mass_g=line.mass_g - rest)
            break
        if free > 0:
            portions.append(Portion(lot.id, free))
            rest -= free
        if not rest:
            break
    return tuple(portions)


def _named(desk: Desk, resolved: Filing, line: FiledLine, found: Findings) -> tuple[Portion, ...]:
    ids = [draw.holding for draw in line.draws]
    rows = naming.lots_named(desk.books.holdings(ids))
    for index, draw in enumerate(line.draws):
        path = f"{line.path}.draws.{index}"
        lot = rows.get(draw.holding)
        if lot is None or not _drawable(lot, resolved.consignor.id):
            found.error("lot_unknown", f"{path}.lot", lot=draw.holding, site=resolved.consignor.code)
        elif lot.waste_code != line.waste_code:
            found.error("lot_of_other_code", f"{path}.lot", lot=lot.id,
                        waste_code=lot.waste_code, line_code=line.waste_code)  # fmt: skip
        elif lot.stream != resolved.stream.code:
            found.error("lot_of_other_stream", f"{path}.lot", lot=lot.id,
                        stream=desk.law.streams.get(lot.stream).names)  # fmt: skip
        elif draw.grams > lot.grams - lot.held_g:
            found.error("lot_short", f"{path}.mass_g", lot=lot.id, left_g=lot.grams - lot.held_g,
                        asked_g=draw.grams)  # fmt: skip
        if ids.index(draw.holding) != index:
            found.error("lot_twice", f"{path}.lot", lot=draw.holding)
    drawn = sum(draw.grams for draw in line.draws)
    if drawn > line.mass_g:
        found.error("draws_exceed_line", f"{line.path}.draws", drawn_g=drawn, mass_g=line.mass_g)
    return line.draws


def _drawable(lot: Any, site_id: int) -> bool:
    """A lot on the site, or mass refused at its gate that still waits there."""
    return bool(
        lot.site_id == site_id
        and (lot.kind == HoldingKind.LOT or (lot.kind == HoldingKind.LOAD and lot.part == "gate"))
    )


def register_lot(desk: Desk, request: LotRequest) -> Registered:
    """Register waste that a producer has made and stores (HW-POINT3 warns over 3 t at a point).

    Raises `not_found`, `forbidden`, `invalid`. The same request again gives the first answer."""
    place = desk.register.place_called(request.site)
    if place is None:
        raise Refusal("not_found")
    if not naming.may_act_for(desk, place) or not place.generates:
        raise Refusal("forbidden")
    chain = lock_site(desk.session, place.code)
    act = act_of(desk, request)
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "site", place.code):
        content = ledger.content_of(stored)
        return Registered(content["open"][0][0], False, request.id, problems_of(content.get("warnings", ())))
    decision = decide(desk, place, request)
    ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Registered(decision.opens[0].id, True, request.id, decision.warnings)


def act_of(desk: Desk, request: LotRequest) -> Act:
    return Act(
        id=request.id, kind="lot", at=request.at, actor=desk.actor.login, role=desk.actor.role,
        body=request.body, credential=desk.actor.credential,
    )  # fmt: skip


def decide(desk: Desk, place: Place, request: LotRequest) -> Decision:
    """What registering a lot books. Raises `invalid`."""
    found = Findings()
    known = desk.law.catalogue.stream_of(request.waste_code, on=local_day(request.at))
    if known is None:
        every = {"zh": "各类废物", "en": "any stream"}
        found.error("waste_code_unknown", "waste_code", waste_code=request.waste_code, stream=every)
    if request.at > desk.now + dues.CLOCK_SKEW:
        found.error("at_in_future", "at")
    if known is None or found.errors:
        raise Refusal("invalid", *found.errors)
    stream, waste = known
    stock = desk.books.stock(place.id)
    lying_g = int(sum(each.grams for each in stock if each.stream == stream.code))
    _point_limit(stream, lying_g, request.mass_g, found)
    for clash in clashes(desk, stock, waste):
        found.warn("store_apart", "waste_code", **clash._asdict())
    lot = desk.books.allot(1)[0]
    decision = Decision(warnings=found.warnings, edition=stream.edition)
    decision.opens.append(
        Opening(
            lot,
            HoldingKind.LOT,
            "lot",
            stream.code,
            waste.code,
            place.id,
            place.organisation_id,
            0,
            request.at,
            dues.producer_store(stream, request.at),
        )
    )
    decision.moves.append(Move(None, lot, request.mass_g, request.basis, Source.GENERATION))
    capacity.follow_stock(desk, decision, place)
    return decision


def _point_limit(stream: Stream, stock_g: int, mass_g: int, found: Findings) -> None:
    """HW-POINT3 (GB 18597-2023 8.3.5): a storage point holds at most three tonnes at any time."""
    limit_g = stream.point_limit_g
    if limit_g is not None and stock_g + mass_g > limit_g:
        found.warn("point_over_limit", "mass_g", stock_g=stock_g + mass_g, limit_g=limit_g)


def clashes(desk: Desk, stock: Sequence[Any], waste: WasteCode) -> list[Clash]:
    """HW-MIX: what lies on a site and must be stored apart from this waste, for they react."""
    codes = {(each.stream, each.waste_code) for each in stock}
    stored = [known for code in codes if (known := desk.law.catalogue.waste(*code)) is not None]
    return [clash for clash in incompatible([*stored, waste]) if waste.code in (clash.first, clash.second)]


def list_lots(
    desk: Desk, code: str, waste_code: str | None, *, stream: str | None = None,
    named: Collection[int] | None = None, after: tuple[datetime, int] | None, limit: int,
) -> list[Any]:  # fmt: skip
    """Waste that lies on a site, oldest first: its lots, and refused loads that wait at its gate.

    `stream`: only of this one; `named`: only those with these numbers. Rows of `holding` with
    `registered` (the id a producer registered it under, else None). Raises `not_found` where there is no
    such site or the actor neither works there nor oversees it."""
    place = desk.register.place_called(code)
    if place is None or not (place.id in desk.actor.sites or desk.actor.oversees(place.street)):
        raise Refusal("not_found")
    registered = case((HOLDING.c.part == "lot", HOLDING.c.event_id)).label("registered")
    statement = select(HOLDING, registered).where(
        HOLDING.c.site_id == place.id,
        OPEN_HOLDING,
        (HOLDING.c.kind == HoldingKind.LOT)
        | ((HOLDING.c.kind == HoldingKind.LOAD) & (HOLDING.c.part == "gate")),
    )
    if waste_code is not None:
        statement = statement.where(HOLDING.c.waste_code == waste_code)
    if stream is not None:
        statement = statement.where(HOLDING.c.stream == stream)
    if named is not None:
        statement = statement.where(HOLDING.c.id.in_(sorted(named)))
    if after is not None:
        since, lot = after
        statement = statement.where(
            (HOLDING.c.since > since) | ((HOLDING.c.since == since) & (HOLDING.c.id > lot))
        )
    return list(desk.session.execute(statement.order_by(HOLDING.c.since, HOLDING.c.id).limit(limit)))
