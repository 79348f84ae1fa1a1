"""Tours: several stops of one vehicle on one trip, and those that took less time than their way needs.

Between two stops the way is measured along streets that run north–south and east–west, which is about
how much longer than the crow flies streets are; that needs no root, so the database can add it up."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, cast, func, select
from sqlmodel import Session

from zerowaste.graph.journeys import METRES_PER_DEGREE, narrowing, seconds_between
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import LEG, MANIFEST, ORGANISATION, SITE, VEHICLE

HONEST_KM_H = 80
LOADING_S = 60  # at each stop, at least
FEWEST_STOPS = 3


class Tour(NamedTuple):
    """A tour whose stops do not fit in time. `manifest`: that of its first stop."""

    trip: UUID
    manifest: UUID
    plate: str
    holder: str
    began_at: datetime
    stops: int
    metres: int
    seconds: int
    grams: int = 0


def tours(session: Session, trips: Collection[UUID] | None = None) -> list[Tour]:
    """Of all trips, or only of these."""
    found = []
    for some in [None] if trips is None else in_parts(trips):
        rows = session.execute(_statement(session, some))
        found += [
            Tour(row.trip_id, row.manifest_id, row.plate, row.name, row.began, row.stops, round(row.way),
                 round(row.took))
            for row in rows
        ]  # fmt: skip
    return found


def _statement(session: Session, some: Collection[UUID] | None) -> Any:
    stops = (
        select(
            MANIFEST.c.trip_id, MANIFEST.c.id.label("manifest_id"), LEG.c.vehicle_id, LEG.c.began_at,
            SITE.c.lat_e6, SITE.c.lon_e6,
        )
        .join(LEG, (LEG.c.manifest_id == MANIFEST.c.id) & (LEG.c.number == 1) & ~LEG.c.back)
        .join(SITE, SITE.c.id == MANIFEST.c.consignor_id)
        .where(MANIFEST.c.trip_id.is_not(None), LEG.c.began_at.is_not(None), SITE.c.lat_e6.is_not(None))
    )  # fmt: skip
    if some is not None:
        stops = stops.where(MANIFEST.c.trip_id.in_(some))
    stop = stops.subquery("stop")
    order: dict[str, Any] = {
        "partition_by": stop.c.trip_id,
        "order_by": (stop.c.began_at, stop.c.manifest_id),
    }
    unit = METRES_PER_DEGREE / 1e6
    north = func.abs(stop.c.lat_e6 - func.lag(stop.c.lat_e6).over(**order)) * unit
    east = func.abs(stop.c.lon_e6 - func.lag(stop.c.lon_e6).over(**order)) * (unit * narrowing(session))
    step = select(
        stop, cast(north + east, Float).label("way"), func.row_number().over(**order).label("place"),
    ).subquery("step")  # fmt: skip
    began, ended, way = func.min(step.c.began_at), func.max(step.c.began_at), func.sum(step.c.way)
    whole = (
        select(
            step.c.trip_id, func.max(step.c.vehicle_id).label("vehicle_id"), began.label("began"),
            func.count().label("stops"), way.label("way"),
            seconds_between(session, ended, began).label("took"),
        )
        .group_by(step.c.trip_id)
        .having(func.count() >= FEWEST_STOPS)
        .subquery("whole")
    )  # fmt: skip
    needs = whole.c.way * (3.6 / HONEST_KM_H) + (whole.c.stops - 1) * float(LOADING_S)
    return (
        select(whole, step.c.manifest_id, VEHICLE.c.plate, ORGANISATION.c.name)
        .join(step, (step.c.trip_id == whole.c.trip_id) & (step.c.place == 1))
        .join(VEHICLE, VEHICLE.c.id == whole.c.vehicle_id)
        .join(ORGANISATION, ORGANISATION.c.id == VEHICLE.c.organisation_id)
        .where(whole.c.took < needs)
        .order_by(whole.c.began, whole.c.trip_id)
    )
