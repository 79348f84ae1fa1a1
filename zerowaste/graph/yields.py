"""Batches that left much more or much less of something than such treatments usually do."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from zerowaste.graph.columns import Integers
from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import FLOW, HOLDING, TREATMENT
from zerowaste.rules.yields import PRODUCT, UsualYield, usual_yields

PER_MILLION = 1_000_000
Positions = npt.NDArray[np.int32]
Marks = npt.NDArray[np.int8]


class OddYield(NamedTuple):
    """A finished batch: `came_g` of waste went in, `left_g` of what is judged came out."""

    treatment: UUID
    at: datetime
    site: int
    usual: UsualYield
    came_g: int
    left_g: int


def _classes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The outputs (prefixes of codes, the longer first) and the operations that are judged."""
    usuals = usual_yields()
    outputs = {usual.output for usual in usuals} - {PRODUCT}
    return tuple(sorted(outputs, key=lambda each: (-len(each), each))), tuple(
        sorted({usual.operation for usual in usuals})
    )


# What a holding is to a treatment, as one small number: 0 nothing; OTHER_RESIDUE; from there the residues
# that are judged, in the order of OUTPUTS; MADE, a product; from FIRST_BATCH the batches, by OPERATIONS.
OUTPUTS, OPERATIONS = _classes()
OTHER_RESIDUE = 1
MADE = OTHER_RESIDUE + len(OUTPUTS) + 1
FIRST_BATCH = MADE + 1
MARKS = 1 << (FIRST_BATCH + len(OPERATIONS)).bit_length()


def mark_of(part: str, waste_code: str, operation: str) -> int:
    """What a holding is to a treatment."""
    if part == "residue":
        fits = (at for at, each in enumerate(OUTPUTS, OTHER_RESIDUE + 1) if waste_code.startswith(each))
        return next(fits, OTHER_RESIDUE)
    if part == "batch":
        return FIRST_BATCH + OPERATIONS.index(operation) if operation in OPERATIONS else 0
    return MADE if part == "product" else 0


def mark_sql() -> str:
    """The same as an expression over `holding`; all words in it are our own."""
    residues = " ".join(
        f"WHEN substr(waste_code, 1, {len(each)}) = '{each}' THEN {at}"
        for at, each in enumerate(OUTPUTS, OTHER_RESIDUE + 1)
    )
    batches = " ".join(f"WHEN '{each}' THEN {at}" for at, each in enumerate(OPERATIONS, FIRST_BATCH))
    return (
        "CASE WHEN treatment_id IS NULL THEN 0 ELSE "  # most holdings have nothing to do with one
        f"CASE part WHEN 'residue' THEN CASE {residues} ELSE {OTHER_RESIDUE} END "
        f"WHEN 'product' THEN {MADE} WHEN 'batch' THEN CASE operation {batches} ELSE 0 END ELSE 0 END END"
    )


def suspects(marks: Marks, origin: Positions, target: Positions, moved: Integers) -> Positions:
    """The batches (positions in `marks`) that left an unusual share of something, finished or not. One
    look at the columns, where the database would look up each batch."""
    batches = np.nonzero(marks >= FIRST_BATCH)[0].astype(np.int32)
    if not len(batches):
        return batches
    nth = np.full(len(marks), -1, np.int32)
    nth[batches] = np.arange(len(batches), dtype=np.int32)
    known = origin >= 0
    fed = np.nonzero(known & (marks[target] >= FIRST_BATCH))[0]
    came = _summed(nth[target[fed]], moved[fed], len(batches))
    left_by = np.nonzero(known & (marks[origin] >= FIRST_BATCH) & (target >= 0))[0]
    source, result, grams = nth[origin[left_by]], marks[target[left_by]], moved[left_by]
    odd = np.zeros(len(batches), np.bool_)
    for usual in usual_yields():
        judged = marks[batches] == FIRST_BATCH + OPERATIONS.index(usual.operation)
        wanted = np.isin(result, _marks_of(usual))
        left = _summed(source[wanted], grams[wanted], len(batches))
        some = left >= (0 if usual.must else 1)
        too_little = (left * PER_MILLION < came * usual.least_ppm) & some
        odd |= judged & (came > 0) & ((left * PER_MILLION > came * usual.most_ppm) | too_little)
    return batches[odd]


def _marks_of(usual: UsualYield) -> list[int]:
    if usual.output == PRODUCT:
        return [MADE]
    return [at for at, each in enumerate(OUTPUTS, OTHER_RESIDUE + 1) if each.startswith(usual.output)]


def _summed(positions: Positions, grams: Integers, count: int) -> Integers:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, positions, grams)
    return sums


def treatments_of(session: Session, batches: Collection[int]) -> list[UUID]:
    """The treatments whose batches these holdings are."""
    return [
        row.id
        for some in in_parts(batches)
        for row in session.execute(select(TREATMENT.c.id).where(TREATMENT.c.batch_id.in_(some)))
    ]


def odd_yields(session: Session, treatments: Collection[UUID]) -> list[OddYield]:
    """Of these, the finished ones that left an unusual share of something."""
    return [
        OddYield(row.id, row.at, row.site_id, usual, int(row.came), int(row.out))
        for usual in usual_yields()
        for some in in_parts(treatments)
        for row in session.execute(_statement(usual, some))
    ]


def _statement(usual: UsualYield, some: Collection[UUID]) -> Any:
    finished = (TREATMENT.c.operation == usual.operation, TREATMENT.c.done, TREATMENT.c.id.in_(some))
    came = (
        select(func.sum(FLOW.c.grams))
        .where(FLOW.c.to_id == TREATMENT.c.batch_id, FLOW.c.from_id.is_not(None))
        .scalar_subquery()
    )
    left = (
        select(func.coalesce(func.sum(FLOW.c.grams), 0))
        .select_from(FLOW.join(HOLDING, HOLDING.c.id == FLOW.c.to_id))
        .where(FLOW.c.from_id == TREATMENT.c.batch_id, _output(usual))
        .scalar_subquery()
    )
    batches = (
        select(TREATMENT.c.id, TREATMENT.c.at, TREATMENT.c.site_id, came.label("came"), left.label("out"))
        .where(*finished)
        .subquery()
    )
    ppm = batches.c.out * PER_MILLION
    odd: ColumnElement[bool] = or_(
        ppm > batches.c.came * usual.most_ppm,
        and_(ppm < batches.c.came * usual.least_ppm, batches.c.out >= (0 if usual.must else 1)),
    )
    return select(batches).where(batches.c.came > 0, odd).order_by(batches.c.at, batches.c.id)


def _output(usual: UsualYield) -> ColumnElement[bool]:
    if usual.output == PRODUCT:
        return HOLDING.c.part == "product"
    return and_(HOLDING.c.part == "residue", HOLDING.c.waste_code.startswith(usual.output, autoescape=True))
