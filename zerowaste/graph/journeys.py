"""Who was where when: vehicles and drivers seen at sites, and whether they can have come there in time.

A vehicle is seen at the consignor's site when it loads and at the consignee's when it arrives. Positions
are the sites' own; distances are as the crow flies, so what is too fast here is so on any road."""

import math
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Select, cast, func, select, type_coerce, union_all
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import EVENT, LEG, MANIFEST, ORGANISATION, SITE, USER, VEHICLE
from zerowaste.vocabulary import Verdict

FASTEST_KM_H = 110
NEAREST_KM = 2  # two gates of one park
METRES_PER_DEGREE = 111_320
_DAY = timedelta(days=1)
_PER_SECOND = FASTEST_KM_H / 3.6


class Mover(StrEnum):
    """Who is seen."""

    VEHICLE = "vehicle"
    DRIVER = "driver"


class Leap(NamedTuple):
    """Seen at one site, and too soon at another. `who`: a plate or a login; `holder`: whose vehicle it
    was; `metres` apart; `one_vehicle`: it was the same one both times; `trip`: both were stops of it;
    `events`: those that told of both."""

    mover: Mover
    identity: int
    who: str
    holder: str
    manifest: UUID
    number: str
    at: datetime
    site: str
    manifest_before: UUID
    at_before: datetime
    site_before: str
    metres: int
    one_vehicle: bool
    trip: UUID | None
    events: tuple[UUID, ...] = ()

    @property
    def day(self) -> date:
        """The city's day of the second sight."""
        return local_day(self.at)


def leaps(session: Session, mover: Mover, days: Collection[tuple[str, int, date]]) -> list[Leap]:
    """Those of these (mover, id, day), by day."""
    wanted = {(who, day) for kind, who, day in days if kind == mover}
    if not wanted:
        return []
    found = [_leap(mover, row) for row in session.execute(_statement(session, mover, wanted))]
    found = [leap for leap in found if (leap.identity, leap.day) in wanted]
    told = _told(session, {(leap.manifest, leap.at) for leap in found}
                 | {(leap.manifest_before, leap.at_before) for leap in found})  # fmt: skip
    return [leap._replace(events=_events(leap, told)) for leap in found]


def _events(leap: Leap, told: Mapping[tuple[UUID, datetime], tuple[UUID, ...]]) -> tuple[UUID, ...]:
    sights = ((leap.manifest_before, leap.at_before), (leap.manifest, leap.at))
    return tuple(event for sight in sights for event in told.get(sight, ()))


def _told(
    session: Session, sights: Collection[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], tuple[UUID, ...]]:
    """(manifest, moment) → the event that told of it."""
    found: dict[tuple[UUID, datetime], tuple[UUID, ...]] = {}
    for some in in_parts(str(manifest) for manifest, _ in sights):
        rows = session.execute(
            select(EVENT.c.id, EVENT.c.key, EVENT.c.at)
            .where(EVENT.c.subject == "manifest", EVENT.c.key.in_(some), EVENT.c.verdict == Verdict.APPLIED)
            .order_by(EVENT.c.number)
        )
        for row in rows:
            found.setdefault((UUID(row.key), row.at), (row.id,))
    return found


def _leap(mover: Mover, row: Any) -> Leap:
    one_trip = row.trip_id if row.trip_id == row.trip_before else None
    number = str(row.number or row.manifest_id)
    return Leap(
        mover, row.who, row.name, row.holder, row.manifest_id, number, row.at, row.code, row.manifest_before,
        row.at_before, row.code_before, math.isqrt(round(row.apart)), row.vehicle_id == row.vehicle_before,
        one_trip,
    )  # fmt: skip


