"""Whether somebody's papers allow a thing: the right kind, for this code and operation, on this day.

Law: 固废法/法典 534 and 危险废物经营许可证管理办法 10, 13 (HW-PERMIT); 转移管理办法 14 (HW-PLAN),
21-28 (HW-XPROV); 法典 514 (KW-QUAL), 520 (CW-PLAN); 建设部令139 (CW-LIC)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zerowaste.errors import Problem
from zerowaste.rules.catalogue import WasteCode, covers
from zerowaste.rules.parties import Paper, Term
from zerowaste.vocabulary import Instrument, Period


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be allowed: this waste, treated so (empty: not said), on this day, at this receiver."""

    stream: str
    waste: WasteCode
    operation: str
    day: date
    receiver_id: int


def term_covers(term: Term, wanted: Wanted) -> bool:
    """Whether one term speaks of this waste and operation."""
    return term.operation in ("", wanted.operation) and speaks_of(term, wanted.stream, wanted.waste)


def speaks_of(term: Term, stream: str, waste: WasteCode) -> bool:
    """Whether one term speaks of this waste, whatever is done with it."""
    return term.stream in ("", stream) and covers(term.pattern, waste.code, waste.category)


def covering(papers: Iterable[Paper], kind: Instrument, wanted: Wanted) -> list[tuple[Paper, Term]]:
    """The valid papers of a kind, with their terms, that cover what is wanted.

    Where the manifest does not say the operation, any operation the paper allows will do."""
    found = []
    for paper in papers:
        if paper.kind is not kind or not paper.valid_on(wanted.day):
            continue
        if paper.counterpart_id not in (None, wanted.receiver_id):
            continue
        asked = [
            term
            for term in paper.terms
            if not (wanted.operation and term.operation not in ("", wanted.operation))
            and speaks_of(term, wanted.stream, wanted.waste)
        ]
        if allows(asked):
            found += [(paper, term) for term in asked]
    return found


def allows(terms: Iterable[Term]) -> bool:
    """Whether a paper's terms allow anything: how much may lie there says nothing of what may be done."""
    return any(term.period is not Period.LEVEL for term in terms)


def by_operation(
    papers: Iterable[Paper], stream: str | None, operation: str, day: date
) -> Iterator[tuple[Paper, Term]]:
    """The papers valid on a day that allow an operation, with their terms on it, whatever the waste."""
    for paper in papers:
        on_stream = [term for term in paper.terms if stream is None or term.stream in ("", stream)]
        terms = [term for term in on_stream if term.operation in ("", operation)]
        if paper.valid_on(day) and allows(terms):
            yield from ((paper, term) for term in terms)


def operation_for(papers: Iterable[Paper], wanted: Wanted, suits: Callable[[WasteCode, str], bool]) -> str:
    """How the receiver would treat this waste: as wanted if his permit says so, else the first way it
    names that the catalogue allows; empty if it names none."""
    named = [
        term.operation
        for _, term in covering(papers, Instrument.PERMIT, replace(wanted, operation=""))
        if term.operation and suits(wanted.waste, term.operation)
    ]
    if wanted.operation in named:
        return wanted.operation
    return named[0] if named else ""


def refusal(
    papers: Sequence[Paper], kind: Instrument, wanted: Wanted, *, holder: str, path: str
) -> Problem | None:
    """Why the papers do not allow it, as exactly as can be said; None if they do."""
    if covering(papers, kind, wanted):
        return None
    mine = [paper for paper in papers if paper.kind is kind]
    params = {
        "holder": holder,
        "waste_code": wanted.waste.code,
        "operation": wanted.operation or "—",
        "day": wanted.day.isoformat(),
    }
    if not mine:
        return Problem(f"{kind}_missing", path, params)
    valid = [paper for paper in mine if paper.valid_on(wanted.day)]
    if not valid:
        last = max(mine, key=lambda paper: paper.valid_to)
        params |= {"number": last.number, "until": last.valid_to.isoformat()}
        if last.suspended:
            return Problem(f"{kind}_suspended", path, params)
        return Problem(f"{kind}_expired", path, params)
    named = [paper for paper in valid if paper.counterpart_id in (None, wanted.receiver_id)]
    if not named:
        return Problem(f"{kind}_receiver", path, {**params, "number": valid[0].number})
    if any(speaks_of(term, wanted.stream, wanted.waste) for paper in named for term in paper.terms):
        return Problem(f"{kind}_operation", path, {**params, "number": named[0].number})
    return Problem(f"{kind}_code", path, {**params, "number": named[0].number})


def operations_named(papers: Iterable[Paper], day: date) -> frozenset[str]:
    """The operations that permits valid on a day speak of; an empty one: any."""
    return frozenset(
        term.operation
        for paper in papers
        if paper.kind is Instrument.PERMIT and paper.valid_on(day)
        for term in paper.terms
        if term.period is not Period.LEVEL
    )
