"""The books: every change a decision makes, written to the stored tables in one order of locks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, update

from zerowaste.models.tables import (
    CHARGE,
    DRAW,
    FLOW,
    HOLDING,
    ORGANISATION,
    PROJECTIONS,
    QUOTA,
    SITE,
    USER,
)
from zerowaste.rules.decision import Decision, balances
from zerowaste.services.booking.writing import Writes

# The column that names a row's subject; it is left out of the event's text, which names it already.
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
# Subjects that are called by an id.
IDENTIFIED = ("manifest", "treatment", "disposition", "publication")


# Rows that point at holdings are written once these are there.
AFTER_HOLDINGS = ("draw", "line_package", "treatment")


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a subject's chain of events stands: the row that counts it, locked."""

    subject: str
    key: str
    events: int
    head: str


def book(writes: Writes, chain: Chain, event_id: UUID, decision: Decision) -> None:
    """Apply a decision to the stored tables."""
    owner = _owner(chain)
    subject_changes: dict[str, Any] = {}
    for name, rows in decision.put.items():
        if name in AFTER_HOLDINGS:
            continue
        _put(writes, name, rows, owner, chain)
    _open(writes, decision, event_id, owner, chain.subject)
    for name in AFTER_HOLDINGS:
        if name in decision.put:
            _put(writes, name, with_holds(name, decision), owner, chain)
    _move(writes, decision, event_id)
    _hold(writes, decision, owner)
    manifest_id = owner if chain.subject == "manifest" else None
    charge(writes, decision, event_id, manifest_id)
    for name, rows in decision.set.items():
        if name == chain.subject:
            subject_changes = {k: v for row in rows for k, v in row.items()}
        else:
            _set(writes, name, rows, owner)
    if chain.subject not in decision.put:
        advance(writes, chain, subject_changes)


def _owner(chain: Chain) -> Any:
    return UUID(chain.key) if chain.subject in IDENTIFIED else chain.key


def _put(writes: Writes, name: str, rows: Sequence[Mapping[str, Any]], owner: Any, chain: Chain) -> None:
    writes.insert(PROJECTIONS[name], put_rows(name, rows, owner, chain))


def put_rows(name: str, rows: Sequence[Mapping[str, Any]], owner: Any, chain: Chain) -> list[dict[str, Any]]:
    """New rows with the column that names their subject; the subject's own with its chain's head."""
    column = OWNER.get(name)
    own = {column: owner} if column else {}
    if name == chain.subject:
        own |= {"events": chain.events, "head": chain.head}
    return [{**row, **own} for row in rows]


def with_holds(name: str, decision: Decision) -> Sequence[Mapping[str, Any]]:
    """New draws carry the hold this event gives them."""
    if name != "draw":
        return decision.put[name]
    held = {(hold.line, hold.holding): hold.grams for hold in decision.holds}
    return [{**row, "held_g": held.get((row["line"], row["holding_id"]), 0)} for row in decision.put["draw"]]


def _set(writes: Writes, name: str, rows: Sequence[Mapping[str, Any]], owner: Any) -> None:
    target = PROJECTIONS[name]
    column = OWNER.get(name)
    for row in rows:
        keys = {c.name: row[c.name] for c in target.primary_key if c.name in row}
        if column:
            keys[column] = owner
        changes = {k: v for k, v in row.items() if k not in keys}
        writes.update(target, keys, changes)


def advance(writes: Writes, chain: Chain, changes: Mapping[str, Any]) -> None:
    """The subject's own row: its new chain head and whatever changed in it."""
    values = {**changes, "events": chain.events, "head": chain.head}
    if chain.subject == "site":
        writes.update(SITE, {"code": chain.key}, values)
    elif chain.subject == "organisation":
        writes.update(ORGANISATION, {"credit_code": chain.key}, values)
    elif chain.subject == "account":
        writes.update(USER, {"login": chain.key}, values)
    elif chain.subject in PROJECTIONS:
        writes.update(PROJECTIONS[chain.subject], {"id": UUID(chain.key)}, values)
    else:
        raise ValueError(f"no table counts the events of a {chain.subject}")


def _open(writes: Writes, decision: Decision, event_id: UUID, owner: Any, subject: str) -> None:
    """New holdings, already with the balance and hold this event gives them."""
    writes.insert(HOLDING, opened_rows(decision, event_id, owner, subject))


