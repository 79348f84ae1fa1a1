"""The sums behind the indicators: what was made, treated, is waiting and was filed in a period.

A fixed number of grouped queries over indexed ranges; what each adds up is listed one by one in
`indicator_rows.py`, by the same conditions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session

from zerowaste.clock import day_start
from zerowaste.models.tables import FLOW, HOLDING, MANIFEST, SITE, TREATMENT
from zerowaste.rules.access import Actor
from zerowaste.rules.catalogue import Catalogue
from zerowaste.rules.indicator_sums import (
    ELSEWHERE,
    Facts,
    Filed,
    Generated,
    Treated,
    Value,
    Waiting,
    evaluate,
)
from zerowaste.rules.indicators import Indicator, Measure, indicators
from zerowaste.rules.law import Law
from zerowaste.rules.regions import DIGITS, districts
from zerowaste.rules.spans import Span
from zerowaste.rules.stream_fields import Name
from zerowaste.services.regions import inside
from zerowaste.services.reporting.indicator_rows import (
    ORIGIN,
    PLANT,
    Window,
    fed_rows,
    filed_rows,
    made_rows,
    waiting_rows,
)
from zerowaste.services.reporting.indicator_sites import registered, scales
from zerowaste.vocabulary import Basis, SiteKind

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """One indicator with its values: first of the reader's whole region, then of its districts.

    Without values: `missing_stream`, or the reckoning itself says why."""

    indicator: Indicator
    values: Sequence[Value] = ()
    missing_stream: str = ""

    def why_missing(self) -> Name | None:
        """Why there are no values; None: there are."""
        if self.missing_stream:
            return Name(zh=f"本市没有 {self.missing_stream} 类别的规则文件。",
                        en=f"This city has no stream file for {self.missing_stream}.")  # fmt: skip
        return self.indicator.by.missing


def report_indicators(
    session: Session, law: Law, actor: Actor, over: Span, *, district: str | None = None
) -> Sequence[Reported]:
    """Every indicator over a period, in the reader's region. `district`: only that one."""
    facts = gather(session, law, actor, over)
    places = [district] if district else [WHOLE, *_seen(actor)]
    found = []
    for each in indicators():
        if each.by.measure is None:
            found.append(Reported(each))
        elif each.by.stream and each.by.stream not in law.streams:
            found.append(Reported(each, missing_stream=each.by.stream))
        else:
            found.append(Reported(each, [evaluate(each.by, facts, place) for place in places]))
    return found


def _seen(actor: Actor) -> list[str]:
    """The districts of which the reader oversees at least a part."""
    return [
        code
        for code in districts()
        if actor.oversees(code) or any(region.startswith(code) for region in actor.regions)
    ]


def gather(session: Session, law: Law, actor: Actor, over: Span) -> Facts:
    """All sums of a period, of what was made or treated in the actor's region."""
    window = Window(day_start(over.first), day_start(over.after))
    recovery, storing = groups(law.catalogue)
    places = _places(session, actor)
    filed, collected = _filed(session, actor, window)
    return Facts(
        span=over,
        generated=_generated(session, actor, window),
        treated=_treated(session, places, window),
        before=_treated_before(session, places, over),
        waiting=_waiting(session, actor, window),
        registered=registered(session, actor, over, collected),
        scales=scales(session, actor, over),
        filed=filed,
        recovery=recovery,
        storing=storing,
    )


@lru_cache(maxsize=4)
def groups(catalogue: Catalogue) -> tuple[frozenset[str], frozenset[str]]:
    """(operations that recover, operations that only store)."""
    every = catalogue.operations.items()
    return (
        frozenset(code for code, known in every if known.group == "recovery"),
        frozenset(code for code, known in every if not known.terminal),
    )


def _district(site: Any) -> ColumnElement[str]:
    return func.coalesce(func.substr(site.c.street, 1, DIGITS), "")


def _sums(session: Session, rows: Select[Any], *keys: ColumnElement[Any]) -> list[Any]:
    """The mass of the rows by these keys."""
    grouped = rows.with_only_columns(*keys, func.sum(rows.selected_columns.grams)).group_by(*keys)
    return list(session.execute(grouped))


