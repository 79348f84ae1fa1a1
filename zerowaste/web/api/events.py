"""Acts on a manifest: pickup, handover, arrival, acceptance and all the others."""

from typing import Any

from zerowaste.rules.state import LineReport
from zerowaste.services.custody import Recorded, record_act
from zerowaste.services.requests import EventRequest, LegRequest
from zerowaste.vocabulary import Act, Verdict
from zerowaste.web.api.manifests import carriage
from zerowaste.web.api.notices import offered, told
from zerowaste.web.api.schemas.events import EventBody, EventReply, Position, Ticket, WeighedLine
from zerowaste.web.api.schemas.filing import LegBody
from zerowaste.web.problems import Refused
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

MICRO = 1_000_000
views = Views("manifests")


@views.post(
    "/manifests/<ref>/events", allow=EVERY_ROLE, body=EventBody,
    replies={200: EventReply, 201: EventReply}, refusals=(409,),
)  # fmt: skip
def record_an_act(call: Call[EventBody, NoQuery], ref: str) -> Reply | Refused:
    """Record one act on a manifest.

    Every act is kept, refused ones too (422 if the law refuses it, 409 if it is not legal now). What a
    device scanned without network (`offline`) is not refused for what it could not know: its faults come
    back as `findings`. The same id again answers 200 with the first result."""
    recorded = record_act(call.desk(), ref, _request(call.body))
    if recorded.verdict is Verdict.REFUSED:
        return Refused(recorded.code, recorded.errors, recorded.warnings)
    return Reply(201 if recorded.created else 200, _reply(recorded))


def _reply(recorded: Recorded) -> EventReply:
    return EventReply(
        id=recorded.id,
        number=recorded.number,
        verdict=recorded.verdict,
        status=recorded.status,
        warnings=told(recorded.warnings),
        findings=told(recorded.findings),
        actions=offered(recorded.actions),
    )


def _request(body: EventBody) -> EventRequest:
    leg_by: LegRequest | None = carriage(body.leg) if isinstance(body.leg, LegBody) else None
    return EventRequest(
        id=body.id,
        kind=Act(body.kind),
        at=body.at,
        # `sent_at` is the device's clock at sending: it differs each time the same act is sent again.
        body=body.as_act("id", "sent_at", "note", "position"),
        sent_at=body.sent_at,
        offline=body.offline,
        expects=body.expects,
        ticket=_ticket(body.ticket),
        evidence=tuple(body.evidence),
        lines=tuple(map(_line, body.lines)),
        leg=body.leg if isinstance(body.leg, int) else None,
        leg_by=leg_by,
        reason=body.reason or "",
        reverses=body.event,
        note=body.note,
        position=_position(body.position),
    )


def _line(line: WeighedLine) -> LineReport:
    return LineReport(
        line=line.line,
        mass_g=line.mass_g,
        received_g=line.received_g,
        accepted_g=line.accepted_g,
        refused_g=line.refused_g,
        reason=line.reason or "",
        waste_code=line.waste_code,
        basis=line.basis,
        volume_l=line.volume_l,
        tags=tuple(line.tags or ()),
    )


def _ticket(ticket: Ticket | None) -> dict[str, Any] | None:
    if ticket is None:
        return None
    known = {"number": ticket.number, "gross_g": ticket.gross_g, "tare_g": ticket.tare_g, "net_g": ticket.net}
    return {name: value for name, value in known.items() if value not in (None, "")}


def _position(position: Position | None) -> dict[str, int] | None:
    """In micro-degrees and whole metres: what is hashed holds integers only."""
    if position is None:
        return None
    told = {"lat_e6": round(position.lat * MICRO), "lon_e6": round(position.lon * MICRO)}
    if position.accuracy_m is not None:
        told["accuracy_m"] = round(position.accuracy_m)
    return told
