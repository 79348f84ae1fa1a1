"""The terms of a paper, and the counters that must stand as soon as a term does."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from zerowaste.models.conditions import OPEN_HOLDING
from zerowaste.models.tables import HOLDING, QUOTA, TERM
from zerowaste.rules import permits, quotas
from zerowaste.rules.decision import Charge, Decision
from zerowaste.rules.law import Law
from zerowaste.rules.parties import Paper, Term
from zerowaste.services.booking.ledger import Row
from zerowaste.services.masterdata.rows import UNITS, PermitRow, TermKey, TermRow
from zerowaste.vocabulary import HoldingKind, Instrument, Period, Unit

PERCENT = 100


def write_terms(
    session: Session, law: Law, paper: Row, row: PermitRow, decision: Decision, *, day: date
) -> list[dict[str, Any]]:
    """Bring the stored terms of a paper to what the row says; gives what changed, for the event.

    A storage term gets its counter at once, opened in the same event with the stock that lies there:
    from then on the counter follows the stock."""
    stored = {_key(term): term for term in session.execute(select(TERM).where(TERM.c.permit_id == paper.id))}
    changed = []
    for term in row.term:
        limits = {
            "limit_g": term.counted(term.limit),
            "hard_limit_g": hard_limit(row, term, law, day=day),
        }
        old = stored.pop(term.key, None)
        if old is None:
            term_id = _insert(session, paper.id, term, limits)
        else:
            term_id = old.id
            said = {**limits, "price_fen": term.price_fen}
            if all(getattr(old, name) == value for name, value in said.items()):
                continue
            _change(session, old, said, limits)
        if term.period is Period.LEVEL and limits["limit_g"] is not None:
            _open_level(session, law, paper, _term(term_id, term, limits), decision, day=day)
        price = {"price_fen": term.price_fen} if term.price_fen != (old.price_fen if old else None) else {}
        changed.append({"term": " ".join(filter(None, term.key)), **limits, **price})
    for old in stored.values():
        session.execute(delete(TERM).where(TERM.c.id == old.id))
        changed.append({"term": " ".join(filter(None, _key(old))), "removed": True})
    return changed


def hard_limit(row: PermitRow, term: TermRow, law: Law, *, day: date) -> int | None:
    """Where the paper says none: what the law of the stream makes of a permit's yearly scale
    (HW-CAP120), else the limit itself."""
    if term.hard_limit is not None or term.limit is None:
        return term.counted(term.hard_limit)
    limit = term.counted(term.limit) or 0
    stream = law.streams.find(term.stream, on=day)
    if stream is None or row.kind is not Instrument.PERMIT or term.period is not Period.YEAR:
        return limit
    return max(limit, limit * stream.quota_hard_percent // PERCENT - stream.hard_at_exactly)


def used_terms(session: Session) -> Iterator[tuple[int, TermKey]]:
    """(permit, key) of every term that a counter stands for: it can no longer be taken out."""
    used = select(QUOTA.c.term_id).distinct()
    for term in session.execute(select(TERM).where(TERM.c.id.in_(used))):
        yield term.permit_id, _key(term)


def _key(term: Row) -> TermKey:
    unit = "litre" if term.unit == Unit.LITRE else ""
    return term.stream, term.pattern, term.operation, str(term.period), unit


def _insert(session: Session, permit_id: int, term: TermRow, limits: dict[str, int | None]) -> int:
    made = session.execute(
        insert(TERM).values(
            permit_id=permit_id,
            stream=term.stream,
            pattern=term.pattern,
            operation=term.operation,
            period=term.period,
            unit=UNITS[term.unit][0],
            price_fen=term.price_fen,
            **limits,
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[attr-defined]  # an insert has one


def _change(session: Session, old: Row, said: dict[str, int | None], limits: dict[str, int | None]) -> None:
    """The term, and the counters that repeat its limits."""
    session.execute(update(TERM).where(TERM.c.id == old.id).values(said))
    repeated = {name: value or 0 for name, value in limits.items()}
    session.execute(update(QUOTA).where(QUOTA.c.term_id == old.id).values(repeated))


def _term(term_id: int, term: TermRow, limits: dict[str, int | None]) -> Term:
    return Term(
        id=term_id,
        stream=term.stream,
        pattern=term.pattern,
        operation=term.operation,
        period=term.period,
        unit=UNITS[term.unit][0],
        limit=limits["limit_g"],
        hard_limit=limits["hard_limit_g"],
    )


def _open_level(session: Session, law: Law, paper: Row, term: Term, decision: Decision, *, day: date) -> None:
    holder = Paper(
        id=paper.id,
        kind=Instrument(paper.kind),
        number=paper.number,
        organisation_id=paper.organisation_id,
        site_id=paper.site_id,
        counterpart_id=paper.counterpart_id,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
    )
    window = quotas.window(term, holder, day)
    if session.execute(select(QUOTA.c.id).where(QUOTA.c.term_id == term.id)).first():
        return
    made = session.execute(
        insert(QUOTA).values(
            term_id=term.id,
            site_id=paper.site_id,
            period=term.period,
            starts=window.starts,
            ends=window.ends,
            unit=term.unit,
            limit_g=term.limit or 0,
            hard_limit_g=term.hard_limit or 0,
            reserved_g=0,
            used_g=0,
        )
    )
    stock = _stock(session, law, paper.site_id, term, day=day)
    if stock:
        quota = int(made.inserted_primary_key[0])  # type: ignore[attr-defined]  # an insert has one
        decision.charges.append(Charge(quota, 0, 0, stock))


def _stock(session: Session, law: Law, site_id: int, term: Term, *, day: date) -> int:
    """Grams of what the term speaks of that lie on the site now."""
    rows = session.execute(
        select(HOLDING.c.stream, HOLDING.c.waste_code, func.sum(HOLDING.c.grams).label("grams"))
        .where(HOLDING.c.site_id == site_id, OPEN_HOLDING, HOLDING.c.kind == HoldingKind.LOT)
        .group_by(HOLDING.c.stream, HOLDING.c.waste_code)
    )
    total = 0
    for row in rows:
        waste = law.catalogue.waste(row.stream, row.waste_code, on=day)
        if waste is not None and permits.speaks_of(term, row.stream, waste):
            total += int(row.grams)
    return total
