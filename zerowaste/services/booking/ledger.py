"""Booking: one event and all it changes, written in one transaction, in one order of locks.

Lock order everywhere: the subject's row, the number series, holdings by id, quotas by id."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.models.tables import (
    CHARGE,
    DRAW,
    EVENT,
    FLOW,
    HOLDING,
    OUTBOX,
    PRIVATE,
    PROJECTIONS,
    QUOTA,
    SERIES,
    table,
)
from zerowaste.rules import evidence
from zerowaste.rules.decision import Decision
from zerowaste.services.booking.bookkeeping import OWNER, Chain, advance, book
from zerowaste.services.booking.writing import Contended, Writes
from zerowaste.services.together import Question, ask
from zerowaste.vocabulary import Verdict

__all__ = [
    "CHARGE", "DRAW", "EVENT", "FLOW", "HOLDING", "OUTBOX", "OWNER", "PRIVATE", "PROJECTIONS", "QUOTA",
    "SERIES", "Act", "Chain", "Contended", "Row", "allot", "append", "content_of", "find",
    "next_serial", "notify", "repeated", "table",
]  # fmt: skip

# A device that never heard our answer tells the act again, by then knowing that it had no network.
OF_SENDING = frozenset({"offline"})
Row = Any  # a row of a Core result: columns by name


@dataclass(frozen=True, slots=True)
class Act:
    """One act as it came: who did what, when, to what, in the canonical text's plain values."""

    id: UUID
    kind: str
    at: datetime
    actor: str
    role: str
    body: Mapping[str, Any]
    credential: str = ""
    sent_at: datetime | None = None
    private: Mapping[str, Any] | None = None

    def digest(self, subject: str, key: str) -> str:
        """Tells a repetition from another act under the same id."""
        said = {name: value for name, value in self.body.items() if name not in OF_SENDING}
        content = [self.kind, said, self.private or None]
        return evidence.act_digest(self.actor, subject, key, content)


class Written(NamedTuple):
    """An event written down: its chain as it now stands, the rows of `event` and `private`."""

    chain: Chain
    event: dict[str, Any]
    private: dict[str, Any] | None


_BY_ID = select(EVENT).where(EVENT.c.id == bindparam("id"))


def found(event_id: UUID) -> Question:
    """Asks for the stored event with this id: subject, key, number, kind, verdict, hash, text."""
    return _BY_ID, {"id": event_id}


def find(session: Session, event_id: UUID) -> Any | None:
    """The stored event with this id."""
    (rows,) = ask(session, found(event_id))
    return rows[0] if rows else None


_NEXT_HOLDINGS = select(func.nextval("holding_id_seq").label("id")).select_from(
    func.generate_series(1, bindparam("count", type_=Integer))
)

_NEXT_SERIAL = (
    update(SERIES)
    .where(SERIES.c.key == bindparam("series"))
    .values(next=SERIES.c.next + 1)
    .returning(SERIES.c.next)
)


def allot(session: Session, count: int) -> list[int]:
    """The next ids for holdings; larger than every id there is, so a holding takes only from older ones."""
    if count == 0:
        return []
    if session.get_bind().dialect.name == "postgresql":
        (rows,) = ask(session, (_NEXT_HOLDINGS, {"count": count}))
        return sorted(row.id for row in rows)
    # One event may ask more than once before its holdings are written.
    stored = session.execute(select(func.coalesce(func.max(HOLDING.c.id), 0))).scalar_one()
    last = max(stored, session.info.get("allotted", 0))
    session.info["allotted"] = last + count
    return list(range(last + 1, last + 1 + count))


def next_serial(session: Session, key: str) -> int:
    """The next serial of a series, starting at 1. One statement; the last lock a transaction takes."""
    serial = session.execute(_NEXT_SERIAL, {"series": key}).scalar_one_or_none()
    if serial is not None:
        return int(serial) - 1
    try:
        with session.begin_nested():
            session.execute(insert(SERIES).values(key=key, next=2))
    except IntegrityError:
        return next_serial(session, key)
    return 1


def append(
    session: Session, chain: Chain, act: Act, decision: Decision, *, now: datetime
) -> tuple[Chain, str]:
    """Write the event and everything it books. Returns the chain as it now stands and the event's text.

    Raises Contended where a guarded balance or quota would not hold, IntegrityError where the event's
    id is taken."""
    salt = secrets.token_hex(16) if act.private else ""
    written = write_down(chain, act, decision, salt=salt, now=now)
    writes = Writes(session)
    writes.insert(EVENT, [written.event])
    writes.insert(PRIVATE, [written.private] if written.private else [])
    if decision.verdict is Verdict.APPLIED:
        book(writes, written.chain, act.id, decision)
    else:
        advance(writes, written.chain, {})
    writes.send()
    return written.chain, written.event["text"]


def write_down(chain: Chain, act: Act, decision: Decision, *, salt: str, now: datetime) -> Written:
    """The event as it is stored: act and decision as one text, sealed onto its subject's chain."""
    number = chain.events + 1
    private_text = evidence.canonical(act.private) if act.private else ""
    content = {
        "v": evidence.VERSION,
        "id": str(act.id),
        "subject": chain.subject,
        "key": chain.key,
        "number": number,
        "kind": act.kind,
        "verdict": decision.verdict,
        "at": evidence.stamp(act.at),
        "sent_at": evidence.stamp(act.sent_at),
        "recorded_at": evidence.stamp(now),
        "actor": act.actor,
        "role": act.role,
        "credential": act.credential,
        "digest": act.digest(chain.subject, chain.key),
        "private": evidence.fingerprint(salt, private_text) if private_text else None,
        "act": act.body,
        **decision.form(),
    }
    canonical = evidence.canonical(content)
    head = evidence.seal(chain.head, canonical)
    event = {
        "id": act.id,
        "subject": chain.subject,
        "key": chain.key,
        "number": number,
        "kind": act.kind,
        "verdict": decision.verdict,
        "at": act.at,
        "recorded_at": now,
        "actor": act.actor,
        "findings": len(decision.findings),
        "text": canonical,
        "hash": head,
    }
    private = {"event_id": act.id, "salt": salt, "text": private_text} if private_text else None
    return Written(Chain(chain.subject, chain.key, number, head), event, private)


def content_of(stored: Any) -> dict[str, Any]:
    """What a stored event's text says."""
    return json.loads(stored.text)  # type: ignore[no-any-return]


def repeated(stored: Any, act: Act, subject: str, key: str) -> bool:
    """Whether a stored event is this very act. Raises `id_reused` (409) if the id says something else."""
    if stored is None:
        return False
    if content_of(stored)["digest"] != act.digest(subject, key):
        raise Refusal("id_reused", id=str(act.id))
    return True


def notify(
    session: Session, event_id: UUID, organisation_id: int | None, codes: Sequence[str], *, now: datetime
) -> None:
    """Put into the outbox who must be told of an event (None: the authority)."""
    session.execute(insert(OUTBOX).values(notice(event_id, organisation_id, codes, now=now)))


def notice(
    event_id: UUID, organisation_id: int | None, codes: Sequence[str], *, now: datetime
) -> dict[str, Any]:
    """The row of a notice in the outbox."""
    return {
        "event_id": event_id,
        "organisation_id": organisation_id,
        "topic": "difference",
        "at": now,
        "content": {"codes": list(codes)},
    }
