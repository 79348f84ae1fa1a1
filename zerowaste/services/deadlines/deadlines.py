"""Deadlines: everything somebody must do by a moment, as rows that can be asked for, the first due first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.graph.chain_rows import plates
from zerowaste.rules import clocks
from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.rules.stream_parts import Clock
from zerowaste.rules.streams import Stream
from zerowaste.services.deadlines.papers import Scope
from zerowaste.services.deadlines.sources import Source, sources
from zerowaste.vocabulary import DeadlineKind, HoldingKind, SiteKind

MOST = 200
EARLIEST, LATEST = 2000, 2101  # years
BETWEEN = "|"
_HEX_DIGITS = 32
_INSTANT = timedelta(microseconds=1)
_RULES = {
    DeadlineKind.PERMIT: "HW-RENEW", DeadlineKind.LANDFILL: "CW-FULL30", DeadlineKind.PAPER: "setting",
    DeadlineKind.VEHICLE: "setting", DeadlineKind.DRIVER: "setting",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline. `source`, `id` and `due_at` are its identity. `holder`: who must act; `place`: a site's
    code or a plate; `subject`: a manifest's number, a lot's, a paper's; `link`: where it is dealt with.
    What it is told by: `streets` (codes of its ends), `site_id` (where it is), `consignor_id` (where its
    waste came from), `driver_id`, `carrier_id`."""

    source: str
    id: str
    kind: DeadlineKind
    rule: str
    holder_id: int
    holder: str
    place: str | None
    subject: str
    stream: str
    waste_code: str
    mass_g: int
    due_at: datetime
    overdue: bool
    link: str
    streets: tuple[str, ...]
    site_id: int | None = None
    consignor_id: int | None = None
    driver_id: int | None = None
    carrier_id: int | None = None
    paper: str = ""


class Wanted(NamedTuple):
    """Which deadlines: due before a moment, overdue or not, of a kind, at a site."""

    before: datetime | None = None
    overdue: bool | None = None
    kind: DeadlineKind | None = None
    site: str | None = None


class Place(NamedTuple):
    """Where a list goes on: after this deadline of the source with this rank."""

    due_at: datetime
    rank: int
    raw: str
    key: str

    def __str__(self) -> str:
        return BETWEEN.join((self.due_at.isoformat(), str(self.rank), self.raw, self.key))


def read_place(written: str) -> Place | None:
    """The place a cursor names; None for the first page. Raises `invalid`."""
    if not written:
        return None
    parts = written.split(BETWEEN)
    try:
        due_at, rank, raw, key = parts
        place = Place(_moment(due_at), int(rank), raw, key)
        _value(raw), _key(key)
    except (ValueError, OverflowError) as error:
        raise Refusal("invalid", Problem("cursor_unknown", "cursor")) from error
    return place


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    if not EARLIEST <= moment.year < LATEST:
        raise ValueError("not a time of ours")
    return moment.astimezone(UTC)


def _value(raw: str) -> Any:
    """A raw value as the database holds it: a moment, or a day."""
    return _moment(raw) if "T" in raw else datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a day


def _key(key: str) -> Any:
    if not key.isdecimal() or len(key) == _HEX_DIGITS:
        return UUID(key)
    if len(key) > 17:
        raise ValueError("not a number of ours")
    return int(key)


class Found(NamedTuple):
    """A deadline and where the list goes on after it."""

    deadline: Deadline
    place: Place


def deadlines(
    session: Session,
    law: Law,
    actor: Actor,
    wanted: Wanted,
    *,
    now: datetime,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Found]:
    """Up to `limit` deadlines of the actor, his region or his loads, the first due first."""
    scope = Scope(actor, now, wanted.site)
    limit = max(1, min(limit, MOST + 1))
    found: list[Found] = []
    for rank, source in enumerate(sources(session, law, scope)):
        if actor.role not in source.roles or (wanted.kind and wanted.kind not in source.kinds):
            continue
        found += _of(session, law, source, rank, scope, wanted, after, limit)
    return sorted(found, key=_position)[:limit]


def _position(found: Found) -> tuple[Any, ...]:
    return found.place.due_at, found.place.rank, _value(found.place.raw), _key(found.place.key)


def _of(
    session: Session, law: Law, source: Source, rank: int, scope: Scope, wanted: Wanted,
    after: Place | None, limit: int,
) -> list[Found]:  # fmt: skip
    statement = source.statement(scope)
    raw, key = columns(statement)
    statement = statement.where(*_narrowed(source, raw, wanted, scope.now))
    if after is not None:
        statement = statement.where(_beyond(source, rank, raw, key, after))
    if wanted.kind and len(source.kinds) > 1:
        statement = statement.where(statement.selected_columns["kind"] == HOLDINGS[wanted.kind])
    rows = session.execute(statement.order_by(raw, key).limit(limit)).all()
    return [
        Found(each, Place(each.due_at, rank, row.raw.isoformat(), str(row.key)))
        for row, each in zip(rows, read_rows(session, law, source, rows, now=scope.now), strict=True)
    ]


HOLDINGS = {
    DeadlineKind.STORE: HoldingKind.LOT, DeadlineKind.GATE: HoldingKind.LOAD,
    DeadlineKind.TREAT: HoldingKind.BATCH, DeadlineKind.TRANSIT: HoldingKind.LOAD,
}  # fmt: skip
_KINDS = {holding: kind for kind, holding in HOLDINGS.items() if kind is not DeadlineKind.TRANSIT}


