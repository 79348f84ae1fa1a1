"""Lists of manifests: found by filters, the latest first, each with whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlmodel import Session

from zerowaste.models.tables import LINE, MANIFEST, ORGANISATION, SITE
from zerowaste.rules.access import Actor
from zerowaste.services.queries.manifests import concerns, status_now
from zerowaste.vocabulary import Act, Status

_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")


def _some_line(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(LINE.c.manifest_id == MANIFEST.c.id, *where)


# The act that is waited for, of whoever's turn it is: what `booking.turn` says of the state, of the rows.
_NEXT = case(
    (MANIFEST.c.turn_id.is_(None), None),
    (MANIFEST.c.status == Status.DRAFT, Act.FILE),
    (MANIFEST.c.status == Status.FILED, Act.PICKUP),
    (MANIFEST.c.status == Status.IN_TRANSIT, Act.ARRIVE),
    (MANIFEST.c.status == Status.ARRIVED, Act.ACCEPT),
    (
        and_(MANIFEST.c.back_legs > 0, _some_line(LINE.c.sent_back_g > 0, LINE.c.returned_g.is_(None))),
        Act.RECEIVE_BACK,
    ),
    (_some_line(LINE.c.refused_g > 0, func.coalesce(LINE.c.sent_back_g, 0) == 0), Act.RETURN),
    else_=Act.OPINION,
)


@dataclass(frozen=True, slots=True)
class Search:
    """What a list is asked for. `mine`: only those where the actor's side must act next."""

    status: Status | None = None
    stream: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A manifest in a list; `turn`: the organisation that must act next, `next`: the act that is awaited."""

    id: UUID
    number: str | None
    national_number: str | None
    stream: str
    status: Status
    consignor: str
    consignee: str | None
    planned_at: datetime | None
    filed_at: datetime
    mass_g: int
    turn: str | None
    next: Act | None


def find_manifests(
    session: Session, actor: Actor, wanted: Search, *, now: datetime, after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Listed]:  # fmt: skip
    """Manifests the actor may see, the latest first, `limit` of them after the one with this filing
    moment and id."""
    statement = _listing().where(concerns(actor))
    if wanted.stream is not None:
        statement = statement.where(MANIFEST.c.stream == wanted.stream)
    if wanted.status is not None:
        statement = statement.where(_status_is(wanted.status, now))
    if wanted.mine:
        statement = statement.where(MANIFEST.c.turn_id.in_(actor.organisations))
    if after is not None:
        moment, identity = after
        statement = statement.where(
            or_(
                MANIFEST.c.filed_at < moment,
                and_(MANIFEST.c.filed_at == moment, MANIFEST.c.id < identity),
            )
        )
    return _listed(session, statement, now, limit)


def manifests_where(
    session: Session, actor: Actor, condition: ColumnElement[bool], *, now: datetime, limit: int
) -> Sequence[Listed]:
    """The latest manifests the actor may see for which something holds: which ones, before all that a list
    says of each."""
    which = _latest(select(MANIFEST.c.id).where(concerns(actor), condition), limit).correlate(None)
    return _listed(session, _listing().where(MANIFEST.c.id.in_(which)), now, limit)


def _latest(statement: Select[Any], limit: int) -> Select[Any]:
    return statement.order_by(MANIFEST.c.filed_at.desc(), MANIFEST.c.id.desc()).limit(limit)


def _listed(session: Session, statement: Select[Any], now: datetime, limit: int) -> Sequence[Listed]:
    rows = session.execute(_latest(statement, limit))
    return [
        Listed(
            row.id, row.number, row.national_number, row.stream, status_now(row, now), row.consignor,
            row.consignee, row.planned_at, row.filed_at, row.mass_g or 0, row.turn,
            Act(row.next) if row.next else None,
        )
        for row in rows
    ]  # fmt: skip


def _listing() -> Select[Any]:
    mass = select(func.sum(LINE.c.declared_g)).where(LINE.c.manifest_id == MANIFEST.c.id).scalar_subquery()
    return (
        select(
            MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.national_number, MANIFEST.c.stream,
            MANIFEST.c.status, MANIFEST.c.planned_at, MANIFEST.c.filed_at, MANIFEST.c.expires_at,
            _CONSIGNOR.c.code.label("consignor"), _CONSIGNEE.c.code.label("consignee"),
            ORGANISATION.c.name.label("turn"), _NEXT.label("next"), mass.label("mass_g"),
        )
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == MANIFEST.c.turn_id)
    )  # fmt: skip


def _status_is(status: Status, now: datetime) -> ColumnElement[bool]:
    """What `status_now` says, asked of the column as it is stored, so that its index serves."""
    stored = MANIFEST.c.status == status
    if status is Status.FILED:
        return and_(stored, or_(MANIFEST.c.expires_at.is_(None), MANIFEST.c.expires_at >= now))
    if status is Status.EXPIRED:
        return or_(stored, and_(MANIFEST.c.status == Status.FILED, MANIFEST.c.expires_at < now))
    return stored
