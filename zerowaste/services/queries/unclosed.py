"""What is unclosed: the open holdings a person answers for or watches over, the most urgent first.

One row a holding, never one a manifest: a thousand chains that wait for one lot of ash are one row
with `chains = 1000`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.graph.chain_rows import plates
from zerowaste.graph.sources import Behind, chains_behind
from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, LEG, MANIFEST, ORGANISATION, SITE
from zerowaste.rules.access import Actor
from zerowaste.services.regions import lies_in
from zerowaste.vocabulary import HoldingKind, Role

MOST = 200
LONGEST = timedelta(days=36_500)  # longer is meant as: since ever
_STREAM = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SHORT = re.compile(r"([0-9]{1,6})([hd]?)")
_ISO_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?"
)
_REGION = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}")
_CURSOR = re.compile(r"([ds])(\d{1,18})-(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")


@dataclass(frozen=True, slots=True)
class Unclosed:
    """An open holding. `chains`: how many producers' manifests stand behind it; at least so many
    where `chains_exact` is False. `place`: a site's code, or the plate of what is on the road;
    `manifest`, `treatment`: the one it came here by, or came of."""

    holding: int
    kind: HoldingKind
    place: str | None
    holder: str
    waste_code: str
    mass_g: int
    since: datetime
    due_at: datetime | None
    overdue: bool
    chains: int
    chains_exact: bool
    manifest: str | None = None
    treatment: UUID | None = None
    stream: str = ""


@dataclass(frozen=True, slots=True)
class UnclosedPage:
    """One page, and the cursor of the `next` one (None: this was the last)."""

    items: tuple[Unclosed, ...]
    next: str | None


class _Cursor(NamedTuple):
    """After which row to go on: by due date (`d`); then, of what has none, by age (`s`)."""

    order: str
    moment: datetime
    holding: int

    def __str__(self) -> str:
        return f"{self.order}{(self.moment - _EPOCH) // _MICROSECOND}-{self.holding}"


def unclosed(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    stream: str | None = None,
    region: str | None = None,
    older_than: str | None = None,
    holder: str = "",
    overdue: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> UnclosedPage:
    """Open holdings, by due date and then by id; those without a due date last, oldest first.

    `region`: a prefix of the grid's codes (province, city, district or street); what is on the road
    counts for both ends. `older_than`: hours, or an ISO 8601 duration of weeks or shorter units.
    `holder`: a part of the name or the credit code of whose turn it is; `overdue`: only what is.
    Raises `invalid` (422) where one of these cannot be read."""
    age, after = _asked(stream, older_than, region, cursor)
    statement = _statement(actor)
    if stream is not None:
        statement = statement.where(HOLDING.c.stream == stream)
    if region is not None:
        statement = statement.where(_in_one_of([region]))
    if age is not None:
        statement = statement.where(HOLDING.c.since < now - min(age, LONGEST))
    if holder:
        columns = (ORGANISATION.c.name, ORGANISATION.c.name_en, ORGANISATION.c.credit_code)
        statement = statement.where(or_(*(column.icontains(holder, autoescape=True) for column in columns)))
    if overdue:
        statement = statement.where(HOLDING.c.due_at < now)
    size = max(1, min(limit, MOST))
    rows = _rows(session, statement, after, size + 1)
    shown = rows[:size]
    behind = chains_behind(session, [row.id for row in shown])
    road = plates(session, {row.manifest_id for row in shown if row.site is None})
    return UnclosedPage(
        items=tuple(_entry(row, road, behind[row.id], now) for row in shown),
        next=str(_position(shown[-1])) if len(rows) > size else None,
    )


def _asked(
    stream: str | None, older_than: str | None, region: str | None, cursor: str | None
) -> tuple[timedelta | None, _Cursor | None]:
    problems = []
    if stream is not None and not _STREAM.fullmatch(stream):
        problems.append(Problem("stream_unknown", "stream", {"stream": stream}))
    age = None if older_than is None else duration(older_than)
    if older_than is not None and age is None:
        problems.append(Problem("duration_unreadable", "older_than", {"text": older_than}))
    if region is not None and not _REGION.fullmatch(region):
        problems.append(Problem("region_unreadable", "region", {"text": region}))
    after = None if cursor is None else _read_cursor(cursor)
    if cursor is not None and after is None:
        problems.append(Problem("cursor_unknown", "cursor"))
    if problems:
        raise Refusal("invalid", *problems)
    return age, after


def duration(written: str) -> timedelta | None:
    """ "48" or "48h" (hours), "2d" (days) or "P2DT12H" as a span of time; None if it is none of these.
    Months and years have no fixed length and are not read."""
    if short := _SHORT.fullmatch(written):
        count, unit = int(short[1]), short[2]
        return timedelta(days=count) if unit == "d" else timedelta(hours=count)
    found = _ISO_DURATION.fullmatch(written)
    if found is None:
        return None
    return timedelta(**{unit: int(count) for unit, count in found.groupdict(default="0").items()})


def _read_cursor(written: str) -> _Cursor | None:
    found = _CURSOR.fullmatch(written)
    if found is None:
        return None
    try:
        moment = _EPOCH + int(found[2]) * _MICROSECOND
    except OverflowError:
        return None
    return _Cursor(found[1], moment, int(found[3]))


def _statement(actor: Actor) -> Select[Any]:
    """Every open holding that concerns the actor. The only scoped query of this noun."""
    return (
        select(
            HOLDING.c.id, HOLDING.c.kind, HOLDING.c.part, HOLDING.c.waste_code, HOLDING.c.grams,
            HOLDING.c.since, HOLDING.c.due_at, HOLDING.c.manifest_id, HOLDING.c.stream,
            HOLDING.c.treatment_id, MANIFEST.c.number.label("manifest"),
            SITE.c.code.label("site"), ORGANISATION.c.name.label("holder"),
        )
        .select_from(HOLDING)
        .join(ORGANISATION, ORGANISATION.c.id == HOLDING.c.organisation_id)
        .outerjoin(SITE, SITE.c.id == HOLDING.c.site_id)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .outerjoin(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(OPEN_HOLDING, _concerns(actor))
    )  # fmt: skip


def _concerns(actor: Actor) -> ColumnElement[bool]:
    match actor.role:
        case Role.ADMINISTRATOR:
            return HOLDING.c.id.is_not(None)
        case Role.REGULATOR:
            return _in_one_of(actor.regions)
        case Role.DRIVER:
            mine = (LEG.c.manifest_id == HOLDING.c.manifest_id) & (LEG.c.driver_id == actor.user_id)
            return and_(HOLDING.c.site_id.is_(None), exists().where(mine))
        case _:
            return HOLDING.c.organisation_id.in_(actor.organisations)


def _in_one_of(regions: Sequence[str]) -> ColumnElement[bool]:
    """On a site there; or on the road from or to one."""
    ends = _CONSIGNOR.c.street, _CONSIGNEE.c.street
    return or_(lies_in(regions, SITE.c.street), and_(HOLDING.c.site_id.is_(None), lies_in(regions, *ends)))


def _rows(session: Session, statement: Select[Any], after: _Cursor | None, count: int) -> Sequence[Any]:
    """Two index scans one after the other: what has a due date, then what has none."""
    rows: list[Any] = []
    for order, column in (("d", HOLDING.c.due_at), ("s", HOLDING.c.since)):
        if len(rows) >= count or (after is not None and order < after.order):
            continue
        has_due = HOLDING.c.due_at.is_not(None) if order == "d" else HOLDING.c.due_at.is_(None)
        part = statement.where(has_due).order_by(column, HOLDING.c.id).limit(count - len(rows))
        if after is not None and after.order == order:
            further = or_(column > after.moment, HOLDING.c.id > after.holding)
            part = part.where(column >= after.moment, further)
        rows.extend(session.execute(part))
    return rows


def _position(row: Any) -> _Cursor:
    if row.due_at is not None:
        return _Cursor("d", row.due_at, row.id)
    return _Cursor("s", row.since, row.id)


def _entry(row: Any, road: Any, behind: Behind, now: datetime) -> Unclosed:
    return Unclosed(
        holding=row.id,
        kind=HoldingKind(row.kind),
        place=row.site or road.get((row.manifest_id, row.part)),
        holder=row.holder,
        waste_code=row.waste_code,
        mass_g=row.grams,
        since=row.since,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at < now,
        chains=behind.chains,
        chains_exact=behind.exact,
        manifest=row.manifest,
        treatment=row.treatment_id,
        stream=row.stream,
    )
