"""What the sums of a period are made of: the flows, holdings and manifests, one row each.

Every statement gives `grams` or `late` beside the tables it joins, so that the same conditions serve a
sum and a list of what is behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from zerowaste.models.conditions import GENERATED_FLOW, MADE_HOLDING, OPEN_HOLDING
from zerowaste.models.tables import FLOW, HOLDING, LEG, MANIFEST, SITE, TREATMENT
from zerowaste.vocabulary import NEVER_LEFT, SiteKind

# Where waste came from (its paper's consignor) and where it is treated.
ORIGIN, PLANT = SITE.alias("origin"), SITE.alias("plant")
_PARTS = ("lot", "load")


@dataclass(frozen=True, slots=True)
class Window:
    """A period as moments: `begins` belongs to it, `ends` does not."""

    begins: datetime
    ends: datetime

    @property
    def earlier(self) -> ColumnElement[bool]:
        """Whether a lot fed into a batch was on paper, or lay there, before the period."""
        return func.coalesce(MANIFEST.c.filed_at, HOLDING.c.since) < self.begins

    @property
    def residue(self) -> ColumnElement[bool]:
        """Whether it was what a treatment had left."""
        return or_(HOLDING.c.part == "residue", ORIGIN.c.kind == SiteKind.FACILITY)


def made_rows(window: Window) -> Select[Any]:
    """What producers made: `holding` (the lot as it was made), `flow`, `site`."""
    return (
        select(FLOW.c.grams.label("grams"))
        .select_from(HOLDING)
        .join(FLOW, and_(FLOW.c.to_id == HOLDING.c.id, GENERATED_FLOW))
        .join(SITE, SITE.c.id == HOLDING.c.site_id)
        .where(MADE_HOLDING, HOLDING.c.since >= window.begins, HOLDING.c.since < window.ends)
    )


def fed_rows(window: Window) -> Select[Any]:
    """What was fed into batches: `treatment`, `flow`, `holding` (the lot), `manifest` (its paper, or
    nothing), ORIGIN (without a paper: where the lot lies) and PLANT."""
    return (
        select(FLOW.c.grams.label("grams"))
        .select_from(TREATMENT)
        .join(FLOW, FLOW.c.to_id == TREATMENT.c.batch_id)
        .join(HOLDING, HOLDING.c.id == FLOW.c.from_id)
        .join(PLANT, PLANT.c.id == TREATMENT.c.site_id)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .join(ORIGIN, ORIGIN.c.id == func.coalesce(MANIFEST.c.consignor_id, HOLDING.c.site_id))
        .where(TREATMENT.c.at >= window.begins, TREATMENT.c.at < window.ends)
    )


def waiting_rows(window: Window) -> Select[Any]:
    """What was made in the period and is not treated: open lots and loads, with ORIGIN and the paper.

    A lot without a paper lies where it was made."""
    told = func.coalesce(MANIFEST.c.filed_at, HOLDING.c.since)
    return (
        select(HOLDING.c.grams.label("grams"))
        .select_from(HOLDING)
        .outerjoin(MANIFEST, MANIFEST.c.id == HOLDING.c.manifest_id)
        .join(ORIGIN, ORIGIN.c.id == func.coalesce(MANIFEST.c.consignor_id, HOLDING.c.site_id))
        .where(
            OPEN_HOLDING,
            HOLDING.c.since >= window.begins,
            HOLDING.c.kind.in_(_PARTS),
            HOLDING.c.part != "residue",
            ORIGIN.c.kind != SiteKind.FACILITY,
            told >= window.begins,
            told < window.ends,
        )
    )


def filed_rows(window: Window) -> Select[Any]:
    """The manifests of the period that were not called off, and `late`: 1 where the load moved before
    the paper was there."""
    late = case((LEG.c.began_at < MANIFEST.c.filed_at, 1), else_=0)
    return (
        select(late.label("late"))
        .select_from(MANIFEST)
        .join(SITE, SITE.c.id == MANIFEST.c.consignor_id)
        .outerjoin(LEG, and_(LEG.c.manifest_id == MANIFEST.c.id, LEG.c.number == 1))
        .where(
            MANIFEST.c.filed_at >= window.begins,
            MANIFEST.c.filed_at < window.ends,
            MANIFEST.c.status.not_in(NEVER_LEFT),
        )
    )
