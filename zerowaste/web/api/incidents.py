"""Incidents: told by a site, seen by its authority."""

from zerowaste.errors import Refusal
from zerowaste.services.acts.incidents import WORKERS, end, incidents_of, report
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.web.schemas.incidents import IncidentBody, IncidentEndBody, IncidentItem, IncidentReply
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Reply, Views

views = Views("incidents")
MADE = {200: IncidentReply, 201: IncidentReply}


@views.post("/sites/<code>/incidents", allow=WORKERS, body=IncidentBody, replies=MADE, refusals=(409,))
def report_incident(call: Call[IncidentBody, NoQuery], code: str) -> Reply:
    """Tell the authority at once of a spill, a fire or a standstill at a site of yours.

    With `stops` no load can be filed for the site until the incident is ended."""
    told = report(call.desk(), call.body.request(code))
    return Reply(201 if told.created else 200, IncidentReply(id=told.incident))


@views.post("/sites/<code>/incidents/<ref>/end", allow=WORKERS, body=IncidentEndBody, replies=MADE,
            refusals=(409,))  # fmt: skip
def end_incident(call: Call[IncidentEndBody, NoQuery], code: str, ref: str) -> Reply:
    """Tell that an incident is over."""
    incident = as_uuid(ref)
    if incident is None:
        raise Refusal("not_found")
    told = end(call.desk(), call.body.request(code, incident))
    return Reply(201 if told.created else 200, IncidentReply(id=told.incident))


@views.get("/incidents", allow=EVERY_ROLE, replies={200: Page[IncidentItem]})
def list_incidents(call: Call[None, NoQuery]) -> Reply:
    """The latest fifty at your sites or in your region; `next` is always null."""
    found = incidents_of(call.session, call.actor)
    items = [IncidentItem(**each._asdict()) for each in found]
    return Reply(200, Page[IncidentItem](items=items, next=None))
