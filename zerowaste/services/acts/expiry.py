"""Expiry: manifests that nobody picked up in time give back what they held and reserved.

On reading they count as expired at once; this writes it down (`flask tick`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.conditions import FILED_MANIFEST
from zerowaste.models.tables import MANIFEST
from zerowaste.rules import custody
from zerowaste.rules.access import Actor
from zerowaste.rules.decision import Decision
from zerowaste.rules.history import fold
from zerowaste.rules.law import Law
from zerowaste.rules.state import Findings, ManifestState, Report
from zerowaste.services.acts import judging
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act
from zerowaste.services.booking.manifest_state import chain_of, state_of, texts_of
from zerowaste.services.desk import Desk, open_desk
from zerowaste.vocabulary import Act as Kind
from zerowaste.vocabulary import Role, Status

BATCH = 200
SYSTEM = Actor(
    user_id=0, login="system", role=Role.ADMINISTRATOR, organisations=frozenset(), sites=frozenset()
)


def expire_due(
    session: Session,
    law: Law,
    now: datetime,
    *,
    most: int = BATCH,
    new_id: Callable[[], UUID] = uuid7.uuid7,
) -> int:
    """Expire at most so many manifests whose time ran out before `now`; gives how many it were.

    Call it again, in a transaction of its own, until it gives 0."""
    desk = open_desk(session, law, SYSTEM, now=now)
    overdue = session.execute(
        select(MANIFEST.c.id)
        .where(FILED_MANIFEST, MANIFEST.c.expires_at < now)
        .order_by(MANIFEST.c.id)
        .limit(most)
    ).scalars()
    return sum(expire(desk, manifest_id, new_id()) for manifest_id in overdue.all())


def expire(desk: Desk, manifest_id: UUID, event_id: UUID) -> bool:
    """Expire one manifest, unless somebody was faster and picked it up."""
    row: Any = desk.session.execute(
        select(MANIFEST).where(MANIFEST.c.id == manifest_id).with_for_update(key_share=True)
    ).one()
    if row.status != Status.FILED:
        return False
    history = fold(texts_of(desk.session, row))
    # As it stood at its last moment: what was booked until then is what must be given back.
    before = state_of(desk.law, desk.register, history, now=row.expires_at)
    decision, _ = decide(desk, before)
    ledger.append(desk.session, chain_of(row), act_of(desk, event_id), decision, now=desk.now)
    return True


def act_of(desk: Desk, event_id: UUID) -> Act:
    """The act as its event will tell it: the service's own."""
    return Act(id=event_id, kind=Kind.EXPIRE, at=desk.now, actor=SYSTEM.login, role="system", body={})


def decide(desk: Desk, before: ManifestState) -> tuple[Decision, ManifestState]:
    """What the expiry of a manifest books, as it stood at its last moment, and what it is then."""
    report, found = Report(kind=Kind.EXPIRE, at=desk.now), Findings()
    after = custody.apply(before, report, found)
    return judging.compose(desk, before, after, report, found)
