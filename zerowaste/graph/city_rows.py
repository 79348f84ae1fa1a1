"""What audits know of a city in words: its sites, what is open, what differs, and who was there."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.graph.touched import Touched, in_parts
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, LEG, LINE, MANIFEST, ORGANISATION, PERMIT, SITE
from zerowaste.vocabulary import HoldingKind, Instrument, SiteKind, Size

PICKUPS_WITHIN = timedelta(days=31)
FILED_BEFORE = timedelta(days=31)  # how long before its pickup a manifest may have been filed
_AT_ONCE = 1_000


class SitePlace(NamedTuple):
    """A site; `collecting`: it holds a collecting permit, so it must pass waste on. `sizes`: how large it
    is, by each measure that is known of it."""

    id: int
    code: str
    name: str
    kind: SiteKind
    storage: str
    holder: str
    collecting: bool
    street: str = ""
    sizes: Mapping[Size, int] = MappingProxyType({})


class Standing(NamedTuple):
    """A holding with grams that has met no end. `event` opened it; `decided`: at a gate, and its
    line is decided."""

    id: int
    event: UUID
    kind: HoldingKind
    part: str
    stream: str
    waste_code: str
    site: int | None
    holder: str
    since: datetime
    due_at: datetime | None
    grams: int
    decided: bool


class Difference(NamedTuple):
    """A decided line, received with quite another mass than travelled (net grams)."""

    manifest: UUID
    number: str | None
    line: int
    stream: str
    edition: int
    holder: str
    travelling_g: int
    received_g: int
    opinions: str


class Allowance(NamedTuple):
    """What one edition of a stream lets pass: parts per million of what travelled, at least `min_g`."""

    stream: str
    edition: int
    ppm: int
    min_g: int

    def passed(self, change: ColumnElement[int], travelling: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether a change in mass is more than that; the same as `Tolerance.allowed_g`, in whole numbers."""
        return and_(change > self.min_g, change * 1_000_000 > travelling * self.ppm)


def site_places(session: Session, now: datetime) -> dict[int, SitePlace]:
    """Every site by its id."""
    today = local_day(now)
    papers = session.execute(
        select(PERMIT.c.organisation_id, PERMIT.c.site_id).where(
            PERMIT.c.collecting,
            PERMIT.c.kind == Instrument.PERMIT,
            ~PERMIT.c.suspended,
            PERMIT.c.valid_from <= today,
            PERMIT.c.valid_to >= today,
        )
    )
    collecting = {tuple(row) for row in papers}
    rows = session.execute(
        select(SITE, ORGANISATION.c.name.label("holder")).join(
            ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id
        )
    )
    return {
        row.id: SitePlace(
            id=row.id,
            code=row.code,
            name=row.name,
            kind=SiteKind(row.kind),
            storage=row.storage,
            holder=row.holder,
            collecting=bool(collecting & {(row.organisation_id, None), (row.organisation_id, row.id)}),
            street=row.street,
            sizes={size: getattr(row, size) for size in Size if getattr(row, size)},
        )
        for row in rows
    }


def standing(
    session: Session, sites: Mapping[int, SitePlace], touched: Touched | None = None
) -> list[Standing]:
    """Everything open, or what of it is touched or waits with it at a producer's site (the only ones that
    are judged by all that lies there); by rising id."""
    columns = (
        select(
            HOLDING.c.id, HOLDING.c.event_id, HOLDING.c.kind, HOLDING.c.part, HOLDING.c.stream,
            HOLDING.c.waste_code, HOLDING.c.site_id, ORGANISATION.c.name, HOLDING.c.since, HOLDING.c.due_at,
            HOLDING.c.grams, LINE.c.accepted_g.is_not(None),
        )
        .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
        .outerjoin(
            LINE,
            (HOLDING.c.part == "gate")
            & (LINE.c.manifest_id == HOLDING.c.manifest_id)
            & (LINE.c.number == HOLDING.c.line),
        )
        .where(OPEN_HOLDING)
        .order_by(HOLDING.c.id)
    )  # fmt: skip
    if touched is None:
        rows = list(session.execute(columns))
    else:
        makers = [site for site in touched.sites if site in sites and sites[site].kind is SiteKind.PRODUCER]
        rows = sorted(_where(session, columns, HOLDING.c.id, touched.holdings)
                      | _where(session, columns, HOLDING.c.site_id, makers))  # fmt: skip
    return [Standing(holding, event, HoldingKind(kind), *rest) for holding, event, kind, *rest in rows]


def _where(
    session: Session, columns: Select[Any], key: ColumnElement[int], values: Collection[int]
) -> set[Any]:
    return {tuple(row) for some in in_parts(values) for row in session.execute(columns.where(key.in_(some)))}


def differences(
    session: Session, allowances: Iterable[Allowance], manifests: Collection[UUID] | None = None
) -> list[Difference]:
    """Decided lines (of all manifests or of these) whose mass changed on the way by more than their
    stream lets pass. Nearly every load weighs a little more or less at the gate, so the database itself
    leaves those out: first what no stream would mind, which takes no look at the manifest."""
    travelling = func.coalesce(LINE.c.loaded_g, LINE.c.declared_g)
    known = tuple(allowances)
    change = func.abs(LINE.c.received_g - travelling)
    least = Allowance("", 0, min(one.ppm for one in known), min(one.min_g for one in known))
    columns = (
        select(
            MANIFEST.c.id, MANIFEST.c.number, LINE.c.number, MANIFEST.c.stream, MANIFEST.c.edition,
            ORGANISATION.c.name, travelling, LINE.c.received_g, LINE.c.opinions,
        )
        .select_from(LINE)
        .join(MANIFEST, MANIFEST.c.id == LINE.c.manifest_id)
        .join(SITE, SITE.c.id == MANIFEST.c.consignee_id)
        .join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id)
        .where(
            LINE.c.accepted_g.is_not(None),
            least.passed(change, travelling),
            or_(
                *(
                    and_(
                        MANIFEST.c.stream == one.stream,
                        MANIFEST.c.edition == one.edition,
                        one.passed(change, travelling),
                    )
                    for one in known
                )
            ),
        )
        .order_by(MANIFEST.c.id, LINE.c.number)
    )  # fmt: skip
    if manifests is None:
        return [Difference(*row) for row in session.execute(columns)]
    return [
        Difference(*row)
        for some in in_parts(manifests)
        for row in session.execute(columns.where(LINE.c.manifest_id.in_(some)))
    ]


def pickups(session: Session, sites: Collection[int], now: datetime) -> dict[tuple[int, str], datetime]:
    """(site, stream) → when waste was last picked up at these sites, in the past month."""
    found: dict[tuple[int, str], datetime] = {}
    since = now - PICKUPS_WITHIN
    wanted = sorted(sites)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = session.execute(
            select(MANIFEST.c.consignor_id, MANIFEST.c.stream, func.max(LEG.c.began_at))
            .join(LEG, LEG.c.manifest_id == MANIFEST.c.id)
            .where(
                MANIFEST.c.consignor_id.in_(wanted[start : start + _AT_ONCE]),
                MANIFEST.c.filed_at > since - FILED_BEFORE,
                LEG.c.number == 1,
                LEG.c.began_at > since,
                LEG.c.began_at <= now,
            )
            .group_by(MANIFEST.c.consignor_id, MANIFEST.c.stream)
        )
        found.update(((site, stream), at) for site, stream, at in rows)
    return found
