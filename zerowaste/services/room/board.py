"""The capacity board: for each facility's limits what is granted, taken, promised and coming, what lies
there, how fast it fills, and for how long there is room. Seven queries, whatever there is to count, and each
only of the facilities that are shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select, true
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.models.city_days import city_day
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import (
    CHARGE,
    FLOW,
    HOLDING,
    INCIDENT,
    LINE,
    MANIFEST,
    PERMIT,
    QUOTA,
    SITE,
    TERM,
    TREATMENT,
)
from zerowaste.rules.access import Actor
from zerowaste.rules.calendar import holidays_within
from zerowaste.rules.papers_due import LANDFILL_NOTICE, LANDFILLING
from zerowaste.rules.quotas import span
from zerowaste.rules.rates import DaysLeft, Rate, days_left, rate_of
from zerowaste.services.regions import lies_in, seen_by
from zerowaste.vocabulary import Instrument, Period, SiteKind, Status, Unit

WATCHED_DAYS = 28
NOTICE_DAYS = LANDFILL_NOTICE.days
_ON_THE_WAY = (Status.FILED, Status.IN_TRANSIT, Status.ARRIVED)
Of = tuple[int, str]  # a site and a stream


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One limit of one facility. Amounts in `unit`; `coming_g` and `stock_g` are the site's of that stream.
    `intake`: what is filed against the limit a day, taken already or promised as `left` has it (of a storage
    limit: what the site takes of the stream);
    `treated`: what the site treats of the stream; both by calendar days. `days_left`: until the limit is
    reached at the present rate; `outlasts`: not before its period ends. `stopped_at`: it stands still."""

    site: str
    name: str
    name_en: str
    street: str
    stream: str
    pattern: str
    operation: str
    period: Period
    unit: Unit
    starts: date
    ends: date
    limit: int
    hard_limit: int
    used: int
    reserved: int
    coming_g: int
    stock_g: int
    intake: Rate | None
    treated: Rate | None
    days_left: DaysLeft | None
    outlasts: bool
    stopped_at: datetime | None

    @property
    def left(self) -> int:
        """What may still be taken."""
        return max(0, self.limit - self.used - self.reserved)

    @property
    def notice_due(self) -> bool:
        """A landfill that may be full within thirty days says so beforehand (CW-FULL30)."""
        for_life = self.period is Period.TERM and self.operation in LANDFILLING
        return for_life and self.may_be_full(NOTICE_DAYS)

    def may_be_full(self, days: int) -> bool:
        """Whether it may be full within so many days."""
        return self.left == 0 or (self.days_left is not None and self.days_left.earliest <= days)

    @property
    def share(self) -> float:
        """How much of it is taken or promised."""
        return (self.used + self.reserved) / self.limit if self.limit else 1.0


def board(
    session: Session, actor: Actor, *, now: datetime, stream: str | None = None, region: str | None = None
) -> Sequence[BoardRow]:
    """Every limit of the receivers the actor oversees or works at, the fullest first."""
    today = local_day(now)
    limits = session.execute(_limits(actor, today, stream, region)).all()
    sites = {row.site_id for row in limits}
    stores = {row.site_id for row in limits if row.period == Period.LEVEL}
    terms = {row.id for row in limits if row.period != Period.LEVEL}
    since = day_start(_watched_from(today))
    coming, stock, stopped = _coming(session, sites), _stock(session, sites), _stopped(session)
    rates = _Rates(_charged(session, terms, since, today), _intake(session, stores, since, today),
                   _treated(session, sites, since, today))  # fmt: skip
    rows = [_row(row, today, coming, stock, rates, stopped) for row in limits]
    return sorted(rows, key=lambda row: (-row.share, row.site, row.stream, row.pattern, row.period))


def nearly_full(session: Session, actor: Actor | None, *, now: datetime) -> Mapping[int, bool]:
    """The limits (by id) of landfills that may be full within twice the time of notice: the actor's; None:
    everybody's. Of each whether notice is due."""
    today = local_day(now)
    lives = (TERM.c.period == Period.TERM, TERM.c.operation.in_(LANDFILLING))
    limits = session.execute(_limits(actor, today, None, None).where(*lives)).all()
    if not limits:
        return {}
    charged = _charged(session, {row.id for row in limits}, day_start(_watched_from(today)), today)
    rates = _Rates(charged, {}, {})
    rows = {row.id: _row(row, today, {}, {}, rates, {}) for row in limits}
    return {term: row.notice_due for term, row in rows.items() if row.may_be_full(2 * NOTICE_DAYS)}


