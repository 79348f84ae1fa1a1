"""Batches that left much more or much less of something than such treatments usually do."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import FLOW, HOLDING, TREATMENT
from zerowaste.rules.yields import PRODUCT, UsualYield, usual_yields

PER_MILLION = 1_000_000


class OddYield(NamedTuple):
    """A finished batch: `came_g` of waste went in, `left_g` of what is judged came out."""

    treatment: UUID
    at: datetime
    site: int
    usual: UsualYield
    came_g: int
    left_g: int


def odd_yields(session: Session, treatments: Collection[UUID] | None = None) -> list[OddYield]:
    """Of all finished batches, or only of these."""
    found = []
    for usual in usual_yields():
        for some in [None] if treatments is None else in_parts(treatments):
            found += [
                OddYield(row.id, row.at, row.site_id, usual, int(row.came), int(row.out))
                for row in session.execute(_statement(usual, some))
            ]
    return found


def _statement(usual: UsualYield, some: Collection[UUID] | None) -> Any:
    finished = [TREATMENT.c.operation == usual.operation, TREATMENT.c.done]
    if some is not None:
        finished.append(TREATMENT.c.id.in_(some))
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
