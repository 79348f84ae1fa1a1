"""The directory of sites: who there is, for whoever may see them, and who has room for what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, tuple_

from zerowaste.clock import local_day
from zerowaste.models.conditions import MADE_HOLDING
from zerowaste.models.tables import (
    HOLDING,
    PERMIT,
    QUOTA,
    SITE,
    TERM,
)
from zerowaste.rules import permits, quotas
from zerowaste.rules.access import Actor
from zerowaste.rules.parties import Paper, Place, Term
from zerowaste.rules.permits import Wanted
from zerowaste.services.desk import Desk
from zerowaste.services.regions import seen_by
from zerowaste.vocabulary import Instrument, Role, SiteKind, Unit

RECEIVERS = (SiteKind.TRANSFER, SiteKind.FACILITY)


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """Which sites are wanted; None: any. `q`: part of a code or name."""

    kind: SiteKind | None = None
    stream: str | None = None
    waste_code: str | None = None
    operation: str | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class SiteFound:
    """A site, the least room its permit leaves today for what was asked (None: no limit), and the lowest
    and highest price it publishes for a tonne of that: it may do several things with it (None: none)."""

    place: Place
    left_g: int | None = None
    price_fen: int | None = None
    highest_price_fen: int | None = None


def find_sites(desk: Desk, wanted: SiteSearch, *, after: str, limit: int) -> list[SiteFound]:
    """Up to `limit` sites that the actor may see, by code, beginning after the code `after`."""
    day = local_day(desk.now)
    conditions = [_visible(desk.actor), *_conditions(wanted, day)]
    found: list[tuple[SiteFound, list[tuple[Paper, Term]]]] = []
    while len(found) < limit:
        ids = desk.session.execute(
            select(SITE.c.id, SITE.c.code)
            .where(SITE.c.code > after, *conditions)
            .order_by(SITE.c.code)
            .limit(limit)
        ).all()
        for row in ids:
            match = _match(desk, desk.register.place(row.id), wanted, day)
            if match is not None and len(found) < limit:
                found.append(match)
        if len(ids) < limit:
            break
        after = ids[-1].code
    return _with_room(desk, found, day) if wanted.waste_code else [site for site, _ in found]


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Receivers are public (their permits are); producers only to themselves and who oversees them."""
    return or_(SITE.c.kind.in_(RECEIVERS), seen_by(actor, SITE))


def _conditions(wanted: SiteSearch, day: date) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield SITE.c.kind == wanted.kind
    if wanted.q:
        columns = (SITE.c.code, SITE.c.name, SITE.c.name_en)
        yield or_(*(column.icontains(wanted.q, autoescape=True) for column in columns))
    if wanted.operation:
        yield SITE.c.kind.in_(RECEIVERS)
    if wanted.stream or wanted.waste_code:
        yield or_(
            and_(SITE.c.kind.in_(RECEIVERS), _permitted(wanted, day)),
            and_(SITE.c.kind == SiteKind.PRODUCER, _produces(wanted, day)),
        )


def _permitted(wanted: SiteSearch, day: date) -> ColumnElement[bool]:
    """A receiver with a valid permit for the stream; its codes are compared row by row later.

    What lies outside the city needs no permit of ours."""
    streams = ["", wanted.stream] if wanted.stream else None
    return or_(SITE.c.outside, _paper([Instrument.PERMIT], streams, day))


def _produces(wanted: SiteSearch, day: date) -> ColumnElement[bool]:
    """A producer that has had such waste, or has a plan or approval for the stream."""
    had = [HOLDING.c.site_id == SITE.c.id]
    if wanted.stream:
        had.append(HOLDING.c.stream == wanted.stream)
    if wanted.waste_code:
        had.append(HOLDING.c.waste_code == wanted.waste_code)
    planned = (
        _paper([Instrument.PLAN, Instrument.APPROVAL], [wanted.stream], day)
        if wanted.stream and not wanted.waste_code
        else false()
    )
    return or_(exists().where(MADE_HOLDING, *had), planned)


