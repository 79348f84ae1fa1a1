"""Who has room: what a receiver may still take, and which receivers could take a load."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from zerowaste.clock import local_day
from zerowaste.errors import Refusal
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, PERMIT, SITE, TERM
from zerowaste.rules import permits, quotas
from zerowaste.rules.catalogue import WasteCode
from zerowaste.rules.parties import Paper, Place, Term
from zerowaste.rules.permits import Wanted
from zerowaste.rules.quotas import Counter
from zerowaste.services.desk import Desk
from zerowaste.vocabulary import Instrument, Period, SiteKind


@dataclass(frozen=True, slots=True)
class Offer:
    """A receiver whose permit covers the waste, and what room it has; `reason`: fits, or what is short."""

    place: Place
    left_g: int | None
    reason: str


def offers(desk: Desk, stream: str, waste: WasteCode, day: date, mass_g: int) -> list[Offer]:
    """Receivers that may take this waste on that day, those with room first, most room first."""
    ids = desk.session.execute(
        select(SITE.c.id)
        .join(PERMIT, PERMIT.c.organisation_id == SITE.c.organisation_id)
        .join(TERM, TERM.c.permit_id == PERMIT.c.id)
        .where(
            SITE.c.kind != SiteKind.PRODUCER,
            PERMIT.c.kind == Instrument.PERMIT,
            TERM.c.stream.in_(["", stream]),
            (PERMIT.c.site_id.is_(None)) | (PERMIT.c.site_id == SITE.c.id),
        )
        .distinct()
    ).scalars()
    found = []
    for site_id in ids:
        place = desk.register.place(site_id)
        wanted = Wanted(stream, waste, "", day, site_id)
        covering = permits.covering(desk.register.papers(place), Instrument.PERMIT, wanted)
        if covering:
            left = left_of(desk, covering, day)
            reason = "room" if left is None or left >= mass_g else "short"
            found.append(Offer(place, left, reason))
    return sorted(found, key=lambda o: (o.reason != "room", -(o.left_g or 10**15), o.place.code))


def left_of(desk: Desk, covering: Iterable[tuple[Paper, Term]], day: date) -> int | None:
    """The least room in grams among the limited terms; None where nothing is limited."""
    limited = [
        (paper, term, quotas.window(term, paper, day)) for paper, term in covering if term.limit is not None
    ]
    rooms = [counter.left for counter in desk.register.glimpse(limited) if counter.term.unit == "g"]
    return min(rooms) if rooms else None


@dataclass(frozen=True, slots=True)
class CapacityView:
    """What a site may take, in its own words: its quotas now, its stock, its storage limit."""

    quotas: Sequence[Counter]
    stock_g: int
    storage_limit_g: int | None


def capacity_of(desk: Desk, code: str) -> CapacityView:
    """The capacity of a receiver today; of a producer's site only for those who work there or oversee
    it. Raises `not_found`."""
    place = desk.register.place_called(code)
    if place is None or not (
        not place.generates or place.id in desk.actor.sites or desk.actor.oversees(place.street)
    ):
        raise Refusal("not_found")
    day = local_day(desk.now)
    limited = [
        (paper, term, quotas.window(term, paper, day))
        for paper in desk.register.papers(place)
        if paper.valid_on(day)
        for term in paper.terms
        if term.limit is not None
    ]
    counters = desk.register.glimpse(limited)
    stock = desk.session.execute(
        select(func.coalesce(func.sum(HOLDING.c.grams), 0)).where(HOLDING.c.site_id == place.id, OPEN_HOLDING)
    ).scalar_one()
    limits = [c.term.limit or 0 for c in counters if c.term.period is Period.LEVEL]
    return CapacityView(counters, int(stock), sum(limits) if limits else None)
