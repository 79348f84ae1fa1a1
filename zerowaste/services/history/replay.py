"""Replay: build every projection into empty tables from `event` alone, and compare them with the stored.

Nothing is judged again: each subject is the fold of its events, and balances, holds and counters are sums
over all of them, so no order between subjects is needed. The stored tables are only read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from zerowaste.rules.history import History
from zerowaste.rules.law import Law
from zerowaste.services.history.replay_compare import Difference, compare
from zerowaste.services.history.replay_events import Watch, chains, take_time, unwatched
from zerowaste.services.history.replay_scratch import Scratch
from zerowaste.services.history.replay_series import Series
from zerowaste.services.history.replay_tables import PROVED, scratch_columns
from zerowaste.vocabulary import Verdict

__all__ = ["Difference", "differences", "replay"]

# What stands in a row beside what its event says of it.
OWNER = {
    "manifest": "id",
    "line": "manifest_id",
    "leg": "manifest_id",
    "draw": "manifest_id",
    "line_package": "manifest_id",
    "treatment": "id",
    "disposition": "id",
    "publication": "id",
}
COUNTED = ("site", "organisation", "account")
_COLUMNS = scratch_columns()
# What reading a text that nobody of us wrote may raise.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


def replay(session: Session, law: Law) -> list[Difference]:
    """Every difference between the stored tables and what the events say; none is how it must be."""
    return list(differences(session, law))


def differences(session: Session, law: Law, watch: Watch[Any] = unwatched) -> Iterator[Difference]:
    """The same one by one, however many there are. `watch` sees the events go by."""
    take_time(session)
    with Scratch(_COLUMNS) as scratch:
        yield from rebuild(session, law, scratch, watch)
        for proved in watch(PROVED, "比对 Comparing", len(PROVED)):
            yield from compare(session, scratch, proved)


def rebuild(
    session: Session, law: Law, scratch: Scratch, watch: Watch[Any] = unwatched
) -> Iterator[Difference]:
    """Fill the empty tables from the events. Yields the events that could not be read."""
    series = Series(law)
    for chain in chains(session, watch, "重演事件 Replaying events"):
        teller = _Retold(chain.subject, chain.key, scratch)
        for event in chain.events:
            try:
                teller.take(event)
            except UNREADABLE:
                yield Difference("event", (("subject", chain.subject), ("key", chain.key),
                                           ("number", event.number), ("id", str(event.id))))  # fmt: skip
        teller.write_rows()
        manifest = teller.history.row("manifest")
        series.count(manifest.get("stream"), manifest.get("number"))
    for key, last in series.last.items():
        scratch.add("series", (key, last + 1))


@dataclass(slots=True)
class _Retold:
    """One subject, told again by its events."""

    subject: str
    key: str
    scratch: Scratch
    history: History = field(default_factory=History)
    events: int = 0
    head: str = ""

    def take(self, event: Any) -> None:
        """What one event says: into the subject's history, and what it books into the empty tables."""
        self.events, self.head = event.number, event.hash
        content = json.loads(event.text)
        if content["verdict"] != Verdict.APPLIED:
            return
        self.history.add(content)
        event_id = content["id"]
        for opening in content.get("open", ()):
            self._open(event_id, opening[0])
        for origin, target, grams, basis, source in content.get("flows", ()):
            self.scratch.add("flow", (event_id, origin, target, source, basis, grams))
        for _, holding, grams in content.get("holds", ()):
            self.scratch.add("hold", (holding, grams))
        manifest = self.key if self.subject == "manifest" else None
        for quota, line, reserved, used in content.get("charges", ()):
            self.scratch.add("charge", (event_id, quota, line, manifest, reserved, used))

    def _open(self, event_id: str, holding: int) -> None:
        row = self.history.opened[holding] | {
            "event_id": event_id,
            "manifest_id": self.key if self.subject == "manifest" else None,
            "treatment_id": self.key if self.subject == "treatment" else None,
        }
        self._add("holding", row)

    def write_rows(self) -> None:
        """The subject's rows as its last event left them."""
        held = self.history.held
        for table, rows in self.history.rows.items():
            beside: dict[str, Any] = {OWNER[table]: self.key} if table in OWNER else {}
            if table == self.subject:
                beside |= {"events": self.events, "head": self.head}
            for key, row in rows.items():
                if table == "draw":
                    beside["held_g"] = held.get((key[0], key[1]), 0)
                self._add(table, row | beside)
        if self.subject in COUNTED:
            self.scratch.add(self.subject, (self.key, self.events, self.head))

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self.scratch.add(table, [row.get(name) for name in _COLUMNS[table]])