def _statement(session: Session, mover: Mover, wanted: set[tuple[int, date]]) -> Select[Any]:
    """Sights of each mover by time, each with the one before it, where the way between was too far.

    A degree of longitude is as wide as at the middle of the city: exact enough within it."""
    seen = _sights(mover, wanted).subquery("seen")
    order = {"partition_by": seen.c.who, "order_by": (seen.c.at, seen.c.manifest_id)}
    before = {
        name: type_coerce(func.lag(seen.c[name]).over(**order), seen.c[name].type).label(
            f"{name.removesuffix('_id')}_before"
        )
        for name in ("manifest_id", "at", "site_id", "vehicle_id", "trip_id")
    }
    pairs = select(seen, *before.values()).subquery("pairs")
    here, there = SITE.alias("here"), SITE.alias("there")
    north = (here.c.lat_e6 - there.c.lat_e6) * (METRES_PER_DEGREE / 1e6)
    east = (here.c.lon_e6 - there.c.lon_e6) * (METRES_PER_DEGREE / 1e6 * narrowing(session))
    apart = cast(north * north + east * east, Float)
    could = seconds_between(session, pairs.c.at, pairs.c.at_before) * _PER_SECOND
    return (
        select(
            pairs, here.c.code, there.c.code.label("code_before"), apart.label("apart"), MANIFEST.c.number,
            ORGANISATION.c.name.label("holder"),
            (VEHICLE.c.plate if mover is Mover.VEHICLE else USER.c.login).label("name"),
        )
        .select_from(pairs)
        .join(here, here.c.id == pairs.c.site_id)
        .join(there, there.c.id == pairs.c.site_before)
        .join(MANIFEST, MANIFEST.c.id == pairs.c.manifest_id)
        .join(VEHICLE, VEHICLE.c.id == pairs.c.vehicle_id)
        .join(ORGANISATION, ORGANISATION.c.id == VEHICLE.c.organisation_id)
        .join(USER, USER.c.id == pairs.c.driver_id)
        .where(
            pairs.c.site_id != pairs.c.site_before,
            apart > (NEAREST_KM * 1000) ** 2,
            apart > could * could,
        )
        .order_by(pairs.c.at, pairs.c.manifest_id)
    )  # fmt: skip


def _sights(mover: Mover, wanted: set[tuple[int, date]]) -> Any:
    who = LEG.c.vehicle_id if mover is Mover.VEHICLE else LEG.c.driver_id
    ends: tuple[tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[bool]], ...] = (
        (LEG.c.began_at, MANIFEST.c.consignor_id, LEG.c.number == 1),
        (LEG.c.ended_at, MANIFEST.c.consignee_id, (LEG.c.number == MANIFEST.c.carried) & MANIFEST.c.at_gate),
    )
    days = [day for _, day in wanted]
    first, last = day_start(min(days) - _DAY), day_start(max(days) + 2 * _DAY)
    parts = []
    for at, site, there in ends:
        part = (
            select(
                who.label("who"), at.label("at"), site.label("site_id"), LEG.c.manifest_id, LEG.c.vehicle_id,
                LEG.c.driver_id, MANIFEST.c.trip_id,
            )
            .join(MANIFEST, MANIFEST.c.id == LEG.c.manifest_id)
            .where(~LEG.c.back, there, who.in_({known for known, _ in wanted}), at >= first, at < last)
        )  # fmt: skip
        parts.append(part)
    return union_all(*parts)


def narrowing(session: Session) -> float:
    """How much narrower a degree of longitude is than one of latitude, in the middle of the sites."""
    middle = session.execute(select(func.avg(SITE.c.lat_e6)).where(~SITE.c.outside)).scalar_one()
    return math.cos(math.radians(float(middle or 0) / 1e6))


def seconds_between(
    session: Session, later: ColumnElement[Any], earlier: ColumnElement[Any]
) -> ColumnElement[Any]:
    """How many lie between two moments."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.extract("epoch", later - earlier), Float)
    day = cast(func.julianday(later), Float) - cast(func.julianday(earlier), Float)
    return day * 86_400.0