def columns(statement: Select[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The columns a source is sorted by, bare of their labels, so that indexes are used."""
    raw, key = statement.selected_columns["raw"], statement.selected_columns["key"]
    return getattr(raw, "element", raw), getattr(key, "element", key)


def _narrowed(source: Source, raw: Any, wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.before is not None:
        yield raw < source.least(wanted.before)
    if wanted.overdue is not None:
        yield raw < source.least(now) if wanted.overdue else raw >= source.least(now)


def _beyond(source: Source, rank: int, raw: Any, key: Any, after: Place) -> ColumnElement[bool]:
    """What stands after a place in the order of deadline, source, row."""
    if rank < after.rank:
        return raw >= source.least(after.due_at + _INSTANT)  # type: ignore[no-any-return]
    if rank > after.rank:
        return raw >= source.least(after.due_at)  # type: ignore[no-any-return]
    value, number = _value(after.raw), not isinstance(_key(after.key), UUID)
    if type(value) is not type(source.least(after.due_at)) or number is (source.name == "manifest"):
        raise Refusal("invalid", Problem("cursor_unknown", "cursor"))
    return and_(raw >= value, or_(raw > value, key > _key(after.key)))


def read_rows(
    session: Session, law: Law, source: Source, rows: Sequence[Any], *, now: datetime
) -> list[Deadline]:
    """The rows of a source as deadlines."""
    road = {row.manifest_id for row in rows} if source.name == "road" else set()
    carried = plates(session, road) if road else {}
    return [_read(law, source, row, carried, now) for row in rows]


def _read(law: Law, source: Source, row: Any, carried: Mapping[Any, str], now: datetime) -> Deadline:
    due_at = source.due(row.raw)
    kind = _kind(source, row)
    site, number = getattr(row, "site", None), getattr(row, "number", None)
    return Deadline(
        source=source.name,
        id=str(row.key),
        kind=kind,
        rule=_RULES.get(kind) or _rule(law, kind, row, due_at),
        holder_id=row.organisation_id,
        holder=row.holder,
        place=site or (carried.get((row.manifest_id, row.part)) if carried else None),
        subject=str(number or ("" if kind is DeadlineKind.VISIT else row.key)),
        stream=getattr(row, "stream", ""),
        waste_code=getattr(row, "waste_code", ""),
        mass_g=int(getattr(row, "mass_g", 0)),
        due_at=due_at,
        overdue=due_at < now,
        link=_link(kind, row, site, number),
        streets=tuple(street for name in ("street", "other_street") if (street := getattr(row, name, None))),
        site_id=getattr(row, "site_id", None),
        consignor_id=getattr(row, "consignor_id", None),
        driver_id=getattr(row, "driver_id", None),
        carrier_id=getattr(row, "carrier_id", None),
        paper=getattr(row, "paper", ""),
    )


def _kind(source: Source, row: Any) -> DeadlineKind:
    if len(source.kinds) == 1:
        return next(iter(source.kinds))
    return _KINDS[HoldingKind(row.kind)]


def _link(kind: DeadlineKind, row: Any, site: str | None, number: str | None) -> str:
    match kind:
        case DeadlineKind.STORE | DeadlineKind.VISIT:
            return f"/sites/{site}/stores"
        case DeadlineKind.TREAT:
            return f"/treatments/{row.treatment_id}"
        case DeadlineKind.TRANSIT | DeadlineKind.GATE | DeadlineKind.PICKUP if number:
            return f"/manifests/{number}"
    return f"/deadlines?kind={kind}"


def _rule(law: Law, kind: DeadlineKind, row: Any, due_at: datetime) -> str:
    """The rule whose clock gave this deadline: of the clocks that may run, the one that ends then."""
    since = getattr(row, "since", None)
    stream = law.streams.find(row.stream, on=local_day(since or due_at)) or law.streams.get(row.stream)
    running = _clocks(stream, kind, row)
    if since is not None:
        running = [clock for clock in running if clocks.due(clock, since) == due_at] or running
    return running[0].rule


def _clocks(stream: Stream, kind: DeadlineKind, row: Any) -> list[Clock]:
    laid = stream.clocks
    match kind:
        case DeadlineKind.TRANSIT:
            return [laid.transit]
        case DeadlineKind.GATE:
            return [laid.accept, laid.refused]
        case DeadlineKind.TREAT:
            return [laid.treat]
        case DeadlineKind.PICKUP:
            return [laid.expire]
        case DeadlineKind.VISIT:
            return [laid.collect_every or laid.store_producer]
    if row.site_kind == SiteKind.PRODUCER:
        return [laid.store_producer]
    store = laid.store_transfer if row.site_kind == SiteKind.TRANSFER else laid.store_facility
    return [store.of(row.storage), *([laid.pass_on] if laid.pass_on else [])]


def standing(
    session: Session, source: Source, keys: Sequence[str], *, now: datetime
) -> Mapping[str, datetime]:
    """Which of a source's deadlines still stand, by id (without hyphens): when each is due now."""
    statement = source.statement(Scope(None, now))
    _, key = columns(statement)
    rows = session.execute(statement.where(key.in_([_key(each) for each in keys])))
    return {str(row.key).replace("-", ""): source.due(row.raw) for row in rows}
