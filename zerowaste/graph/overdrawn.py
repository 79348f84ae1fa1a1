"""Papers whose limit was passed: quotas of which more is taken than they grant."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.models.conditions import OVERDRAWN_QUOTA
from zerowaste.models.tables import ORGANISATION, PERMIT, QUOTA, SITE, TERM
from zerowaste.vocabulary import Instrument, Period, Unit


class Overdrawn(NamedTuple):
    """One limit of one paper in one window of days; amounts in `unit` (grams or litres)."""

    quota: int
    instrument: Instrument
    number: str
    stream: str
    pattern: str
    period: Period
    starts: date
    site: str
    holder: str
    unit: Unit
    limit: int
    hard_limit: int
    taken: int


def overdrawn(session: Session) -> list[Overdrawn]:
    """All of them, by paper and day."""
    rows = session.execute(
        select(
            QUOTA.c.id, PERMIT.c.kind, PERMIT.c.number, TERM.c.stream, TERM.c.pattern, QUOTA.c.period,
            QUOTA.c.starts, func.coalesce(SITE.c.code, ""), ORGANISATION.c.name, QUOTA.c.unit,
            QUOTA.c.limit_g, QUOTA.c.hard_limit_g, QUOTA.c.used_g + QUOTA.c.reserved_g,
        )
        .select_from(
            QUOTA.join(TERM, TERM.c.id == QUOTA.c.term_id)
            .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
            .join(ORGANISATION, ORGANISATION.c.id == PERMIT.c.organisation_id)
            .outerjoin(SITE, SITE.c.id == QUOTA.c.site_id)
        )
        .where(OVERDRAWN_QUOTA)
        .order_by(PERMIT.c.number, QUOTA.c.starts, QUOTA.c.id)
    )  # fmt: skip
    return [
        Overdrawn(quota, Instrument(kind), number, stream, pattern, Period(period), starts, site, holder,
                  Unit(unit), *amounts)
        for quota, kind, number, stream, pattern, period, starts, site, holder, unit, *amounts in rows
    ]  # fmt: skip
