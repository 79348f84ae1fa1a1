"""A driver's loads: all that his phone must know to do without network."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from zerowaste.models.tables import LEG, LINE, LINE_PACKAGE, MANIFEST, SITE, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.rules.actions import Driven, Scan, scans_ahead
from zerowaste.services.queries.codes import site_identity
from zerowaste.services.queries.papers_labels import package_id
from zerowaste.vocabulary import Status

UNDER_WAY = (Status.FILED, Status.IN_TRANSIT, Status.ARRIVED)
SOON = timedelta(hours=36)  # today, and what is loaded early tomorrow
MOST = 100


class Stop(NamedTuple):
    """One end of the way; the position in micro-degrees (WGS 84), None where nobody recorded it.
    `id`: what the site's own code says."""

    id: UUID
    code: str
    name: str
    name_en: str
    lat_e6: int | None
    lon_e6: int | None


class Package(NamedTuple):
    """A tagged package; `id`: what the code on its label says."""

    tag: str
    id: UUID


class LoadLine(NamedTuple):
    """What is to be carried; grams."""

    line: int
    waste_code: str
    mass_g: int
    loaded_g: int | None
    packages: int
    packaging: str
    tagged: Sequence[Package]


class Load(NamedTuple):
    """A manifest as its driver sees it. `scans`: his own, in the order of the road."""

    id: UUID
    number: str
    stream: str
    edition: int
    status: Status
    consignor: Stop
    consignee: Stop
    planned_at: datetime
    expires_at: datetime
    vehicle: str
    legs: int
    scans: Sequence[Scan]
    lines: Sequence[LoadLine]


def loads_of(session: Session, actor: Actor, *, now: datetime) -> Sequence[Load]:
    """What this driver has yet to scan today, in the order it was planned; at most `MOST`."""
    rows = session.execute(_filed_for(actor, now)).all()
    wanted = [row.id for row in rows]
    legs, plates = _legs(session, wanted)
    lines = _lines(session, wanted)
    found = []
    for row in rows:
        scans = scans_ahead(actor.user_id, legs[row.id])
        if scans:
            plate = plates[row.id, scans[0].leg]
            found.append(_load(row, plate, len(legs[row.id]), scans, lines.get(row.id, ())))
    return found


def _filed_for(actor: Actor, now: datetime) -> Any:
    sender, receiver = SITE.alias("sender"), SITE.alias("receiver")
    ends = [
        getattr(site.c, name).label(f"{site.name}_{name}")
        for site in (sender, receiver)
        for name in ("code", "name", "name_en", "lat_e6", "lon_e6")
    ]
    mine = select(LEG.c.manifest_id).where(LEG.c.driver_id == actor.user_id, ~LEG.c.back)
    return (
        select(MANIFEST, *ends)
        .join(sender, sender.c.id == MANIFEST.c.consignor_id)
        .join(receiver, receiver.c.id == MANIFEST.c.consignee_id)
        .where(
            MANIFEST.c.id.in_(mine),
            MANIFEST.c.status.in_(UNDER_WAY),
            or_(
                MANIFEST.c.status != Status.FILED,
                and_(MANIFEST.c.expires_at >= now, MANIFEST.c.planned_at <= now + SOON),
            ),
        )
        .order_by(MANIFEST.c.planned_at, MANIFEST.c.id)
        .limit(MOST)
    )


def _legs(session: Session, wanted: Sequence[UUID]) -> tuple[Mapping[UUID, list[Driven]], Any]:
    """(the legs of each manifest in their order, plate by manifest and leg)."""
    legs: dict[UUID, list[Driven]] = {}
    plates: dict[tuple[UUID, int], str] = {}
    rows = session.execute(
        select(LEG, VEHICLE.c.plate)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .where(LEG.c.manifest_id.in_(wanted), ~LEG.c.back)
        .order_by(LEG.c.number)
    )
    for row in rows:
        driven = Driven(row.number, row.driver_id, row.began_at is not None, row.ended_at is not None)
        legs.setdefault(row.manifest_id, []).append(driven)
        plates[row.manifest_id, row.number] = row.plate
    return legs, plates


def _lines(session: Session, wanted: Sequence[UUID]) -> Mapping[UUID, Sequence[LoadLine]]:
    tagged: dict[tuple[UUID, int], list[Package]] = {}
    packages = select(LINE_PACKAGE).where(LINE_PACKAGE.c.manifest_id.in_(wanted))
    for row in session.execute(packages.order_by(LINE_PACKAGE.c.tag)):
        tagged.setdefault((row.manifest_id, row.line), []).append(Package(row.tag, package_id(row.tag)))
    lines: dict[UUID, list[LoadLine]] = {}
    for row in session.execute(select(LINE).where(LINE.c.manifest_id.in_(wanted)).order_by(LINE.c.number)):
        lines.setdefault(row.manifest_id, []).append(
            LoadLine(
                row.number, row.waste_code, row.declared_g, row.loaded_g, row.packages, row.packaging,
                tagged.get((row.manifest_id, row.number), ()),
            )
        )  # fmt: skip
    return lines


def _load(row: Any, plate: str, legs: int, scans: Sequence[Scan], lines: Sequence[LoadLine]) -> Load:
    stops = [
        Stop(
            site_identity(site),
            *(getattr(row, f"{end}_{name}") for name in ("code", "name", "name_en", "lat_e6", "lon_e6")),
        )
        for end, site in (("sender", row.consignor_id), ("receiver", row.consignee_id))
    ]
    return Load(
        row.id, row.number, row.stream, row.edition, Status(row.status), stops[0], stops[1], row.planned_at,
        row.expires_at, plate, legs, scans, lines,
    )  # fmt: skip
