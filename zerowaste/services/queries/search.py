"""Search: from whatever somebody has in hand (a number, a plate, a credit code, a name) to what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from zerowaste.errors import Refusal
from zerowaste.models.tables import LEG, LINE, MANIFEST, ORGANISATION, SITE, VEHICLE
from zerowaste.services.desk import Desk
from zerowaste.services.queries.directory import SiteFound, SiteSearch, find_sites
from zerowaste.services.queries.manifest_lists import Listed, manifests_where
from zerowaste.services.queries.manifests import visible
from zerowaste.services.room.arrivals import on_plate

MOST_SITES, MOST_ENDS, MOST_MANIFESTS, MOST_LORRIES = 10, 3, 20, 5
SHORTEST_NAME = 2
LATELY = timedelta(days=30)  # how far back loads of a waste are looked for: every load has one


@dataclass(frozen=True, slots=True)
class Hits:
    """What answers to a search. `exact`: the manifest with this very number, and then nothing else."""

    exact: Any = None
    manifests: Sequence[Listed] = ()
    sites: Sequence[SiteFound] = ()
    reason: str = ""  # what the manifests were found by: plate | credit_code | waste | site


def search(desk: Desk, text: str, *, now: datetime) -> Hits:
    """What the actor may see of it: a manifest by its number, else the manifests of a vehicle, an
    organisation or a site, or the past month's with a waste, the latest first; and the sites so called."""
    wanted = text.strip()
    if not wanted:
        return Hits()
    try:
        return Hits(exact=visible(desk.session, desk.actor, wanted))
    except Refusal:
        pass
    sites = (
        find_sites(desk, SiteSearch(q=wanted), after="", limit=MOST_SITES)
        if len(wanted) >= SHORTEST_NAME
        else []
    )
    for reason, conditions in _answers(desk, wanted.upper().replace(" ", ""), sites):
        found = _latest(desk, conditions, now)
        if found:
            return Hits(manifests=found, sites=sites, reason=reason)
    return Hits(sites=sites)


def _latest(desk: Desk, conditions: Sequence[ColumnElement[bool]], now: datetime) -> Sequence[Listed]:
    """The latest for which any of these holds. Asked one by one: each has an index, all together none."""
    found = {
        each.id: each
        for condition in conditions
        for each in manifests_where(desk.session, desk.actor, condition, now=now, limit=MOST_MANIFESTS)
    }
    latest_first = sorted(found.values(), key=lambda each: (each.filed_at, each.id), reverse=True)
    return latest_first[:MOST_MANIFESTS]


def _answers(
    desk: Desk, wanted: str, sites: Sequence[SiteFound]
) -> list[tuple[str, Sequence[ColumnElement[bool]]]]:
    """How manifests may answer to it, the most exact first; what nothing is called is not looked for."""
    ends = (MANIFEST.c.consignor_id, MANIFEST.c.consignee_id)
    lorries = desk.session.scalars(select(VEHICLE.c.id).where(on_plate(wanted)).limit(MOST_LORRIES)).all()
    firm = desk.session.execute(
        select(ORGANISATION.c.id).where(ORGANISATION.c.credit_code == wanted)
    ).scalar()
    if lorries:
        return [("plate", [_carried(LEG.c.vehicle_id == lorry) for lorry in lorries])]
    if firm is not None:
        own = select(SITE.c.id).where(SITE.c.organisation_id == firm)
        return [("credit_code", [*(end.in_(own) for end in ends), _carried(LEG.c.carrier_id == firm)])]
    if any(desk.law.catalogue.waste(stream.code, wanted) for stream in desk.law.streams):
        with_it = exists().where(LINE.c.manifest_id == MANIFEST.c.id, LINE.c.waste_code == wanted)
        return [("waste", [and_(MANIFEST.c.filed_at >= desk.now - LATELY, with_it)])]
    called = [site.place.id for site in sites[:MOST_ENDS]]
    return [("site", [end == site for site in called for end in ends])]


def _carried(leg: ColumnElement[bool]) -> ColumnElement[bool]:
    return MANIFEST.c.id.in_(select(LEG.c.manifest_id).where(leg))