def _generated(session: Session, actor: Actor, window: Window) -> list[Generated]:
    rows = made_rows(window).where(inside(actor, SITE))
    estimated = case((FLOW.c.basis == Basis.SCALE, 0), else_=1)
    found = _sums(session, rows, HOLDING.c.stream, HOLDING.c.waste_code, _district(SITE), estimated)
    return [
        Generated(stream, code, where, bool(guess), int(grams)) for stream, code, where, guess, grams in found
    ]


def _treated_before(session: Session, places: Mapping[int, str], over: Span) -> list[Treated]:
    """What declines are measured by: the operations that they ask for, a year before."""
    before = over.a_year_before()
    if before is None:
        return []
    asked = {
        code for each in indicators() if each.by.measure is Measure.DECLINE for code in each.by.operations
    }
    window = Window(day_start(before.first), day_start(before.after))
    return _treated(session, places, window, TREATMENT.c.operation.in_(sorted(asked)))


def _treated(
    session: Session, places: Mapping[int, str], window: Window, *which: ColumnElement[bool]
) -> list[Treated]:
    """Of waste from elsewhere only the plant is told, of waste treated elsewhere only where it is from.

    The database adds up by site, which is less to compare than a street's first letters."""
    rows = fed_rows(window).where(*which)
    keys = (HOLDING.c.stream, HOLDING.c.waste_code, ORIGIN.c.id, PLANT.c.id, TREATMENT.c.operation)
    found = _sums(session, rows, *keys, *_flags(window))
    sums: dict[tuple[str, str, str, str, str, bool, bool, bool], int] = defaultdict(int)
    for stream, code, origin, plant, operation, earlier, residue, via, grams in found:
        ends = places.get(origin, ELSEWHERE), places.get(plant, ELSEWHERE)
        if ends != (ELSEWHERE, ELSEWHERE):
            key = (stream, code, *ends, operation, bool(earlier), bool(residue), bool(via))
            sums[key] += int(grams)
    return [Treated(*key, grams) for key, grams in sums.items()]


def _places(session: Session, actor: Actor) -> dict[int, str]:
    """Site → district, of the sites in the actor's region."""
    rows = session.execute(select(SITE.c.id, SITE.c.street).where(inside(actor, SITE)))
    return {site: street[:DIGITS] for site, street in rows}


def _flags(window: Window) -> list[ColumnElement[int]]:
    return [
        case((condition, 1), else_=0)
        for condition in (window.earlier, window.residue, ORIGIN.c.kind == SiteKind.TRANSFER)
    ]


def _waiting(session: Session, actor: Actor, window: Window) -> list[Waiting]:
    rows = waiting_rows(window).where(inside(actor, ORIGIN))
    found = _sums(session, rows, HOLDING.c.stream, HOLDING.c.waste_code, _district(ORIGIN))
    return [Waiting(stream, code, where, int(grams)) for stream, code, where, grams in found]


def _filed(
    session: Session, actor: Actor, window: Window
) -> tuple[list[Filed], Mapping[str, frozenset[int]]]:
    """(manifests by stream and district, stream → sites from which something was collected)."""
    rows = filed_rows(window).where(inside(actor, SITE))
    counted = rows.selected_columns
    picked = func.sum(case((MANIFEST.c.carried > 0, 1), else_=0))
    grouped = rows.with_only_columns(
        MANIFEST.c.stream,
        MANIFEST.c.consignor_id,
        SITE.c.street,
        func.count(),
        func.sum(counted.late),
        picked,
    ).group_by(MANIFEST.c.stream, MANIFEST.c.consignor_id, SITE.c.street)
    sums: dict[tuple[str, str], list[int]] = {}
    collected: dict[str, set[int]] = {}
    for stream, site, street, count, late, went in session.execute(grouped):
        each = sums.setdefault((stream, street[:DIGITS]), [0, 0])
        each[0] += count
        each[1] += int(late)
        if went:
            collected.setdefault(stream, set()).add(site)
    filed = [Filed(stream, where, count, late) for (stream, where), (count, late) in sorted(sums.items())]
    return filed, {stream: frozenset(sites) for stream, sites in collected.items()}