def holidays_watched(now: datetime) -> int:
    """How many of the days that rates are told from were public holidays."""
    return holidays_within(_watched_from(local_day(now)), WATCHED_DAYS)


def _watched_from(today: date) -> date:
    """Four whole weeks that are over: each day of the week counts as often as every other."""
    return today - timedelta(days=WATCHED_DAYS)


class _Rates(NamedTuple):
    charged: Mapping[int, Rate | None]
    taken: Mapping[Of, Rate | None]
    treated: Mapping[Of, Rate | None]

    def intake(self, term: int, of: Of, period: Period) -> Rate | None:
        """What fills a limit: what is charged to it; a storage limit is filled by all that is taken."""
        return self.taken.get(of) if period is Period.LEVEL else self.charged.get(term)


def receivers_of(session: Session, actor: Actor, *, now: datetime) -> Sequence[Any]:
    """The sites (`code`) whose limits the board shows."""
    limits = _limits(actor, local_day(now), None, None).subquery()
    return session.execute(select(limits.c.code).distinct().order_by(limits.c.code)).all()


def _limits(actor: Actor | None, today: date, stream: str | None, region: str | None) -> Any:
    return (
        select(TERM.c.id, TERM.c.stream, TERM.c.pattern, TERM.c.operation, TERM.c.period, TERM.c.unit,
               TERM.c.limit_g, TERM.c.hard_limit_g, PERMIT.c.valid_from, PERMIT.c.valid_to, PERMIT.c.site_id,
               SITE.c.code, SITE.c.name, SITE.c.name_en, SITE.c.street,
               func.coalesce(QUOTA.c.used_g, 0).label("used_g"),
               func.coalesce(QUOTA.c.reserved_g, 0).label("reserved_g"))
        .join(PERMIT, PERMIT.c.id == TERM.c.permit_id)
        .join(SITE, SITE.c.id == PERMIT.c.site_id)
        .outerjoin(QUOTA, and_(QUOTA.c.term_id == TERM.c.id, QUOTA.c.starts <= today, QUOTA.c.ends >= today))
        .where(
            PERMIT.c.kind == Instrument.PERMIT, ~PERMIT.c.suspended, PERMIT.c.valid_from <= today,
            PERMIT.c.valid_to >= today, TERM.c.limit_g.is_not(None),
            SITE.c.kind != SiteKind.PRODUCER, ~SITE.c.outside,
            true() if actor is None else seen_by(actor, SITE),
            true() if stream is None else TERM.c.stream == stream,
            true() if region is None else lies_in([region], SITE.c.street),
        )
    )  # fmt: skip


def _row(
    row: Any, today: date, coming: Mapping[Of, int], stock: Mapping[Of, int], rates: _Rates,
    stopped: Mapping[int, datetime],
) -> BoardRow:  # fmt: skip
    of, period = (row.site_id, row.stream), Period(row.period)
    starts, ends = span(period, row.valid_from, row.valid_to, today)
    came, went = rates.intake(row.id, of, period), rates.treated.get(of)
    left = None
    if period is not Period.DAY:
        fills = _net(came, went) if period is Period.LEVEL else came
        left = days_left(row.limit_g - row.used_g - row.reserved_g, fills)
    return BoardRow(
        row.code, row.name, row.name_en or row.name, row.street, row.stream, row.pattern, row.operation,
        period, Unit(row.unit), starts, ends, row.limit_g, row.hard_limit_g or row.limit_g, row.used_g,
        row.reserved_g, coming.get(of, 0), stock.get(of, 0), came, went, left,
        left is not None and left.earliest > (ends - today).days, stopped.get(row.site_id),
    )  # fmt: skip


def _net(came: Rate | None, went: Rate | None) -> Rate | None:
    """What stays: intake less treatment; nothing known of treatment counts as none."""
    if came is None or went is None:
        return came
    return Rate(came.mean_g - went.mean_g, came.least_g - went.most_g, came.most_g - went.least_g)


