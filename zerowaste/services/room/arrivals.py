"""What is coming to a receiver's gates: filed for him, on the road, or waiting to be decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from zerowaste.models.tables import LEG, LINE, MANIFEST, SITE, USER, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Status

SHORTEST_PLATE = 4  # fewer signs of one would find half the city's vehicles
COMING = (Status.FILED, Status.IN_TRANSIT, Status.ARRIVED)


class Coming(NamedTuple):
    """A load that is expected or stands at the gate; `mass_g`: as loaded, else as declared."""

    id: UUID
    number: str
    status: Status
    stream: str
    consignor: str
    consignee: str
    plate: str
    driver: str
    planned_at: datetime
    trip: UUID | None
    mass_g: int


def on_plate(typed: str) -> ColumnElement[bool]:
    """Vehicles whose plate is typed so: whole, or without the signs of its province and city, which no
    keyboard at a gate has at hand."""
    if len(typed) < SHORTEST_PLATE:
        return VEHICLE.c.plate == typed
    return VEHICLE.c.plate.endswith(typed, autoescape=True)


def expected(
    session: Session, actor: Actor, *, now: datetime, plate: str | None = None, limit: int = 50
) -> Sequence[Coming]:
    """Loads for the actor's sites, those at the gate first, then by when they were planned.

    `plate`: only those on this vehicle, on any leg; its last signs are enough."""
    here, sender = SITE.alias("here"), SITE.alias("sender")
    travelling = select(func.sum(func.coalesce(LINE.c.loaded_g, LINE.c.declared_g))).where(
        LINE.c.manifest_id == MANIFEST.c.id
    )
    rank = (MANIFEST.c.status == Status.ARRIVED).desc(), (MANIFEST.c.status == Status.IN_TRANSIT).desc()
    statement = (
        select(
            MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.status, MANIFEST.c.stream,
            sender.c.name.label("consignor"), here.c.name.label("consignee"), VEHICLE.c.plate,
            USER.c.name.label("driver"), MANIFEST.c.planned_at, MANIFEST.c.trip_id,
            travelling.scalar_subquery().label("mass_g"),
        )
        .join(here, here.c.id == MANIFEST.c.consignee_id)
        .join(sender, sender.c.id == MANIFEST.c.consignor_id)
        .join(LEG, and_(LEG.c.manifest_id == MANIFEST.c.id, ~LEG.c.back))
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(USER, USER.c.id == LEG.c.driver_id)
        .where(
            MANIFEST.c.consignee_id.in_(sorted(actor.sites)),
            MANIFEST.c.status.in_(COMING),
            or_(MANIFEST.c.status != Status.FILED, MANIFEST.c.expires_at >= now),
            LEG.c.number == _last_leg(),
        )
        .order_by(*rank, MANIFEST.c.planned_at, MANIFEST.c.id)
        .limit(limit)
    )  # fmt: skip
    if plate is not None:
        statement = statement.where(on_plate(plate))
    return [
        Coming(
            row.id, row.number, Status(row.status), row.stream, row.consignor, row.consignee, row.plate,
            row.driver, row.planned_at, row.trip_id, int(row.mass_g or 0),
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def _last_leg() -> object:
    """The number of the leg that reaches the gate."""
    legs = LEG.alias("legs")
    return (
        select(func.max(legs.c.number))
        .where(legs.c.manifest_id == MANIFEST.c.id, ~legs.c.back)
        .scalar_subquery()
    )