def _paper(
    kinds: Sequence[Instrument], streams: Sequence[str | None] | None, day: date
) -> ColumnElement[bool]:
    conditions = [
        PERMIT.c.organisation_id == SITE.c.organisation_id,
        or_(PERMIT.c.site_id.is_(None), PERMIT.c.site_id == SITE.c.id),
        PERMIT.c.kind.in_(kinds),
        PERMIT.c.suspended.is_(False),
        PERMIT.c.valid_from <= day,
        PERMIT.c.valid_to >= day,
        TERM.c.permit_id == PERMIT.c.id,
    ]
    if streams is not None:
        conditions.append(TERM.c.stream.in_(streams))
    return exists().where(*conditions)


def _match(
    desk: Desk, place: Place, wanted: SiteSearch, day: date
) -> tuple[SiteFound, list[tuple[Paper, Term]]] | None:
    """The site with the terms that cover what is wanted; None where none do."""
    asks = bool(wanted.waste_code or wanted.operation)
    overseer = desk.actor.role in (Role.REGULATOR, Role.ADMINISTRATOR)
    if not asks or place.kind is SiteKind.PRODUCER or (place.outside and overseer):
        return SiteFound(place), []
    covering = list(_covering(desk, place, wanted, day))
    prices = [term.price_fen for _, term in covering if term.price_fen is not None]
    if not covering:
        return None
    lowest, highest = min(prices, default=None), max(prices, default=None)
    return SiteFound(place, price_fen=lowest, highest_price_fen=highest), covering


def _covering(desk: Desk, place: Place, wanted: SiteSearch, day: date) -> Iterator[tuple[Paper, Term]]:
    kind, papers = _deciding(desk, place)
    operation = wanted.operation or ""
    if not wanted.waste_code:
        yield from permits.by_operation(papers, wanted.stream, operation, day)
        return
    streams = [wanted.stream] if wanted.stream else sorted({s.code for s in desk.law.streams})
    for stream in streams:
        waste = desk.law.catalogue.waste(stream, wanted.waste_code, on=day)
        if waste is not None:
            asked = Wanted(stream, waste, operation, day, place.id)
            yield from permits.covering(papers, kind, asked)


def _deciding(desk: Desk, place: Place) -> tuple[Instrument, list[Paper]]:
    """The papers that decide whether a load may go there: the receiver's permits; beyond the city,
    where permits are not ours to know, the consents of the one who asks (HW-XPROV)."""
    if not place.outside:
        return Instrument.PERMIT, [p for p in desk.register.papers(place) if p.kind is Instrument.PERMIT]
    own = (paper for holder in sorted(desk.actor.organisations) for paper in desk.register.papers_of(holder))
    named = [p for p in own if p.kind is Instrument.CONSENT and p.counterpart_id in (None, place.id)]
    return Instrument.CONSENT, named


def _with_room(
    desk: Desk, found: Sequence[tuple[SiteFound, list[tuple[Paper, Term]]]], day: date
) -> list[SiteFound]:
    """Each site with the room left; one look at the quotas for all. A quota nobody has charged yet
    has no row, and all its room."""
    windows = {
        (site.place.id, quotas.window(term, paper, day)): (paper, term)
        for site, covering in found
        for paper, term in covering
        if term.limit is not None and term.unit is Unit.GRAM
    }
    keys = [(window.term, window.starts) for _, window in windows]
    rows = desk.session.execute(select(QUOTA).where(tuple_(QUOTA.c.term_id, QUOTA.c.starts).in_(keys))).all()
    taken = {(row.term_id, row.starts): row.reserved_g + row.used_g for row in rows}
    room: dict[int, int] = {}
    for (site_id, window), (_, term) in windows.items():
        left = max(0, (term.limit or 0) - taken.get((window.term, window.starts), 0))
        room[site_id] = min(left, room.get(site_id, left))
    return [replace(site, left_g=room.get(site.place.id)) for site, _ in found]