def _coming(session: Session, sites: Collection[int]) -> dict[Of, int]:
    rows = session.execute(
        select(MANIFEST.c.consignee_id, MANIFEST.c.stream, func.sum(LINE.c.declared_g))
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .where(MANIFEST.c.status.in_(_ON_THE_WAY), MANIFEST.c.consignee_id.in_(sites))
        .group_by(MANIFEST.c.consignee_id, MANIFEST.c.stream)
    )
    return {(site, stream): int(grams) for site, stream, grams in rows}


def _stock(session: Session, sites: Collection[int]) -> dict[Of, int]:
    rows = session.execute(
        select(HOLDING.c.site_id, HOLDING.c.stream, func.sum(HOLDING.c.grams))
        .where(OPEN_HOLDING, HOLDING.c.site_id.in_(sites))
        .group_by(HOLDING.c.site_id, HOLDING.c.stream)
    )
    return {(site, stream): int(grams) for site, stream, grams in rows}


def _charged(
    session: Session, terms: Collection[int], since: datetime, today: date
) -> dict[int, Rate | None]:
    day, charged = city_day(MANIFEST.c.filed_at), CHARGE.c.used_g + CHARGE.c.reserved_g
    lately = MANIFEST.c.filed_at >= since
    # Else SQLite begins with all that was ever charged to these terms.
    of_these = CHARGE.c.manifest_id.in_(select(MANIFEST.c.id).where(lately))
    return _rates(
        session.execute(
            select(QUOTA.c.term_id, day, func.sum(charged))
            .select_from(MANIFEST)
            .join(CHARGE, CHARGE.c.manifest_id == MANIFEST.c.id)
            .join(QUOTA, QUOTA.c.id == CHARGE.c.quota_id)
            .where(lately, of_these, charged != 0, QUOTA.c.term_id.in_(terms))
            .group_by(QUOTA.c.term_id, day)
        ),
        today,
    )


def _intake(session: Session, stores: Collection[int], since: datetime, today: date) -> dict[Of, Rate | None]:
    day = city_day(MANIFEST.c.filed_at)
    return _rates_by_stream(
        session.execute(
            select(MANIFEST.c.consignee_id, MANIFEST.c.stream, day, func.sum(LINE.c.accepted_g))
            .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
            .where(MANIFEST.c.filed_at >= since, MANIFEST.c.consignee_id.in_(stores), LINE.c.accepted_g > 0)
            .group_by(MANIFEST.c.consignee_id, MANIFEST.c.stream, day)
        ),
        today,
    )


def _treated(session: Session, sites: Collection[int], since: datetime, today: date) -> dict[Of, Rate | None]:
    day, lot = city_day(TREATMENT.c.at), HOLDING.alias("lot")
    return _rates_by_stream(
        session.execute(
            select(TREATMENT.c.site_id, lot.c.stream, day, func.sum(FLOW.c.grams))
            .join(FLOW, and_(FLOW.c.to_id == TREATMENT.c.batch_id, FLOW.c.from_id.is_not(None)))
            .join(lot, lot.c.id == FLOW.c.from_id)
            .where(TREATMENT.c.at >= since, TREATMENT.c.site_id.in_(sites))
            .group_by(TREATMENT.c.site_id, lot.c.stream, day)
        ),
        today,
    )


def _rates_by_stream(rows: Any, today: date) -> dict[Of, Rate | None]:
    return _rates((((site, stream), day, grams) for site, stream, day, grams in rows), today)


def _rates(rows: Iterable[Any], today: date) -> dict[Any, Rate | None]:
    """Daily sums (key, day, amount) → rates; days without any count."""
    days = [today - timedelta(days=back) for back in range(WATCHED_DAYS, 0, -1)]
    daily: dict[Any, dict[date, int]] = defaultdict(dict)
    for key, day, amount in rows:
        daily[key][day] = int(amount)
    return {key: rate_of([sums.get(day, 0) for day in days]) for key, sums in daily.items()}


def _stopped(session: Session) -> dict[int, datetime]:
    rows = session.execute(
        select(INCIDENT.c.site_id, func.min(INCIDENT.c.at))
        .where(INCIDENT.c.stops, INCIDENT.c.ended_at.is_(None))
        .group_by(INCIDENT.c.site_id)
    )
    return {row[0]: row[1] for row in rows}
