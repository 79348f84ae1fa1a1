"""Publishing a year: compiled as a draft, published by the authority's own act, then frozen.

The law asks for it every year (法典 485; rule DATA). Two events on a publication's own chain: `compile`
stores what is in it and its hash, `publish` gives it the year's next version. Neither text ever changes;
other figures are another publication."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import PUBLICATION
from zerowaste.rules.decision import Decision
from zerowaste.rules.evidence import canonical
from zerowaste.rules.spans import span
from zerowaste.rules.yearly import may_publish
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.reporting.yearly import compile_year

SUBJECT = "publication"


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """Compile a year. `id`: made by who asks, so that asking twice compiles once."""

    id: UUID
    year: int
    city: str


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """Publish a draft. `id`: of this act; `sha256`: of the content that was read before saying so."""

    id: UUID
    publication: UUID
    sha256: str
    city: str


class Published(NamedTuple):
    """A publication. `version` None: a draft. `content`: what it says, as compiled."""

    id: UUID
    year: int
    version: int | None
    sha256: str
    compiled_at: datetime
    compiled_by: str
    published_at: datetime | None
    published_by: str
    text: str

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.text)  # type: ignore[no-any-return]


def draft(desk: Desk, request: DraftRequest) -> tuple[Published, bool]:
    """(the draft, whether this request made it). Raises `forbidden`, `invalid`, `id_reused`."""
    _require_authority(desk, request.city)
    act = _act(desk, request.id, "compile", {"year": request.year})
    if ledger.repeated(ledger.find(desk.session, request.id), act, SUBJECT, str(request.id)):
        return publication(desk.session, request.id), False
    over = span(str(request.year))
    if over is None or over.first > local_day(desk.now):
        raise Refusal("invalid", Problem("year_not_begun", "year", {"year": request.year}))
    content = canonical(compile_year(desk.session, desk.law, over, city=request.city, now=desk.now))
    row = {
        "year": request.year, "version": None, "content": content,
        "sha256": hashlib.sha256(content.encode()).hexdigest(), "compiled_at": desk.now,
        "compiled_by": desk.actor.login, "published_at": None, "published_by": "",
    }  # fmt: skip
    ledger.append(
        desk.session,
        Chain(SUBJECT, str(request.id), 0, ""),
        act,
        Decision(put={SUBJECT: [row]}),
        now=desk.now,
    )
    return publication(desk.session, request.id), True


def publish(desk: Desk, request: PublishRequest) -> tuple[Published, bool]:
    """(what is published, whether this request did it). Raises `forbidden`, `not_found`, `id_reused`,
    `publication_changed` where another content was read, `published_already`."""
    _require_authority(desk, request.city)
    row = desk.session.execute(
        select(PUBLICATION).where(PUBLICATION.c.id == request.publication).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise Refusal("not_found")
    act = _act(desk, request.id, "publish", {"sha256": request.sha256})
    if ledger.repeated(ledger.find(desk.session, request.id), act, SUBJECT, str(row.id)):
        return publication(desk.session, row.id), False
    if row.version is not None:
        raise Refusal("published_already")
    if row.sha256 != request.sha256:
        raise Refusal("publication_changed")
    before = select(func.max(PUBLICATION.c.version)).where(PUBLICATION.c.year == row.year)
    version = (desk.session.execute(before).scalar_one() or 0) + 1
    told = {"version": version, "published_at": desk.now, "published_by": desk.actor.login}
    chain = Chain(SUBJECT, str(row.id), row.events, row.head)
    ledger.append(desk.session, chain, act, Decision(set={SUBJECT: [told]}), now=desk.now)
    return publication(desk.session, row.id), True


def published(session: Session, year: int, version: int | None = None) -> Published:
    """What the authority published of a year, the last version or that one. Raises `not_found`."""
    if span(str(year)) is None:
        raise Refusal("not_found")
    statement = select(PUBLICATION).where(PUBLICATION.c.year == year, PUBLICATION.c.version.is_not(None))
    if version is not None:
        statement = statement.where(PUBLICATION.c.version == version)
    row = session.execute(statement.order_by(PUBLICATION.c.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise Refusal("not_found")
    return _told(row)


def publications(
    session: Session, *, drafts: bool, after: UUID | None = None, limit: int
) -> Sequence[Published]:
    """Every publication, the latest compiled first. `drafts`: those not published yet, too."""
    statement = select(PUBLICATION)
    if not drafts:
        statement = statement.where(PUBLICATION.c.version.is_not(None))
    if after is not None:
        last = select(PUBLICATION.c.compiled_at).where(PUBLICATION.c.id == after).scalar_subquery()
        older = PUBLICATION.c.compiled_at < last
        statement = statement.where(
            older | ((PUBLICATION.c.compiled_at == last) & (PUBLICATION.c.id > after))
        )
    rows = session.execute(
        statement.order_by(PUBLICATION.c.compiled_at.desc(), PUBLICATION.c.id).limit(limit)
    )
    return [_told(row) for row in rows]


def publication(session: Session, ref: UUID) -> Published:
    """A publication or draft by its id. Raises `not_found`."""
    row = session.execute(select(PUBLICATION).where(PUBLICATION.c.id == ref)).one_or_none()
    if row is None:
        raise Refusal("not_found")
    return _told(row)


def _told(row: Any) -> Published:
    return Published(
        row.id, row.year, row.version, row.sha256, row.compiled_at, row.compiled_by, row.published_at,
        row.published_by, row.content,
    )  # fmt: skip


def _require_authority(desk: Desk, city: str) -> None:
    if not may_publish(desk.actor, city):
        raise Refusal("forbidden")


def _act(desk: Desk, identity: UUID, kind: str, body: Mapping[str, Any]) -> Act:
    return Act(
        id=identity, kind=kind, at=desk.now, actor=desk.actor.login, role=desk.actor.role, body=body,
        credential=desk.actor.credential,
    )  # fmt: skip
