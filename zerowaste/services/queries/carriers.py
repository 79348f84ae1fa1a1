"""The directory of carriers: who is licensed today, with which lorries and drivers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from zerowaste.clock import local_day
from zerowaste.models.tables import MEMBERSHIP, ORGANISATION, PERMIT, TERM, USER, VEHICLE
from zerowaste.services.desk import Desk
from zerowaste.vocabulary import Instrument, Role


@dataclass(frozen=True, slots=True)
class CarrierFound:
    """A carrier with the plates and (login, name) of drivers whose licences are valid today."""

    code: str
    name: str
    plates: Sequence[str]
    drivers: Sequence[tuple[str, str]]


def find_carriers(desk: Desk, *, stream: str | None, q: str, after: str, limit: int) -> list[CarrierFound]:
    """Up to `limit` carriers licensed today (for the stream, if one is named), by credit code."""
    day = local_day(desk.now)
    licensed = [
        PERMIT.c.organisation_id == ORGANISATION.c.id,
        PERMIT.c.kind == Instrument.LICENCE,
        PERMIT.c.suspended.is_(False),
        PERMIT.c.valid_from <= day,
        PERMIT.c.valid_to >= day,
        TERM.c.permit_id == PERMIT.c.id,
    ]
    if stream:
        licensed.append(TERM.c.stream.in_(["", stream]))
    conditions: list[ColumnElement[bool]] = [
        ORGANISATION.c.credit_code > after,
        exists().where(*licensed),
    ]
    if q:
        columns = (ORGANISATION.c.credit_code, ORGANISATION.c.name, ORGANISATION.c.name_en)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    rows = desk.session.execute(
        select(ORGANISATION).where(*conditions).order_by(ORGANISATION.c.credit_code).limit(limit)
    ).all()
    ids = [row.id for row in rows]
    plates, drivers = _plates(desk, ids, stream, day), _drivers(desk, ids, day)
    return [
        CarrierFound(row.credit_code, row.name, plates.get(row.id, ()), drivers.get(row.id, ()))
        for row in rows
    ]


def _plates(desk: Desk, carriers: Sequence[int], stream: str | None, day: date) -> dict[int, list[str]]:
    rows = desk.session.execute(
        select(VEHICLE.c.organisation_id, VEHICLE.c.plate, VEHICLE.c.streams)
        .where(
            VEHICLE.c.organisation_id.in_(carriers),
            VEHICLE.c.withdrawn.is_(False),
            VEHICLE.c.licence_to >= day,
        )
        .order_by(VEHICLE.c.plate)
    )
    return _grouped(
        (row.organisation_id, row.plate) for row in rows if stream is None or stream in row.streams.split()
    )


def _drivers(desk: Desk, carriers: Sequence[int], day: date) -> dict[int, list[tuple[str, str]]]:
    rows = desk.session.execute(
        select(MEMBERSHIP.c.organisation_id, USER.c.login, USER.c.name)
        .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
        .where(
            MEMBERSHIP.c.organisation_id.in_(carriers),
            USER.c.role == Role.DRIVER,
            USER.c.active,
            USER.c.licence_to >= day,
        )
        .order_by(USER.c.login)
    )
    return _grouped((row.organisation_id, (row.login, row.name)) for row in rows)


def _grouped(pairs: Iterator[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
