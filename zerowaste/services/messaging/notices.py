"""Notices: what the outbox holds (differences, incidents), told to whom it is for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from zerowaste.models.tables import EVENT, INCIDENT, MANIFEST, OUTBOX, SITE
from zerowaste.services.acts.incidents import ENDED, REPORTED
from zerowaste.services.messaging.recipients import Concerned
from zerowaste.services.messaging.telling import News, tell
from zerowaste.vocabulary import Audience, NudgeKind

MOST = 200
# What happened longer ago (a history that was loaded) is no news any more.
LONGEST_AGO = timedelta(days=30)
_CONSIGNEE = SITE.alias("consignee")


def tell_notices(session: Session, *, now: datetime, most: int = MOST) -> int:
    """Make messages of the notices nobody has seen to yet; gives how many notices it were. Whoever comes at
    the same time takes others."""
    session.execute(
        update(OUTBOX).where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.at <= now - LONGEST_AGO).values(sent_at=now)
    )
    rows = session.execute(
        select(OUTBOX, EVENT.c.subject, EVENT.c.key)
        .join(EVENT, EVENT.c.id == OUTBOX.c.event_id)
        .where(OUTBOX.c.sent_at.is_(None))
        .order_by(OUTBOX.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=OUTBOX)
    ).all()
    manifests = _manifests(session, {UUID(row.key) for row in rows if row.subject == "manifest"})
    sites = _sites(session, {row.key for row in rows if row.subject == "site"})
    incidents = _incidents(session, {row.event_id for row in rows})
    tell(session, list(_news(rows, manifests, sites, incidents)), now=now)
    if rows:
        ids = [row.id for row in rows]
        session.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(sent_at=now))
    return len(rows)


def _news(
    rows: Sequence[Any], manifests: Mapping[str, Any], sites: Mapping[str, Any], incidents: Mapping[UUID, str]
) -> Iterator[News]:
    for row in rows:
        codes = row.content.get("codes", [])
        about = manifests.get(row.key) if row.subject == "manifest" else sites.get(row.key)
        if about is None:
            continue
        incident = bool({REPORTED, ENDED} & set(codes))
        told = {"codes": codes, "place": about.code, "subject": getattr(about, "number", None) or ""}
        if incident:
            told |= {"over": ENDED in codes, "incident": incidents.get(row.event_id, "")}
        yield News(
            origin=f"notice:{row.id}",
            kind=NudgeKind.INCIDENT if incident else NudgeKind.DIFFERENCE,
            audiences=(Audience.PARTY if row.organisation_id else Audience.REGULATOR,),
            concerned=Concerned(organisation=row.organisation_id, streets=(about.street,)),
            content={name: value for name, value in told.items() if value},
            link="/incidents" if incident else f"/manifests/{told['subject'] or row.key}",
            at=row.at,
        )


def _manifests(session: Session, ids: Collection[UUID]) -> dict[str, Any]:
    """HW-DIFF: a difference is the receiving place's authority's."""
    rows = session.execute(
        select(MANIFEST.c.id, MANIFEST.c.number, _CONSIGNEE.c.code, _CONSIGNEE.c.street)
        .join(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(MANIFEST.c.id.in_(sorted(ids)))
    )
    return {str(row.id): row for row in rows}


def _sites(session: Session, codes: Collection[str]) -> dict[str, Any]:
    rows = session.execute(select(SITE.c.code, SITE.c.street).where(SITE.c.code.in_(sorted(codes))))
    return {row.code: row for row in rows}


def _incidents(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """What kind of incident an event told of."""
    rows = session.execute(select(INCIDENT.c.id, INCIDENT.c.kind).where(INCIDENT.c.id.in_(sorted(ids))))
    return {row.id: str(row.kind) for row in rows}
