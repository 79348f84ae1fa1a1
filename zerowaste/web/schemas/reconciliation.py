"""Reconciled masses on the wire."""

from typing import Annotated

from zerowaste.web.schemas.base import Answer, Region, Stream, sized
from zerowaste.web.schemas.paging import Page, PageQuery

Month = Annotated[str, sized(7, shortest=7, pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class ReconciliationQuery(PageQuery):
    """`month`: 2026-10; without it, the last whole one. `stream`, `region`: only these masses are listed;
    the network that is balanced is always the whole city's."""

    month: Month | None = None
    stream: Stream | None = None
    region: Region | None = None


class MeasuredItem(Answer):
    """One measurement. `what`: declared, loaded, received, weighed, books (what a stock grew by), rest
    (what the books have left for the fate). `score`: its distance from what is reconciled in standard
    deviations, 0 where nothing checks it; `suspect`: set aside as a gross error."""

    what: str
    reported_g: int
    sigma_g: int
    score: float
    suspect: bool


class MassItem(Answer):
    """One reconciled mass. `kind`: load (from `origin` to `target`), or at a site: fed, product, residue,
    fate, additive, stock, in_batches."""

    kind: str
    origin: str
    target: str
    stream: str
    group: str
    loads: int
    adjusted_g: int
    measured: list[MeasuredItem]


class GlobalTestItem(Answer):
    """The whole network as it was reported: χ², its degrees of freedom, and the chance of one as large
    without a gross error. `sound`: it passes at `level`, and nothing was set aside. `bound`: scores beyond
    it are suspect (Šidák)."""

    statistic: float
    freedom: int
    probability: float
    level: float
    bound: float
    sound: bool


class ReconciliationPage(Page[MassItem]):
    """The most doubtful masses first. `undecided`: lines left out because the gate has not spoken."""

    month: str
    test: GlobalTestItem
    undecided: int
