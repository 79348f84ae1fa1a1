"""Manifests to look at: whose they are to see, and one of them whole (lists: manifest_lists.py)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import (
    EVENT,
    HOLDING,
    LEG,
    LINE,
    LINE_PACKAGE,
    MANIFEST,
    ORGANISATION,
    PRIVATE,
    SITE,
    USER,
    VEHICLE,
)
from zerowaste.rules.access import Actor
from zerowaste.rules.actions import OF_A_DRAFT, Action
from zerowaste.rules.decision import problems_of
from zerowaste.rules.parties import Place
from zerowaste.services import naming
from zerowaste.services.acts import drafts
from zerowaste.services.acts.next_acts import next_acts
from zerowaste.services.booking.manifest_state import as_uuid, read_state
from zerowaste.services.desk import Desk
from zerowaste.services.regions import inside
from zerowaste.vocabulary import Role, Status, Verdict

_END = SITE.alias("way_end")
# A way home that was taken back stays on record as not begun; it is no leg of the manifest any more.
IN_FORCE = or_(~LEG.c.back, LEG.c.began_at.is_not(None))


def concerns(actor: Actor) -> ColumnElement[bool]:
    """Which rows of `manifest` an actor may see; the only such rule. Both ends' sites and the carriers
    see what was filed; a draft is seen by its author's side; a regulator sees both ends of his region."""
    filed = MANIFEST.c.number.is_not(None)
    match actor.role:
        case Role.ADMINISTRATOR:
            return true()
        case Role.REGULATOR:
            return and_(filed, _ends_inside(actor))
        case Role.DRIVER:
            return and_(filed, _has_leg(LEG.c.driver_id == actor.user_id))
        case Role.DISPATCHER:
            return and_(filed, _has_leg(LEG.c.carrier_id.in_(actor.organisations)))
        case Role.FACILITY:
            comes = and_(filed, MANIFEST.c.consignee_id.in_(actor.sites))
            return or_(MANIFEST.c.consignor_id.in_(actor.sites), comes)
        case _:
            return MANIFEST.c.consignor_id.in_(actor.sites)


