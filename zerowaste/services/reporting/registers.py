"""The registers (台账): what went out, came in, was carried and was treated, row by row, of any length.

HJ 1259-2022 B.1 to B.5, as far as manifests and treatments tell it. A register is bounded by who asks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, null, or_, select, true
from sqlmodel import Session

from zerowaste.models.tables import FLOW, HOLDING, LEG, LINE, MANIFEST, ORGANISATION, SITE, TREATMENT, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.services.regions import inside, seen_by
from zerowaste.vocabulary import NEVER_LEFT, Role

BATCH = 2_000
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


class Place(NamedTuple):
    """Where a row stands in its register. `id`: of the manifest or the treatment; `line` of the former,
    `waste_code` of the latter."""

    at: datetime
    id: UUID
    line: int
    waste_code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at`: when it left, arrived, was loaded or treated; masses are net grams (None: not known);
    of a treatment `declared_g` is what of that waste went in, `packages` from how many lots. `id`: of the
    manifest or the treatment."""

    at: datetime
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
    id: UUID

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.id, self.line, self.waste_code)


_NAMES = tuple(Entry.__dataclass_fields__)


def entries(session: Session, actor: Actor, kind: RegisterKind, wanted: Wanted) -> Iterator[Entry]:
    """The whole register, oldest first, fetched batch by batch."""
    statement = register(actor, kind, wanted)
    for row in session.execute(statement.execution_options(yield_per=BATCH)):
        yield Entry(*row)


def page_of(
    session: Session, actor: Actor, kind: RegisterKind, wanted: Wanted, *, limit: int,
    after: Place | None = None,
) -> Sequence[Entry]:  # fmt: skip
    """So many rows of it, after a place."""
    statement = register(actor, kind, wanted, after).limit(limit)
    return [Entry(*row) for row in session.execute(statement)]


def register(actor: Actor, kind: RegisterKind, wanted: Wanted, after: Place | None = None) -> Select[Any]:
    """The statement of a register, its columns named as an entry's."""
    if kind is RegisterKind.TREATED:
        return _treated(actor, wanted, after)
    return _carried(actor, kind, wanted, after)


def _later(after: Place | None, at: Any, identity: Any, column: Any, value: Any) -> ColumnElement[bool]:
    """Rows beyond a place, by moment, then id, then the column that tells rows of one id apart."""
    if after is None:
        return true()
    beyond = or_(identity > after.id, and_(identity == after.id, column > value))
    return and_(at >= after.at, or_(at > after.at, beyond))


def _carried(actor: Actor, kind: RegisterKind, wanted: Wanted, after: Place | None) -> Select[Any]:
    # The last leg begun says when it arrived and with whom; the first one, when it left.
    number = LEG.c.number == (1 if kind is RegisterKind.OUTGOING else MANIFEST.c.carried)
    # What nobody scanned on the way came all the same.
    known = (LEG.c.ended_at, LEG.c.began_at) if kind is RegisterKind.INCOMING else (LEG.c.began_at,)
    at = func.coalesce(*known, MANIFEST.c.filed_at)
    site = _CONSIGNEE if kind is RegisterKind.INCOMING else _CONSIGNOR
    columns = (
        at, func.coalesce(MANIFEST.c.number, ""), LINE.c.number, MANIFEST.c.stream,
        func.coalesce(LINE.c.found_code, LINE.c.waste_code), _CONSIGNOR.c.code, _CONSIGNOR.c.name,
        _CARRIER.c.name, VEHICLE.c.plate, func.coalesce(_CONSIGNEE.c.code, ""),
        func.coalesce(_CONSIGNEE.c.name, ""), LINE.c.operation, LINE.c.packages, LINE.c.packaging,
        LINE.c.declared_g, LINE.c.loaded_g, LINE.c.received_g, LINE.c.accepted_g, LINE.c.refused_g,
        MANIFEST.c.status, MANIFEST.c.id,
    )  # fmt: skip
    return (
        select(*_named(columns))
        .select_from(MANIFEST)
        .join(LINE, LINE.c.manifest_id == MANIFEST.c.id)
        .join(LEG, and_(LEG.c.manifest_id == MANIFEST.c.id, ~LEG.c.back, number))
        .join(_CARRIER, _CARRIER.c.id == LEG.c.carrier_id)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(
            at >= wanted.since, at < wanted.until, MANIFEST.c.status.not_in(NEVER_LEFT),
            MANIFEST.c.at_gate if kind is RegisterKind.INCOMING else MANIFEST.c.carried > 0,
            true() if wanted.stream is None else MANIFEST.c.stream == wanted.stream,
            true() if wanted.site is None else site.c.code == wanted.site,
            _own(actor, kind, site),
            _later(after, at, MANIFEST.c.id, LINE.c.number, after and after.line),
        )
        .order_by(at, MANIFEST.c.id, LINE.c.number)
    )  # fmt: skip


def _own(actor: Actor, kind: RegisterKind, site: Any) -> ColumnElement[bool]:
    match actor.role:
        case Role.REGULATOR if kind is RegisterKind.TRANSPORTED:
            return inside(actor, _CONSIGNOR, _CONSIGNEE)
        case Role.DISPATCHER:
            return LEG.c.carrier_id.in_(actor.organisations)
        case _:
            return seen_by(actor, site)


def _named(columns: Iterable[Any]) -> list[Any]:
    return [column.label(name) for name, column in zip(_NAMES, columns, strict=True)]


def _treated(actor: Actor, wanted: Wanted, after: Place | None) -> Select[Any]:
    """What went into each batch, by waste; the lots' own codes, not the batch's."""
    origin = HOLDING.alias("origin")
    blank: Any = literal_column("''")
    zero: Any = literal_column("0")
    nothing = null()
    grams = func.sum(FLOW.c.grams)
    columns: tuple[Any, ...] = (
        TREATMENT.c.at, blank, zero, origin.c.stream, origin.c.waste_code, SITE.c.code, SITE.c.name,
        blank, blank, SITE.c.code, SITE.c.name, TREATMENT.c.operation, func.count(), blank, grams,
        nothing, nothing, nothing, nothing, literal_column("'treated'"), TREATMENT.c.id,
    )  # fmt: skip
    return (
        select(*_named(columns))
        .select_from(TREATMENT)
        .join(SITE, SITE.c.id == TREATMENT.c.site_id)
        .join(FLOW, FLOW.c.to_id == TREATMENT.c.batch_id)
        .join(origin, origin.c.id == FLOW.c.from_id)
        .where(
            TREATMENT.c.at >= wanted.since, TREATMENT.c.at < wanted.until, seen_by(actor, SITE),
            true() if wanted.stream is None else origin.c.stream == wanted.stream,
            true() if wanted.site is None else SITE.c.code == wanted.site,
            _later(after, TREATMENT.c.at, TREATMENT.c.id, origin.c.waste_code, after and after.waste_code),
        )
        .group_by(
            TREATMENT.c.at, TREATMENT.c.id, origin.c.stream, origin.c.waste_code, SITE.c.code, SITE.c.name,
            TREATMENT.c.operation,
        )
        .order_by(TREATMENT.c.at, TREATMENT.c.id, origin.c.waste_code)
    )  # fmt: skip
