"""Who should be covered, by the register: sites that make waste of a stream, and what plants may treat."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlmodel import Session

from zerowaste.models.city_days import days_between
from zerowaste.models.tables import MANIFEST, PERMIT, SITE, TERM
from zerowaste.rules.access import Actor
from zerowaste.rules.indicator_sums import Registered, Scale
from zerowaste.rules.indicators import Measure, indicators
from zerowaste.rules.regions import DIGITS
from zerowaste.rules.spans import Span, days_of_year
from zerowaste.services.regions import inside
from zerowaste.vocabulary import Instrument, Period, SiteKind, Unit

# The papers a producer holds for a stream.
PAPERS = (Instrument.PLAN, Instrument.APPROVAL, Instrument.CONSENT)
BEDDED = "medical"  # whose producers have beds


def registered(
    session: Session, actor: Actor, over: Span, collected: Mapping[str, frozenset[int]]
) -> list[Registered]:
    """Every producer of the streams whose coverage is asked for: who ever filed, holds a paper, or has
    beds. `collected`: stream → the sites from which something went in the period."""
    streams = sorted({each.by.stream for each in indicators() if each.by.measure is Measure.COVERAGE})
    found = []
    for stream in streams:
        papered = case((SITE.c.id.in_(papered_sites(stream, over)), 1), else_=0).label("papered")
        known = session.execute(producers(stream, over).where(inside(actor, SITE)).add_columns(papered))
        gone = collected.get(stream, frozenset())
        found += [
            Registered(stream, row.id, row.street[:DIGITS], row.id in gone, bool(row.papered))
            for row in known
        ]
    return found


def producers(stream: str, over: Span) -> Select[tuple[int, str, str]]:
    """The producing sites of a stream in the register: id, code, street."""
    made = or_(
        SITE.c.id.in_(ever_sent(stream)),
        SITE.c.id.in_(papered_sites(stream, over)),
        SITE.c.beds.is_not(None) if stream == BEDDED else literal(False),
    )
    return select(SITE.c.id, SITE.c.code, SITE.c.street).where(SITE.c.kind == SiteKind.PRODUCER, made)


def ever_sent(stream: str) -> Select[tuple[int]]:
    """The sites that ever filed for a stream, found by jumping from one to the next in the index: as
    many steps as there are sites, however many manifests there are."""
    first = select(func.min(MANIFEST.c.consignor_id).label("site")).where(MANIFEST.c.stream == stream)
    walk = first.cte(f"sent_{stream}", recursive=True)
    following = (
        select(func.min(MANIFEST.c.consignor_id))
        .where(MANIFEST.c.stream == stream, MANIFEST.c.consignor_id > walk.c.site)
        .scalar_subquery()
    )
    walk = walk.union_all(select(following).where(walk.c.site.is_not(None)))
    return select(walk.c.site).where(walk.c.site.is_not(None))


def papered_sites(stream: str, over: Span) -> Select[tuple[int]]:
    """The producing sites with a paper for the stream that is valid in the period."""
    return (
        select(SITE.c.id)
        .join(PERMIT, PERMIT.c.organisation_id == SITE.c.organisation_id)
        .join(TERM, TERM.c.permit_id == PERMIT.c.id)
        .where(
            SITE.c.kind == SiteKind.PRODUCER,
            PERMIT.c.kind.in_(PAPERS),
            or_(PERMIT.c.site_id.is_(None), PERMIT.c.site_id == SITE.c.id),
            TERM.c.stream == stream,
            valid(over),
        )
    )


def valid(over: Span) -> ColumnElement[bool]:
    """Papers in force on a day of the period."""
    return (PERMIT.c.valid_from < over.after) & (PERMIT.c.valid_to >= over.first) & ~PERMIT.c.suspended


def permitted_terms(over: Span) -> Select[tuple[int]]:
    """The yearly scales of plants in the city, in grams: `permit_term`, `permit`, `site`."""
    return (
        select(TERM.c.limit_g)
        .select_from(TERM)
        .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
        .join(SITE, SITE.c.id == PERMIT.c.site_id)
        .where(
            PERMIT.c.kind == Instrument.PERMIT,
            TERM.c.period == Period.YEAR,
            TERM.c.unit == Unit.GRAM,
            TERM.c.limit_g.is_not(None),
            ~SITE.c.outside,
            valid(over),
        )
    )


def scales(session: Session, actor: Actor, over: Span) -> list[Scale]:
    """What the plants of the region may treat in a year."""
    district = func.substr(SITE.c.street, 1, DIGITS)
    keys = (TERM.c.stream, district, TERM.c.operation)
    at_its_end = case((PERMIT.c.valid_to >= over.last, TERM.c.limit_g), else_=0)
    rows = session.execute(
        permitted_terms(over)
        .where(inside(actor, SITE))
        .with_only_columns(*keys, func.sum(at_its_end), func.sum(granted_g(over)))
        .group_by(*keys)
    )
    return [
        Scale(stream, where, operation, int(yearly), int(granted))
        for stream, where, operation, yearly, granted in rows
    ]


def granted_g(over: Span) -> ColumnElement[int]:
    """What of a term's yearly scale falls on the days of the period on which its paper is in force: one
    that follows another in the middle of a year adds nothing to it."""
    first = case((PERMIT.c.valid_from > over.first, PERMIT.c.valid_from), else_=over.first)
    last = case((PERMIT.c.valid_to < over.last, PERMIT.c.valid_to), else_=over.last)
    granted: ColumnElement[int] = TERM.c.limit_g * (days_between(first, last) + 1) // days_of_year(over.year)
    return granted
