"""Sealing: every committed event gets a place in one Merkle tree, whose root is signed and published.

Whoever has kept a published seal can tell whether anything before it was changed, taken out or put in: the
key that signs lies outside the database, and each seal names the one before it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlmodel import Session

from zerowaste.config import SigningKeys
from zerowaste.models.tables import EVENT, SEAL, SEAL_LEAF, SEAL_NODE
from zerowaste.rules.evidence import canonical, stamp
from zerowaste.rules.merkle import EMPTY, Span, leaf_hash, node_hash, root_of, split

PURPOSE = b"zerowaste seal\n"
BLOCK_LEVEL = 8  # the smallest blocks whose hash is kept: 256 leaves
BLOCK = 1 << BLOCK_LEVEL
AT_ONCE = 20_000
# No transaction lasts that long; what was written with an older moment (a history loaded) is found by a
# complete seal, made once a day.
RECENT = timedelta(days=1)
COMPLETE_EVERY = timedelta(days=1)
SEAL_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal as it is published. `content`: what its text says: number, size, root, previous, at, key."""

    number: int
    size: int
    at: datetime
    text: str
    hash: str
    signature: str

    @property
    def content(self) -> dict[str, Any]:
        """What the text says."""
        return json.loads(self.text)  # type: ignore[no-any-return]

    @property
    def root(self) -> bytes:
        """The root of the tree it seals."""
        return bytes.fromhex(self.content["root"])


def seal(
    session: Session, signing: SigningKeys, *, now: datetime, complete: bool | None = None
) -> Sealed | None:
    """Seal every event that is not sealed yet; None: there is none. `complete`: look for them among all
    events, not only the recent ones; if not given, once a day.

    Two at once: one of them fails on the numbers the other took, and does its work again."""
    last = latest(session)
    if complete is None:
        complete = last is None or _last_complete(session) < now - COMPLETE_EVERY
    size = last.size if last else 0
    new = 0
    for rows in _unsealed(session, None if complete or last is None else last.at - RECENT):
        leaves = [
            {"position": size + new + at, "event_id": row.id, "hash": bytes.fromhex(row.hash)}
            for at, row in enumerate(rows)
        ]
        session.execute(insert(SEAL_LEAF), leaves)
        new += len(leaves)
    if not new:
        return None
    _keep_blocks(session, size, size + new)
    root = span_of(session)(0, size + new)
    content = {
        "v": 1, "number": last.number + 1 if last else 1, "size": size + new, "root": root.hex(),
        "previous": last.hash if last else "", "at": stamp(now), "key": signing.key_id,
    }  # fmt: skip
    return _sign(session, signing, content, now, complete)


def seal_when_due(session: Session, signing: SigningKeys, *, now: datetime) -> Sealed | None:
    """The same, unless the last seal is younger than ten minutes."""
    last = latest(session)
    return seal(session, signing, now=now) if last is None or last.at <= now - SEAL_EVERY else None


def latest(session: Session) -> Sealed | None:
    """The last seal."""
    return _one(session, select(SEAL).order_by(SEAL.c.number.desc()).limit(1))


def seal_numbered(session: Session, number: int) -> Sealed | None:
    """One seal by its number."""
    return _one(session, select(SEAL).where(SEAL.c.number == number))


