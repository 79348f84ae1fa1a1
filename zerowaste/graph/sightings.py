"""Where every vehicle and driver was seen, in columns: the days on which one of them may have been too fast.

One look at the columns instead of one sorted by the database; what it suspects, `journeys` judges."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.graph.columns import Column, Integers, Table, integer_columns, stacked
from zerowaste.graph.journeys import FASTEST_KM_H, METRES_PER_DEGREE, NEAREST_KM, Mover, narrowing
from zerowaste.models.tables import SITE, USER, VEHICLE

AT_ONCE = 2_000_000  # legs: each time PostgreSQL goes through all manifests, and it packs at most a gigabyte
_SECONDS = 33  # bits: moments until the year 2242
_DAY_S, _EAST_S = 86_400, 8 * 3_600
_EPOCH = date(1970, 1, 1)
# Seconds are whole here; and of several sights at one moment, within the distance that is none, any may
# come first.
_SLACK_M = NEAREST_KM * 1_000 + FASTEST_KM_H
_Floats = npt.NDArray[np.float64]


def days_too_fast(session: Session) -> set[tuple[str, int, date]]:
    """(vehicle | driver, its id, the city's day): no day on which one was too fast is missing."""
    vehicle, driver, began, start, ended, end = _legs(session)
    if not len(vehicle):
        return set()
    north, east = _positions(session)
    at, site = np.concatenate((began, ended)), np.concatenate((start, end))
    seen = at > 0
    at, site = at[seen], site[seen]
    found: set[tuple[str, int, date]] = set()
    for mover, who in ((Mover.VEHICLE, vehicle), (Mover.DRIVER, driver)):
        suspects = _too_fast(np.concatenate((who, who))[seen], at, site, north, east)
        found.update((str(mover), identity, day) for identity, day in suspects)
    return found


def _too_fast(
    who: Integers, at: Integers, site: Integers, north: _Floats, east: _Floats
) -> Iterator[tuple[int, date]]:
    order = np.argsort(who.astype(np.int64) << _SECONDS | at)  # by whom, then by when
    who, at, site = who[order], at[order], site[order]
    moved = (who[1:] == who[:-1]) & (site[1:] != site[:-1])
    later = np.nonzero(moved)[0] + 1
    earlier = later - 1
    here, there = site[later], site[earlier]
    metres = np.hypot(north[here] - north[there], east[here] - east[there])
    could = (at[later] - at[earlier]) * (FASTEST_KM_H / 3.6)
    fast = later[(metres > NEAREST_KM * 1_000) & (metres > could - _SLACK_M)]
    days = (at[fast] + _EAST_S) // _DAY_S
    for identity, day in np.unique(np.column_stack((who[fast], days)), axis=0).tolist():
        yield identity, _EPOCH + timedelta(days=day)


def _legs(session: Session) -> list[Integers]:
    """Of every leg: vehicle, driver, when it began and where, when it ended at the gate and where; a moment
    0: not seen there."""
    types = (np.int32, np.int32, np.int64, np.int32, np.int64, np.int32)
    vehicles, drivers, sites = (
        session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one().bit_length()
        for table in (VEHICLE, USER, SITE)
    )
    legs = Table("leg JOIN manifest ON manifest.id = leg.manifest_id", "leg", AT_ONCE)
    columns = (
        Column("leg.vehicle_id", vehicles),
        Column("leg.driver_id", drivers),
        Column(_moment(session, "leg.began_at", "leg.number = 1"), _SECONDS),
        Column("manifest.consignor_id", sites),
        Column(
            _moment(session, "leg.ended_at", "leg.number = manifest.carried AND manifest.at_gate"), _SECONDS
        ),
        Column("coalesce(manifest.consignee_id, 0)", sites),
    )
    return stacked((rows.T for rows in integer_columns(session, legs, columns)), *types)


def _moment(session: Session, column: str, seen: str) -> str:
    """Whole seconds since 1970, 0 where nobody was seen then."""
    if session.get_bind().dialect.name == "postgresql":
        seconds = f"floor(date_part('epoch', {column}))::int8"
    else:
        seconds = f"CAST(strftime('%s', {column}) AS INTEGER)"
    return f"CASE WHEN NOT leg.back AND {seen} AND {column} IS NOT NULL THEN {seconds} ELSE 0 END"


def _positions(session: Session) -> tuple[_Floats, _Floats]:
    """Metres north and east of sites, by their ids; where a site is not on the map: not a number."""
    rows = session.execute(select(SITE.c.id, SITE.c.lat_e6, SITE.c.lon_e6)).all()
    north = np.full(max(row.id for row in rows) + 1, np.nan)
    east = north.copy()
    unit, narrow = METRES_PER_DEGREE / 1e6, narrowing(session)
    for row in rows:
        if row.lat_e6 is not None and row.lon_e6 is not None:
            north[row.id] = row.lat_e6 * unit
            east[row.id] = row.lon_e6 * unit * narrow
    return north, east
