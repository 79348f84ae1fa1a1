"""Seals: what the history was, for everybody; and where an event stands in it, for who may see the event."""

from zerowaste.errors import Refusal
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.history.seal_proofs import prove_consistency, prove_events, visible_event
from zerowaste.services.history.sealing import seal_numbered, seals_before
from zerowaste.web.paging import number_after, page
from zerowaste.web.schemas.paging import Page
from zerowaste.web.schemas.seals import (
    ConsistencyQuery,
    ConsistencyReply,
    InclusionReply,
    SealItem,
    SealsQuery,
)
from zerowaste.web.views import EVERY_ROLE, PUBLIC, Call, NoQuery, Reply, Views

views = Views("seals")


@views.get("/seals", allow=PUBLIC, query=SealsQuery, replies={200: Page[SealItem]})
def list_seals(call: Call[None, SealsQuery]) -> Reply:
    """Every seal, the latest first. Keep what you read: whoever holds a seal can prove what came before."""
    query = call.query
    found = seals_before(call.session, number_after(query.cursor), query.limit + 1)
    items, following = page(found, query, lambda sealed: str(sealed.number))
    return Reply(200, Page[SealItem](items=[SealItem.of(each) for each in items], next=following))


@views.get("/seals/consistency", allow=PUBLIC, query=ConsistencyQuery, replies={200: ConsistencyReply},
           refusals=(404,))  # fmt: skip
def show_consistency(call: Call[None, ConsistencyQuery]) -> Reply:
    """The proof that a later history begins with an earlier one, whole and unchanged."""
    earlier, later, path = prove_consistency(call.session, call.query.earlier, call.query.later)
    return Reply(
        200, ConsistencyReply(earlier=SealItem.of(earlier), later=SealItem.of(later), path=list(path))
    )


@views.get("/seals/<int:number>", allow=PUBLIC, replies={200: SealItem})
def show_seal(call: Call[None, NoQuery], number: int) -> Reply:
    """One seal, as `flask seal --export` writes it."""
    found = seal_numbered(call.session, number)
    if found is None:
        raise Refusal("not_found")
    return Reply(200, SealItem.of(found))


@views.get("/events/<ref>/proof", allow=EVERY_ROLE, replies={200: InclusionReply})
def prove_event(call: Call[None, NoQuery], ref: str) -> Reply:
    """That an event you may see is in the sealed history; 404 `not_sealed_yet` until its seal is made."""
    event = as_uuid(ref)
    known = visible_event(call.session, call.actor, event) if event else None
    if event is None or known is None:
        raise Refusal("not_found")
    proofs = prove_events(call.session, {event: known})
    if not proofs:
        raise Refusal("not_sealed_yet")
    return Reply(200, InclusionReply.of(proofs[0]))
