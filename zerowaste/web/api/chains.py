"""Chains, and what is not closed: where every gram is, since when, and whose turn it is."""

import json

from flask import Response

from zerowaste.documents.evidence import evidence_pack
from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import Language
from zerowaste.services.history.evidence_packs import sealed_events
from zerowaste.services.history.seal_proofs import prove_events
from zerowaste.services.queries.chains import ChainView, EdgeEntry, NodeEntry, OpenEntry, chain
from zerowaste.services.queries.manifests import visible
from zerowaste.services.queries.papers import manifest_paper
from zerowaste.services.queries.papers_sheet import sheet_of
from zerowaste.services.queries.unclosed import Unclosed, unclosed
from zerowaste.web.api.loads import keys_of
from zerowaste.web.schemas.chains import (
    ChainEdge,
    ChainNode,
    ChainReply,
    OpenPart,
    UnclosedItem,
    UnclosedQuery,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.schemas.seals import InclusionReply
from zerowaste.web.views import EVERY_ROLE, Call, Media, NoQuery, Reply, Views

ZIP = "application/zip"
PAPER_LANGUAGES: tuple[Language, ...] = ("zh", "en")
views = Views("chains")


@views.get("/manifests/<ref>/chain", allow=EVERY_ROLE, replies={200: ChainReply})
def show_chain(call: Call[None, NoQuery], ref: str) -> Reply:
    """Is this chain closed? If not: where is every gram, who holds it, since and until when.

    `origin_g = closed_g + open_g + outside_g + variance_g`, to the gram. Of a mixed batch a party sees
    its own share."""
    found = chain(call.session, call.service.law, call.actor, ref, now=call.now)
    return Reply(200, _reply(found))


@views.get("/manifests/<ref>/evidence.zip", allow=EVERY_ROLE, replies={200: Media(ZIP)})
def pack_evidence(call: Call[None, NoQuery], ref: str) -> Response:
    """A chain's evidence in one file: the papers, the chain, its events with their hashes, the public keys,
    and a program that checks them with nothing else.

    A party gets the events of its own manifest, a regulator those of every manifest and treatment on
    the way."""
    desk = call.desk()
    found = chain(call.session, call.service.law, call.actor, ref, now=call.now)
    row = visible(call.session, call.actor, ref)
    url = call.service.manifest_url(row.id)
    papers: dict[str, bytes] = {
        "chain.json": _reply(found).model_dump_json(indent=1, by_alias=True).encode(),
        "keys.json": keys_of(call.service).model_dump_json(indent=1).encode(),
    }
    for words in PAPER_LANGUAGES:
        sheet = sheet_of(desk, str(row.id), words, url)
        papers[f"manifest-{words}.pdf"] = manifest_pdf(manifest_paper(sheet), words)
    events = sealed_events(desk, ref, found)
    proofs = prove_events(call.session, {each.id: each.hash for each in events})
    told = [InclusionReply.of(proof).model_dump(mode="json") for proof in proofs]
    papers["seals.json"] = json.dumps(told, indent=1).encode()
    content = evidence_pack(events, papers)
    answer = Response(content, content_type=ZIP)
    name = f"evidence-{row.number or 'draft'}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _reply(found: ChainView) -> ChainReply:
    return ChainReply(
        settled=found.settled,
        treated=found.treated,
        closed=found.closed,
        declared_g=found.declared_g,
        released_g=found.released_g,
        origin_g=found.origin_g,
        closed_g=found.closed_g,
        open_g=found.open_g,
        outside_g=found.outside_g,
        variance_g=found.variance_g,
        open=[_open(entry) for entry in found.open],
        nodes=[_node(entry) for entry in found.nodes],
        edges=[_edge(entry) for entry in found.edges],
        truncated=found.truncated,
        unfollowed_g=found.unfollowed_g,
    )


def _open(entry: OpenEntry) -> OpenPart:
    return OpenPart(
        holding=entry.holding,
        kind=entry.kind,
        place=entry.place,
        holder=entry.holder,
        waste_code=entry.waste_code,
        mass_g=entry.mass_g,
        promised_g=entry.promised_g,
        since=entry.since,
        due_at=entry.due_at,
    )


def _node(entry: NodeEntry) -> ChainNode:
    return ChainNode(
        id=entry.id,
        kind=entry.kind,
        part=entry.part,
        place=entry.place,
        name=entry.name,
        holder=entry.holder,
        waste_code=entry.waste_code,
        operation=entry.operation,
        mass_g=entry.mass_g,
        left_g=entry.left_g,
        total_g=entry.total_g,
        since=entry.since,
        manifest=entry.manifest,
    )


def _edge(entry: EdgeEntry) -> ChainEdge:
    return ChainEdge(
        origin=entry.origin, target=entry.target, mass_g=entry.mass_g, at=entry.at, basis=entry.basis
    )


@views.get("/audit/unclosed", allow=EVERY_ROLE, query=UnclosedQuery, replies={200: Page[UnclosedItem]})
def list_unclosed(call: Call[None, UnclosedQuery]) -> Reply:
    """What is not closed, the most urgent first: yours to act on, or in your region.

    One item a holding, however many chains wait for it."""
    query = call.query
    found = unclosed(
        call.session,
        call.actor,
        now=call.now,
        stream=query.stream,
        region=query.region,
        older_than=query.older_than,
        holder=query.holder,
        overdue=query.overdue,
        cursor=query.cursor,
        limit=query.limit,
    )
    return Reply(200, Page[UnclosedItem](items=[_unclosed(item) for item in found.items], next=found.next))


def _unclosed(item: Unclosed) -> UnclosedItem:
    return UnclosedItem(
        holding=item.holding,
        kind=item.kind,
        place=item.place,
        holder=item.holder,
        waste_code=item.waste_code,
        mass_g=item.mass_g,
        since=item.since,
        due_at=item.due_at,
        overdue=item.overdue,
        chains=item.chains,
        chains_exact=item.chains_exact,
    )
