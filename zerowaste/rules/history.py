"""A subject is the fold of its events: nothing but their texts is needed to know it.

Custody folds a manifest's events to judge the next act; reversal folds all but the act taken back;
replay folds everything to prove the stored tables."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from zerowaste.vocabulary import Act

# The key of a row within its subject; () where the subject is the row.
KEYS: dict[str, tuple[str, ...]] = {
    "manifest": (),
    "treatment": (),
    "publication": (),
    "line": ("number",),
    "leg": ("number",),
    "draw": ("line", "holding_id"),
    "line_package": ("line", "tag"),
    "trip": ("id",),
    "package": ("tag",),
    "incident": ("id",),
    "disposition": (),
}

# What another manifest's act made of this one: nobody's act, so nobody takes it back.
ECHOES = frozenset({Act.SETTLE})

OPENING = (
    "id", "kind", "part", "stream", "waste_code", "site_id", "organisation_id", "line", "since",
    "due_at", "operation", "name",
)  # fmt: skip


@dataclass(slots=True)
class History:
    """What the applied events of one subject add up to, in the plain values of their texts.

    `key` names the subject; `rows`: table → key → row; `parts`: (line, part) → holding id; `opened`:
    holding id → opening; `charges`: (quota, line) → [reserved, used];
    `held`: (line, holding) → grams held; `standing`: (kind, role) of the acts not taken back; `laid`: the
    parts that each of them opened; `plans`: the rows of the legs as they were each time before they were
    planned anew."""

    key: str = ""
    rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = field(default_factory=dict)
    parts: dict[tuple[int, str], int] = field(default_factory=dict)
    opened: dict[int, dict[str, Any]] = field(default_factory=dict)
    charges: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    held: dict[tuple[int, int], int] = field(default_factory=dict)
    status: str = ""
    standing: list[tuple[str, str]] = field(default_factory=list)
    laid: list[list[tuple[int, str]]] = field(default_factory=list)
    plans: list[list[dict[str, Any]]] = field(default_factory=list)

    def row(self, table: str) -> dict[str, Any]:
        """The row of a table whose subject is the row itself (empty if there is none)."""
        return self.rows.get(table, {}).get((), {})

    def all(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table in the order of their keys."""
        rows = self.rows.get(table, {})
        return [rows[key] for key in sorted(rows)]

    def add(self, event: dict[str, Any]) -> None:
        """Take in one applied event."""
        self.key = event["key"]
        self.status = event.get("status", self.status)
        self._stand(event)
        for change in ("put", "set"):
            for table, rows in event.get(change, {}).items():
                self._merge(table, rows)
        for values in event.get("open", ()):
            opening = dict(zip(OPENING, values, strict=True))
            self.opened[opening["id"]] = opening
            part = opening["line"], opening["part"]
            self.parts[part] = opening["id"]
            self.laid[-1].append(part)
        for line, holding, grams in event.get("holds", ()):
            self.held[line, holding] = self.held.get((line, holding), 0) + grams
        for quota, line, reserved, used in event.get("charges", ()):
            total = self.charges.setdefault((quota, line), [0, 0])
            total[0] += reserved
            total[1] += used

    def _stand(self, event: dict[str, Any]) -> None:
        """What the act makes of those before it: one is taken back, who was to carry is remembered. What
        was opened by an act taken back is opened afresh by the next: it may be another waste, and lies there
        from another moment."""
        if event["kind"] == Act.REVERSE:
            self.standing.pop()
            for part in self.laid.pop():
                self.parts.pop(part, None)
        elif event["kind"] not in ECHOES:
            self.standing.append((event["kind"], event["role"]))
            self.laid.append([])
        if event["kind"] == Act.REPLAN:
            self._plan_anew()

    def _plan_anew(self) -> None:
        """Remember who was to carry it. What lay further on the way has been taken back; it is opened afresh,
        for others may hold it, and a holding takes only from older ones."""
        self.plans.append([dict(row) for row in self.all("leg")])
        stays = {"yard", *(f"load.{leg + 1}" for leg in range(self.row("manifest")["carried"]))}
        self.parts = {key: holding for key, holding in self.parts.items() if key[1] in stays}

    def _merge(self, table: str, rows: list[dict[str, Any]]) -> None:
        names = KEYS[table]
        known = self.rows.setdefault(table, {})
        for row in rows:
            known.setdefault(tuple(row[name] for name in names), {}).update(row)


def fold(texts: Iterable[str]) -> History:
    """The history that these event texts (applied ones, in order) add up to."""
    history = History()
    for text in texts:
        history.add(json.loads(text))
    return history
