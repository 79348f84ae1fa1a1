"""What other agencies take as a whole: registers, the city as one graph, manifests by national names."""

import json
from collections.abc import Iterator
from datetime import datetime

from flask import Response
from sqlmodel import Session

from zerowaste.graph.export import Attributes, graphml
from zerowaste.services.reporting.national import national_forms
from zerowaste.services.reporting.registers import Entry, entries
from zerowaste.services.reporting.ways import Way, ways
from zerowaste.vocabulary import Role
from zerowaste.web.api.interchange import CSV, GRAPHML, OVERSEERS, register_kind
from zerowaste.web.schemas.interchange import RegisterItem, Span
from zerowaste.web.streaming import Cell, csv_line, sent
from zerowaste.web.views import EVERY_ROLE, Call, Media, Views

NDJSON = "application/x-ndjson"
views = Views("exports")


@views.get("/registers/<kind>.csv", allow=EVERY_ROLE - {Role.DRIVER}, query=Span, replies={200: Media(CSV)})
def save_register(call: Call[None, Span], kind: str) -> Response:
    """A whole register of yours, or of your region, of any length; the columns are the JSON's names."""
    query, actor = call.query, call.actor
    register, wanted = register_kind(kind), query.wanted(call.now)
    return sent(
        call.service.database, lambda session: _rows(entries(session, actor, register, wanted)), CSV,
        f"{register}.csv",
    )  # fmt: skip


@views.get("/flows.csv", allow=OVERSEERS, query=Span, replies={200: Media(CSV)})
def list_flows(call: Call[None, Span]) -> Response:
    """Who sent what to whom in your region, and into which operations it went there, for a Sankey tool:
    `source,target,type,value`; sites and operations by their codes, waste codes, grams."""
    found = ways(call.session, call.actor, call.query.wanted(call.now))
    lines = [csv_line((way.source, way.target, way.waste_code, way.mass_g)) for way in found]
    return _file("".join(("source,target,type,value\n", *lines)).encode(), CSV, "flows.csv")


@views.get("/flows.graphml", allow=OVERSEERS, query=Span, replies={200: Media(GRAPHML)})
def draw_flows(call: Call[None, Span]) -> Response:
    """The same for networkx and Gephi: sites and operations, an edge for each waste between two of them."""
    nodes: dict[str, Attributes] = {}
    edges: list[tuple[str, str, Attributes]] = []
    for way in ways(call.session, call.actor, call.query.wanted(call.now)):
        nodes[way.source] = {"kind": "site", "name": way.source_name}
        nodes[way.target] = {"kind": "operation" if way.operation else "site", "name": way.target_name}
        edges.append((way.source, way.target, _edge(way)))
    return _file(graphml(nodes, edges), GRAPHML, "flows.graphml")


@views.get("/national.ndjson", allow=EVERY_ROLE, query=Span, replies={200: Media(NDJSON)})
def tell_all_nationally(call: Call[None, Span]) -> Response:
    """Every manifest you may see that was filed in these days, one a line, in the national interface's field
    names: what `/manifests/{ref}/national` tells of one."""
    query, actor, law = call.query, call.actor, call.service.law
    wanted = query.wanted(call.now)

    def lines(session: Session) -> Iterator[str]:
        for form in national_forms(session, law, actor, wanted):
            yield json.dumps(form, ensure_ascii=False) + "\n"

    return sent(call.service.database, lines, NDJSON, "national.ndjson")


def _rows(found: Iterator[Entry]) -> Iterator[str]:
    names = list(RegisterItem.model_fields)
    yield csv_line(names)
    for entry in found:
        yield csv_line([_cell(getattr(entry, name)) for name in names])


def _cell(value: Cell | datetime | None) -> Cell:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else value


def _edge(way: Way) -> Attributes:
    return {"stream": way.stream, "waste_code": way.waste_code, "times": way.times, "mass_g": way.mass_g}


def _file(content: bytes, media: str, name: str) -> Response:
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
