"""Incidents: reported at once by who works at a site, seen by who oversees it, ended with a second word.

Law: 法典 540 (whoever causes an incident tells the authority at once); 医疗废物管理条例 13."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import EVENT, INCIDENT, PRIVATE, SITE
from zerowaste.rules import dues
from zerowaste.rules.access import Actor
from zerowaste.rules.decision import Decision
from zerowaste.rules.parties import Place
from zerowaste.rules.state import Findings
from zerowaste.services.acts.lots import lock_site
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act
from zerowaste.services.desk import Desk
from zerowaste.services.regions import seen_by
from zerowaste.vocabulary import IncidentKind, Role

REPORTED, ENDED = "incident", "incident_over"
WORKERS = (Role.PRODUCER, Role.FACILITY)


@dataclass(frozen=True, slots=True)
class IncidentRequest:
    """What happened. `stops`: the site takes nothing in until it is over. `body`: as it was sent."""

    id: UUID
    site: str
    kind: IncidentKind
    stops: bool
    at: datetime
    note: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EndRequest:
    """That it is over."""

    id: UUID
    site: str
    incident: UUID
    at: datetime
    note: str
    body: Mapping[str, Any]


class Told(NamedTuple):
    """The incident, and whether this very request told of it (False: it was told before)."""

    incident: UUID
    created: bool


class IncidentListed(NamedTuple):
    """An incident as who may see it sees it."""

    id: UUID
    site: str
    kind: IncidentKind
    stops: bool
    at: datetime
    ended_at: datetime | None
    note: str


def report(desk: Desk, request: IncidentRequest) -> Told:
    """Tell of an incident at one's own site. Raises `not_found`, `forbidden`, `invalid`, `id_reused`."""
    place = _own(desk, request.site)
    act = _act(desk, request.id, REPORTED, request.at, request.body, request.note)
    chain = lock_site(desk.session, place.code)
    if ledger.repeated(ledger.find(desk.session, request.id), act, "site", place.code):
        return Told(request.id, False)
    _not_in_future(desk, request.at)
    row = {"id": request.id, "site_id": place.id, "kind": request.kind, "stops": request.stops,
           "at": request.at, "ended_at": None}  # fmt: skip
    ledger.append(desk.session, chain, act, Decision(put={"incident": [row]}), now=desk.now)
    ledger.notify(desk.session, request.id, None, [REPORTED], now=desk.now)
    return Told(request.id, True)


def end(desk: Desk, request: EndRequest) -> Told:
    """Tell that an incident is over. Raises `not_found`, `forbidden`, `invalid`, `incident_ended`."""
    place = _own(desk, request.site)
    act = _act(desk, request.id, ENDED, request.at, request.body, request.note)
    chain = lock_site(desk.session, place.code)
    if ledger.repeated(ledger.find(desk.session, request.id), act, "site", place.code):
        return Told(request.incident, False)
    row = desk.session.execute(
        select(INCIDENT).where(INCIDENT.c.id == request.incident, INCIDENT.c.site_id == place.id)
    ).one_or_none()
    if row is None:
        raise Refusal("not_found")
    if row.ended_at is not None:
        raise Refusal("incident_ended")
    _not_in_future(desk, request.at)
    if request.at < row.at:
        raise Refusal("invalid", Problem("ends_before_it_began", "at"))
    over = {"id": request.incident, "ended_at": request.at}
    ledger.append(desk.session, chain, act, Decision(set={"incident": [over]}), now=desk.now)
    ledger.notify(desk.session, request.id, None, [ENDED], now=desk.now)
    return Told(request.incident, True)


def incidents_of(session: Session, actor: Actor, *, site: str | None = None, lasting: bool = False,
                 limit: int = 50) -> Sequence[IncidentListed]:  # fmt: skip
    """Incidents at the actor's own sites or in his region, the latest first. `site`: only there;
    `lasting`: only those that are not over."""
    statement = (
        select(INCIDENT, SITE.c.code, PRIVATE.c.text.label("private"))
        .join(SITE, SITE.c.id == INCIDENT.c.site_id)
        .join(EVENT, EVENT.c.id == INCIDENT.c.id)
        .outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(seen_by(actor, SITE))
    )
    if site is not None:
        statement = statement.where(SITE.c.code == site)
    if lasting:
        statement = statement.where(INCIDENT.c.ended_at.is_(None))
    rows = session.execute(statement.order_by(INCIDENT.c.at.desc(), INCIDENT.c.id).limit(limit))
    return [
        IncidentListed(
            row.id, row.code, IncidentKind(row.kind), row.stops, row.at, row.ended_at,
            json.loads(row.private).get("note", "") if row.private else "",
        )
        for row in rows
    ]  # fmt: skip


def refuse_stopped(desk: Desk, receiver: Place, found: Findings) -> None:
    """A site that stands still takes no new load."""
    since = desk.books.stopped_since(receiver.id)
    if since is not None:
        found.error("site_stopped", "consignee", site=receiver.code, since=since)


def _own(desk: Desk, code: str) -> Place:
    place = desk.register.place_called(code)
    if place is None:
        raise Refusal("not_found")
    if desk.actor.role not in WORKERS or place.id not in desk.actor.sites:
        raise Refusal("forbidden")
    return place


def _not_in_future(desk: Desk, at: datetime) -> None:
    if at > desk.now + dues.CLOCK_SKEW:
        raise Refusal("invalid", Problem("at_in_future", "at"))


def _act(desk: Desk, identity: UUID, kind: str, at: datetime, body: Mapping[str, Any], note: str) -> Act:
    return Act(
        id=identity, kind=kind, at=at, actor=desk.actor.login, role=desk.actor.role, body=body,
        credential=desk.actor.credential, private={"note": note} if note else None,
    )  # fmt: skip
