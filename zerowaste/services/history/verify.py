"""Verify: walk every chain of events and name what was changed, taken out, put in or cut off.

Every event is hashed anew over the one before it; the number and hash of the last one must be what the
subject's own row keeps; the serials given to manifests must be all there; photos and files must still
be what their names say."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from zerowaste.models.tables import EVIDENCE, MANIFEST, SERIES
from zerowaste.rules.law import Law
from zerowaste.services.history.replay_events import Watch, chains, streamed, take_time, unwatched
from zerowaste.services.history.replay_series import NUMBERS, Series
from zerowaste.services.history.verify_chain import Fault, walk
from zerowaste.services.history.verify_heads import against_heads, without_events

__all__ = ["Fault", "faults", "verify"]


def verify(session: Session, law: Law) -> list[Fault]:
    """The first fault of every chain that has one; none is how it must be."""
    return list(faults(session, law))


def faults(session: Session, law: Law, watch: Watch[Any] = unwatched) -> Iterator[Fault]:
    """The same one by one, however many there are. `watch` sees the events go by."""
    take_time(session)
    walked = (
        walk(chain.subject, chain.key, chain.events)
        for chain in chains(session, watch, "校验事件 Verifying events", private=True)
    )
    yield from against_heads(session, walked)
    yield from without_events(session)
    yield from _numbers_missing(session, law)
    yield from _files_altered(session)


def _numbers_missing(session: Session, law: Law) -> Iterator[Fault]:
    """Serials that were given and that no manifest bears: the manifest is gone with all its events."""
    series = Series(law)
    bearing = session.execute(select(func.count(MANIFEST.c.number))).scalar_one()
    rows = session.execute(select(SERIES.c.key, SERIES.c.next).where(SERIES.c.key.startswith(NUMBERS))).all()
    # Among one more serials than there are manifests the first one missing must be.
    seen = {row.key: bytearray(max(0, min(row.next, bearing + 2))) for row in rows}
    numbered = select(MANIFEST.c.stream, MANIFEST.c.number).where(MANIFEST.c.number.is_not(None))
    for row in streamed(session, numbered):
        series.count(row.stream, row.number)
        key, serial = series.place(row.stream, row.number) or ("", 0)
        if serial < len(seen.get(key, b"")):
            seen[key][serial] = 1
    for row in sorted(rows):
        given, missing = row.next - 1, seen[row.key].find(0, 1)
        if missing > 0:
            told = (("count", given - series.counted.get(row.key, 0)), ("given", given))
            yield Fault(
                "number_missing", "series", row.key, row.key.removeprefix(NUMBERS), missing, detail=told
            )


def _files_altered(session: Session) -> Iterator[Fault]:
    """Photos and files that are no longer what was handed in. Read one at a time: they are large."""
    for name in session.execute(select(EVIDENCE.c.sha256).order_by(EVIDENCE.c.sha256)).scalars().all():
        content = session.execute(select(EVIDENCE.c.content).where(EVIDENCE.c.sha256 == name)).scalar_one()
        if sha256(content).hexdigest() != name:
            yield Fault("evidence_altered", "evidence", name)
