"""What other programs take along: chains as graphs, registers of any length, the feed of changes."""

import csv
import io
from collections.abc import Iterator

from flask import Response

from zerowaste.errors import Refusal
from zerowaste.graph.export import Attributes, graphml
from zerowaste.services.queries.chains import ChainView, chain
from zerowaste.services.reporting.feed import feed
from zerowaste.services.reporting.national import national_form
from zerowaste.services.reporting.registers import RegisterKind, page_of
from zerowaste.vocabulary import Role
from zerowaste.web.paging import cursor_at, number_after, register_after, register_place
from zerowaste.web.paging import page as cut
from zerowaste.web.schemas.interchange import (
    FeedItem,
    FeedQuery,
    FeedReply,
    NationalReply,
    RegisterItem,
    RegisterQuery,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, Media, NoQuery, Reply, Views

OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
GRAPHML, CSV = "application/graphml+xml", "text/csv; charset=utf-8"
views = Views("interchange")


@views.get("/manifests/<ref>/chain.graphml", allow=EVERY_ROLE, replies={200: Media(GRAPHML)})
def draw_chain(call: Call[None, NoQuery], ref: str) -> Response:
    """A chain for networkx and Gephi: the same nodes and grams as `/chain`, and no more for anybody."""
    found = chain(call.session, call.service.law, call.actor, ref, now=call.now)
    nodes: dict[int, Attributes] = {
        node.id: {
            "kind": str(node.kind), "part": node.part, "place": node.place or "", "name": node.name,
            "holder": node.holder, "waste_code": node.waste_code, "operation": node.operation,
            "mass_g": node.mass_g, "left_g": node.left_g, "since": node.since.isoformat(),
            "manifest": node.manifest or "",
        }
        for node in found.nodes
    }  # fmt: skip
    edges: list[tuple[int, int, Attributes]] = [
        (edge.origin, edge.target,
         {"mass_g": edge.mass_g, "at": edge.at.isoformat(), "basis": str(edge.basis)})
        for edge in found.edges
    ]  # fmt: skip
    return _file(graphml(nodes, edges), GRAPHML, f"chain-{ref}.graphml")


@views.get("/manifests/<ref>/chain.csv", allow=EVERY_ROLE, replies={200: Media(CSV)})
def list_edges(call: Call[None, NoQuery], ref: str) -> Response:
    """A chain for a Sankey tool: `source,target,type,value`; values in grams."""
    found = chain(call.session, call.service.law, call.actor, ref, now=call.now)
    return _file("".join(_edges(found)).encode(), CSV, f"chain-{ref}.csv")


def _edges(found: ChainView) -> Iterator[str]:
    names = {node.id: f"{node.place or node.part} #{node.id}" for node in found.nodes}
    kinds = {node.id: str(node.kind) for node in found.nodes}
    yield "source,target,type,value\n"
    for edge in found.edges:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerow(
            [names[edge.origin], names[edge.target], kinds[edge.target], edge.mass_g]
        )
        yield written.getvalue()


@views.get(
    "/registers/<kind>",
    allow=EVERY_ROLE - {Role.DRIVER},
    query=RegisterQuery,
    replies={200: Page[RegisterItem]},
)
def list_register(call: Call[None, RegisterQuery], kind: str) -> Reply:
    """A register of yours, or of your region: outgoing, incoming, transported or treated; oldest first.

    Whole, as CSV or XLSX: the page `/registers`."""
    query = call.query
    found = page_of(
        call.session, call.actor, register_kind(kind), query.wanted(call.now), limit=query.limit + 1,
        after=register_after(query.cursor),
    )  # fmt: skip
    items, following = cut(found, query, register_place)
    return Reply(200, Page[RegisterItem](items=[RegisterItem.of(each) for each in items], next=following))


@views.get("/feed", allow=OVERSEERS, query=FeedQuery, replies={200: FeedReply})
def follow(call: Call[None, FeedQuery]) -> Reply:
    """What has happened in your region, in the order in which it was sealed: every event once, none missed.

    Keep `next` and ask again with it; an empty answer says that there is nothing new. Events come with
    the next seal (`flask tick`), which is minutes after they happened."""
    query = call.query
    after = number_after(query.cursor) or 0
    found = feed(
        call.session, call.actor, after=after, limit=query.limit, stream=query.stream, region=query.region
    )
    items = [FeedItem.of(each) for each in found.items]
    reply = FeedReply(items=items, more=found.more, next=cursor_at(str(found.position)))
    return Reply(200, reply)


@views.get("/manifests/<ref>/national", allow=EVERY_ROLE, replies={200: NationalReply})
def tell_nationally(call: Call[None, NoQuery], ref: str) -> Reply:
    """A manifest in the national interface's field names, to be typed in or compared there.

    This service is not connected to the national system."""
    return Reply(200, NationalReply(fields=national_form(call.session, call.service.law, call.actor, ref)))


def register_kind(kind: str) -> RegisterKind:
    """The register of that name. Raises `not_found`."""
    try:
        return RegisterKind(kind)
    except ValueError:
        raise Refusal("not_found") from None


def _file(content: bytes, media: str, name: str) -> Response:
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
