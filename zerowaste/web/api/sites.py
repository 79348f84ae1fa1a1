"""A site's waste: lots registered and lying there, and how much more it may take."""

from zerowaste.rules.quotas import Counter
from zerowaste.services.acts.corrections import correct_lot
from zerowaste.services.acts.lots import list_lots, register_lot
from zerowaste.services.room.offers import capacity_of
from zerowaste.vocabulary import Instrument, Role
from zerowaste.web.api.notices import told
from zerowaste.web.paging import lot_after, lot_place, page
from zerowaste.web.schemas.lots import (
    CapacityReply,
    CorrectionBody,
    CorrectionReply,
    LotBody,
    LotItem,
    LotQuery,
    LotReply,
    QuotaItem,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

views = Views("sites")


@views.post("/sites/<code>/lots", allow=[Role.PRODUCER], body=LotBody, replies={200: LotReply, 201: LotReply})
def register_a_lot(call: Call[LotBody, NoQuery], code: str) -> Reply:
    """Register waste made and stored at a site of yours. A manifest then draws on it by its number.

    The same id again answers 200 as the first time."""
    registered = register_lot(call.desk(), call.body.request(code))
    reply = LotReply(id=registered.event, lot=registered.lot, warnings=told(registered.warnings))
    return Reply(201 if registered.created else 200, reply)


@views.post(
    "/sites/<code>/corrections", allow=[Role.PRODUCER], body=CorrectionBody,
    replies={200: CorrectionReply, 201: CorrectionReply},
)  # fmt: skip
def correct_a_lot(call: Call[CorrectionBody, NoQuery], code: str) -> Reply:
    """Put the mass of a lot right that was registered wrongly. What has left it, or is promised, stays."""
    done = correct_lot(call.desk(), call.body.request(code))
    reply = CorrectionReply(
        id=done.id, lot=done.lot, was_g=done.was_g, mass_g=done.mass_g, left_g=done.left_g
    )
    return Reply(201 if done.created else 200, reply)


@views.get("/sites/<code>/lots", allow=EVERY_ROLE, query=LotQuery, replies={200: Page[LotItem]})
def list_lots_of_a_site(call: Call[None, LotQuery], code: str) -> Reply:
    """What lies on a site, the oldest first: lots, and refused loads that wait at its gate."""
    query = call.query
    found = list_lots(
        call.desk(), code, query.waste_code, stream=query.stream, after=lot_after(query.cursor),
        limit=query.limit + 1,
    )  # fmt: skip
    items, following = page(found, query, lot_place)
    listed = [
        LotItem(
            lot=lot.id,
            id=lot.registered,
            kind=lot.kind,
            stream=lot.stream,
            waste_code=lot.waste_code,
            mass_g=lot.grams,
            held_g=lot.held_g,
            since=lot.since,
            due_at=lot.due_at,
        )
        for lot in items
    ]
    return Reply(200, Page[LotItem](items=listed, next=following))


@views.get("/sites/<code>/capacity", allow=EVERY_ROLE, replies={200: CapacityReply})
def show_capacity(call: Call[None, NoQuery], code: str) -> Reply:
    """What a site's papers let it take, how much of that is reserved and used, and what lies there."""
    found = capacity_of(call.desk(), code)
    reply = CapacityReply(
        quotas=[_quota(counter) for counter in found.quotas],
        stock_g=found.stock_g,
        storage_limit_g=found.storage_limit_g,
    )
    return Reply(200, reply)


def _quota(counter: Counter) -> QuotaItem:
    term = counter.term
    return QuotaItem(
        what=term.stream if term.pattern == "*" and term.stream else term.pattern,
        stream=term.stream or None,
        paper=counter.paper.kind,
        operation=term.operation,
        unit=term.unit,
        period=term.period,
        starts=counter.starts,
        to=counter.ends,
        limit_g=term.limit or 0,
        hard_limit_g=None if counter.paper.kind is Instrument.PLAN else term.hard_limit,
        reserved_g=counter.reserved,
        used_g=counter.used,
        left_g=counter.left,
    )