def opened_rows(decision: Decision, event_id: UUID, owner: Any, subject: str) -> list[dict[str, Any]]:
    """The rows of the holdings an event opens."""
    grams, held = balances(decision.moves), held_changes(decision)
    return [
        {
            **opening._asdict(),
            "manifest_id": owner if subject == "manifest" else None,
            "treatment_id": owner if subject == "treatment" else None,
            "event_id": event_id,
            "grams": grams.get(opening.id, 0),
            "held_g": held.get(opening.id, 0),
        }
        for opening in decision.opens
    ]


def held_changes(decision: Decision) -> dict[int, int]:
    held: dict[int, int] = {}
    for hold in decision.holds:
        held[hold.holding] = held.get(hold.holding, 0) + hold.grams
    return held


_BALANCE = (
    update(HOLDING)
    .where(
        HOLDING.c.id == bindparam("b_id"),
        HOLDING.c.grams + bindparam("b_grams") >= HOLDING.c.held_g + bindparam("b_held"),
        HOLDING.c.held_g + bindparam("b_held") >= 0,
    )
    .values(grams=HOLDING.c.grams + bindparam("b_grams"), held_g=HOLDING.c.held_g + bindparam("b_held"))
)


def _move(writes: Writes, decision: Decision, event_id: UUID) -> None:
    """Balances of holdings that were there before, by id; then the flows themselves."""
    opened = {opening.id for opening in decision.opens}
    grams, held = balances(decision.moves), held_changes(decision)
    changes = [
        {"b_id": holding, "b_grams": grams.get(holding, 0), "b_held": held.get(holding, 0)}
        for holding in sorted((grams.keys() | held.keys()) - opened)
    ]
    writes.run(_BALANCE, changes, guarded=True)
    writes.insert(FLOW, flow_rows(decision, event_id))


def flow_rows(decision: Decision, event_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "event_id": event_id,
            "from_id": move.origin,
            "to_id": move.target,
            "grams": move.grams,
            "basis": move.basis,
            "source": move.source,
        }
        for move in decision.moves
    ]


_DRAW = (
    update(DRAW)
    .where(
        DRAW.c.manifest_id == bindparam("b_owner"),
        DRAW.c.line == bindparam("b_line"),
        DRAW.c.holding_id == bindparam("b_id"),
    )
    .values(held_g=DRAW.c.held_g + bindparam("b_held"))
)


def _hold(writes: Writes, decision: Decision, owner: Any) -> None:
    """The holds of draws, beside those of the holdings (which `_move` and `_open` wrote)."""
    fresh = {(row["line"], row["holding_id"]) for row in decision.put.get("draw", ())}
    changes = [
        {"b_owner": owner, "b_line": hold.line, "b_id": hold.holding, "b_held": hold.grams}
        for hold in decision.holds
        if (hold.line, hold.holding) not in fresh
    ]
    writes.run(_DRAW, changes)


_CHARGE = (
    update(QUOTA)
    .where(
        QUOTA.c.id == bindparam("b_id"),
        QUOTA.c.reserved_g + bindparam("b_reserved") >= 0,
        QUOTA.c.used_g + bindparam("b_used") >= 0,
        or_(
            bindparam("b_ceiling") < 0,
            QUOTA.c.reserved_g + QUOTA.c.used_g + bindparam("b_reserved") + bindparam("b_used")
            <= bindparam("b_ceiling"),
        ),
    )
    .values(
        reserved_g=QUOTA.c.reserved_g + bindparam("b_reserved"),
        used_g=QUOTA.c.used_g + bindparam("b_used"),
    )
)


def charge(writes: Writes, decision: Decision, event_id: UUID, manifest_id: UUID | None) -> None:
    """Change quotas by id, each in one guarded statement, and keep what was charged."""
    totals: dict[int, list[int]] = {}
    for row in decision.charges:
        total = totals.setdefault(row.quota, [0, 0])
        total[0] += row.reserved
        total[1] += row.used
    changes = [
        {
            "b_id": quota,
            "b_reserved": r,
            "b_used": u,
            "b_ceiling": decision.ceilings.get(quota, -1) if r + u > 0 else -1,
        }
        for quota, (r, u) in sorted(totals.items())
    ]
    writes.run(_CHARGE, changes, guarded=True)
    writes.insert(CHARGE, charge_rows(decision, event_id, manifest_id))


def charge_rows(decision: Decision, event_id: UUID, manifest_id: UUID | None) -> list[dict[str, Any]]:
    return [
        {
            "quota_id": row.quota,
            "event_id": event_id,
            "manifest_id": manifest_id,
            "line": row.line,
            "reserved_g": row.reserved,
            "used_g": row.used,
        }
        for row in decision.charges
    ]
