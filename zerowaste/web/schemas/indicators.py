"""Indicators on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from zerowaste.web.schemas.base import Answer, Query, sized
from zerowaste.web.schemas.paging import PageQuery

Period = Annotated[str, sized(7, pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2]))?$")]
District = Annotated[str, sized(6, shortest=6, pattern=r"^[0-9]{6}$")]


class PeriodQuery(Query):
    """`period`: a year (2026) or a month (2026-10); without it, the present month."""

    period: Period | None = None
    district: District | None = None


class IndicatorQuery(PageQuery):
    """As `PeriodQuery`, a page at a time."""

    period: Period | None = None
    district: District | None = None


class BehindQuery(IndicatorQuery):
    """`part`: which figure is asked about."""

    part: Literal["numerator", "denominator", "unknown"] = "numerator"


class AmountItem(Answer):
    """A part of the figures and why it is told apart; `share`: percent of the denominator."""

    why: str
    amount: int
    share: float | None


class ValueItem(Answer):
    """One indicator of one district (empty: the reader's whole region). `counted`: what the figures are
    numbers of: g, site or manifest. `percent` is empty where there is nothing to divide by, and always
    where the indicator cannot be reckoned: `missing` says why."""

    key: str
    name_zh: str
    name_en: str
    label_zh: str
    label_en: str
    official_formula: str
    formula_zh: str
    formula_en: str
    period: str
    district: str
    percent: float | None
    numerator: int | None
    denominator: int | None
    counted: str
    excluded: list[AmountItem]
    unknown: list[AmountItem]
    beside: list[AmountItem]
    missing_zh: str
    missing_en: str


class BehindItem(Answer):
    """One contribution. `kind`: fed (into a batch, `ref` its id), made (a lot), waiting (a holding), site,
    permit or manifest; `amount`: grams, or 1 of what is counted."""

    kind: str
    ref: str
    site: str
    manifest: str
    waste_code: str
    operation: str
    amount: int
    at: datetime | None
