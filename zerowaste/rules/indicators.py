"""The indicators of a zero-waste city: what each is called and how it is reckoned, read from files.

Law: 法典 485 (public information); the indicators are those of the zero-waste city programme."""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from zerowaste.rules.stream_fields import Name, Strict

REPORTING = Path(__file__).parents[2] / "manifests" / "reporting"


class Measure(StrEnum):
    """The ways to reckon an indicator."""

    RECOVERED_SHARE = "recovered_share"  # recovered ÷ (generated + recovered from earlier stock)
    DECLINE = "decline"  # (a year before − now) ÷ a year before
    COVERAGE = "coverage"  # sites collected from ÷ sites registered
    LOAD = "load"  # treated ÷ permitted for so many days
    ELECTRONIC = "electronic"  # manifests filed before pickup ÷ all


class Reckoning(Strict):
    """One way to reckon one indicator. `operations`: codes that count (none: those of recovery);
    `left_out`: waste codes that do not; `missing`: why it cannot be reckoned at all."""

    key: str
    variant: str = ""
    stream: str = ""
    measure: Measure | None = None
    operations: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    label: Name | None = None
    formula: Name | None = None
    note: Name | None = None
    missing: Name | None = None


class _File(Strict):
    indicator: tuple[Reckoning, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator and one way to reckon it. `official`: its formula as published (Chinese)."""

    area: Name
    name: Name
    unit: str
    official: str
    source: str
    by: Reckoning

    @property
    def key(self) -> str:
        """What it is called in addresses: JS9.resource."""
        return ".".join(filter(None, (self.by.key, self.by.variant)))


@cache
def indicators() -> Sequence[Indicator]:
    """Every indicator, in the order of the programme; one with two readings stands there twice."""
    with (REPORTING / "indicators.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    told = _File.model_validate(
        tomllib.loads((REPORTING / "indicators.toml").read_text(encoding="utf-8")), strict=False
    )
    found = []
    for each in told.indicator:
        row = rows[each.key]
        area = Name(zh=row["area_zh"], en=row["area_en"])
        name = Name(zh=row["name_zh"], en=row["name_en"])
        found.append(Indicator(area, name, row["unit"], row["formula_zh"], row["source"], each))
    return tuple(found)


def indicator(key: str) -> Indicator | None:
    """The one with this key; None: nobody knows it."""
    return next((each for each in indicators() if each.key == key), None)