def _has_leg(mine: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(LEG.c.manifest_id == MANIFEST.c.id, mine)


def _ends_inside(actor: Actor) -> ColumnElement[bool]:
    """Asked of each manifest: PostgreSQL counts the price of a list of the region's sites once for every
    manifest that it would look up, and then rather reads all there are."""
    there = inside(actor, _END)
    return or_(
        exists().where(_END.c.id == MANIFEST.c.consignor_id, there),
        exists().where(_END.c.id == MANIFEST.c.consignee_id, there),
    )


def visible(session: Session, actor: Actor, ref: str) -> Any:
    """The manifest's row by id, city serial or national number. Raises `not_found` where there is none
    or the actor may not know of it."""
    identity = as_uuid(ref)
    named = (
        MANIFEST.c.id == identity
        if identity is not None
        else or_(MANIFEST.c.number == ref, MANIFEST.c.national_number == ref)
    )
    row = session.execute(select(MANIFEST).where(named, concerns(actor)).limit(1)).one_or_none()
    if row is None:
        raise Refusal("not_found")
    return row


def status_now(row: Any, now: datetime) -> Status:
    """The status a reader is told: what nobody picked up in time is expired, tick or no tick."""
    if row.status == Status.FILED and row.expires_at is not None and row.expires_at < now:
        return Status.EXPIRED
    return Status(row.status)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One act in the manifest's chain of evidence. `position`: where the device was, in micro-degrees."""

    id: UUID
    number: int
    kind: str
    verdict: Verdict
    at: datetime
    recorded_at: datetime
    actor: str
    hash: str
    findings: Sequence[Problem]
    note: str
    position: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Whole:
    """One manifest with everything on it: rows as stored, names beside them. `lots`: line → the lot
    its accepted mass became; `tags`: line → package tags; `draft`: what a draft holds so far."""

    row: Any
    status: Status
    consignor: Place
    consignee: Place | None
    legs: Sequence[Any]
    lines: Sequence[Any]
    tags: Mapping[int, Sequence[str]]
    lots: Mapping[int, int]
    fields: Mapping[str, Any]
    events: Sequence[EventEntry]
    draft: Mapping[str, Any]


def read_manifest(desk: Desk, ref: str) -> Whole:
    """One manifest, whole. Raises `not_found`."""
    row = visible(desk.session, desk.actor, ref)
    session = desk.session
    events, personal = _events(session, row.id)
    tags: dict[int, list[str]] = {}
    for package in session.execute(
        select(LINE_PACKAGE).where(LINE_PACKAGE.c.manifest_id == row.id).order_by(LINE_PACKAGE.c.tag)
    ):
        tags.setdefault(package.line, []).append(package.tag)
    lines = session.execute(select(LINE).where(LINE.c.manifest_id == row.id).order_by(LINE.c.number)).all()
    return Whole(
        row=row,
        status=status_now(row, desk.now),
        consignor=desk.register.place(row.consignor_id),
        consignee=desk.register.place(row.consignee_id) if row.consignee_id else None,
        legs=_legs(session, row.id),
        lines=lines,
        tags=tags,
        lots=_lots(session, row.id, {line.number for line in lines if line.reassigned_g}),
        fields={**row.fields, **personal},
        events=events,
        draft=drafts.contents_of(session, [str(row.id)]).get(str(row.id), {}) if row.number is None else {},
    )


def _lots(session: Session, manifest_id: UUID, reassigned: Collection[int]) -> dict[int, int]:
    """Line → the lot its mass became at the receiver's; under its right code, once that was put right."""
    rows = session.execute(
        select(HOLDING.c.line, HOLDING.c.part, HOLDING.c.id)
        .where(HOLDING.c.manifest_id == manifest_id, HOLDING.c.part.in_(("accepted", "reassigned")))
        .order_by(HOLDING.c.id)
    )
    return {row.line: row.id for row in rows if (row.part == "reassigned") == (row.line in reassigned)}


def _legs(session: Session, manifest_id: UUID) -> Sequence[Any]:
    return session.execute(
        select(
            LEG, ORGANISATION.c.credit_code.label("carrier"), ORGANISATION.c.name.label("carrier_name"),
            VEHICLE.c.plate.label("vehicle"), USER.c.login.label("driver"), USER.c.name.label("driver_name"),
        )
        .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(USER, USER.c.id == LEG.c.driver_id)
        .where(LEG.c.manifest_id == manifest_id, IN_FORCE)
        .order_by(LEG.c.back, LEG.c.number)
    ).all()  # fmt: skip


def _events(session: Session, manifest_id: UUID) -> tuple[list[EventEntry], dict[str, Any]]:
    """(the chain of evidence, the personal fields that stand apart from it)."""
    rows = session.execute(
        select(EVENT, PRIVATE.c.text.label("private"))
        .outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(EVENT.c.subject == "manifest", EVENT.c.key == str(manifest_id))
        .order_by(EVENT.c.number)
    )
    events: list[EventEntry] = []
    personal: dict[str, Any] = {}
    for row in rows:
        private = json.loads(row.private) if row.private else {}
        personal |= private.get("fields", {})
        findings = json.loads(row.text).get("findings", ()) if row.findings else ()
        events.append(
            EventEntry(
                row.id, row.number, row.kind, Verdict(row.verdict), row.at, row.recorded_at, row.actor,
                row.hash, problems_of(findings), private.get("note", ""), private.get("position"),
            )
        )  # fmt: skip
    return events, personal


def actions_for(desk: Desk, ref: str) -> Sequence[Action]:
    """What the actor may do next with a manifest. Raises `not_found`."""
    row = visible(desk.session, desk.actor, ref)
    if row.number is not None:
        return next_acts(desk, read_state(desk.session, desk.law, desk.register, row, now=desk.now))
    if row.status != Status.DRAFT or not naming.may_act_for(desk, desk.register.place(row.consignor_id)):
        return ()
    key = str(row.id)
    needs = tuple(drafts.missing(drafts.contents_of(desk.session, [key]).get(key, {})))
    return [(act, needs if act == "file" else given) for act, given in OF_A_DRAFT]