def seals_before(session: Session, before: int | None, limit: int) -> Sequence[Sealed]:
    """The latest first; `before`: only those with a smaller number."""
    statement = select(SEAL).order_by(SEAL.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(SEAL.c.number < before)
    return [_sealed(row) for row in session.execute(statement)]


def every_seal(session: Session) -> Iterator[Sealed]:
    """All of them, the first first."""
    for row in session.execute(select(SEAL).order_by(SEAL.c.number)):
        yield _sealed(row)


def published(sealed: Sealed) -> str:
    """A seal as it is handed out: what was signed, word for word, and its signature."""
    return json.dumps({"text": sealed.text, "signature": sealed.signature}, indent=1) + "\n"


def places_of(session: Session, events: Sequence[UUID]) -> dict[UUID, int]:
    """Event → its place, of those that are sealed."""
    rows = session.execute(
        select(SEAL_LEAF.c.event_id, SEAL_LEAF.c.position).where(SEAL_LEAF.c.event_id.in_(events))
    )
    return {row.event_id: row.position for row in rows}


def span_of(session: Session) -> Span:
    """The hash over any run of leaves: from kept blocks, and from leaves only within one block."""

    def span(low: int, high: int) -> bytes:
        count = high - low
        if count == 0:
            return EMPTY
        whole = count & count - 1 == 0 and low % count == 0
        if whole and count >= BLOCK:
            return _kept(session, count.bit_length() - 1, low)
        if count <= BLOCK:
            return root_of(_leaves(session, low, high))
        middle = low + split(count)
        return node_hash(span(low, middle), span(middle, high))

    return span


def _leaves(session: Session, low: int, high: int) -> list[bytes]:
    rows = session.execute(
        select(SEAL_LEAF.c.hash)
        .where(SEAL_LEAF.c.position >= low, SEAL_LEAF.c.position < high)
        .order_by(SEAL_LEAF.c.position)
    ).scalars()
    return [leaf_hash(content) for content in rows]


def _kept(session: Session, level: int, first: int) -> bytes:
    block = select(SEAL_NODE.c.hash).where(SEAL_NODE.c.level == level, SEAL_NODE.c.first == first)
    return bytes(session.execute(block).scalar_one())


def _keep_blocks(session: Session, before: int, size: int) -> None:
    """Keep the hash of every block that is full now and was not before."""
    level = BLOCK_LEVEL
    while (width := 1 << level) <= size:
        rows = []
        for first in range(before // width * width, size // width * width, width):
            if level == BLOCK_LEVEL:
                content = root_of(_leaves(session, first, first + width))
            else:
                half = width // 2
                content = node_hash(_kept(session, level - 1, first), _kept(session, level - 1, first + half))
            rows.append({"level": level, "first": first, "hash": content})
        if rows:
            session.execute(insert(SEAL_NODE), rows)
        level += 1


def _unsealed(session: Session, since: datetime | None) -> Iterator[Sequence[Any]]:
    """Events without a place, some at a time, in an order of their own."""
    statement = (
        select(EVENT.c.id, EVENT.c.hash)
        .outerjoin(SEAL_LEAF, SEAL_LEAF.c.event_id == EVENT.c.id)
        .where(SEAL_LEAF.c.event_id.is_(None))
        .order_by(EVENT.c.recorded_at, EVENT.c.subject, EVENT.c.key, EVENT.c.number)
    )
    if since is not None:
        statement = statement.where(EVENT.c.recorded_at >= since)
    found = session.execute(statement).all()
    for start in range(0, len(found), AT_ONCE):
        yield found[start : start + AT_ONCE]


def _sign(
    session: Session, signing: SigningKeys, content: dict[str, Any], now: datetime, complete: bool
) -> Sealed:
    text = canonical(content)
    made = Sealed(
        content["number"], content["size"], now, text, sha256(text.encode()).hexdigest(),
        signing.private.sign(PURPOSE + text.encode()).hex(),
    )  # fmt: skip
    session.execute(
        insert(SEAL).values(
            number=made.number, size=made.size, at=now, complete=complete, text=text, hash=made.hash,
            signature=made.signature,
        )
    )  # fmt: skip
    return made


def _last_complete(session: Session) -> datetime:
    at: datetime = session.execute(
        select(SEAL.c.at).where(SEAL.c.complete).order_by(SEAL.c.number.desc()).limit(1)
    ).scalar_one()
    return at


def _one(session: Session, statement: Select[Any]) -> Sealed | None:
    row = session.execute(statement).one_or_none()
    return _sealed(row) if row else None


def _sealed(row: Any) -> Sealed:
    return Sealed(row.number, row.size, row.at, row.text, row.hash, row.signature)
