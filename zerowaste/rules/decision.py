"""What an event decides: verdict, what is found, and every change it books; and its canonical form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from zerowaste.errors import Problem
from zerowaste.rules.evidence import stamp
from zerowaste.vocabulary import Verdict

Row = Mapping[str, Any]


class Opening(NamedTuple):
    """A holding that the event opens. `part` and `line` say which step of what it is."""

    id: int
    kind: str
    part: str
    stream: str
    waste_code: str
    site_id: int | None
    organisation_id: int
    line: int
    since: datetime
    due_at: datetime | None
    operation: str = ""
    name: str = ""


class Move(NamedTuple):
    """Grams booked on an edge (a difference: may be negative). `origin` None: `source` says why."""

    origin: int | None
    target: int
    grams: int
    basis: str
    source: str = ""


class Hold(NamedTuple):
    line: int
    holding: int
    grams: int


class Charge(NamedTuple):
    quota: int
    line: int
    reserved: int
    used: int


@dataclass(slots=True)
class Decision:
    """All that one event changes. `put`: new rows; `set`: changed columns of rows (with their key)."""

    verdict: Verdict = Verdict.APPLIED
    code: str = ""  # headline of a refusal
    status: str = ""
    edition: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)
    put: dict[str, list[Row]] = field(default_factory=dict)
    set: dict[str, list[Row]] = field(default_factory=dict)
    opens: list[Opening] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    # Guards for the write, not part of the evidence: quota → the total it must not pass.
    ceilings: dict[int, int] = field(default_factory=dict)

    def form(self) -> dict[str, Any]:
        """The decision as the event's text holds it; empty parts are left out. For `evidence.canonical`."""
        parts: dict[str, Any] = {
            "code": self.code,
            "edition": self.edition,
            "status": str(self.status),
            "errors": [problem_form(p) for p in self.errors],
            "warnings": [problem_form(p) for p in self.warnings],
            "findings": [problem_form(p) for p in self.findings],
            "put": self.put,
            "set": self.set,
            "open": self.opens,
            "flows": [[m.origin or 0, m.target, m.grams, str(m.basis), str(m.source)] for m in self.moves],
            "holds": self.holds,
            "charges": self.charges,
        }
        return {name: part for name, part in parts.items() if part}


def balances(moves: Iterable[Move]) -> dict[int, int]:
    """What the moves do to each holding's balance."""
    changes: dict[int, int] = {}
    for move in moves:
        changes[move.target] = changes.get(move.target, 0) + move.grams
        if move.origin is not None:
            changes[move.origin] = changes.get(move.origin, 0) - move.grams
    return changes


_PLAIN = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A value as canonical JSON can hold it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, UUID | date):
        return str(value)
    return value


def problem_form(problem: Problem) -> list[Any]:
    return [problem.code, problem.path, problem.params]


def problems_of(forms: Sequence[Sequence[Any]]) -> list[Problem]:
    return [Problem(code, path, params) for code, path, params in forms]
