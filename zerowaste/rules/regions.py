"""The city's districts: their names, and where each stands in a map of tiles (GB/T 2260 codes)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DISTRICTS = Path(__file__).parents[2] / "manifests" / "regions.csv"
DIGITS = 6  # of a street's code, those that name its district


@dataclass(frozen=True, slots=True)
class District:
    """A district; `column` and `row`: its tile, counted from the north-west corner."""

    code: str
    zh: str
    en: str
    column: int
    row: int


@cache
def districts() -> Mapping[str, District]:
    """Code → district, in the order of their codes."""
    with DISTRICTS.open(encoding="utf-8", newline="") as file:
        rows = [
            District(row["code"], row["name_zh"], row["name_en"], int(row["column"]), int(row["row"]))
            for row in csv.DictReader(file)
        ]
    return {row.code: row for row in sorted(rows, key=lambda each: each.code)}
