"""Findings as overseers read them: what the audits found in their region, and what was made of it.

A finding belongs to every region that one of its ends lies in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, true, tuple_
from sqlmodel import Session

from zerowaste.audits import Severity
from zerowaste.errors import Refusal
from zerowaste.models.tables import AUDIT_RUN, DISPOSITION, EVENT, FINDING, MANIFEST, PRIVATE
from zerowaste.rules.access import Actor
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.findings.auditing import overseen
from zerowaste.vocabulary import Disposition, Role

# How urgent, under which rule, which one: what a list is in the order of.
Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; `region`: a prefix of the grid's codes; `disposition` None: any."""

    severity: Severity | None = None
    audit: str | None = None
    stream: str | None = None
    region: str | None = None
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class FoundItem:
    """A finding that stands (or, looked up by itself, that has stood until `gone_at`).

    `stake_g`: what was at stake when it was disposed of; other than `grams`, it has changed since."""

    id: UUID
    key: str
    audit: str
    rule: str
    severity: Severity
    rank: int
    subject: str
    detail: str
    grams: int
    holder: str
    due_at: datetime | None
    since: datetime | None
    place: str
    stream: str
    waste_code: str
    manifest: str
    treatment: str
    evidence: Mapping[str, Any]
    found_at: datetime
    gone_at: datetime | None
    disposition: Disposition
    disposed_at: datetime | None
    disposed_by: str
    stake_g: int | None

    @property
    def order(self) -> Place:
        """Its place in the list."""
        return self.rank, self.rule, self.key


_DISPOSED = func.coalesce(DISPOSITION.c.disposition, str(Disposition.OPEN))
_COLUMNS = (
    FINDING.c.id, FINDING.c.key, FINDING.c.audit, FINDING.c.rule, FINDING.c.severity, FINDING.c.rank,
    FINDING.c.subject, FINDING.c.detail, FINDING.c.grams, FINDING.c.holder, FINDING.c.due_at,
    FINDING.c.since, FINDING.c.place, FINDING.c.stream, FINDING.c.waste_code, FINDING.c.manifest,
    FINDING.c.treatment, FINDING.c.evidence, FINDING.c.found_at, FINDING.c.gone_at,
    _DISPOSED.label("disposition"), DISPOSITION.c.at, DISPOSITION.c.actor, DISPOSITION.c.grams.label("stake"),
)  # fmt: skip


def findings_for(
    session: Session, actor: Actor, wanted: Wanted, *, after: Place | None = None, limit: int
) -> Sequence[FoundItem]:
    """The first of those that stand and that the actor oversees, the most urgent first, from `after` on."""
    order = (FINDING.c.rank, FINDING.c.rule, FINDING.c.key)
    statement = _standing(actor).where(*_meant(wanted)).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return [_item(row) for row in session.execute(statement)]


def count_findings(session: Session, actor: Actor, wanted: Wanted) -> Mapping[Severity, int]:
    """How many of each severity stand, of those the actor oversees and the rest of `wanted`."""
    counted = _standing(actor).where(*_meant(wanted)).subquery()
    rows = session.execute(select(counted.c.severity, func.count()).group_by(counted.c.severity))
    return {Severity(severity): count for severity, count in rows}


def finding_for(session: Session, actor: Actor, ref: str) -> FoundItem:
    """One finding by its id, also one that is gone. Raises `not_found`."""
    wanted = as_uuid(ref)
    row = session.execute(_all(actor).where(FINDING.c.id == wanted)).one_or_none()
    if wanted is None or row is None:
        raise Refusal("not_found")
    return _item(row)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event behind a finding: of which chain, and what it was. `called`: a manifest's number."""

    id: UUID
    subject: str
    key: str
    number: int
    kind: str
    verdict: str
    at: datetime
    recorded_at: datetime
    actor: str
    hash: str
    called: str = ""


MOST_EVENTS = 100


def evidence_of(session: Session, finding: FoundItem) -> Sequence[Evidence]:
    """The events behind it, the first hundred."""
    ids = [UUID(event) for event in finding.evidence.get("events", ())][:MOST_EVENTS]
    rows = session.execute(
        select(
            EVENT.c.id, EVENT.c.subject, EVENT.c.key, EVENT.c.number, EVENT.c.kind, EVENT.c.verdict,
            EVENT.c.at, EVENT.c.recorded_at, EVENT.c.actor, EVENT.c.hash,
        )
        .where(EVENT.c.id.in_(ids))
        .order_by(EVENT.c.at, EVENT.c.id)
    )  # fmt: skip
    events = [Evidence(*row) for row in rows]
    manifests = {as_uuid(event.key) for event in events if event.subject == "manifest"}
    numbers = session.execute(select(MANIFEST.c.id, MANIFEST.c.number).where(MANIFEST.c.id.in_(manifests)))
    called = {str(row.id): row.number or "" for row in numbers}
    return [replace(event, called=called.get(event.key, "")) for event in events]


@dataclass(frozen=True, slots=True)
class Said:
    """One word in a finding's history."""

    number: int
    at: datetime
    actor: str
    disposition: Disposition
    note: str
    hash: str


def history_of(session: Session, finding: UUID) -> Sequence[Said]:
    """What was made of it, the first word first."""
    rows = session.execute(
        select(EVENT, PRIVATE.c.text.label("said"))
        .outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(EVENT.c.subject == "disposition", EVENT.c.key == str(finding))
        .order_by(EVENT.c.number)
    )
    return [
        Said(
            row.number, row.at, row.actor, Disposition(json.loads(row.text)["act"]["disposition"]),
            json.loads(row.said).get("note", "") if row.said else "", row.hash,
        )
        for row in rows
    ]  # fmt: skip


def audited_at(session: Session) -> datetime | None:
    """When the last audit was; None: never yet."""
    at: datetime | None = session.execute(
        select(AUDIT_RUN.c.at).order_by(AUDIT_RUN.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    return at


def _all(actor: Actor) -> Select[Any]:
    whole = FINDING.outerjoin(DISPOSITION, DISPOSITION.c.id == FINDING.c.id)
    return select(*_COLUMNS).select_from(whole).where(_overseen(actor))


def _standing(actor: Actor) -> Select[Any]:
    return _all(actor).where(FINDING.c.gone_at.is_(None))


def _overseen(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    return overseen(actor.regions) if actor.role is Role.REGULATOR else false()


def _meant(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (FINDING.c.severity, wanted.severity),
        (FINDING.c.audit, wanted.audit),
        (FINDING.c.stream, wanted.stream),
        (_DISPOSED, wanted.disposition),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.region is not None:
        found.append(overseen((wanted.region,)))
    return found


def _item(row: Any) -> FoundItem:
    values = row._asdict()
    for name, said in (("at", "disposed_at"), ("actor", "disposed_by"), ("stake", "stake_g")):
        values[said] = values.pop(name)
    values |= {"severity": Severity(row.severity), "disposition": Disposition(row.disposition)}
    return FoundItem(**values | {"disposed_by": values["disposed_by"] or ""})
