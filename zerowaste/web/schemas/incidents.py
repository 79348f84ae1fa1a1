"""Incidents at a site."""

from datetime import datetime

from zerowaste.services.acts.incidents import EndRequest, IncidentRequest
from zerowaste.vocabulary import IncidentKind
from zerowaste.web.schemas.base import Answer, Id, Moment, Note, Request


class IncidentBody(Request):
    """What happened. `stops`: the site takes nothing in until it is over."""

    id: Id
    kind: IncidentKind
    at: Moment
    stops: bool = False
    note: Note = ""

    def request(self, site: str) -> IncidentRequest:
        """As services take it."""
        return IncidentRequest(
            id=self.id, site=site, kind=self.kind, stops=self.stops, at=self.at, note=self.note,
            body=self.as_act("id", "note"),
        )  # fmt: skip


class IncidentEndBody(Request):
    """That it is over."""

    id: Id
    at: Moment
    note: Note = ""

    def request(self, site: str, incident: Id) -> EndRequest:
        """As services take it."""
        body = {**self.as_act("id", "note"), "incident": str(incident)}
        return EndRequest(id=self.id, site=site, incident=incident, at=self.at, note=self.note, body=body)


class IncidentReply(Answer):
    id: Id


class IncidentItem(Answer):
    """An incident; `ended_at` null: it lasts."""

    id: Id
    site: str
    kind: IncidentKind
    stops: bool
    at: datetime
    ended_at: datetime | None
    note: str
