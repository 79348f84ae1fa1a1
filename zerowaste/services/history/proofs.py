"""Proofs as audits take them: chains of events walked anew, and what their events say against the tables."""

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.graph.city import Unproved
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import EVENT, LINE, MANIFEST, PRIVATE
from zerowaste.rules.decision import plain
from zerowaste.rules.history import fold
from zerowaste.rules.law import Law
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.history.replay import differences
from zerowaste.services.history.replay_compare import Difference
from zerowaste.services.history.replay_events import Watch, unwatched
from zerowaste.services.history.verify import faults
from zerowaste.services.history.verify_chain import Fault, walk
from zerowaste.services.history.verify_heads import against_heads
from zerowaste.vocabulary import Verdict

_OWNERS = {"manifest": "id", "line": "manifest_id", "leg": "manifest_id", "draw": "manifest_id"}


def unproved(session: Session, law: Law, watch: Watch[Any] = unwatched) -> list[Unproved]:
    """Everything that `flask verify` and `flask replay` find. Reads every event twice."""
    found = [_of_fault(fault) for fault in faults(session, law, watch)]
    return found + [_of_difference(each) for each in differences(session, law, watch)]


def unproved_chains(session: Session, law: Law, chains: Collection[tuple[str, str]]) -> list[Unproved]:
    """The same of some chains: each walked anew, and manifests folded anew and compared."""
    walked = [
        walk(subject, key, iter(list(events)))
        for subject in sorted({subject for subject, _ in chains})
        for some in in_parts(key for known, key in chains if known == subject)
        for key, events in groupby(_events(session, subject, some), key=lambda event: event.key)
    ]
    found = [_of_fault(fault) for fault in against_heads(session, walked)]
    return found + list(_told_otherwise(session, [key for subject, key in chains if subject == "manifest"]))


def _events(session: Session, subject: str, keys: Collection[str]) -> Iterator[Any]:
    columns = select(EVENT, PRIVATE.c.text.label("private_text"), PRIVATE.c.salt)
    yield from session.execute(
        columns.outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(EVENT.c.subject == subject, EVENT.c.key.in_(keys))
        .order_by(EVENT.c.key, EVENT.c.number)
    )


def _told_otherwise(session: Session, manifests: Iterable[str]) -> Iterator[Unproved]:
    """Manifests and lines whose stored row is not what their events say."""
    for some in in_parts(manifests):
        ids = [UUID(key) for key in some]
        stored = {str(row.id): row for row in session.execute(select(MANIFEST).where(MANIFEST.c.id.in_(ids)))}
        lines = {
            (str(row.manifest_id), row.number): row
            for row in session.execute(select(LINE).where(LINE.c.manifest_id.in_(ids)))
        }
        told = session.execute(
            select(EVENT.c.key, EVENT.c.text)
            .where(EVENT.c.subject == "manifest", EVENT.c.key.in_(some))
            .where(EVENT.c.verdict == Verdict.APPLIED)  # what was refused takes nothing back
            .order_by(EVENT.c.key, EVENT.c.number)
        )
        for key, events in groupby(told, key=lambda event: event.key):
            history = fold(event.text for event in events)
            rows = [(stored.get(key), history.row("manifest"))]
            rows += [(lines.get((key, row["number"])), row) for row in history.all("line")]
            if any(_differs(row, said) for row, said in rows):
                name = getattr(stored.get(key), "number", None) or key
                yield Unproved("manifest", key, name, "replay_value_differs", lines=((UUID(key), 1),))


def _differs(row: Any, said: Any) -> bool:
    if row is None:
        return bool(said)
    return any(plain(getattr(row, name, None)) != value for name, value in said.items() if hasattr(row, name))


def _of_fault(fault: Fault) -> Unproved:
    event = as_uuid(fault.event) if fault.event else None
    manifest = as_uuid(fault.key) if fault.subject == "manifest" else None
    return Unproved(
        fault.subject, fault.key[:60], fault.name, fault.code, (event,) if event else (),
        ((manifest, 1),) if manifest else (),
    )  # fmt: skip


def _of_difference(difference: Difference) -> Unproved:
    key = dict(difference.key)
    owner = key.get(_OWNERS.get(difference.table, ""))
    if owner is not None:
        manifest = UUID(str(owner))
        return Unproved("manifest", str(manifest), "", difference.problem.code, lines=((manifest, 1),))
    named = json.dumps([difference.table, *map(str, key.values())], ensure_ascii=False)
    return Unproved("table", named[:60], difference.table, difference.problem.code)
