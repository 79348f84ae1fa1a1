"""The registers (台账): what went out, came in, was carried and was treated, row by row, of any length.

HJ 1259-2022 B.1 to B.5, as far as manifests and treatments tell it. A register is bounded by who asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, null, or_, select, true
from sqlmodel import Session

from zerowaste.models.tables import FLOW, HOLDING, LEG, LINE, MANIFEST, ORGANISATION, SITE, TREATMENT, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Role, Status

BATCH = 2_000
_NEVER_LEFT = (Status.DRAFT, Status.CANCELLED, Status.EXPIRED)
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")
_CARRIER = ORGANISATION.alias("carrier")


class RegisterKind(StrEnum):
    """Which register: what left, what arrived, what was carried, what was treated."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"
    TRANSPORTED = "transported"
    TREATED = "treated"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which days (from and before), and if wanted of one site or stream."""

    since: datetime
    until: datetime
    site: str | None = None
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at`: when it left, arrived, was loaded or treated; masses are net grams (None: not known);
    of a treatment `declared_g` is what of that waste went in, `packages` from how many lots."""

    at: datetime | None
    manifest: str
    line: int
    stream: str
    waste_code: str
    consignor: str
    consignor_name: str
    carrier: str
    plate: str
    consignee: str
    consignee_name: str
    operation: str
    packages: int
    packaging: str
    declared_g: int | None
    loaded_g: int | None
    received_g: int | None
    accepted_g: int | None
    refused_g: int | None
    status: str


def entries(session: Session, actor: Actor, kind: RegisterKind, wanted: Wanted) -> Iterator[Entry]:
    """The whole register, oldest first, fetched batch by batch."""
    statement = _treated(actor, wanted) if kind is RegisterKind.TREATED else _carried(actor, kind, wanted)
    for row in session.execute(statement.execution_options(yield_per=BATCH)):
        yield Entry(*row)


def page_of(
    session: Session, actor: Actor, kind: RegisterKind, wanted: Wanted, *, skip: int, limit: int
) -> Sequence[Entry]:
    """So many rows of it, after the first `skip`."""
    statement = _treated(actor, wanted) if kind is RegisterKind.TREATED else _carried(actor, kind, wanted)
    return [Entry(*row) for row in session.execute(statement.offset(skip).limit(limit))]


def _carried(actor: Actor, kind: RegisterKind, wanted: Wanted) -> Select[Any]:
    # The last leg begun says when it arrived and with whom; the first one, when it left.
    number = LEG.c.number == (1 if kind is RegisterKind.OUTGOING else MANIFEST.c.carried)
    # What nobody scanned on the way came all the same.
    known = (LEG.c.ended_at, LEG.c.began_at) if kind is RegisterKind.INCOMING else (LEG.c.began_at,)
    at = func.coalesce(*known, MANIFEST.c.filed_at)
    site = _CONSIGNEE if kind is RegisterKind.INCOMING else _CONSIGNOR
    return (
        select(
            at, func.coalesce(MANIFEST.c.number, ""), LINE.c.number, MANIFEST.c.stream,
            func.coalesce(LINE.c.found_code, LINE.c.waste_code), _CONSIGNOR.c.code, _CONSIGNOR.c.name,
            _CARRIER.c.name, VEHICLE.c.plate, func.coalesce(_CONSIGNEE.c.code, ""),
            func.coalesce(_CONSIGNEE.c.name, ""), LINE.c.operation, LINE.c.packages, LINE.c.packaging,
            LINE.c.declared_g, LINE.c.loaded_g, LINE.c.received_g, LINE.c.accepted_g, LINE.c.refused_g,
            MANIFEST.c.status,
        )
        .select_from(MANIFEST)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(LEG, and_(LEG.c.manifest_id == MANIFEST.c.id, ~LEG.c.back, number))
        .join(_CARRIER, _CARRIER.c.id == LEG.c.carrier_id)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(
            at >= wanted.since, at < wanted.until, MANIFEST.c.status.not_in(_NEVER_LEFT),
            MANIFEST.c.at_gate if kind is RegisterKind.INCOMING else MANIFEST.c.carried > 0,
            true() if wanted.stream is None else MANIFEST.c.stream == wanted.stream,
            true() if wanted.site is None else site.c.code == wanted.site,
            _own(actor, kind, site),
        )
        .order_by(at, MANIFEST.c.id, LINE.c.number)
    )  # fmt: skip


def _own(actor: Actor, kind: RegisterKind, site: Any) -> ColumnElement[bool]:
    match actor.role:
        case Role.ADMINISTRATOR:
            return true()
        case Role.REGULATOR:
            ends = (_CONSIGNOR, _CONSIGNEE) if kind is RegisterKind.TRANSPORTED else (site,)
            return or_(
                false(),
                *(
                    end.c.street.startswith(region, autoescape=True)
                    for end in ends
                    for region in actor.regions
                ),
            )
        case Role.DISPATCHER:
            return LEG.c.carrier_id.in_(actor.organisations)
        case _:
            mine: ColumnElement[bool] = site.c.id.in_(sorted(actor.sites))
            return mine


def _treated(actor: Actor, wanted: Wanted) -> Select[Any]:
    """What went into each batch, by waste; the lots' own codes, not the batch's."""
    origin = HOLDING.alias("origin")
    blank: Any = literal_column("''")
    zero: Any = literal_column("0")
    nothing = null()
    if actor.role is Role.REGULATOR:
        own = or_(false(), *(SITE.c.street.startswith(region, autoescape=True) for region in actor.regions))
    else:
        own = true() if actor.role is Role.ADMINISTRATOR else SITE.c.id.in_(sorted(actor.sites))
    grams = func.sum(FLOW.c.grams)
    return (
        select(
            TREATMENT.c.at, blank, zero, origin.c.stream, origin.c.waste_code, SITE.c.code, SITE.c.name,
            blank, blank, SITE.c.code, SITE.c.name, TREATMENT.c.operation, func.count(), blank, grams,
            nothing, nothing, nothing, nothing, literal_column("'treated'"),
        )
        .select_from(TREATMENT)
        .join(SITE, SITE.c.id == TREATMENT.c.site_id)
        .join(FLOW, FLOW.c.to_id == TREATMENT.c.batch_id)
        .join(origin, origin.c.id == FLOW.c.from_id)
        .where(
            TREATMENT.c.at >= wanted.since, TREATMENT.c.at < wanted.until, own,
            true() if wanted.stream is None else origin.c.stream == wanted.stream,
            true() if wanted.site is None else SITE.c.code == wanted.site,
        )
        .group_by(
            TREATMENT.c.at, TREATMENT.c.id, origin.c.stream, origin.c.waste_code, SITE.c.code, SITE.c.name,
            TREATMENT.c.operation,
        )
        .order_by(TREATMENT.c.at, TREATMENT.c.id, origin.c.waste_code)
    )  # fmt: skip
