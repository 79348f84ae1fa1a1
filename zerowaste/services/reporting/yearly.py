"""The yearly public information compiled: kinds, amounts generated, capacity, recovery and disposal.

Law: 法典 485 (固废法 29): the authority publishes them for the city every year. What rests on too few
producers is left out before anything is stored (`graph/suppression.py`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session

from zerowaste.clock import day_start, local_day
from zerowaste.graph.suppression import TOTAL, Cell, hidden_cells, with_totals
from zerowaste.models.tables import HOLDING, PERMIT, SITE, TERM, TREATMENT
from zerowaste.rules.evidence import stamp
from zerowaste.rules.law import Law
from zerowaste.rules.regions import DIGITS
from zerowaste.rules.spans import Span
from zerowaste.rules.yearly import least_producers
from zerowaste.services.reporting.indicator_rows import ORIGIN, Window, fed_rows, made_rows
from zerowaste.services.reporting.indicator_sites import permitted_terms
from zerowaste.services.reporting.indicators import groups

VERSION = 1
Amounts = dict[Cell, int]
Makers = dict[Cell, set[int]]


def compile_year(session: Session, law: Law, over: Span, *, city: str, now: datetime) -> dict[str, Any]:
    """The content of a publication, in plain values: what is not published is not in it.

    `tables`: one a stream and subject (`generated` by category and district, `treated` by category and
    way); `cells`: [row, column, grams], grams empty where suppressed."""
    window = Window(day_start(over.first), min(day_start(over.after), now))
    tables = [*_generated(session, law, window), *_treated(session, law, window)]
    return {
        "v": VERSION,
        "year": over.year,
        "city": city,
        "compiled_at": stamp(now),
        "through": str(min(local_day(now), over.last)),
        "least_producers": least_producers(),
        "capacity": _capacity(session, law, over, min(local_day(now), over.last)),
        "tables": sorted(tables, key=lambda table: (table["stream"], table["subject"])),
    }


def _generated(session: Session, law: Law, window: Window) -> list[dict[str, Any]]:
    rows = made_rows(window)
    keys = (
        HOLDING.c.stream, HOLDING.c.waste_code, func.substr(SITE.c.street, 1, DIGITS),
        SITE.c.organisation_id,
    )  # fmt: skip
    found = session.execute(
        rows.with_only_columns(*keys, func.sum(rows.selected_columns.grams)).group_by(*keys)
    )
    amounts: dict[str, Amounts] = defaultdict(lambda: defaultdict(int))
    makers: dict[str, Makers] = defaultdict(lambda: defaultdict(set))
    for stream, code, district, organisation, grams in found:
        _count(law, amounts, makers, stream, code, district, organisation, int(grams))
    return [_table(stream, "generated", amounts[stream], makers[stream]) for stream in sorted(amounts)]


def _treated(session: Session, law: Law, window: Window) -> list[dict[str, Any]]:
    """By whose waste it was: a transfer station's is one producer's, which only hides more."""
    recovery, storing = groups(law.catalogue)
    rows = fed_rows(window).where(~window.residue, TREATMENT.c.operation.not_in(sorted(storing)))
    keys = (HOLDING.c.stream, HOLDING.c.waste_code, TREATMENT.c.operation, ORIGIN.c.organisation_id)
    found = session.execute(
        rows.with_only_columns(*keys, func.sum(rows.selected_columns.grams)).group_by(*keys)
    )
    amounts: dict[str, Amounts] = defaultdict(lambda: defaultdict(int))
    makers: dict[str, Makers] = defaultdict(lambda: defaultdict(set))
    for stream, code, operation, organisation, grams in found:
        way = "recovered" if operation in recovery else "disposed"
        _count(law, amounts, makers, stream, code, way, organisation, int(grams))
    return [_table(stream, "treated", amounts[stream], makers[stream]) for stream in sorted(amounts)]


def _count(
    law: Law, amounts: dict[str, Amounts], makers: dict[str, Makers], stream: str, code: str, column: str,
    organisation: int, grams: int,
) -> None:  # fmt: skip
    if not grams:
        return  # called off: nobody made it
    waste = law.catalogue.waste(stream, code)
    category = waste.category if waste else code
    row = category if waste and _told_by_category(stream, law) else code
    amounts[stream][row, column] += grams
    makers[stream][row, column].add(organisation)


def _told_by_category(stream: str, law: Law) -> bool:
    """Hazardous waste is told by its fifty categories, a stream of a few kinds by these."""
    return law.catalogue.size(stream) > len(law.catalogue.categories)


def _table(
    stream: str, subject: str, amounts: Mapping[Cell, int], makers: Mapping[Cell, set[int]]
) -> dict[str, Any]:
    behind = {cell: frozenset(organisations) for cell, organisations in makers.items()}
    sizes: dict[Cell, int] = defaultdict(int)
    for (row, column), grams in amounts.items():
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            sizes[cell] += grams
    hidden = hidden_cells(behind, sizes, least_producers())
    rows, columns = (sorted({cell[axis] for cell in amounts}) for axis in (0, 1))
    known = with_totals(behind)
    cells = [
        [row, column, None if (row, column) in hidden else sizes.get((row, column), 0)]
        for row in (*rows, TOTAL)
        for column in (*columns, TOTAL)
        if (row, column) in known or (row, column) not in hidden
    ]
    return {"stream": stream, "subject": subject, "rows": rows, "columns": columns, "cells": cells}


def _capacity(session: Session, law: Law, over: Span, day: date) -> Sequence[Sequence[Any]]:
    """[stream, operation, plants, grams a year]: what permits say, which are public themselves, as they
    stand on the last day that is told of: a permit and the one that follows it are not both counted."""
    _, storing = groups(law.catalogue)
    rows = session.execute(
        permitted_terms(over)
        .where(
            TERM.c.operation.not_in(sorted(storing)), PERMIT.c.valid_from <= day, PERMIT.c.valid_to >= day
        )
        .with_only_columns(
            TERM.c.stream, TERM.c.operation, func.count(PERMIT.c.site_id.distinct()),
            func.sum(TERM.c.limit_g),
        )
        .group_by(TERM.c.stream, TERM.c.operation)
        .order_by(TERM.c.stream, TERM.c.operation)
    )  # fmt: skip
    return [[stream, operation, plants, int(limit)] for stream, operation, plants, limit in rows]
